"""base-r beside Keras: the same formulas give the same numbers, to the last digits in double."""

import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from pyreg import config, files, networks
from pyreg.agreement import diff
from pyreg.config.tasks import TASKS
from pyreg.data import encoding
from pyreg.data.encoding import Encoded
from pyreg.engines import keras as keras_engine
from pyreg.engines import plain_r
from pyreg.engines.batches import batch_order
from pyreg.engines.plain_r_files import read_epoch
from pyreg.errors import InputError, PyregError
from pyreg.records.layout import RunKey
from pyreg.records.run import read_run, write_run

pytestmark = [
    pytest.mark.r,
    pytest.mark.skipif(shutil.which("Rscript") is None, reason="no Rscript on the PATH"),
]

BATCH_SIZE = 40  # 96 reviews: two whole batches and a smaller one
NETWORKS = {
    "relu": {"units": [5, 4]},
    "one layer": {"units": [6]},
    "penalties": {"units": [5, 4], "l1": 0.002, "l2": 0.01},
    "dropout": {"units": [5, 4, 3], "dropout": 0.4},
    "tanh, all at once": {"units": [5, 4], "activation": "tanh", "l2": 0.01, "dropout": 0.3},
    "sigmoid": {"units": [4], "activation": "sigmoid"},
    "elu": {"units": [4], "activation": "elu"},
    "gelu": {"units": [4], "activation": "gelu"},
    "linear": {"units": [], "l1": 0.002, "penalized": "all"},
    "per layer": {"units": [5, 4], "activation": ["tanh", "elu"], "dropout": [0.0, 0.4]},
    "all penalized": {"units": [5], "l1": [0.002, 0.0], "l2": [0.0, 0.01], "penalized": "all"},
    "learning rate": {"units": [5, 4], "optimizer": {"learning_rate": 0.02}},
}


@pytest.fixture(scope="module")
def data_folder(small_dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    encoding.save_encoded(folder / "encoded.npz", small_dataset, num_words=40, column_base=1)
    files.write_json(folder / "provenance.json", small_dataset.provenance)
    return folder


def apart_in_double(spec: config.Model, data: Encoded, batch_size: int) -> float:
    """Train one epoch with Keras and with base-r: how far apart are any two of their numbers?"""
    model = networks.build(spec, data.x_train.shape[1], seed=1, task=TASKS["binary"])
    weights = model.get_weights()
    order = batch_order(len(data.x_train), epochs=1, seed=1)[0]
    return max(plain_r.differences_in_double(spec, weights, data, order, batch_size).values())


@pytest.mark.parametrize("network", NETWORKS)
def test_same_numbers_as_keras_in_double_precision(network, data_folder):
    data = encoding.read_encoded(data_folder / "encoded.npz")
    found = apart_in_double(config.Model(**NETWORKS[network]), data, BATCH_SIZE)
    assert found < 1e-13


def test_same_numbers_on_samples_that_are_not_0_or_1():
    generator = np.random.RandomState(1)
    x = generator.uniform(-1, 1, (90, 7)).astype(np.float32)
    y = generator.randint(0, 2, (90, 1)).astype(np.uint8)
    data = Encoded(x[:60], y[:60], x[60:], y[60:], "digest")
    assert apart_in_double(config.Model(units=[5, 4]), data, BATCH_SIZE) < 1e-13


@pytest.mark.imdb
@pytest.mark.slow
@pytest.mark.parametrize("network", ["baseline", "smaller", "bigger", "l2", "dropout"])
def test_same_numbers_as_keras_in_double_precision_on_imdb(network, imdb_encoded):
    spec = config.load("config/config.yaml").models[network]
    assert apart_in_double(spec, imdb_encoded, batch_size=512) < 1e-13


@pytest.fixture(scope="module")
def imdb_encoded(imdb_path, tmp_path_factory):
    from pyreg import data

    path = tmp_path_factory.mktemp("imdb") / "encoded.npz"
    dataset = data.load(config.Data(source="file", path=str(imdb_path), num_reviews=2500))
    encoding.save_encoded(path, dataset, num_words=5000, column_base=1)
    return encoding.read_encoded(path)


def test_masks_are_the_ones_fit_uses():
    seen = []

    class Spy(keras.layers.Layer):
        def call(self, x, training=False):
            def keep(values):
                seen.append(values > 0)
                return values

            passed = tf.numpy_function(keep, [x], x.dtype) if training else x
            return tf.ensure_shape(passed, x.shape)

    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dropout(0.5), Spy(), keras.layers.Dropout(0.2), Spy()]
    model = keras.Sequential([keras.Input((7,)), *layers, keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    masks = list(plain_r.dropout_masks(model, [4, 4, 2]))
    model.fit(np.ones((10, 7)), np.zeros((10, 1)), batch_size=4, verbose=0)
    first, second = masks[::2], masks[1::2]
    np.testing.assert_array_equal(np.concatenate(seen[::2]), np.concatenate(first))
    np.testing.assert_array_equal(
        np.concatenate(seen[1::2]), np.concatenate(first) & np.concatenate(second)
    )


def study_of(network: dict) -> config.Study:
    return config.load(
        {
            "data": {"num_words": 40},
            "models": {"baseline": network},
            "epochs": 2,
            "batch_size": BATCH_SIZE,
        }
    )


def key_of(engine: str, shuffle: str = "per-epoch") -> RunKey:
    return RunKey(engine, "baseline", shuffle, seed=1)


@pytest.mark.parametrize("network", ["relu", "penalties", "dropout"])
def test_record_parts_from_pythons_at_the_first_weights(network, data_folder, tmp_path):
    study = study_of(NETWORKS[network])
    python = keras_engine.train(study, key_of("python"), data_folder)
    followed = plain_r.train(study, key_of("base-r"), data_folder)
    write_run(tmp_path, followed)
    found = diff.first_difference(python, read_run(tmp_path))
    assert found.link == "weights after epoch 1"
    assert 0 < found.weights < 1e-5  # single precision of Keras is all that is left
    assert 0 < found.history < 1e-5
    assert followed.info["versions"]["R"].count(".") == 2
    assert followed.info["keras_in_double"]["weights"] < 1e-13


def test_order_of_keras_own_is_refused(data_folder):
    with pytest.raises(InputError, match="only Keras knows the order"):
        plain_r.train(
            study_of(NETWORKS["relu"]),
            RunKey("base-r", "baseline", "keras", 1),
            data_folder,
        )


def test_missing_r_is_named(data_folder, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="no Rscript on the PATH"):
        plain_r.train(
            study_of(NETWORKS["relu"]),
            RunKey("base-r", "baseline", "per-epoch", 1),
            data_folder,
        )


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("weights_after.bin", "R left 1 of 3 numbers in weights_after.bin; make room in"),
        ("predictions.bin", "R left 1 of 2 numbers in predictions.bin"),
        ("history.csv", "R left half of history.csv"),
        ("versions.csv", "R left half of versions.csv"),
    ],
)
def test_what_r_could_not_write_whole_is_said(tmp_path, file, said):
    for name, number in {"weights_after.bin": 3, "predictions.bin": 2}.items():
        np.zeros(number).tofile(tmp_path / name)
    for name in ("history.csv", "versions.csv"):
        (tmp_path / name).write_text("name,value\nx,1\n")
    (tmp_path / "validation_labels.bin").write_bytes(b"\0\1")
    assert read_epoch(tmp_path, [(2, 1), (1,)]).history == {"x": 1.0}
    (tmp_path / file).write_bytes((tmp_path / file).read_bytes()[:8])
    with pytest.raises(PyregError, match=said):
        read_epoch(tmp_path, [(2, 1), (1,)])
