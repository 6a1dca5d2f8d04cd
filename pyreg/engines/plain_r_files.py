"""The folder that Python and plain R meet in: inputs written, results read.

R/inst/scripts/plain_r_run.R says what lies in it.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pyreg import config
from pyreg.errors import PyregError


@dataclass(frozen=True)
class Epoch:
    """What an epoch in R came to, all in double precision.

    Attributes:
        history: name of a metric as in Keras' `history.history` -> its value.
        weights: kernels and biases after the epoch, in Keras' order and shapes.
        predictions: float64 array (num_validation_samples,), probability of a positive.
        versions: of R and what it computed with.
    """

    history: dict[str, float]
    weights: list[np.ndarray]
    predictions: np.ndarray
    versions: dict[str, str]


def write_network(
    folder: Path, spec: config.Model, weights: list[np.ndarray], batch_size: int
) -> None:
    """The network's settings, and the weights it starts from in double precision."""
    learning_rate = spec.optimizer.model_dump(include={"learning_rate"}, exclude_none=True)
    settings = {"batch_size": batch_size, **learning_rate}
    _write_rows(folder / "network.csv", [("name", "value"), *settings.items()])
    of_layers = zip(
        [kernel.shape for kernel in weights[::2]],
        [*spec.activations, "sigmoid"],
        [*spec.dropouts, 0.0],
        spec.penalties,
        strict=True,
    )
    rows = [(*shape, function, rate, *factors) for shape, function, rate, factors in of_layers]
    header = ("inputs", "units", "activation", "dropout", "l1", "l2")
    _write_rows(folder / "layers.csv", [header, *rows])
    with (folder / "weights.bin").open("wb") as file:
        for array in weights:
            file.write(array.astype("<f8").tobytes(order="F"))  # R's matrices: column-major


def write_samples(folder: Path, half: str, x: np.ndarray, y: np.ndarray) -> None:
    """What is not 0 and its columns, sample by sample: what a sparse matrix consists of."""
    rows, columns = np.nonzero(x)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(x)))])
    columns.astype("<i4").tofile(folder / f"{half}_columns.bin")
    x[rows, columns].astype("<f4").tofile(folder / f"{half}_values.bin")
    offsets.astype("<i4").tofile(folder / f"{half}_offsets.bin")
    y.astype(np.uint8).tofile(folder / f"{half}_labels.bin")


def write_batches(folder: Path, order: np.ndarray, masks: Iterable[np.ndarray]) -> None:
    """The order of the samples, and the masks in the order in which they are used."""
    order.astype("<i4").tofile(folder / "order.bin")
    with (folder / "masks.bin").open("wb") as file:
        for mask in masks:
            file.write(mask.tobytes(order="F"))


def read_epoch(folder: Path, shapes: list[tuple[int, ...]]) -> Epoch:
    """What R left there; `shapes` of kernels and biases in Keras' order.

    Raises:
        PyregError: it is not whole.
    """
    ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes])
    num_samples = (folder / "validation_labels.bin").stat().st_size  # a byte each
    flat = _read_doubles(folder / "weights_after.bin", ends[-1])
    pieces = np.split(flat, ends[:-1])
    return Epoch(
        history={name: float(value) for name, value in _read_pairs(folder / "history.csv")},
        weights=[w.reshape(shape, order="F") for w, shape in zip(pieces, shapes, strict=True)],
        predictions=_read_doubles(folder / "predictions.bin", num_samples),
        versions=dict(_read_pairs(folder / "versions.csv")),
    )


def _read_doubles(path: Path, number: int) -> np.ndarray:
    """R says no word when the disk is full."""
    read = np.fromfile(path, dtype="<f8") if path.exists() else np.empty(0)
    if len(read) != number:
        raise PyregError(
            f"R left {len(read):,} of {number:,} numbers in {path.name}; make room in "
            f"{path.parent.parent}, where temporary files lie, and run the same command again"
        )
    return read


def _write_rows(path: Path, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _read_pairs(path: Path) -> Iterator[tuple[str, str]]:
    content = path.read_text(encoding="utf-8") if path.exists() else ""
    if not content.endswith("\n"):
        raise PyregError(f"R left half of {path.name}; make room in {path.parent.parent}")
    for row in csv.DictReader(content.splitlines()):
        yield row["name"], row["value"]
