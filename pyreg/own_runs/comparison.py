"""A history of the user's own and a study's runs in, a typed verdict and its cause out."""

import functools
import itertools
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from pyreg.agreement.distance import largest_difference
from pyreg.errors import InputError
from pyreg.own_runs import band
from pyreg.own_runs.band import MIN_SEEDS, Position
from pyreg.own_runs.basis import Basis
from pyreg.own_runs.candidates import Candidate, exact_candidates, likely_candidates
from pyreg.own_runs.history import MyHistory, read_history
from pyreg.own_runs.matching import Match, match, readings
from pyreg.own_runs.training import Job, Trainer
from pyreg.records.layout import RunKey

Kind = Literal[
    "identical", "identical in part", "inside", "outside", "diverged", "diverged or stopped"
]


@dataclass(frozen=True)
class Explanation:
    """One thing that may be different, and where the history lies if it is.

    Attributes:
        position: in the band of runs that differ so; None if there are none to be had.
    """

    name: str
    position: Position | None

    @property
    def fits(self) -> bool:
        return self.position is not None and self.position.is_inside


@dataclass(frozen=True)
class Comparison:
    """What a history of the user's own turned out to be.

    Attributes:
        kind: `identical` to a run of this study's settings, in all its values or in those that
            both have; `inside` the band of our seeds, or `outside` it; `diverged`; or without
            values from some epoch on, as a run that diverged or was stopped.
        match: the run of ours that it equals, wholly or until they part.
        known_cause: what differs for certain, as the run with it is the same to the last bit.
        explanations: what was tested as a cause, if it lies outside.
        max_abs_diff: largest absolute difference from the nearest run of the study.
    """

    file: str
    model: str
    basis: Basis
    history: MyHistory
    kind: Kind
    match: Match | None = None
    position: Position | None = None
    known_cause: str | None = None
    explanations: Sequence[Explanation] = field(default=())
    max_abs_diff: float | None = None

    @property
    def fitting(self) -> list[Explanation]:
        """What explains the history; nothing is its cause where two things do."""
        return [one for one in self.explanations if one.fits]

    @property
    def cause(self) -> str | None:
        if self.known_cause or len(self.fitting) != 1:
            return self.known_cause
        return self.fitting[0].name

    @property
    def agrees(self) -> bool:
        """Whether it is what it is said to be: a run of this model, as ours."""
        another = self.match is not None and self.match.model != self.model
        return self.kind in ("identical", "identical in part", "inside") and not another


def compare(
    file: str, model: str, basis: Basis, seed: int, trainer: Trainer | None = None
) -> Comparison:
    """Compare the history in `file` with the runs of `model`.

    Args:
        seed: what the user's run was seeded with, if it was.
        trainer: trains what is not there and tests causes; None: only stored runs are used.

    Raises:
        InputError: the file holds no history, or there are too few seeds of the model and none
            may be trained.
    """
    mine = read_history(file, model)
    runs = list(basis.runs(model))
    nearest = min((_apart(mine, run) for key, run in runs if key.model == model), default=None)
    found = functools.partial(Comparison, file, model, basis, mine, max_abs_diff=nearest)
    stored = _stored_match(mine, basis, runs)
    if stored and stored.parting is None and _is_whole(mine, model, basis):
        cause = None if stored.model == model else f"a run of {stored.model}, not of {model}"
        return found(_identical(mine, stored), match=stored, known_cause=cause or stored.reading)
    if mine.diverged is not None:
        return found("diverged", match=stored)
    if _ends_early(mine, model, basis):
        return found("diverged or stopped", match=stored)
    fit = _exact_fit(mine, model, basis, seed, trainer) if trainer else None
    if fit and not fit.changes:
        return found(_identical(mine, fit.match), match=fit.match, known_cause=fit.match.reading)
    seeds = _seeds(mine, model, basis, trainer)
    position = band.position(mine.finite, seeds)
    kind: Kind = "inside" if position.is_inside else "outside"
    if fit:
        return found(kind, match=fit.match, position=position, known_cause=fit.name)
    needs_none = position.is_inside or (stored is not None and stored.is_of_this_run)
    explanations = () if needs_none else _explanations(mine, model, basis, seeds, trainer)
    return found(kind, match=stored, position=position, explanations=explanations)


def _identical(mine: MyHistory, found: Match) -> Kind:
    is_part = found.missing or found.lacking or mine.ignored or mine.gaps
    return "identical in part" if is_part else "identical"


def _is_whole(mine: MyHistory, model: str, basis: Basis) -> bool:
    """Whether it has values as long as it went on; infinite ones, as a run of ours may have."""
    has_all = mine.diverged is None or not np.isfinite(mine.values).all()
    return has_all and not _ends_early(mine, model, basis)


def _ends_early(mine: MyHistory, model: str, basis: Basis) -> bool:
    return mine.ended is not None and basis.study.models[model].early_stopping is None


def _stored_match(
    mine: MyHistory, basis: Basis, runs: Iterable[tuple[RunKey, pd.Series]]
) -> Match | None:
    """The stored run, of any model, that the history equals; else in most of the values."""
    best: Match | None = None
    for key, run in runs:
        name = f"our run of {key.model} with shuffle {key.shuffle}, seed {key.seed}"
        for reading, read in readings(basis.study, key.model):
            one = match(mine, read(run), key.model, name, reading)
            if one and one.parting is None:
                return one
            if one and (best is None or one.num_equal > best.num_equal):
                best = one
    return best


@dataclass(frozen=True)
class _Fit:
    """A plain seeded fit that the history is."""

    changes: tuple[str, ...]
    name: str
    match: Match


def _exact_fit(
    mine: MyHistory, model: str, basis: Basis, seed: int, trainer: Trainer
) -> _Fit | None:
    """The plain seeded fit that gives these very numbers: its first epoch tells already."""
    training = mine.finite[mine.finite.index.get_level_values("data") == "training"]
    first = min(_epochs(training if len(training) else mine.finite))
    if first > basis.study.epochs:
        return None
    candidates = exact_candidates(basis.study, model)
    jobs = [Job(one, model, (seed,), first, validates=training.empty) for one in candidates]
    _say(f"comparing with up to {len(jobs)} plain fits of {model} seeded with {seed}")
    for job, history in trainer.histories(jobs):
        if history is not None and _matches(mine, basis, job, history, seed):
            whole = replace(job, epochs=_last_epoch(mine, basis), validates=True)
            _, history = next(trainer.histories([whole]))
            assert history is not None
            for found in _matches(mine, basis, whole, history, seed):
                return _Fit(job.candidate.changes, job.candidate.name, found)
    return None


def _matches(
    mine: MyHistory, basis: Basis, job: Job, history: pd.DataFrame, seed: int
) -> list[Match]:
    """The readings in which a trained run equals the history, wholly."""
    name = f"a plain fit of {job.model} seeded with {seed}"
    found = [
        match(mine, read(band.values_of(history)), job.model, name, reading)
        for reading, read in readings(basis.study, job.model)
    ]
    return [one for one in found if one and one.parting is None]


def _seeds(mine: MyHistory, model: str, basis: Basis, trainer: Trainer | None) -> pd.DataFrame:
    """The study's seeds, trained here if there are too few."""
    seeds = basis.seeds(model)
    if seeds.shape[1] >= MIN_SEEDS:
        return seeds
    if trainer is None:
        raise InputError(
            f"{basis.results.folder} holds {seeds.shape[1]} seeds of {model}, and a band needs "
            f"{MIN_SEEDS}; set `replicates: {MIN_SEEDS}` or more and run snakemake, or leave out "
            "--quick to train them now"
        )
    own = Candidate((), basis.study, basis.study.shuffle)
    _say(f"training {MIN_SEEDS} seeds of {model}")
    _, history = next(trainer.histories([_band_job(mine, model, basis, own)]))
    if history is None:
        raise InputError(
            f"{basis.results.folder} holds {seeds.shape[1]} seeds of {model}, a band needs "
            f"{MIN_SEEDS}, and its samples are not at hand to train more; name their file in "
            "PYREG_IMDB"
        )
    return band.seeds_table([history])


def _explanations(
    mine: MyHistory, model: str, basis: Basis, seeds: pd.DataFrame, trainer: Trainer | None
) -> list[Explanation]:
    """What may be different; two things at once only where no single one explains it."""
    tested = list(_free_explanations(mine, model, basis, seeds))
    if trainer is None:
        return tested
    candidates = likely_candidates(basis.study, model)
    for _, alike in itertools.groupby(candidates, lambda candidate: len(candidate.changes)):
        if any(one.fits for one in tested):
            break
        group = list(alike)
        _say(f"training {MIN_SEEDS} seeds each: {'; '.join(one.name for one in group)}")
        jobs = [_band_job(mine, model, basis, candidate) for candidate in group]
        for job, history in trainer.histories(jobs):
            bands = None if history is None else band.seeds_table([history])
            tested.append(_explanation(mine, job.candidate.name, bands))
    return tested


def _free_explanations(
    mine: MyHistory, model: str, basis: Basis, seeds: pd.DataFrame
) -> Iterator[Explanation]:
    """What stored runs can tell: a loss reported otherwise, another model's run."""
    for reading, read in readings(basis.study, model):
        if reading:
            yield _explanation(mine, reading, seeds.apply(read))
    for other in basis.study.models:
        others = basis.seeds(other) if other != model else pd.DataFrame()
        if others.shape[1] >= MIN_SEEDS:
            yield _explanation(mine, f"a run of {other}, not of {model}", others)


def _explanation(mine: MyHistory, name: str, seeds: pd.DataFrame | None) -> Explanation:
    return Explanation(name, None if seeds is None else band.position(mine.finite, seeds))


def _band_job(mine: MyHistory, model: str, basis: Basis, candidate: Candidate) -> Job:
    begin = basis.study.seed
    seeds = tuple(range(begin, begin + MIN_SEEDS))
    return Job(candidate, model, seeds, _last_epoch(mine, basis))


def _last_epoch(mine: MyHistory, basis: Basis) -> int:
    """No run of ours is longer than the study's, whatever number an epoch of the history has."""
    return min(max(_epochs(mine.finite)), basis.study.epochs)


def _epochs(values: pd.Series) -> Iterable[int]:
    return map(int, values.index.get_level_values("epoch"))


def _apart(mine: MyHistory, run: pd.Series) -> float:
    """Of the values both have; infinite where they have none in common, or one alone diverged."""
    common = mine.values.index.intersection(run.index)
    apart = largest_difference(mine.values[common], run[common])
    return math.inf if apart is None else apart


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
