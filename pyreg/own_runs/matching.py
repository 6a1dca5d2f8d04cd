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
# Accuracies alone are shares of few samples: so many must be equal for that to be no chance.
VALUES_WITHOUT_LOSS = 5
# Of the last printed digit: rounded halves may be off by as much as single precision is.
ROUNDING = 1e-3
# Who trained the same network alike has the same: then it is another metric that differs.
TRAINING_LOSS = ("loss", "training")
PENALTY_NOT_COUNTED = "the penalty not counted in val_loss"

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
        lacking: (metric, half of the data) of the curves that our run has not.
        parting: where the two part; None if all that was compared is equal.
        num_values, num_equal: how many both have, and in how many of them they are equal.
        comes_back: whether of each curve half of the values after the first difference, or more,
            are equal, which those of a run that parts are not: single values differ.
    """

    model: str
    run: str
    reading: str | None
    curves: tuple[Compared, ...]
    epochs: tuple[int, ...]
    equal: tuple[tuple[str, str], ...]
    missing: tuple[int, ...]
    lacking: tuple[tuple[str, str], ...]
    parting: Parting | None
    num_values: int
    num_equal: int
    comes_back: bool

    @property
    def is_of_this_run(self) -> bool:
        """Whether the two trained alike, whatever else differs."""
        return self.parting is None or self.comes_back or TRAINING_LOSS in self.equal


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
    """What the history and a run have in common; None if neither the first nor most losses.

    Args:
        run: values, index `band.INDEX`, as `reading` would have them.
        model, name: of the run.
    """
    common = mine.values.index.intersection(run.index)
    if not _can_tell(common, mine.digits):
        return None
    left, right = mine.values[common], run[common]
    equal = _equal(left, right, mine.steps[common]).sort_index()
    parting, comes_back = None, False
    if not equal.all():
        if not _is_no_chance(equal, mine.digits):
            return None
        metric, data, epoch = place = min(equal.index[~equal], key=lambda place: place[2])
        parting = Parting(metric, data, int(epoch), float(left[place]), float(right[place]))
        comes_back = _comes_back(equal, epoch)
    epochs = sorted(set(common.get_level_values("epoch")))
    pairs = _pairs(common)
    return Match(
        model=model,
        run=name,
        reading=reading,
        curves=tuple(Compared(*pair, _epochs_of(equal.loc[pair])) for pair in pairs),
        epochs=tuple(epochs),
        equal=tuple(pair for pair in pairs if equal.loc[pair].all()),
        missing=tuple(epoch for epoch in mine.epochs if epoch not in epochs),
        lacking=tuple(pair for pair in _pairs(mine.values.index) if pair not in pairs),
        parting=parting,
        num_values=len(equal),
        num_equal=int(equal.sum()),
        comes_back=comes_back,
    )


def _can_tell(common: pd.Index, digits: int | None) -> bool:
    """Whether being equal in these values is no chance; a single one of 4 digits may well be."""
    if digits is not None and digits < MIN_DIGITS:
        return False
    if all(metric == "accuracy" for metric, _, _ in common):
        return len(common) >= VALUES_WITHOUT_LOSS
    is_fine = digits is None or digits >= DIGITS_OF_ONE_VALUE
    return len(common) > 1 or (is_fine and any(metric == "loss" for metric, _, _ in common))


def _equal(left: pd.Series, right: pd.Series, steps: pd.Series) -> pd.Series:
    """Which values are equal: to the last bit, or as printed.

    A program rounds what it prints, or cuts it off; it does not change between the two.
    """
    # A printed number is read as the double nearest to it: as far off again as two doubles are.
    slack = np.where(steps > 0, ROUNDING * steps + np.spacing(right.abs()), 0)
    rounded = (left - right).abs() <= steps / 2 + slack
    cut_off = (right.abs() - left.abs()).between(-slack, steps + slack)
    printed = max(rounded, cut_off, key=lambda equal: equal.sum())
    return (left == right) | ((steps > 0) & printed) | (left.isna() & right.isna())


def _comes_back(equal: pd.Series, first: int) -> bool:
    later = equal[equal.index.get_level_values("epoch") > first]
    return len(later) > 0 and bool((later.groupby(level=["metric", "data"]).mean() >= 0.5).all())


def _pairs(index: pd.Index) -> list[tuple[str, str]]:
    return list(dict.fromkeys((metric, data) for metric, data, _ in index))


def _epochs_of(curve: pd.Series) -> tuple[int, ...]:
    return tuple(map(int, curve.index))


def _is_no_chance(equal: pd.Series, digits: int | None) -> bool:
    """Whether the first training loss is equal, or most of them, to as many digits as it takes."""
    if digits is not None and digits < DIGITS_OF_ONE_VALUE:
        return False
    losses = equal[[place[:2] == TRAINING_LOSS for place in equal.index]].sort_index()
    return len(losses) > 0 and bool(losses.iloc[0] or losses.mean() > 0.5)
