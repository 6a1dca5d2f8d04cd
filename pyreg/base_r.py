"""One run's settings and the encoded reviews in, its first epoch computed in plain R out.

Keras draws the initial weights and the dropout masks; R/base_r.R does all arithmetic on them,
in a process of its own, without Python or Keras.
"""

import csv
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from pyreg import config, encode, files, models, plan, records, rscript, runtime
from pyreg.errors import InputError
from pyreg.train import order_for, times_since


@dataclass(frozen=True)
class Epoch:
    """What an epoch in R came to, all in double precision.

    Attributes:
        history: name of a metric as in Keras' `history.history` -> its value.
        weights: kernels and biases after the epoch, in Keras' order and shapes.
        predictions: float64 array (num_validation_reviews,), probability of a positive review.
        versions: of R and what it computed with.
    """

    history: dict[str, float]
    weights: list[np.ndarray]
    predictions: np.ndarray
    versions: dict[str, str]


def train(study: config.Study, key: records.RunKey, data_folder: Path) -> records.Run:
    """Follow the Python run of `key` through its first epoch.

    The links of the chain up to the batch order are the Python run's own. From the first weights
    on they differ, because R computes in double and Keras in single precision.

    Args:
        study: settings; `key.model` is one of its models.
        data_folder: holds encoded.npz and provenance.json.

    Raises:
        InputError: the data cannot be read, there is no R, or the order of the reviews is
            Keras' own (`shuffle: keras`).
    """
    started = time.time()
    data = encode.read_encoded(data_folder / "encoded.npz")
    order = order_for(key, len(data.x_train), study.epochs)
    if order is None:
        raise InputError(
            f"base-r cannot follow {key.model} with shuffle: {key.shuffle}, where only Keras "
            "knows the order of the reviews; use shuffle: per-epoch"
        )
    spec = study.models[key.model]
    model = models.build(spec, data.x_train.shape[1], key.seed)
    initial_weights = model.get_weights()
    epoch = first_epoch(spec, model, data, order[0], study.batch_size)
    return records.Run(
        key=key,
        history=records.history_table({name: [v] for name, v in epoch.history.items()}, key),
        info={
            **vars(key),
            "config": {**plan.settings_of_run(study, key.model), "epochs": 1},
            **runtime.describe(),
            "r": epoch.versions,
            "front_end": "plain R in double precision; Keras drew initial weights and masks",
            "data": files.read_json(data_folder / "provenance.json"),
            "times": times_since(started),
        },
        chain=records.Chain(
            data=data.data_digest,
            encoding=records.encoding_digest(data.x_train, data.x_validation),
            initial_weights=records.weights_digest(initial_weights),
            batch_order=files.digest_arrays(order),
            weights=[records.weights_digest(epoch.weights)],
            predictions=files.digest_arrays(epoch.predictions),
        ),
        predictions=epoch.predictions,
        labels=data.y_validation.ravel(),
        weights={1: epoch.weights},
    )


def first_epoch(
    spec: config.Model,
    model: keras.Model,
    data: encode.Encoded,
    order: np.ndarray,
    batch_size: int,
) -> Epoch:
    """Train `model`'s weights for one epoch in R; the Keras model itself stays as it is.

    Args:
        spec: what `model` was built from.
        order: int array (num_reviews,), the reviews counted from 0 in the epoch's order.
    """
    weights = model.get_weights()
    sizes = [len(order[start : start + batch_size]) for start in range(0, len(order), batch_size)]
    with tempfile.TemporaryDirectory(prefix="pyreg-base-r-") as name:
        folder = Path(name)
        _write_network(folder, spec, weights, batch_size)
        _write_reviews(folder, "train", data.x_train, data.y_train)
        _write_reviews(folder, "validation", data.x_validation, data.y_validation)
        order.astype("<i4").tofile(folder / "order.bin")
        with (folder / "masks.bin").open("wb") as file:
            for mask in dropout_masks(model, sizes):
                file.write(mask.tobytes(order="F"))
        rscript.run_script("base_r_run.R", folder)
        return _read_epoch(folder, [w.shape for w in weights])


def dropout_masks(model: keras.Model, batch_sizes: Sequence[int]) -> Iterator[np.ndarray]:
    """Draw the masks that `fit` will use: batch by batch, in the order of the layers.

    A dropout layer numbers its draws: draw k depends on the layer's seed and k alone, so drawing
    here and setting the number back leaves `fit` the very same masks.

    Yields:
        uint8 arrays of shape (reviews of the batch, units), 1 where a unit is kept.
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


def _write_network(
    folder: Path, spec: config.Model, weights: list[np.ndarray], batch_size: int
) -> None:
    settings = {"batch_size": batch_size, **spec.model_dump(exclude={"units"})}
    _write_rows(folder / "network.csv", [("name", "value"), *settings.items()])
    kernels = weights[::2]
    _write_rows(folder / "layers.csv", [("inputs", "units"), *(w.shape for w in kernels)])
    with (folder / "weights.bin").open("wb") as file:
        for array in weights:
            file.write(array.astype("<f8").tobytes(order="F"))  # R's matrices: column-major


def _write_reviews(folder: Path, half: str, x: np.ndarray, y: np.ndarray) -> None:
    """The columns of the 1s, review by review: what a sparse matrix consists of."""
    offsets = np.concatenate([[0], np.cumsum(x.sum(axis=1, dtype=np.int64))])
    np.nonzero(x)[1].astype("<i4").tofile(folder / f"{half}_words.bin")
    offsets.astype("<i4").tofile(folder / f"{half}_offsets.bin")
    y.astype(np.uint8).tofile(folder / f"{half}_labels.bin")


def _write_rows(path: Path, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _read_epoch(folder: Path, shapes: list[tuple[int, ...]]) -> Epoch:
    flat = np.fromfile(folder / "weights_after.bin", dtype="<f8")
    ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes])
    pieces = np.split(flat, ends[:-1])
    return Epoch(
        history={name: float(value) for name, value in _read_pairs(folder / "history.csv")},
        weights=[w.reshape(shape, order="F") for w, shape in zip(pieces, shapes, strict=True)],
        predictions=np.fromfile(folder / "predictions.bin", dtype="<f8"),
        versions=dict(_read_pairs(folder / "versions.csv")),
    )


def _read_pairs(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["name"], row["value"]
