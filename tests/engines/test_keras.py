import json
from typing import ClassVar

import numpy as np
import pytest

from pyreg import config, networks
from pyreg.config.tasks import TASKS
from pyreg.data import encoding
from pyreg.data.encoding import Encoded
from pyreg.engines import keras as keras_engine
from pyreg.engines.assembly import as_recorded, warn_if_constant
from pyreg.engines.batches import batch_order, ordered_batches, steps_per_epoch, training_data
from pyreg.records.layout import RunKey
from pyreg.records.run import read_run, weights_digest, write_run

SPECS = {
    "baseline": {"units": [4, 4]},
    "l2": {"units": [4, 4], "l2": 0.01},
    "dropout": {"units": [4, 4], "dropout": 0.5},
}


@pytest.fixture(scope="module")
def study():
    return config.load({"models": SPECS, "epochs": 3, "batch_size": 40, "data": {"num_words": 40}})


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory, small_dataset):
    folder = tmp_path_factory.mktemp("data")
    encoding.save_encoded(folder / "encoded.npz", small_dataset, 40, 1)
    (folder / "provenance.json").write_text(json.dumps(small_dataset.provenance))
    return folder


def run_of(study, data_folder, model="baseline", shuffle="per-epoch", seed=1):
    return keras_engine.train(study, RunKey("python", model, shuffle, seed), data_folder)


def test_a_run_leaves_a_complete_record_that_reads_back_equal(study, data_folder, tmp_path):
    run = run_of(study, data_folder)
    write_run(tmp_path / "run", run)
    read = read_run(tmp_path / "run")
    assert read.key == run.key
    assert read.chain == run.chain
    assert read.history.equals(run.history)
    assert np.array_equal(read.predictions, run.predictions)
    assert sorted(read.weights) == [1, 3]
    assert all(map(np.array_equal, read.weights[3], run.weights[3]))
    assert {"versions", "threads", "device", "front_end", "data", "times"} <= set(read.info)


def test_a_history_has_every_epoch_metric_and_half(study, data_folder):
    history = run_of(study, data_folder).history
    assert len(history) == 3 * 3 * 2
    assert history["epoch"].min() == 1
    assert set(history["metric"]) == {"loss", "accuracy", "binary_crossentropy"}


def test_the_last_validation_values_follow_from_the_predictions(study, data_folder):
    run = run_of(study, data_folder)
    last = run.history[(run.history.epoch == 3) & (run.history.data == "validation")]
    value = dict(zip(last.metric, last.value, strict=True))
    p, y = run.predictions.astype(float), run.labels
    assert value["accuracy"] == pytest.approx(np.mean((p > 0.5) == y), abs=1e-6)
    entropy = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    assert value["binary_crossentropy"] == pytest.approx(entropy, rel=1e-5)


def test_the_penalty_is_in_the_loss_and_not_in_the_cross_entropy(study, data_folder):
    run = run_of(study, data_folder, "l2")
    last = run.history[(run.history.epoch == 3) & (run.history.data == "validation")]
    value = dict(zip(last.metric, last.value, strict=True))
    kernels = run.weights[3][0], run.weights[3][2]
    penalty = 0.01 * sum(float((kernel**2).sum()) for kernel in kernels)
    assert value["loss"] - value["binary_crossentropy"] == pytest.approx(penalty, rel=1e-4)


@pytest.mark.parametrize("model", SPECS)
def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(study, data_folder, model):
    first, again = run_of(study, data_folder, model), run_of(study, data_folder, model)
    assert first.chain == again.chain
    assert run_of(study, data_folder, model, seed=2).chain.weights != first.chain.weights


def test_batches_come_in_the_order_given():
    x, y = np.arange(5)[:, np.newaxis], np.arange(5)
    order = np.array([[4, 3, 2, 1, 0], [0, 1, 2, 3, 4]])
    batches = [xs[:, 0].tolist() for xs, _ in ordered_batches(x, y, order, batch_size=2)]
    assert batches == [[4, 3], [2, 1], [0], [0, 1], [2, 3], [4]]
    assert steps_per_epoch(5, 2) == 3


def test_our_order_is_what_fit_would_do_with_it(study, data_folder):
    # The same run, each epoch a plain fit on rows reordered by hand.
    data = encoding.read_encoded(data_folder / "encoded.npz")
    model = networks.build(study.models["baseline"], 40, 1, TASKS["binary"])
    for epoch in batch_order(len(data.x_train), 3, seed=1):
        x, y = data.x_train[epoch], data.y_train[epoch]
        model.fit(x, y, batch_size=40, shuffle=False, verbose=0)
    expected = weights_digest(model.get_weights())
    assert run_of(study, data_folder).chain.weights[-1] == expected


def test_a_seeded_fit_repeats_one_order_every_epoch():
    """The frozen shuffle: what Keras 3.15 does once a seed is set, beside what ours does."""
    import keras

    class Seen(keras.layers.Layer):
        orders: ClassVar[list[list[int]]] = []

        def call(self, x, training=False):
            import tensorflow as tf

            if training:
                tf.py_function(
                    lambda rows: Seen.orders.append(rows.numpy()[:, 0].tolist()), [x], []
                )
            return x

    def orders(**data):
        Seen.orders.clear()
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((1,)), Seen(), keras.layers.Dense(1)])
        model.compile("sgd", "mse", run_eagerly=True)
        model.fit(**data, epochs=2, verbose=0)
        return Seen.orders

    x = np.arange(8, dtype=np.float32)[:, np.newaxis]
    first, second = orders(x=x, y=x, batch_size=8)
    assert first == second  # wrong: the second epoch is no new shuffle
    ours = training_data(x, x, batch_order(8, 2, seed=1), batch_size=8)
    first, second = orders(**ours)
    assert first != second
    assert sorted(first) == sorted(second)


def test_a_model_whose_predictions_are_constant_is_pointed_out(capsys):
    warn_if_constant(np.full(10, 0.5, dtype=np.float32), "l1 seed 1")
    assert "all 10 predictions are 0.500000" in capsys.readouterr().err
    warn_if_constant(np.full((3, 2), [0.25, 0.75]), "digits seed 1")
    assert "all 3 predictions are 0.250000, 0.750000" in capsys.readouterr().err
    warn_if_constant(np.linspace(0, 1, 10), "fine")
    assert capsys.readouterr().err == ""


def stopping_study(**early_stopping):
    # A step so long that the validation loss soon rises.
    spec = {"units": [4], "optimizer": {"learning_rate": 0.1}, "early_stopping": early_stopping}
    settings = {"models": {"baseline": spec}, "epochs": 60, "batch_size": 40}
    return config.load({**settings, "data": {"num_words": 40}})


def validation_losses(run):
    rows = run.history[(run.history.data == "validation") & (run.history.metric == "loss")]
    return rows["value"].to_numpy()


@pytest.mark.parametrize("patience", [1, 3])
def test_a_run_ends_after_so_many_epochs_without_improvement(data_folder, patience):
    run = run_of(stopping_study(patience=patience), data_folder)
    losses = validation_losses(run)
    best = int(np.argmin(losses))
    assert 0 < best < len(losses) - 1 == best + patience
    assert len(run.chain.weights) == len(losses)
    assert sorted(run.weights) == [1, len(losses)]
    assert weights_digest(run.weights[len(losses)]) == run.chain.weights[-1]


def crossentropy_of(run):
    p, y = run.predictions.astype(float), run.labels
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def test_predictions_are_of_the_best_epoch_where_its_weights_are_restored(data_folder):
    last = run_of(stopping_study(patience=2), data_folder)
    best = run_of(stopping_study(patience=2, restore_best_weights=True), data_folder)
    assert last.chain.weights == best.chain.weights
    assert crossentropy_of(last) == pytest.approx(validation_losses(last)[-1], rel=1e-5)
    assert crossentropy_of(best) == pytest.approx(validation_losses(best).min(), rel=1e-5)


def test_a_model_that_collapses_is_marked_in_its_record(data_folder):
    # Instance normalization of single numbers leaves nothing of them: tests/test_models.py.
    specs = {"baseline": {"units": [4]}, "nothing": {"units": [4], "normalization": "instance"}}
    study = config.load({"models": specs, "epochs": 1, "data": {"num_words": 40}})
    marks = {name: run_of(study, data_folder, name).info["constant_predictions"] for name in specs}
    assert marks == {"baseline": False, "nothing": True}


@pytest.fixture
def generator():
    return np.random.RandomState(1)


def fitted(source, spec, data):
    study = config.load(
        {"data": source, "models": {"baseline": spec}, "epochs": 40, "batch_size": 8}
    )
    key = RunKey("python", "baseline", "per-epoch", 1)
    return keras_engine.fit(study, key, data, keras_engine.build(study, key, data))


def test_a_regression_finds_the_line_its_targets_lie_on(generator):
    x = generator.normal(size=(64, 3)).astype(np.float32)
    y = (x @ [[1.0], [-2.0], [0.5]] + 0.25).astype(np.float32)
    linear = {"num_features": 3, "num_train": 48, "num_validation": 16}
    data = Encoded(x[:48], y[:48], x[48:], y[48:], "digest")
    spec = {"units": [], "optimizer": {"learning_rate": 0.1}}
    found = fitted({"source": "linear", "synthetic": linear}, spec, data)
    assert as_recorded(found.predictions).shape == (16,)
    assert found.predictions == pytest.approx(y[48:], abs=0.2)
    errors = found.predictions - y[48:]
    assert found.history["val_mean_squared_error"][-1] == pytest.approx(
        np.mean(errors**2), rel=1e-4
    )
    assert found.history["val_mean_absolute_error"][-1] == pytest.approx(
        np.mean(np.abs(errors)), rel=1e-4
    )


def test_a_multiclass_model_tells_its_classes_apart(generator):
    y = generator.randint(0, 3, (64, 1)).astype(np.uint8)
    x = (np.eye(3)[y[:, 0]] + generator.normal(0, 0.1, (64, 3))).astype(np.float32)
    data = Encoded(x[:48], y[:48], x[48:], y[48:], "digest", num_outputs=3)
    spec = {"units": [8], "optimizer": {"learning_rate": 0.01}}
    found = fitted({"source": "digits"}, spec, data)
    p = as_recorded(found.predictions)
    assert p.shape == (16, 3)
    assert (p.argmax(axis=1) == y[48:, 0]).all()
    assert found.history["val_accuracy"][-1] == 1
    entropy = -np.mean(np.log(p[np.arange(16), y[48:, 0]]))
    assert found.history["val_sparse_categorical_crossentropy"][-1] == pytest.approx(
        entropy, rel=1e-4
    )
