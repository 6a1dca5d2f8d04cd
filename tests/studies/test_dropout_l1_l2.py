"""Why penalties that are too strong leave an ROC curve of 0.5."""

import keras
import numpy as np
import pytest
from conftest import ROOT

from pyreg import config, networks
from pyreg.config.tasks import TASKS
from pyreg.data import encoding
from pyreg.engines import keras as keras_engine
from pyreg.engines.assembly import are_constant, as_recorded
from pyreg.records.layout import RunKey

STUDY = config.load(ROOT / "workflow" / "studies" / "dropout-l1-l2.yaml")


def test_the_networks_are_the_lesson_s():
    built = {name: networks.build(spec, 5000, 1, TASKS["binary"]) for name, spec in by_name()}
    for model in built.values():
        units = [layer.units for layer in model.layers if isinstance(layer, keras.layers.Dense)]
        assert units == [128, 64, 1]
    rates = [layer.rate for layer in built["dropout"].layers if hasattr(layer, "rate")]
    assert rates == [0.3, 0.3]
    penalties = [type(layer.kernel_regularizer).__name__ for layer in built["by-layer"].layers]
    assert penalties == ["L1", "L2", "L1L2"]


def by_name():
    return ((name, STUDY.models[name]) for name in ("baseline", "dropout", "by-layer"))


@pytest.fixture(scope="module")
def data(small_dataset, tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "encoded.npz"
    encoding.save_encoded(path, small_dataset, 40, 1)
    return encoding.read_encoded(path)


def test_kernels_at_zero_have_no_gradient_and_stay_there(data):
    """What an early step takes away no later step gives back: each kernel's gradient goes through
    the others."""
    import tensorflow as tf

    model = networks.build(STUDY.models["baseline"], 40, 1, TASKS["binary"])
    model.set_weights([np.zeros_like(weights) for weights in model.get_weights()])
    kernels = [layer.kernel.value for layer in model.layers]
    with tf.GradientTape() as tape:
        tape.watch(kernels)
        loss = keras.losses.binary_crossentropy(data.y_train, model(data.x_train, training=True))
        loss = tf.reduce_mean(loss)
    assert loss.numpy() == pytest.approx(np.log(2))
    assert [float(tf.norm(gradient)) for gradient in tape.gradient(loss, kernels)] == [0, 0, 0]


def fitted(data, **settings):
    spec = {"units": [8, 4], "penalized": "all", **settings}
    study = config.load({"models": {"penalized": spec}, "epochs": 60, "batch_size": 8})
    key = RunKey("python", "penalized", "per-epoch", 1)
    return keras_engine.fit(study, key, data, keras_engine.build(study, key, data))


@pytest.mark.parametrize(("factor", "collapses"), [(0.3, True), (0.0003, False)])
def test_strong_penalties_leave_one_answer_for_all_and_weak_ones_do_not(data, factor, collapses):
    found = fitted(data, l1=[factor, 0.0, factor], l2=[0.0, factor, factor])
    predictions = as_recorded(found.predictions)
    first_kernel = found.recorder.weights[60][0]
    assert are_constant(predictions) == collapses
    assert (np.abs(first_kernel).max() < 0.01) == collapses  # ten of adam's steps
    if collapses:  # it says of all reviews what share of them is positive
        assert predictions[0] == pytest.approx(data.y_train.mean(), abs=0.05)
