"""A results folder in, histories, predictions and tables out; reads records, runs nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from pyreg import files
from pyreg.config import Study
from pyreg.errors import InputError
from pyreg.records.layout import Layout, RecordFolder, ReplicateSet, RunKey
from pyreg.records.run import HISTORY_COLUMNS, read_weights
from pyreg.study import plan

Content = TypeVar("Content")


@dataclass(frozen=True)
class Results:
    """The records of one study."""

    study: Study
    layout: Layout

    @property
    def provenance(self) -> dict[str, Any]:
        """data/provenance.json: which samples these are."""
        return _read(self.layout.data.provenance, files.read_json)

    def table(self, name: str) -> pd.DataFrame:
        """tables/<name>.csv."""
        return _read(self.layout.table(name), files.read_csv)

    def trials(self, held_out: str) -> pd.DataFrame:
        """trials.csv of the search that these samples are held out of."""
        return _read(self.layout.search(held_out).trials, files.read_csv)

    def exact_history(self, engine: str, model: str, shuffle: str) -> pd.DataFrame:
        """The history of the study's exact run."""
        key = RunKey(engine, model, shuffle, self.study.seed)
        return _read(self.layout.run(key).history, _read_history)

    def histories(self, model: str, shuffle: str) -> pd.DataFrame:
        """What curves are drawn from: the replicates if the study has them, else the exact run.

        Returns:
            columns `HISTORY_COLUMNS`, ordered by seed.
        """
        batches = self._replicate_batches(model, shuffle)
        if not batches:
            return self.exact_history("python", model, shuffle)
        read = [_read(batch.history, _read_history) for batch in batches]
        return pd.concat(read, ignore_index=True)

    def predictions(self, model: str, shuffle: str) -> tuple[np.ndarray, np.ndarray]:
        """Predictions after training, of the replicates or else of the exact run.

        Returns:
            float array (num_runs, num_samples), or (num_runs, num_samples, num_classes) of several
            classes; and the labels, array (num_runs, num_samples): each run may permute its own.
        """
        batches = self._replicate_batches(model, shuffle)
        if not batches:
            run = self.layout.run(RunKey("python", model, shuffle, self.study.seed))
            predictions, labels = _read(run.predictions, _read_predictions)
            return predictions[np.newaxis], labels[np.newaxis]
        read = [_read(batch.predictions, _read_predictions) for batch in batches]
        return (
            np.concatenate([predictions for predictions, _ in read]),
            np.concatenate([np.broadcast_to(labels, p.shape[:2]) for p, labels in read]),
        )

    def weights(self, model: str) -> list[np.ndarray]:
        """Kernels, biases and what normalization keeps, at the end of the exact run; none if they
        were not kept."""
        key = RunKey("python", model, self.study.shuffle, self.study.seed)
        epochs = _read(self.layout.run(key).weights, read_weights)
        return epochs[max(epochs)] if epochs else []

    def _replicate_batches(self, model: str, shuffle: str) -> list[RecordFolder]:
        """The records of the replicates' batches, by seed; none if the study has none."""
        return plan.batches(self.study, self.layout, ReplicateSet(model, shuffle))


def _read(path: Path, reader: Callable[[Path], Content]) -> Content:
    try:
        return reader(path)
    except (OSError, ValueError, KeyError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"cannot draw from {path} ({reason}); expected the records of a finished study; "
            "run `snakemake --cores all`, which makes what is missing"
        ) from None


def _read_history(path: Path) -> pd.DataFrame:
    history = files.read_csv(path)
    missing = [column for column in HISTORY_COLUMNS if column not in history]
    if missing:
        raise ValueError(f"no column {', '.join(missing)}")
    return history[HISTORY_COLUMNS]


def _read_predictions(path: Path) -> tuple[np.ndarray, np.ndarray]:
    with np.load(path, allow_pickle=False) as stored:
        return stored["validation"], stored["labels"]
