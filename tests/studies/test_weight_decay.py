"""The study's numbers by other means: the same steps in NumPy, and ridge regression in closed form."""

import numpy as np
import pytest
from conftest import ROOT
from sklearn.linear_model import Ridge

from pyreg import config, data, networks
from pyreg.config.tasks import TASKS
from pyreg.data import encoding
from pyreg.engines.batches import batch_order, ordered_batches

STUDY = config.load(ROOT / "workflow" / "studies" / "weight-decay.yaml")
EPOCHS, RATE, DECAY = 5, 0.003, 3.0


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    path = tmp_path_factory.mktemp("weight-decay") / "encoded.npz"
    encoding.save_encoded(path, data.load(STUDY.data), num_words=5000, column_base=1)
    return encoding.read_encoded(path)


def trained(model, samples, order, batch_size=STUDY.batch_size):
    """Initial and final kernel and bias, as one vector each, of Keras' own training."""
    before = flat(model)
    batches = ordered_batches(samples.x_train, samples.y_train, order, batch_size)
    model.fit(batches, steps_per_epoch=order.size // batch_size, shuffle=False, verbose=0)
    return before, flat(model)


def built(spec):
    return networks.build(spec, num_inputs=200, seed=1, task=TASKS["regression"])


def flat(model):
    return np.concatenate([weights.ravel() for weights in model.get_weights()]).astype(np.float64)


def gradient(weights, x, y, penalty):
    """Of mean((y - y')^2) + penalty / 2 ||w||^2; the last weight is the bias, not penalized."""
    error = x @ weights[:-1] + weights[-1] - y
    return np.append(2 * x.T @ error / len(y) + penalty * weights[:-1], 2 * error.mean())


def sgd(weights, samples, order, penalty):
    for rows in batches(order):
        weights = weights - RATE * gradient(weights, *of(samples, rows), penalty)
    return weights


def adam(weights, samples, order, penalty=0.0, decoupled=0.0):
    """Kingma and Ba (2015) as Keras writes it, and the decay of Loshchilov and Hutter (2019)."""
    m = v = np.zeros_like(weights)
    for t, rows in enumerate(batches(order), start=1):
        g = gradient(weights, *of(samples, rows), penalty)
        weights = weights - RATE * decoupled * weights
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        rate = RATE * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        weights = weights - rate * m / (np.sqrt(v) + 1e-7)
    return weights


def batches(order):
    for epoch in order:
        yield from np.split(epoch, len(epoch) // STUDY.batch_size)


def of(samples, rows):
    return samples.x_train[rows].astype(np.float64), samples.y_train[rows, 0].astype(np.float64)


@pytest.fixture(scope="module")
def order(samples):
    return batch_order(len(samples.x_train), EPOCHS, seed=1)


@pytest.mark.parametrize(
    ("name", "by_hand"),
    [
        ("plain", lambda *start: sgd(*start, penalty=0)),
        ("decay", lambda *start: sgd(*start, penalty=DECAY)),
        ("adam", adam),
        ("adam-l2", lambda *start: adam(*start, penalty=DECAY)),
        ("adamw", lambda *start: adam(*start, decoupled=DECAY)),
    ],
)
def test_keras_takes_the_book_s_steps(samples, order, name, by_hand):
    before, after = trained(built(STUDY.models[name]), samples, order)
    assert after == pytest.approx(by_hand(before, samples, order), abs=1e-5)


def test_the_trap_of_the_factor_two(samples, order):
    # The book's penalty is lambda / 2 ||w||^2, Keras' L2 is l2 ||w||^2: lambda itself as l2 is
    # twice the decay.
    taken_over = STUDY.models["decay"].model_copy(update={"l2": DECAY})
    before, after = trained(built(taken_over), samples, order)
    assert after == pytest.approx(sgd(before, samples, order, penalty=2 * DECAY), abs=1e-5)
    assert np.abs(after - sgd(before, samples, order, penalty=DECAY)).max() > 0.01


def test_trained_to_the_end_it_is_ridge_regression(samples):
    # Every step sees all samples, so that no noise of small batches is left; and is longer, as the
    # bias is slow.
    order = np.tile(np.arange(20), (3000, 1))
    faster = config.Optimizer(name="sgd", learning_rate=0.03)
    spec = STUDY.models["decay"].model_copy(update={"optimizer": faster})
    _, after = trained(built(spec), samples, order, batch_size=20)
    x, y = of(samples, np.arange(20))
    centred = x - x.mean(axis=0)
    # mean((y - y')^2) + lambda / 2 ||w||^2 is least where its gradient is 0.
    kernel = np.linalg.solve(
        centred.T @ centred / 20 + DECAY / 2 * np.eye(200), centred.T @ (y - y.mean()) / 20
    )
    bias = y.mean() - x.mean(axis=0) @ kernel
    assert after == pytest.approx(np.append(kernel, bias), abs=1e-6)
    ridge = Ridge(alpha=20 * DECAY / 2).fit(x, y)  # minimizes the sum of squares + alpha ||w||^2
    assert after == pytest.approx(np.append(ridge.coef_, ridge.intercept_), abs=1e-6)


def test_without_decay_what_no_sample_shows_is_never_learned(samples, order):
    # 20 samples span 20 of 200 dimensions; in the others the initial weights stay, and validate.
    before, after = trained(built(STUDY.models["plain"]), samples, order)
    _, _, directions = np.linalg.svd(samples.x_train.astype(np.float64))
    unseen = directions[20:]
    assert unseen @ after[:-1] == pytest.approx(unseen @ before[:-1], abs=1e-5)
    _, decayed = trained(built(STUDY.models["decay"]), samples, order)
    shrunk = (1 - RATE * DECAY) ** (EPOCHS * 4)
    assert unseen @ decayed[:-1] == pytest.approx(shrunk * (unseen @ before[:-1]), abs=1e-5)
    assert np.linalg.norm(decayed[:-1]) < np.linalg.norm(after[:-1])


def test_under_plain_gradient_descent_decoupled_decay_is_the_penalty(samples, order):
    # But for the bias, which Keras decays as well where it is not told to leave it alone.
    decoupled = config.Optimizer(name="sgd", learning_rate=RATE, weight_decay=DECAY)
    spec = STUDY.models["plain"].model_copy(update={"optimizer": decoupled})
    model = built(spec)
    model.optimizer.exclude_from_weight_decay(var_names=["bias"])
    before, after = trained(model, samples, order)
    assert after == pytest.approx(sgd(before, samples, order, penalty=DECAY), abs=1e-5)
