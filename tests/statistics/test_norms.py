"""Constrained least squares in the plane: by hand, and as scikit-learn's lasso and ridge."""

import numpy as np
import pytest
from sklearn.linear_model import Lasso, Ridge

from pyreg.statistics import norms

ROUND = norms.Bowl(np.array([3.0, 1.0]), np.eye(2), 0.5)
GENERATOR = np.random.RandomState(3)
X = GENERATOR.normal(size=(50, 2)) @ [[1.0, 0.6], [0.0, 1.0]] + 4
Y = X @ [2.0, 0.3] + GENERATOR.normal(size=50)


@pytest.mark.parametrize(
    ("radius", "expected"),
    [(2.0, [2, 0]), (3.0, [2.5, 0.5]), (1.0, [1, 0]), (5.0, [3, 1])],  # soft thresholds
)
def test_a_round_bowl_touches_the_diamond_by_hand(radius, expected):
    assert norms.within_l1(ROUND, radius) == pytest.approx(expected)


def test_a_round_bowl_touches_the_circle_on_the_way_to_its_centre():
    assert norms.within_l2(ROUND, 1.0) == pytest.approx(np.array([3, 1]) / np.sqrt(10))
    assert norms.within_l2(ROUND, 4.0) == pytest.approx([3, 1])


@pytest.mark.parametrize("alpha", [0.05, 0.5, 1.5])
def test_the_diamond_s_solution_is_the_lasso(alpha):
    expected = Lasso(alpha=alpha, tol=1e-12).fit(X, Y).coef_
    found = norms.within_l1(norms.bowl(X, Y), np.abs(expected).sum())
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("alpha", [1.0, 30.0])
def test_the_circle_s_solution_is_ridge_regression(alpha):
    expected = Ridge(alpha=alpha).fit(X, Y).coef_
    found = norms.within_l2(norms.bowl(X, Y), float(np.linalg.norm(expected)))
    assert found == pytest.approx(expected, abs=1e-6)


def test_a_bowl_is_the_mean_squared_error_with_the_best_intercept():
    error, weights = norms.bowl(X, Y), np.array([1.0, -0.5])
    residuals = Y - X @ weights
    expected = residuals.var()  # about their mean, the best intercept
    assert error.least + error.above_least(weights) == pytest.approx(expected)


def test_a_contour_has_one_level_and_is_closed():
    points = norms.bowl(X, Y).contour(0.7)
    assert norms.bowl(X, Y).above_least(points) == pytest.approx(np.full(len(points), 0.7))
    assert points[0] == pytest.approx(points[-1])
