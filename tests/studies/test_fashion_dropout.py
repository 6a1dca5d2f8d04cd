"""Dropout from scratch beside Keras' layer, and what both keep."""

import keras
import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from pyreg import config, networks
from pyreg.config.tasks import TASKS

STUDY = config.load(ROOT / "workflow" / "studies" / "fashion-dropout.yaml")
RATES = [0.2, 0.5]


def dropout(x, mask, rate):
    """The book's dropout_layer: what is kept grows, so that sums stay what they were on average."""
    return mask * x / (1 - rate)


def drawn_mask(shape, rate, seed):
    """What Keras' layer keeps: ones that come through it are not 0."""
    return (
        keras.layers.Dropout(rate, seed=seed)(np.ones(shape, np.float32), training=True).numpy() > 0
    )


@pytest.mark.parametrize("rate", RATES)
def test_keras_layer_is_dropout_from_scratch_given_the_mask(rate):
    x = np.random.RandomState(0).standard_normal((64, 256)).astype(np.float32)
    mask = drawn_mask(x.shape, rate, seed=7)
    found = keras.layers.Dropout(rate, seed=7)(x, training=True).numpy()
    assert found == pytest.approx(dropout(x, mask, rate), rel=1e-6)
    assert 0.5 * rate < 1 - mask.mean() < 1.5 * rate  # the rate is that of what is dropped


@pytest.mark.parametrize("rate", RATES)
def test_the_network_in_training_is_the_one_from_scratch(rate):
    """Forward through both hidden layers with the masks that the model's own layers draw."""
    spec = STUDY.models["dropout"].model_copy(update={"units": [32, 16], "dropout": [rate, 0.5]})
    model = networks.build(spec, 20, seed=3, task=TASKS["multiclass"], num_outputs=10)
    x = np.random.RandomState(1).random_sample((40, 20)).astype(np.float32)
    rates = iter(spec.dropouts)
    a = x
    for layer in model.layers[:-1]:
        if isinstance(layer, keras.layers.Dropout):
            state = layer.seed_generator.state.numpy()
            mask = layer(np.ones_like(a), training=True).numpy() > 0
            layer.seed_generator.state.assign(state)  # the model is to draw the same mask
            a = dropout(a, mask, next(rates))
        else:
            kernel, bias = layer.get_weights()
            a = np.maximum(a @ kernel + bias, 0)
    kernel, bias = model.layers[-1].get_weights()
    z = a @ kernel + bias
    exponentials = np.exp(z - z.max(axis=1, keepdims=True))
    expected = exponentials / exponentials.sum(axis=1, keepdims=True)
    assert model(x, training=True).numpy() == pytest.approx(expected, abs=1e-6)
    assert np.abs(model(x, training=False).numpy() - expected).max() > 1e-3


@given(st.floats(0.05, 0.9), st.integers(0, 1000))
def test_expected_activations_are_unchanged(rate, seed):
    num_draws = 20_000
    x = np.full((num_draws, 1), 3.0, np.float32)
    dropped = keras.layers.Dropout(rate, seed=seed)(x, training=True).numpy()
    error = 3 * np.sqrt(rate / (1 - rate) / num_draws)  # standard error of the mean
    assert abs(dropped.mean() - 3) < 5 * error


def test_inference_is_deterministic_and_training_is_not():
    model = networks.build(STUDY.models["dropout"], 64, 1, TASKS["multiclass"], num_outputs=10)
    x = np.random.RandomState(2).random_sample((8, 64)).astype(np.float32)
    assert np.array_equal(model.predict(x, verbose=0), model.predict(x, verbose=0))
    assert not np.array_equal(model(x, training=True), model(x, training=True))
    plain = networks.build(STUDY.models["plain"], 64, 1, TASKS["multiclass"], num_outputs=10)
    plain.set_weights(model.get_weights())  # at inference dropout is not there
    assert np.array_equal(plain.predict(x, verbose=0), model.predict(x, verbose=0))


def test_each_layer_has_the_book_s_rate():
    model = networks.build(STUDY.models["dropout"], 64, 1, TASKS["multiclass"], num_outputs=10)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == ["Dense", "Dropout", "Dense", "Dropout", "Dense"]
    assert [layer.rate for layer in model.layers if hasattr(layer, "rate")] == [0.2, 0.5]
