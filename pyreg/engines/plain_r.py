"""One run's settings and the encoded samples in, its first epoch computed in plain R out.

Keras draws the initial weights and the dropout masks; R/R/plain_r.R does all arithmetic on them,
in a process of its own, without Python or Keras.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np

from pyreg import config, files, networks
from pyreg.config.tasks import TASKS
from pyreg.data import encoding
from pyreg.data.encoding import Encoded
from pyreg.engines import keras as keras_engine
from pyreg.engines import runtime
from pyreg.engines.assembly import times_since
from pyreg.engines.batches import order_for, training_data
from pyreg.engines.plain_r_files import (
    Epoch,
    read_epoch,
    write_batches,
    write_network,
    write_samples,
)
from pyreg.errors import InputError
from pyreg.rbridge import rscript
from pyreg.records.layout import DataFolder, RunKey
from pyreg.records.run import Chain, Run, encoding_digest, history_table, weights_digest


def train(study: config.Study, key: RunKey, data_folder: Path) -> Run:
    """Follow the Python run of `key`, a model that `plan.beyond_base_r` lets pass, for one epoch.

    The links of the chain up to the batch order are the Python run's own. From the first weights
    on they differ, because R computes in double and Keras in single precision. How far R is from
    Keras in double stands in run.json under `keras_in_double`.

    Args:
        study: settings; `key.model` is one of its models.
        data_folder: holds encoded.npz and provenance.json.

    Raises:
        InputError: the data cannot be read, there is no R, or the order of the reviews is
            Keras' own (`shuffle: keras`).
    """
    begin = time.time()
    environment = runtime.describe()
    data = encoding.read_for_run(DataFolder(data_folder).encoded, study, key)
    order = order_for(key, len(data.x_train), study.epochs)
    if order is None:
        raise InputError(
            f"base-r cannot follow {key.model} with shuffle: {key.shuffle}, where only Keras "
            "knows the order of the reviews; use shuffle: per-epoch"
        )
    spec = study.models[key.model]
    model = keras_engine.build(study, key, data)
    initial_weights = model.get_weights()
    epoch = first_epoch(spec, model, data, order[0], study.batch_size)
    apart = differences_in_double(spec, initial_weights, data, order[0], study.batch_size, epoch)
    return Run(
        key=key,
        history=history_table({name: [v] for name, v in epoch.history.items()}, key),
        info={
            **vars(key),
            "config": {**study.settings_of_run(key.model), "epochs": 1},
            **environment,
            "versions": {**environment["versions"], **epoch.versions},
            "keras_in_double": apart,
            "front_end": "plain R in double precision; Keras drew initial weights and masks",
            "data": files.read_json(DataFolder(data_folder).provenance),
            "times": times_since(begin),
        },
        chain=Chain(
            data=data.data_digest,
            encoding=encoding_digest(data.x_train, data.x_validation),
            initial_weights=weights_digest(initial_weights),
            batch_order=files.digest_arrays(order),
            weights=[weights_digest(epoch.weights)],
            predictions=files.digest_arrays(epoch.predictions),
        ),
        predictions=epoch.predictions,
        labels=data.y_validation.ravel(),
        weights={1: epoch.weights},
    )


def first_epoch(
    spec: config.Model,
    model: keras.Model,
    data: Encoded,
    order: np.ndarray,
    batch_size: int,
) -> Epoch:
    """Train `model`'s weights for one epoch in R; the Keras model itself stays as it is.

    Args:
        spec: what `model` was built from.
        order: int array (num_samples,), the samples counted from 0 in the epoch's order.
    """
    weights = model.get_weights()
    sizes = [len(order[start : start + batch_size]) for start in range(0, len(order), batch_size)]
    with files.temporary_folder("pyreg-base-r") as folder:
        write_network(folder, spec, weights, batch_size)
        write_samples(folder, "train", data.x_train, data.y_train)
        write_samples(folder, "validation", data.x_validation, data.y_validation)
        write_batches(folder, order, dropout_masks(model, sizes))
        rscript.run_script("inst/scripts/plain_r_run.R", folder)
        return read_epoch(folder, [w.shape for w in weights])


def differences_in_double(
    spec: config.Model,
    weights: list[np.ndarray],
    data: Encoded,
    order: np.ndarray,
    batch_size: int,
    epoch: Epoch | None = None,
) -> dict[str, float]:
    """Let Keras compute in double as well: without its rounding only formulas can differ.

    Args:
        weights: those that both start from.
        epoch: the same epoch in R, if it was computed already. With dropout it is computed
            again, because Keras draws other masks in double.

    Returns:
        Largest absolute difference of a history value, a weight and a prediction.
    """
    with _double_precision():
        model = networks.build(spec, data.x_train.shape[1], seed=0, task=TASKS["binary"])
        model.set_weights(weights)
        networks.create_variables(model)
        if epoch is None or any(spec.dropouts):
            epoch = first_epoch(spec, model, data, order, batch_size)
        fitted = model.fit(
            **training_data(data.x_train, data.y_train, order[np.newaxis], batch_size),
            validation_data=(data.x_validation, data.y_validation),
            validation_batch_size=batch_size,
            verbose=0,
        )
        predictions = model.predict(data.x_validation, batch_size=batch_size, verbose=0).ravel()
    pairs = zip(model.get_weights(), epoch.weights, strict=True)
    return {
        "history": max(abs(v[0] - epoch.history[name]) for name, v in fitted.history.items()),
        "weights": max(float(np.abs(w - r).max()) for w, r in pairs),
        "predictions": float(np.abs(predictions - epoch.predictions).max()),
    }


@contextmanager
def _double_precision() -> Iterator[None]:
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        yield
    finally:
        keras.config.set_floatx(before[0])
        keras.config.set_dtype_policy(before[1])


def dropout_masks(model: keras.Model, batch_sizes: Sequence[int]) -> Iterator[np.ndarray]:
    """Draw the masks that `fit` will use: batch by batch, in the order of the layers.

    A dropout layer numbers its draws: draw k depends on the layer's seed and k alone, so drawing
    here and setting the number back leaves `fit` the very same masks.

    Yields:
        uint8 arrays of shape (samples of the batch, units), 1 where a unit is kept.
    """
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    states = [layer.seed_generator.state.numpy() for layer in layers]
    for size in batch_sizes:
        for layer in layers:
            ones = keras.ops.ones((size, layer.input.shape[1]), dtype=layer.compute_dtype)
            drawn = keras.random.dropout(ones, layer.rate, seed=layer.seed_generator)
            yield (keras.ops.convert_to_numpy(drawn) > 0).astype(np.uint8)
    for layer, state in zip(layers, states, strict=True):
        layer.seed_generator.state.assign(state)
