"""Histories of one model over several seeds in, whether another history lies among them out.

How far out a history lies is judged by how far out the seeds themselves lie, each among the others:
with `EXACT` seeds or more, one honest run in a hundred at most is called outside, whatever their
distribution (a conformal test, Vovk et al. 2005). With fewer, limits are taken that held so often,
of each of the study's models, when that was simulated (workflow/bench/verdicts.py;
docs/own-results.md).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pyreg import files
from pyreg.errors import InputError, refusing

INDEX = ["metric", "data", "epoch"]
MIN_SEEDS = 10  # fewer say too little of how far seeds lie apart
ERROR = 0.01  # how often an honest run may be called outside
EXACT = math.ceil(1 / ERROR) - 1  # seeds: then the farthest of all is one of a hundred
# Number of seeds -> standard deviations that ERROR of the study's own models' runs lie beyond.
LIMITS = {10: 10.0, 20: 8.0, 50: 5.0}
# Shares of the epochs after which the beginning, and the middle, of training end.
PARTS = (0.15, 0.5)
# Larger values are taken for this: their squares must be numbers.
LARGEST = 1e100
# No epoch's spread counts as less than this share of its curve's: where all seeds happen to
# agree, as on an accuracy of 1, a single review would put a run endlessly far out.
LEAST_SPREAD = 0.1


@dataclass(frozen=True)
class Position:
    """Where a history lies among the seeds.

    Attributes:
        distance: how many standard deviations of the seeds it lies from their mean, on average
            over the epochs of a part of the training, on the curve and in the part where that is
            most.
        limit: up to where it is inside.
        curve: that curve, such as `training loss`.
        epochs: the first and the last one of that part.
        num_seeds: how many seeds it was compared with.
    """

    distance: float
    limit: float
    curve: str
    epochs: tuple[int, int]
    num_seeds: int

    @property
    def is_inside(self) -> bool:
        return self.distance <= self.limit


def values_of(history: pd.DataFrame) -> pd.Series:
    """One run's history.csv as values indexed by metric, data and epoch."""
    return history.set_index(INDEX)["value"]


def seeds_table(histories: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Histories of several runs as one column per seed; the first of a seed counts."""
    runs: dict[int, pd.Series] = {}
    for history in histories:
        for seed, rows in history.groupby("seed"):
            runs.setdefault(int(str(seed)), values_of(rows))
    return pd.DataFrame(runs)


def keep(path: Path, seeds: pd.DataFrame) -> None:
    """Write many seeds' values: single precision, which is what Keras computes in."""
    levels = {name: seeds.index.get_level_values(name).to_numpy() for name in INDEX}
    with files.atomic_file(path) as temporary:
        np.savez_compressed(
            temporary,
            values=seeds.to_numpy(dtype=np.float32),
            seeds=np.array(seeds.columns, dtype=np.int64),
            metric=levels["metric"].astype(str),
            data=levels["data"].astype(str),
            epoch=levels["epoch"].astype(np.int64),
        )


def read_kept(path: Path) -> pd.DataFrame:
    """Read what `keep` wrote, as `seeds_table` gives it.

    Raises:
        InputError: the file is damaged.
    """
    refused = refusing(f"{path} holds no band of seeds", "fetch it again")
    with refused, np.load(path, allow_pickle=False) as kept:
        index = pd.MultiIndex.from_arrays([kept[name] for name in INDEX], names=INDEX)
        return pd.DataFrame(kept["values"].astype(float), index, kept["seeds"])


def position(values: pd.Series, seeds: pd.DataFrame) -> Position:
    """How far a history lies from the seeds, in their own standard deviations.

    Epochs that fewer than half of the seeds reached before they were stopped are left out.

    Args:
        values: index `INDEX`.
        seeds: the same index, one column per seed, at least two; missing where a seed has ended.

    Raises:
        InputError: the two have no epoch of any curve in common.
    """
    reached = seeds[2 * seeds.count(axis=1) >= seeds.shape[1]]
    common = values.index.intersection(reached.index).sort_values()
    if common.empty:
        raise InputError(
            "the history has no epoch of the loss or a metric in common with the study's runs; "
            "save the history of fit() with its metrics"
        )
    table = seeds.loc[common].assign(mine=values[common])
    distances = _distances(table)
    mine = distances["mine"].to_numpy()
    place = distances.index[int(mine.argmax())]
    of_part = [value[2] for value, key in zip(common, _parts(common), strict=True) if key == place]
    return Position(
        distance=float(mine.max()),
        limit=_limit(distances.drop(columns="mine").max().to_numpy()),
        curve=f"{place[1]} {place[0]}",
        epochs=(min(of_part), max(of_part)),
        num_seeds=seeds.shape[1],
    )


def _distances(table: pd.DataFrame) -> pd.DataFrame:
    """Of each run from all the others: a row per curve and part of it, a column per run."""
    values = np.clip(table.to_numpy(dtype=float), -LARGEST, LARGEST)
    # About the median: one run that is far out must not blur where the others lie.
    centred = values - np.nanmedian(values, axis=1, keepdims=True)
    known, filled = ~np.isnan(centred), np.nan_to_num(centred)
    others = np.maximum(known.sum(axis=1, keepdims=True) - known, 2)
    mean = (filled.sum(axis=1, keepdims=True) - filled) / others
    squares = (filled**2).sum(axis=1, keepdims=True) - filled**2
    variance = pd.DataFrame(
        np.maximum(squares - others * mean**2, 0) / (others - 1), table.index, table.columns
    )
    typical = variance.groupby(["metric", "data"]).transform("mean")
    least = np.maximum(variance.to_numpy(), LEAST_SPREAD**2 * typical.to_numpy())
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(centred - mean) / np.sqrt(least * (1 + 1 / others))
    apart = np.where(np.isclose(centred, mean, rtol=0, atol=1e-12), 0.0, apart)
    of_epochs = pd.DataFrame(np.where(known, apart, np.nan), table.index, table.columns)
    keys = pd.MultiIndex.from_tuples(_parts(table.index), names=["metric", "data", "part"])
    return of_epochs.set_axis(keys).groupby(level=[0, 1, 2]).mean()


def _parts(index: Iterable[Any]) -> list[tuple[str, str, int]]:
    """Of each value: its curve, and whether it is of the beginning, the middle or the end."""
    index = list(index)
    epochs = sorted({epoch for _, _, epoch in index})
    ends = [epochs[max(math.ceil(share * len(epochs)) - 1, 0)] for share in PARTS]
    return [(metric, data, sum(epoch > end for end in ends)) for metric, data, epoch in index]


def _limit(distances: np.ndarray) -> float:
    """Where inside ends, from the distances of the seeds, each from all the others."""
    number = len(distances)
    if number >= EXACT:
        most = int(ERROR * (number + 1))  # that may lie beyond
        return float(np.sort(distances)[-most])
    return float(np.interp(number, list(LIMITS), list(LIMITS.values())))
