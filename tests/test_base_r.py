"""base-r beside Keras: the same formulas give the same numbers, to the last digits in double."""

import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from pyreg import base_r, config, diff, encode, files, models, records, train
from pyreg.errors import InputError

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
}
TOLERANCE = {"gelu": 1e-8}  # TensorFlow's root of 2 in it is a single-precision number


@pytest.fixture
def double_precision():
    """Keras in float64, so that only formulas can differ and not their rounding."""
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


@pytest.fixture(scope="module")
def data_folder(small_dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    encode.save_encoded(folder / "encoded.npz", small_dataset, num_words=40, column_base=1)
    files.write_json(folder / "provenance.json", small_dataset.provenance)
    return folder


def largest_difference(spec: config.Model, data: encode.Encoded, batch_size: int) -> float:
    """Train one epoch with Keras and with base-r: how far apart are any two of their numbers?"""
    key = records.RunKey("python", "any", "per-epoch", 1)
    order = train.order_for(key, len(data.x_train), 1)
    model = models.build(spec, data.x_train.shape[1], seed=1)
    epoch = base_r.first_epoch(spec, model, data, order[0], batch_size)
    fitted = model.fit(
        **train.training_data(data.x_train, data.y_train, order, batch_size),
        validation_data=(data.x_validation, data.y_validation),
        validation_batch_size=batch_size,
        verbose=0,
    )
    weights = zip(model.get_weights(), epoch.weights, strict=True)
    predictions = model.predict(data.x_validation, verbose=0).ravel()
    return max(
        *(np.abs(keras_s - r_s).max() for keras_s, r_s in weights),
        *(abs(values[0] - epoch.history[name]) for name, values in fitted.history.items()),
        np.abs(predictions - epoch.predictions).max(),
    )


@pytest.mark.parametrize("network", NETWORKS)
def test_same_numbers_as_keras_in_double_precision(network, data_folder, double_precision):
    data = encode.read_encoded(data_folder / "encoded.npz")
    found = largest_difference(config.Model(**NETWORKS[network]), data, BATCH_SIZE)
    assert found < TOLERANCE.get(network, 1e-13)


@pytest.mark.parametrize("network", ["relu", "penalties", "dropout"])
def test_single_precision_of_keras_is_all_that_is_left(network, data_folder):
    data = encode.read_encoded(data_folder / "encoded.npz")
    assert 1e-13 < largest_difference(config.Model(**NETWORKS[network]), data, BATCH_SIZE) < 1e-5


@pytest.mark.imdb
@pytest.mark.slow
@pytest.mark.parametrize("network", ["baseline", "smaller", "bigger", "l2", "dropout"])
def test_same_numbers_as_keras_in_double_precision_on_imdb(network, imdb_encoded, double_precision):
    spec = config.load("workflow/config.yaml").models[network]
    assert largest_difference(spec, imdb_encoded, batch_size=512) < 1e-13


@pytest.fixture(scope="module")
def imdb_encoded(imdb_path, tmp_path_factory):
    from pyreg import data

    path = tmp_path_factory.mktemp("imdb") / "encoded.npz"
    dataset = data.load(config.Data(source="file", path=str(imdb_path)))
    encode.save_encoded(path, dataset, num_words=5000, column_base=1)
    return encode.read_encoded(path)


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
    masks = list(base_r.dropout_masks(model, [4, 4, 2]))
    model.fit(np.ones((10, 7)), np.zeros((10, 1)), batch_size=4, verbose=0)
    first, second = masks[::2], masks[1::2]
    np.testing.assert_array_equal(np.concatenate(seen[::2]), np.concatenate(first))
    np.testing.assert_array_equal(
        np.concatenate(seen[1::2]), np.concatenate(first) & np.concatenate(second)
    )


def study(**changes) -> config.Study:
    return config.load(
        {
            "data": {"num_words": 40},
            "models": {"baseline": {"units": [4, 4]}},
            "epochs": 2,
            "batch_size": BATCH_SIZE,
            **changes,
        }
    )


def test_record_parts_from_pythons_at_the_first_weights(data_folder, tmp_path):
    python = train.train(study(), records.RunKey("python", "baseline", "per-epoch", 1), data_folder)
    plain_r = base_r.train(
        study(), records.RunKey("base-r", "baseline", "per-epoch", 1), data_folder
    )
    records.write_run(tmp_path, plain_r)
    found = diff.first_difference(python, records.read_run(tmp_path))
    assert found.link == "weights after epoch 1"
    assert found.weights < 1e-6
    assert found.history < 1e-6
    assert plain_r.info["r"]["r"].count(".") == 2


def test_order_of_keras_own_is_refused(data_folder):
    with pytest.raises(InputError, match="only Keras knows the order"):
        base_r.train(study(), records.RunKey("base-r", "baseline", "keras", 1), data_folder)


def test_missing_r_is_named(data_folder, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="no Rscript on the PATH"):
        base_r.train(study(), records.RunKey("base-r", "baseline", "per-epoch", 1), data_folder)
