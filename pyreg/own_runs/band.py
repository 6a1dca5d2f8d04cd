"""Histories of one model over several seeds in, how far another history lies from them out."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from pyreg.errors import InputError

INDEX = ["metric", "data", "epoch"]
MIN_SEEDS = 10  # fewer say too little of how far seeds lie apart
LIMIT = 3.0  # standard deviations; about one in fifty seeds of the lesson's lies farther out
# No epoch's spread counts as less than this share of its curve's: where all seeds happen to
# agree, as on an accuracy of 1, a single review would put a run endlessly far out.
LEAST_SPREAD = 0.1


@dataclass(frozen=True)
class Position:
    """Where a history lies among the seeds.

    Attributes:
        distance: how many standard deviations of the seeds it lies from their mean, on average
            over the epochs, on the curve where that is most.
        curve: that curve, such as `training loss`.
        num_seeds: how many seeds it was compared with.
    """

    distance: float
    curve: str
    num_seeds: int

    @property
    def is_inside(self) -> bool:
        return self.distance <= LIMIT


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
    common = values.index.intersection(reached.index)
    if common.empty:
        raise InputError(
            "the history has no epoch of the loss or a metric in common with the study's runs; "
            "save the history of fit() with its metrics"
        )
    seeds = seeds.loc[common]
    apart = (values[common] - seeds.mean(axis=1)).abs()
    in_deviations = (apart / _spread(seeds)).where(apart > 0, 0.0)
    distances = in_deviations.groupby(["metric", "data"]).mean()
    metric, data = distances.index[int(distances.argmax())]
    return Position(float(distances.max()), f"{data} {metric}", seeds.shape[1])


def _spread(seeds: pd.DataFrame) -> pd.Series:
    """Standard deviation of one more seed's distance from the seeds' mean, at every epoch."""
    variance = seeds.var(axis=1)
    typical = variance.groupby(["metric", "data"]).transform("mean")
    return (variance.clip(lower=LEAST_SPREAD**2 * typical) * (1 + 1 / seeds.count(axis=1))) ** 0.5
