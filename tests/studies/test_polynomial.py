"""Monomials counted and by hand; penalties at their end are ridge and lasso regression."""

import math

import numpy as np
import pytest
from conftest import ROOT
from sklearn.linear_model import Lasso, Ridge

from pyreg import config, networks
from pyreg.config.tasks import TASKS
from pyreg.data import synthetic

STUDY = config.load(ROOT / "workflow" / "studies" / "polynomial.yaml")
WANTED = config.Synthetic(num_features=2, degree=2, num_train=40, num_validation=5, noise=0.5)
STEPS, RATE = 1500, 0.1


@pytest.mark.parametrize(
    ("num_features", "degree", "expected"),
    [(1, 20, 21), (2, 2, 6), (3, 3, 20), (4, 6, 210), (10, 3, 286), (100, 3, 176_851)],
)
def test_how_many_monomials_there_are(num_features, degree, expected):
    wanted = WANTED.model_copy(update={"num_features": num_features, "degree": degree})
    assert wanted.num_monomials == expected
    if expected < 1000:
        columns = synthetic.monomials(np.ones((1, num_features)), degree).shape[1]
        assert columns == expected - 1  # the constant is the bias


def test_monomials_by_hand():
    x, y = 3.0, 5.0
    found = synthetic.monomials(np.array([[x, y]]), 3)[0]
    squares = [x * x / 2, x * y, y * y / 2]
    cubes = [x**3 / 6, x * x * y / 2, x * y * y / 2, y**3 / 6]
    assert found == pytest.approx([x, y, *squares, *cubes])


def test_targets_are_the_book_s_polynomial_of_the_first_variable():
    exact, _ = synthetic.draw("polynomial", WANTED.model_copy(update={"noise": 0.0, "degree": 3}))
    x = exact.values[:, 0].astype(float)
    expected = 5 + 1.2 * x - 3.4 * x**2 / 2 + 5.6 * x**3 / 6
    assert exact.labels == pytest.approx(expected, abs=1e-4)


def test_each_network_sees_the_monomials_up_to_its_degree():
    for degree in (1, 2, 3, 6):
        spec = STUDY.models[f"degree-{degree}"]
        model = networks.build(spec, 209, seed=1, task=TASKS["regression"])
        assert model.count_params() == math.comb(4 + degree, degree)  # the bias is the constant


@pytest.mark.parametrize(
    ("penalty", "factor", "known"),
    [
        # Of scikit-learn's objectives: squares + alpha ||w||^2, and squares / 2n + alpha ||w||_1.
        ("l2", 0.1, lambda factor, n: Ridge(alpha=n * factor)),
        ("l1", 0.5, lambda factor, n: Lasso(alpha=factor / 2, tol=1e-10)),
    ],
)
def test_trained_to_the_end_they_are_ridge_and_lasso(penalty, factor, known):
    train, _ = synthetic.draw("polynomial", WANTED)
    spec = {"units": [], penalty: factor, "penalized": "all"}
    spec = config.Model.model_validate(spec | {"optimizer": {"name": "sgd", "learning_rate": RATE}})
    model = networks.build(spec, train.values.shape[1], seed=1, task=TASKS["regression"])
    whole = ((train.values, train.labels[:, np.newaxis]) for _ in range(STEPS))
    model.fit(whole, steps_per_epoch=STEPS, shuffle=False, verbose=0)
    kernel, bias = model.get_weights()
    expected = known(factor, len(train)).fit(train.values.astype(float), train.labels)
    # A subgradient step beyond 0 is at most the rate times the factor long.
    tolerance = 1e-4 if penalty == "l2" else RATE * factor
    assert kernel[:, 0] == pytest.approx(expected.coef_, abs=tolerance)
    assert bias[0] == pytest.approx(expected.intercept_, abs=tolerance)
    assert (np.abs(expected.coef_) < 1e-6).any() == (penalty == "l1")  # L1 selects, L2 shrinks


def test_more_monomials_than_can_be_held_are_counted_and_refused():
    settings = {"num_features": 100, "degree": 3, "num_train": 5, "num_validation": 5}
    with pytest.raises(ValueError, match=r"got 176,851 monomials up to degree 3 of 100 variables"):
        config.Data.model_validate({"source": "polynomial", "synthetic": settings})
    with pytest.raises(
        ValueError, match=r"got 3 for the source linear, expected it for polynomial"
    ):
        config.Data.model_validate({"source": "linear", "synthetic": settings})
