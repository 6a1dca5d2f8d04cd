"""Runs of many seeds in, their history.csv, run.json and predictions.npz out; and back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from pyreg import files
from pyreg.errors import InputError, refusing
from pyreg.records.arrays import read_arrays
from pyreg.records.integrity import digests, verified
from pyreg.records.layout import RecordFolder
from pyreg.records.run import HISTORY_COLUMNS, read_history, read_info

Content = TypeVar("Content")


@dataclass(frozen=True)
class Replicates:
    """Runs of one model that differ in their seed alone.

    Attributes:
        seeds: int64 array (num_replicates,).
        history: columns `records.HISTORY_COLUMNS`, all seeds.
        info: run.json: config, seeds, versions, threads, CPU, device, times.
        predictions: float32 array (num_replicates, num_samples) for the validation samples, or
            (num_replicates, num_samples, num_classes).
        labels: what the predictions should be, array (num_samples,), or (num_replicates,
            num_samples) where each run permutes them.
        model: the file model.keras, all networks side by side, where they are kept; a record that
            is read back leaves it where it lies.
        vocabulary: what raw input is read by, as `model`.
    """

    seeds: np.ndarray
    history: pd.DataFrame
    info: Mapping[str, Any]
    predictions: np.ndarray
    labels: np.ndarray
    model: bytes | None = None
    vocabulary: Mapping[str, Any] | None = None


def write_replicates(folder: str | Path, replicates: Replicates) -> None:
    """Write history.csv, run.json and predictions.npz, and networks that are kept, or none of them.

    Networks of an earlier record are removed first: they are not what this one tells of.
    """
    RecordFolder(Path(folder)).model.unlink(missing_ok=True)
    with files.atomic_folder(folder) as temporary:
        record = RecordFolder(temporary)
        files.write_csv(record.history, replicates.history)
        np.savez_compressed(
            record.predictions,
            validation=replicates.predictions,
            seeds=replicates.seeds,
            labels=replicates.labels,
        )
        if replicates.model is not None:
            record.model.write_bytes(replicates.model)
        if replicates.vocabulary is not None:
            files.write_json(record.vocabulary, replicates.vocabulary)
        files.write_json(record.info, {**replicates.info, "files": digests(temporary)})


def read_replicates(folder: str | Path) -> Replicates:
    """Read what `write_replicates` wrote.

    Raises:
        InputError: a file is missing or damaged.
    """
    record = RecordFolder(Path(folder))
    with refusing(
        f"{folder} is not a complete record of replicates",
        "expected history.csv, run.json and predictions.npz as `pyreg replicate` leaves them; "
        "delete the folder and run snakemake again",
    ):
        arrays = read_arrays(verified(record.predictions))
        return Replicates(
            seeds=arrays["seeds"],
            history=read_history(record.history),
            info=read_info(record.info),
            predictions=arrays["validation"],
            labels=arrays["labels"],
        )


def read_histories(batches: Iterable[RecordFolder]) -> pd.DataFrame:
    """The histories of batches of replicates, one table.

    Raises:
        InputError: a batch is missing, damaged or was changed.
    """
    tables = [_read(batch.history, read_history) for batch in batches]
    # Typed, so that the numbers of a table it is put under stay numbers.
    empty = pd.DataFrame(columns=HISTORY_COLUMNS).astype(
        {"epoch": "int64", "value": "float64", "seed": "int64"}
    )
    return pd.concat(tables, ignore_index=True) if tables else empty


def read_batch_info(batch: RecordFolder) -> dict[str, Any]:
    """run.json of a batch; raises as `read_histories`."""
    return _read(batch.info, read_info)


def _read(path: Path, reader: Callable[[Path], Content]) -> Content:
    try:
        return reader(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"cannot read {path} ({reason}); expected the replicates of every model of "
            "the study; run `snakemake --cores all`, which trains those that are missing"
        ) from None
