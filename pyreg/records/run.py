"""What a run leaves behind: history.csv, run.json, chain.json, predictions.npz, weights.npz."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pyreg import files
from pyreg.config.tasks import MEASURES
from pyreg.errors import InputError
from pyreg.records.layout import RecordFolder, RunKey

HISTORY_COLUMNS = ["epoch", "value", "metric", "data", "model", "engine", "shuffle", "seed"]
METRICS = ["loss", *sorted(MEASURES)]


@dataclass(frozen=True)
class Chain:
    """SHA-256 of each link from the data to the predictions; the first that differs tells why.

    None where an engine cannot know a link (the batch order inside a plain `fit`).
    """

    data: str
    encoding: str
    initial_weights: str
    batch_order: str | None
    weights: list[str]  # after each epoch
    predictions: str

    def links(self) -> list[tuple[str, str | None]]:
        """The links in causal order, the weights one link per epoch."""
        epochs = [(f"weights after epoch {e}", w) for e, w in enumerate(self.weights, start=1)]
        return [
            ("data", self.data),
            ("encoding", self.encoding),
            ("initial weights", self.initial_weights),
            ("batch order", self.batch_order),
            *epochs,
            ("predictions", self.predictions),
        ]


@dataclass(frozen=True)
class Run:
    """A run read back.

    Attributes:
        history: columns `HISTORY_COLUMNS`, one row per epoch, metric and data.
        info: run.json: config, seed, versions, threads, CPU, device, front end, times.
        predictions: float32 array: (num_samples,), the probability of label 1, or a regression's
            value; (num_samples, num_classes) for several classes, each one's probability.
        labels: array (num_samples,), what the predictions should be: uint8 class, or float32 value.
        weights: epoch -> list of float arrays, for the first and the last epoch that was reached.
    """

    key: RunKey
    history: pd.DataFrame
    info: Mapping[str, Any]
    chain: Chain
    predictions: np.ndarray
    labels: np.ndarray
    weights: Mapping[int, list[np.ndarray]]


def history_table(history: Mapping[str, Sequence[float]], key: RunKey) -> pd.DataFrame:
    """Keras' `history.history` as R's `as.data.frame(history)`, and the run's names after it.

    Args:
        history: metric name (validation ones begin with `val_`) -> one value per epoch.
    """
    rows = [
        (epoch, float(value), name.removeprefix("val_"), data, *_names(key))
        for data, prefix in [("training", ""), ("validation", "val_")]
        for name in [prefix + metric for metric in METRICS]
        for epoch, value in enumerate(history.get(name, []), start=1)
    ]
    return pd.DataFrame(rows, columns=HISTORY_COLUMNS)


def weights_digest(weights: Sequence[np.ndarray]) -> str:
    """SHA-256 of a model's weights, kernels and biases in the model's order."""
    return files.digest_arrays(*weights)


def encoding_digest(*matrices: np.ndarray) -> str:
    """SHA-256 of matrices of samples: multi-hot ones whatever integers hold their 0 and 1,
    others in single precision."""
    contents = [_bits_or_values(np.asarray(matrix)) for matrix in matrices]
    shapes = [np.asarray(matrix.shape, dtype=np.int64) for matrix in matrices]
    return files.digest_arrays(*contents, *shapes)


def _bits_or_values(matrix: np.ndarray) -> np.ndarray:
    if matrix.dtype.kind == "f":
        return matrix.astype(np.float32)
    return np.packbits(np.ascontiguousarray(matrix != 0), axis=1)


def write_run(folder: str | Path, run: Run) -> None:
    """Write all files of a run's record, or none."""
    with files.atomic_folder(folder) as temporary:
        record = RecordFolder(temporary)
        files.write_csv(record.history, run.history)
        files.write_json(record.info, run.info)
        files.write_json(record.chain, vars(run.chain))
        np.savez_compressed(record.predictions, validation=run.predictions, labels=run.labels)
        arrays = {
            f"epoch_{epoch}_{position}": array
            for epoch, weights in run.weights.items()
            for position, array in enumerate(weights)
        }
        np.savez(record.weights, **arrays)  # type: ignore[arg-type]


def read_run(folder: str | Path) -> Run:
    """Read a run's record.

    Raises:
        InputError: a file of the record is missing or damaged.
    """
    record = RecordFolder(Path(folder))
    try:
        info = files.read_json(record.info)
        key = RunKey(info["engine"], info["model"], info["shuffle"], info["seed"])
        with np.load(record.predictions, allow_pickle=False) as stored:
            predictions, labels = stored["validation"], stored["labels"]
        return Run(
            key=key,
            history=files.read_csv(record.history),
            info=info,
            chain=Chain(**files.read_json(record.chain)),
            predictions=predictions,
            labels=labels,
            weights=read_weights(record.weights),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{folder} is not a complete record of a run ({error}); "
            "expected history.csv, run.json, chain.json, predictions.npz and weights.npz as "
            "`pyreg train` leaves them; delete the folder and run snakemake again"
        ) from None


def read_weights(path: Path) -> dict[int, list[np.ndarray]]:
    """Epoch -> the model's weights after it; empty where they were not kept."""
    weights: dict[int, list[np.ndarray]] = {}
    if not path.exists():  # the reference results leave the weights out: only their digests count
        return weights
    with np.load(path, allow_pickle=False) as stored:
        for name in stored.files:  # in the order they were saved: position 0, 1, ...
            weights.setdefault(int(name.split("_")[1]), []).append(stored[name])
    return weights


def _names(key: RunKey) -> tuple[str, str, str, int]:
    return key.model, key.engine, key.shuffle, key.seed
