"""A history of the user's own and the study's runs in, one plain verdict and its cause out."""

import functools
import itertools
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from pyreg import config, files
from pyreg.agreement.distance import largest_difference
from pyreg.errors import InputError
from pyreg.own_runs import band, causes
from pyreg.own_runs.band import LIMIT, MIN_SEEDS, Position
from pyreg.own_runs.causes import Candidate, Workshop
from pyreg.own_runs.history import MyHistory, read_history
from pyreg.records.layout import Layout, ReplicateSet

MIN_DIGITS = 4  # with fewer printed, runs that differ can look identical
PENALTY_NOT_COUNTED = "L2 not counted in val_loss"

Reading = Callable[[pd.Series], pd.Series]


@dataclass(frozen=True)
class Verdict:
    """What a history of the user's own turned out to be.

    Attributes:
        verdict: `identical` to a run of this study's settings; `inside` the band of our seeds,
            or `outside` it.
        cause: what explains a difference, in words; None if there is none, or none was found.
        max_abs_diff: largest absolute difference from the nearest run of the study.
        sentence: all of this in one sentence.
    """

    file: str
    model: str
    verdict: Literal["identical", "inside", "outside"]
    cause: str | None
    max_abs_diff: float | None
    sentence: str


@dataclass(frozen=True)
class Judge:
    """Compares histories with one study's runs.

    Attributes:
        results: `results/<study>`, where the records of the runs and replicates lie.
        seed: what the user's run was seeded with, if it was.
        workshop: trains what is not there and tests causes; None: only stored runs are used.
    """

    study: config.Study
    results: Path
    seed: int
    workshop: Workshop | None

    def judge(self, file: str, model: str) -> Verdict:
        """Compare the history in `file` with the runs of `model`.

        Raises:
            InputError: the file holds no history, the study no such model, or it has too few
                seeds of it and may train none.
        """
        self.study.require_model(model)
        mine = read_history(file)
        stored = dict(stored_runs(self.results, model))
        nearest = min((_apart(mine.values, run) for run in stored.values()), default=None)
        verdict, cause, finding = self._find(mine, model, stored)
        return Verdict(file, model, verdict, cause, nearest, f"{_shown(file, mine)} {finding}")

    def _find(
        self, mine: MyHistory, model: str, stored: dict[str, pd.Series]
    ) -> tuple[Literal["identical", "inside", "outside"], str | None, str]:
        for name, run in stored.items():
            for reading, read in self._readings(model):
                if is_identical(mine, read(run)):
                    return "identical", reading, f"is {_identical(mine, reading)} {name}."
        match = self._exact_match(mine, model)
        plain = match and f"{_identical(mine, match[1])} a plain fit seeded with {self.seed}"
        if match and not match[0].changes:
            return "identical", match[1], f"is {plain}."
        seeds = self._seeds(model, mine)
        position = band.position(mine.values, seeds)
        verdict: Literal["inside", "outside"] = "inside" if position.is_inside else "outside"
        finding = f"lies {verdict} the band of our {position.num_seeds} seeds ({_where(position)})"
        if match:
            return verdict, match[0].name, f"{finding}; it is {plain} and {match[0].name}."
        if verdict == "inside":
            return verdict, None, f"{finding}."
        cause, tested = self._likely_cause(mine, model, seeds)
        return verdict, cause, f"{finding}. {tested}"

    def _readings(self, model: str) -> Iterator[tuple[str | None, Reading]]:
        """Ways to report the same run: with a penalty in val_loss, as Keras does, or without."""
        yield None, lambda values: values
        if self.study.models[model].is_penalized:
            loss = self.study.metrics[0]
            yield PENALTY_NOT_COUNTED, functools.partial(without_penalty, loss=loss)

    def _seeds(self, model: str, mine: MyHistory) -> pd.DataFrame:
        """The study's seeds, trained here if there are too few."""
        seeds = stored_seeds(self.results, model, self.study.shuffle)
        if seeds.shape[1] >= MIN_SEEDS:
            return seeds
        if self.workshop is None:
            raise InputError(
                f"{self.results} holds {seeds.shape[1]} seeds of {model}, and a band needs "
                f"{MIN_SEEDS}; set `replicates: {MIN_SEEDS}` or more and run snakemake, "
                "or leave out --quick to train them now"
            )
        return self._trained_seeds(Candidate((), self.study, self.study.shuffle), model, mine)

    def _trained_seeds(self, candidate: Candidate, model: str, mine: MyHistory) -> pd.DataFrame:
        assert self.workshop is not None
        _say(f"training {MIN_SEEDS} seeds of {model}: {candidate.name}")
        seeds = range(self.study.seed, self.study.seed + MIN_SEEDS)
        return self.workshop.seeds(candidate, model, seeds, _last_epoch(mine))

    def _exact_match(self, mine: MyHistory, model: str) -> tuple[Candidate, str | None] | None:
        """A plain seeded fit that gives these very numbers: its first epoch tells already."""
        if self.workshop is None:
            return None
        for candidate in causes.exact_candidates(self.study, model):
            _say(f"trying a plain seeded fit of {model}: {candidate.name}")
            try:
                first = self.workshop.run(candidate, model, self.seed, _first_epoch(mine))
            except InputError:  # its words are in no data at hand
                continue
            for reading, read in self._readings(model):
                if not is_identical(mine, read(first)):
                    continue
                whole = self.workshop.run(candidate, model, self.seed, _last_epoch(mine))
                if is_identical(mine, read(whole)):
                    return candidate, reading
        return None

    def _likely_cause(
        self, mine: MyHistory, model: str, ours: pd.DataFrame
    ) -> tuple[str | None, str]:
        """The change with which the history is inside the band; fewest changes first."""
        tested: dict[str, Position] = {}
        untested: list[str] = []
        for _, tests in itertools.groupby(self._tests(mine, model, ours), lambda t: t[0]):
            for _, name, seeds in tests:
                try:
                    tested[name] = band.position(mine.values, seeds())
                except InputError:  # its words are in no data at hand
                    untested.append(name)
            if any(position.is_inside for position in tested.values()):
                break
        nearest = min(tested, key=lambda name: tested[name].distance, default=None)
        cause = nearest if nearest and tested[nearest].is_inside else None
        return cause, _told(cause, tested, untested)

    def _tests(
        self, mine: MyHistory, model: str, ours: pd.DataFrame
    ) -> Iterator[tuple[int, str, Callable[[], pd.DataFrame]]]:
        """Number of changes, their name, and what gives the band they lead to."""
        for reading, read in self._readings(model):
            if reading:
                yield 0, reading, functools.partial(ours.apply, read)
        if self.workshop is not None:
            for candidate in causes.likely_candidates(self.study, model):
                trained = functools.partial(self._trained_seeds, candidate, model, mine)
                yield len(candidate.changes), candidate.name, trained


def stored_runs(results: Path, model: str) -> Iterator[tuple[str, pd.Series]]:
    """The exact runs of a model in Python, which R's are identical to: name -> values."""
    layout = Layout(results)
    for key in layout.runs():
        if (key.engine, key.model) == ("python", model):
            history = files.read_csv(layout.run(key).history)
            yield f"our run with shuffle {key.shuffle}, seed {key.seed}", band.values_of(history)


def stored_seeds(results: Path, model: str, shuffle: str) -> pd.DataFrame:
    """The values of all seeds of a model: one column each."""
    layout = Layout(results)
    runs = [
        layout.run(key)
        for key in layout.runs()
        if (key.engine, key.model, key.shuffle) == ("python", model, shuffle)
    ]
    records = [*runs, *layout.batches(ReplicateSet(model, shuffle))]
    return band.seeds_table(files.read_csv(record.history) for record in records)


def is_identical(mine: MyHistory, run: pd.Series) -> bool:
    """Whether all values that both have are equal, as far as they were printed."""
    common = mine.values.index.intersection(run.index)
    if common.empty or (mine.digits is not None and mine.digits < MIN_DIGITS):
        return False
    apart = (mine.values[common] - run[common]).abs()
    return bool(((apart == 0) | (apart < mine.steps[common])).all())


def without_penalty(values: pd.Series, loss: str) -> pd.Series:
    """The same run as a library would report it that leaves the penalty out of val_loss.

    Args:
        loss: name of the metric that is the loss without penalties.
    """
    curves = values.unstack("epoch")
    curves.loc[("loss", "validation"), :] = curves.loc[(loss, "validation"), :]
    return pd.Series(curves.stack())


def _apart(mine: pd.Series, run: pd.Series) -> float:
    """Of the values both have; infinite where they have none in common, or one alone diverged."""
    common = mine.index.intersection(run.index)
    apart = largest_difference(mine[common], run[common])
    return math.inf if apart is None else apart


def _first_epoch(mine: MyHistory) -> int:
    return int(mine.values.index.get_level_values("epoch").min())


def _last_epoch(mine: MyHistory) -> int:
    return int(mine.values.index.get_level_values("epoch").max())


def _shown(file: str, mine: MyHistory) -> str:
    epochs = mine.values.index.get_level_values("epoch").nunique()
    return f"{Path(file).name} ({epochs} epoch{'s' * (epochs > 1)})"


def _identical(mine: MyHistory, reading: str | None) -> str:
    exact = "bit for bit" if mine.digits is None else f"in all {mine.digits} digits printed"
    counted = f" and with {reading}" if reading else ""
    return f"identical, {exact}{counted}, to"


def _where(position: Position) -> str:
    return (
        f"its {position.curve} is {position.distance:.1f} of their standard deviations from "
        f"their mean; up to {LIMIT:g} is inside"
    )


def _told(cause: str | None, tested: dict[str, Position], untested: list[str]) -> str:
    if not tested and not untested:
        return "No cause was tested; leave out --quick to test some."
    others = [f"{name} ({tested[name].distance:.1f})" for name in tested if name != cause]
    parts = [
        f"Likely cause: {cause}, with which it is inside ({tested[cause].distance:.1f})"
        if cause
        else "No cause was found",
        f"tested too: {', '.join(others)}" if others else "",
        f"could not be tested: {', '.join(untested)}" if untested else "",
    ]
    return "; ".join(filter(None, parts)) + "."


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
