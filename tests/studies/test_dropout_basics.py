"""What the study's numbers can and cannot say of dropout."""

import keras
import numpy as np
import pytest
from conftest import ROOT

from pyreg import config, data, networks
from pyreg.config.tasks import TASKS
from pyreg.data import encoding

STUDY = config.load(ROOT / "workflow" / "studies" / "dropout-basics.yaml")


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    path = tmp_path_factory.mktemp("dropout-basics") / "encoded.npz"
    encoding.save_encoded(path, data.load(STUDY.data), num_words=5000, column_base=1)
    return encoding.read_for_seed(path, STUDY.data, seed=1)


def test_the_samples_are_the_tutorial_s(samples):
    assert (samples.x_train.shape, samples.x_validation.shape) == ((800, 20), (200, 20))
    assert set(np.unique(samples.y_train)) == {0, 1}
    assert {tuple(model.units) for model in STUDY.models.values()} == {(64, 64)}


@pytest.fixture(scope="module")
def trained(samples):
    """Model and history of each network, trained three times as long as in the study."""
    return {name: train(spec, samples) for name, spec in STUDY.models.items()}


def test_the_trap_of_training_values_measured_with_units_dropped(samples, trained):
    """Keras' training values say how the thinned networks do, not the trained one."""
    model, _ = trained["dropout"]
    thinned, whole = (
        crossentropy(samples.y_train, model(samples.x_train, training=training).numpy())
        for training in (True, False)
    )
    assert whole < thinned - 0.02


def test_memorizing_shows_on_validation_samples_as_wrong_answers_that_are_sure(trained):
    (_, plain), (_, dropout) = trained["plain"], trained["dropout"]
    assert plain["accuracy"][-1] > 0.7 > dropout["accuracy"][-1]
    guessing = np.log(2)  # the cross-entropy of saying one half to everything
    assert plain["val_binary_crossentropy"][-1] > guessing + 0.05
    for history in (plain, dropout):
        assert 0.4 < history["val_accuracy"][-1] < 0.6


def train(spec, samples):
    model = networks.build(spec, 20, seed=1, task=TASKS["binary"])
    model.steps_per_execution = 25  # an epoch in one call
    fitted = model.fit(
        samples.x_train,
        samples.y_train,
        epochs=3 * STUDY.epochs,
        batch_size=STUDY.batch_size,
        validation_data=(samples.x_validation, samples.y_validation),
        validation_freq=3 * STUDY.epochs,
        verbose=0,
    )
    return model, fitted.history


def crossentropy(labels, predictions):
    return float(keras.losses.BinaryCrossentropy()(labels.astype(np.float32), predictions))
