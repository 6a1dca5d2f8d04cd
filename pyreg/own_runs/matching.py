"""A history of the user's own and a run of ours in, whether, or until when, they are one out."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pyreg import config
from pyreg.own_runs.history import MyHistory

MIN_DIGITS = 4  # with fewer printed, runs that differ can look identical
# With fewer, a first loss can be equal by chance: what comes after it says nothing then.
DIGITS_OF_ONE_VALUE = 6
PENALTY_NOT_COUNTED = "L2 not counted in val_loss"

Reading = Callable[[pd.Series], pd.Series]


@dataclass(frozen=True)
class Parting:
    """The first value in which two runs differ."""

    metric: str
    data: str
    epoch: int
    mine: float
    ours: float


@dataclass(frozen=True)
class Compared:
    """A curve that two runs have, and the epochs at which both have it."""

    metric: str
    data: str
    epochs: tuple[int, ...]


@dataclass(frozen=True)
class Match:
    """A run of ours that a history equals, wholly or at first.

    Attributes:
        model: whose run it is.
        run: which one, in words.
        reading: how the history must have been written for that; None: as Keras does.
        curves: what both have.
        epochs: at which both have anything.
        equal: (metric, half of the data) of the curves that are equal in all of these.
        missing: epochs that the history has and our run has not.
        parting: where the two part; None if all that was compared is equal.
    """

    model: str
    run: str
    reading: str | None
    curves: tuple[Compared, ...]
    epochs: tuple[int, ...]
    equal: tuple[tuple[str, str], ...]
    missing: tuple[int, ...]
    parting: Parting | None


def readings(study: config.Study, model: str) -> Iterator[tuple[str | None, Reading]]:
    """Ways to report the same run: with a penalty in val_loss, as Keras does, or without."""
    yield None, lambda values: values
    if study.models[model].is_penalized:
        yield PENALTY_NOT_COUNTED, functools.partial(without_penalty, loss=study.metrics[0])


def without_penalty(values: pd.Series, loss: str) -> pd.Series:
    """The same run as a library would report it that leaves the penalty out of val_loss.

    Args:
        loss: name of the metric that is the loss without penalties.
    """
    curves = values.unstack("epoch")
    if ("loss", "validation") in curves.index:
        curves.loc[("loss", "validation"), :] = curves.loc[(loss, "validation"), :]
    return pd.Series(curves.stack())


def match(
    mine: MyHistory, run: pd.Series, model: str, name: str, reading: str | None = None
) -> Match | None:
    """What the history and a run have in common; None if not even the first loss.

    Args:
        run: values, index `band.INDEX`, as `reading` would have them.
        model, name: of the run.
    """
    common = mine.values.index.intersection(run.index)
    if common.empty or (mine.digits is not None and mine.digits < MIN_DIGITS):
        return None
    left, right = mine.values[common], run[common]
    # A printed number is read as the double nearest to it: as far off again as two doubles are.
    rounded = mine.steps[common] + np.where(mine.steps[common] > 0, np.spacing(right.abs()), 0)
    equal = (left == right) | ((left - right).abs() < rounded)
    equal = (equal | (left.isna() & right.isna())).sort_index()
    parting = None
    if not equal.all():
        if not _begins_equal(equal, mine.digits):
            return None
        metric, data, epoch = place = min(equal.index[~equal], key=lambda place: place[2])
        parting = Parting(metric, data, int(epoch), float(left[place]), float(right[place]))
    epochs = sorted(set(common.get_level_values("epoch")))
    pairs = list(dict.fromkeys((metric, data) for metric, data, _ in common))
    return Match(
        model=model,
        run=name,
        reading=reading,
        curves=tuple(Compared(*pair, _epochs_of(equal.loc[pair])) for pair in pairs),
        epochs=tuple(epochs),
        equal=tuple(pair for pair in pairs if equal.loc[pair].all()),
        missing=tuple(epoch for epoch in mine.epochs if epoch not in epochs),
        parting=parting,
    )


def _epochs_of(curve: pd.Series) -> tuple[int, ...]:
    return tuple(map(int, curve.index))


def _begins_equal(equal: pd.Series, digits: int | None) -> bool:
    """Whether the first training loss is equal, to so many digits that it is no chance."""
    if digits is not None and digits < DIGITS_OF_ONE_VALUE:
        return False
    losses = equal[[place[:2] == ("loss", "training") for place in equal.index]]
    return len(losses) > 0 and bool(losses.sort_index().iloc[0])
