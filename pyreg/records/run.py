"""What a run leaves behind: history.csv, run.json, chain.json, predictions.npz, weights.npz; and
of a run that Keras trained the network itself, model.keras, with its vocabulary.json."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd

from pyreg import files
from pyreg.config.tasks import Metric
from pyreg.errors import refusing
from pyreg.records.arrays import read_arrays
from pyreg.records.integrity import digests, verified
from pyreg.records.layout import RecordFolder, RunKey

HISTORY_COLUMNS = ["epoch", "value", "metric", "data", "model", "engine", "shuffle", "seed"]
METRICS = ["loss", *sorted(get_args(Metric))]
MOST_EPOCHS = 1_000_000


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
        model: the file model.keras, where Keras trained; a record that is read back leaves it where
            it lies.
        vocabulary: what raw input is read by (`pyreg.data.vocabulary_file`), as `model`.
    """

    key: RunKey
    history: pd.DataFrame
    info: Mapping[str, Any]
    chain: Chain
    predictions: np.ndarray
    labels: np.ndarray
    weights: Mapping[int, list[np.ndarray]]
    model: bytes | None = None
    vocabulary: Mapping[str, Any] | None = None


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
    """SHA-256 of matrices of samples: multi-hot ones and sequences whatever integers hold them,
    others in single precision."""
    contents = [_bits_or_values(np.asarray(matrix)) for matrix in matrices]
    shapes = [np.asarray(matrix.shape, dtype=np.int64) for matrix in matrices]
    return files.digest_arrays(*contents, *shapes)


def _bits_or_values(matrix: np.ndarray) -> np.ndarray:
    if matrix.dtype.kind == "f":
        return matrix.astype(np.float32)
    if matrix.max(initial=0) > 1:
        return matrix.astype(np.int32)
    return np.packbits(np.ascontiguousarray(matrix != 0), axis=1)


def write_run(folder: str | Path, run: Run) -> None:
    """Write all files of a run's record, or none."""
    with files.atomic_folder(folder) as temporary:
        record = RecordFolder(temporary)
        files.write_csv(record.history, run.history)
        files.write_json(record.info, run.info)
        np.savez_compressed(record.predictions, validation=run.predictions, labels=run.labels)
        arrays = {
            f"epoch_{epoch}_{position}": array
            for epoch, weights in run.weights.items()
            for position, array in enumerate(weights)
        }
        np.savez(record.weights, **arrays)  # type: ignore[arg-type]
        if run.model is not None:
            record.model.write_bytes(run.model)
        if run.vocabulary is not None:
            files.write_json(record.vocabulary, run.vocabulary)
        files.write_json(record.chain, {**vars(run.chain), "files": digests(temporary)})


def read_run(folder: str | Path) -> Run:
    """Read a run's record.

    Raises:
        InputError: a file of the record is missing or damaged.
    """
    record = RecordFolder(Path(folder))
    with refusing(
        f"{folder} is not a complete record of a run",
        "expected history.csv, run.json, chain.json, predictions.npz and weights.npz as "
        "`pyreg train` leaves them; delete the folder and run snakemake again",
    ):
        info = read_info(record.info)
        key = RunKey.of_info(info)
        _check_key(key)
        predictions, labels = read_predictions(record.predictions)
        return Run(
            key=key,
            history=read_history(record.history),
            info=info,
            chain=_read_chain(record, predictions),
            predictions=predictions,
            labels=labels,
            weights=read_weights(record.weights),
        )


def read_history(path: Path) -> pd.DataFrame:
    """history.csv of a run or of a batch of replicates.

    Raises:
        InputError: it was changed since it was written.
        OSError, ValueError: it is missing, or no history.
    """
    table = files.read_csv(verified(path))
    missing = [column for column in HISTORY_COLUMNS if column not in table]
    if missing:
        raise ValueError(f"{path.name} has no column {', '.join(missing)}")
    table = table[HISTORY_COLUMNS].astype({"value": np.float64})
    if any(table[column].dtype != np.int64 for column in ("epoch", "seed")):
        raise ValueError(f"{path.name} has epochs or seeds that are no whole numbers")
    words = ("metric", "data", "model", "engine", "shuffle")
    if not all(pd.api.types.is_string_dtype(table[column]) for column in words):
        raise ValueError(f"{path.name} has names that are none")
    if not table["epoch"].between(1, MOST_EPOCHS).all():
        raise ValueError(f"{path.name} has epochs beyond 1 to {MOST_EPOCHS:,}")
    if table[["epoch", "metric", "data", "seed"]].duplicated().any():
        raise ValueError(f"{path.name} has two values of one epoch")
    return table


def read_info(path: Path) -> dict[str, Any]:
    """run.json of a run or of a batch of replicates; raises as `read_history`."""
    info = files.read_json(verified(path))
    in_double = info.get("keras_in_double", {}) if isinstance(info, dict) else None
    if not isinstance(in_double, dict) or not all(_is_number(v) for v in in_double.values()):
        raise ValueError(f"{path.name} does not say how a run was made")
    return info


def read_predictions(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Predictions and labels of a run or of a batch of replicates; raises as `read_history`."""
    stored = read_arrays(verified(path))
    predictions, labels = stored["validation"], stored["labels"]
    if predictions.dtype.kind != "f" or labels.dtype.kind not in "uif":
        raise ValueError(f"{path.name} holds no predictions")
    return predictions, labels


def read_weights(path: Path) -> dict[int, list[np.ndarray]]:
    """Epoch -> the model's weights after it; empty where they were not kept.

    Raises as `read_history`.
    """
    weights: dict[int, list[np.ndarray]] = {}
    if not path.exists():  # the reference results leave the weights out: only their digests count
        return weights
    for name, array in read_arrays(verified(path)).items():  # as saved: position 0, 1, ...
        if array.dtype.kind != "f":
            raise ValueError(f"{path.name} holds no weights")
        weights.setdefault(int(name.split("_")[1]), []).append(array)
    return weights


def _read_chain(record: RecordFolder, predictions: np.ndarray) -> Chain:
    content = files.read_json(record.chain)
    tells_files = content.pop("files", None) is not None
    chain = Chain(**content)
    links = [link for _, link in chain.links()]
    if not all(isinstance(link, str) for link in links if link is not None):
        raise ValueError(f"{record.chain.name} holds no digests")
    # What earlier records can be held to, which tell no digests of files.
    if not tells_files and chain.predictions != files.digest_arrays(predictions):
        raise ValueError(f"{record.predictions.name} is not what the last link of the chain says")
    return chain


def _check_key(key: RunKey) -> None:
    names = (key.engine, key.model, key.shuffle)
    if not all(isinstance(name, str) for name in names) or type(key.seed) is not int:
        raise ValueError("run.json does not say which run it is")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _names(key: RunKey) -> tuple[str, str, str, int]:
    return key.model, key.engine, key.shuffle, key.seed
