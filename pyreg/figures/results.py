"""A results folder in, histories, predictions and tables out; reads records, runs nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from pyreg import files
from pyreg.config import Study
from pyreg.errors import InputError
from pyreg.records.arrays import read_arrays
from pyreg.records.layout import Layout, RecordFolder, ReplicateSet, RunKey
from pyreg.records.run import read_history, read_info, read_predictions, read_weights
from pyreg.statistics.claims import QUANTITIES
from pyreg.study import plan

Content = TypeVar("Content")
# Table -> the columns that it must have: those of words, and those of numbers.
COLUMNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "agreement": (
        ("model", "shuffle", "left", "right", "level"),
        ("max_abs_diff_history", "max_abs_diff_weights", "max_abs_diff_predictions"),
    ),
    "metrics": (
        ("model", "engine", "shuffle", "metric"),
        ("seed", "last_training", "last_validation", "gap", "best_validation", "best_epoch"),
    ),
    "claims": (
        ("id", "at", "claim", "source", "quantity", "verdict"),
        ("estimate", "ci_low", "ci_high", "num_seeds", "p_adjusted", "smallest_detectable"),
    ),
    "search": (("held_out",), ("naive",)),
    "my_runs": (("file", "model", "verdict", "sentence"), ()),
}
COMPRESSION = (
    *("bytes", "bytes_packed", "accuracy", "difference_low", "difference_high", "changed"),
    *("ms_one", "ms_batch"),
)


@dataclass(frozen=True)
class Results:
    """The records of one study."""

    study: Study
    layout: Layout

    @property
    def provenance(self) -> dict[str, Any]:
        """data/provenance.json: which samples these are."""
        return _read(self.layout.data.provenance, _read_provenance)

    def table(self, name: str) -> pd.DataFrame:
        """tables/<name>.csv."""
        return _read(self.layout.table(name), files.read_csv)

    def whole_table(self, name: str) -> pd.DataFrame:
        """`table`, if it has a row for all that the study should have there.

        Raises:
            InputError: it is missing or damaged, or rows of it are.
        """
        path, table = self.layout.table(name), self.table(name)
        missing = self._missing(name, table)
        if missing:
            raise InputError(
                f"{path} is not whole: it lacks {missing[0]}"
                + (f" and {len(missing) - 1} more" if len(missing) > 1 else "")
                + f"; delete it and run `snakemake --cores all`, which makes {name} again"
            )
        return table

    def _missing(self, name: str, table: pd.DataFrame) -> list[str]:
        """The rows, each named, that a table of this study should have and has not."""
        words, numbers = COLUMNS[name]
        if name == "search":
            numbers = (*numbers, *self.study.require_search().over, *self.study.metrics)
        lacking = [key for key in (*words, *numbers) if key not in table]
        lacking += [key for key in numbers if key in table and not is_numeric_dtype(table[key])]
        if lacking:
            return [f"the column {key}" for key in lacking]
        keys, expected = self._rows(name)
        there = set(table[keys].itertuples(index=False, name=None))
        return [" ".join(map(str, row)) for row in expected if row not in there]

    def _rows(self, name: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """What names the rows of a table, and the names of those it should have."""
        study = self.study
        if name == "agreement":
            pairs = [(k.model, k.shuffle, k.engine) for _, k in plan.comparisons(study)]
            sets = [(one.model, one.shuffle, one.engine) for one in plan.backend_sets(study)]
            return ["model", "shuffle", "right"], [*pairs, *sets]
        if name == "metrics":
            keys = [key for key in plan.runs(study, with_r=True) if self._ran(key)]
            rows = [(k.model, k.engine, k.shuffle, k.seed, m) for k in keys for m in study.metrics]
            return ["model", "engine", "shuffle", "seed", "metric"], rows + self._of_seeds()
        if name == "claims":
            return ["id", "at"], [(c.id, at) for c in study.claims for at in QUANTITIES[c.quantity]]
        if name == "search":
            return ["held_out"], [(held_out,) for held_out in study.require_search().held_out_sets]
        return ["file", "model"], [(mine.file, mine.model) for mine in study.my_runs]

    def _ran(self, key: RunKey) -> bool:
        return key.engine == "python" or self.layout.run(key).history.exists()

    def _of_seeds(self) -> list[tuple[Any, ...]]:
        """The rows of metrics.csv that are of replicates."""
        study = self.study
        seeds = range(study.seed, study.seed + study.replicates)
        return [
            (one.model, one.engine, one.shuffle, seed, metric)
            for one in [*plan.replicate_sets(study), *plan.backend_sets(study)]
            if plan.is_installed(one.backend)
            for seed in seeds
            for metric in study.metrics
        ]

    def info(self, record: RecordFolder) -> dict[str, Any]:
        """run.json of a run or of a batch of replicates."""
        return _read(record.info, read_info)

    def trials(self, held_out: str) -> pd.DataFrame:
        """trials.csv of the search that these samples are held out of."""
        return _read(self.layout.search(held_out).trials, files.read_csv)

    def compressed(self, model: str) -> pd.DataFrame:
        """What each smaller form of a model costs."""
        return _read(self.layout.compressed(model).table, _read_compression)

    def exact_history(self, engine: str, model: str, shuffle: str) -> pd.DataFrame:
        """The history of the study's exact run."""
        key = RunKey(engine, model, shuffle, self.study.seed)
        return _read(self.layout.run(key).history, read_history)

    def histories(self, model: str, shuffle: str) -> pd.DataFrame:
        """What curves are drawn from: the replicates if the study has them, else the exact run.

        Returns:
            columns `HISTORY_COLUMNS`, ordered by seed.
        """
        batches = self._replicate_batches(model, shuffle)
        if not batches:
            return self.exact_history("python", model, shuffle)
        read = [_read(batch.history, read_history) for batch in batches]
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
            predictions, labels = _read(run.predictions, read_predictions)
            return predictions[np.newaxis], labels[np.newaxis]
        read = [_read(batch.predictions, read_predictions) for batch in batches]
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

    @property
    def training_samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Features (num_samples, num_features) and labels (num_samples,), as they were encoded."""
        stored = _read(self.layout.data.encoded, read_arrays)
        return stored["x_train"], stored["y_train"].ravel()

    def _replicate_batches(self, model: str, shuffle: str) -> list[RecordFolder]:
        """The records of the replicates' batches, by seed; none if the study has none."""
        return plan.batches(self.study, self.layout, ReplicateSet(model, shuffle))


def _read_provenance(path: Path) -> dict[str, Any]:
    content = files.read_json(path)
    told = {name: content[name] for name in ("description", "content_digest", "file", "notice")}
    if not all(isinstance(text, str) or text is None for text in told.values()):
        raise ValueError("it does not say which samples these are")
    if told["description"] is None or told["content_digest"] is None:
        raise ValueError("it does not describe the samples")
    numbers = [content.get(name, 0) for name in ("num_train", "num_validation")]
    if not all(type(number) is int for number in numbers):
        raise ValueError("it does not say how many samples there are")
    return content


def _read_compression(path: Path) -> pd.DataFrame:
    table = files.read_csv(path)
    if table["form"].empty or not all(is_numeric_dtype(table[name]) for name in COMPRESSION):
        raise ValueError("it does not say what each form costs")
    return table


def _read(path: Path, reader: Callable[[Path], Content]) -> Content:
    try:
        return reader(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"cannot draw from {path} ({reason}); expected the records of a finished study; "
            "run `snakemake --cores all`, which makes what is missing"
        ) from None
