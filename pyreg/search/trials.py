"""Ends of settings and a function to be least in, trials out; a killed search goes on."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import optuna
from optuna.distributions import (
    BaseDistribution,
    FloatDistribution,
    IntDistribution,
    check_distribution_compatibility,
)
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState

from pyreg import files
from pyreg.config import Search
from pyreg.config.search import IN_RATIOS
from pyreg.config.settings import WHOLE_NUMBERS
from pyreg.errors import InputError

EPOCHS = "epochs"


class Outcome(NamedTuple):
    """What a trial came to.

    value: the least of its epochs; infinite where none was a number. epochs: how many led there.
    """

    value: float
    epochs: int


class Trial(NamedTuple):
    """One network that was tried: `number` counts from 1."""

    number: int
    settings: Mapping[str, float]
    outcome: Outcome


def run(
    search: Search,
    seed: int,
    journal: Path,
    name: str,
    evaluate: Callable[[int, Mapping[str, float]], Outcome],
) -> list[Trial]:
    """Try settings until there are enough trials, or go on where an earlier call was ended.

    The tree-structured Parzen estimator proposes them (Bergstra et al. 2011, in Optuna). It is
    seeded anew for each trial from `seed` and the number of trials before, and knows nothing but
    those: a search that was killed and called again gives the same trials as one that was not.

    Args:
        journal: file that remembers the trials.
        name: what they depend on; trials of another name are another search in the same file.
        evaluate: (number of the trial, settings) -> outcome.

    Returns:
        `search.trials` trials in their order.

    Raises:
        InputError: another search is at work on the journal, or it is damaged.
    """
    with _alone(journal):
        return _run(search, seed, journal, name, evaluate)


def _run(
    search: Search,
    seed: int,
    journal: Path,
    name: str,
    evaluate: Callable[[int, Mapping[str, float]], Outcome],
) -> list[Trial]:
    study = _open(journal, name, search)
    while len(done := _complete(study)) < search.trials:
        study.sampler = optuna.samplers.TPESampler(seed=_seed(seed, len(done)), constant_liar=False)
        trial = study.ask(distributions(search))
        outcome = evaluate(len(done) + 1, trial.params)
        trial.set_user_attr(EPOCHS, outcome.epochs)
        study.tell(trial, outcome.value)
    return [_as_trial(number, one) for number, one in enumerate(done[: search.trials], start=1)]


def best(trials: list[Trial]) -> Trial:
    """The trial with the least value, the first of equals."""
    return min(trials, key=lambda trial: trial.outcome.value)


def distributions(search: Search) -> dict[str, BaseDistribution]:
    """How each setting is drawn, in Optuna's words."""
    found: dict[str, BaseDistribution] = {}
    for setting, (low, high) in search.over.items():
        log = setting in IN_RATIOS
        if setting in WHOLE_NUMBERS:
            found[setting] = IntDistribution(int(low), int(high), log=log)
        else:
            found[setting] = FloatDistribution(low, high, log=log)
    return found


@contextmanager
def _alone(journal: Path) -> Iterator[None]:
    """Two searches in one journal would take each other's trials for what a kill had left."""
    journal.parent.mkdir(parents=True, exist_ok=True)
    journal.touch()
    with ExitStack() as held:
        try:
            held.enter_context(files.locked(journal, wait=False))
        except BlockingIOError:
            raise InputError(
                f"another `pyreg search` is at work on {journal}; wait for it, or end it"
            ) from None
        yield


def _open(journal: Path, name: str, search: Search) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    _drop_half_line(journal)
    try:
        # Absolute, as the lock beside it is a link that must lead to it.
        storage = JournalStorage(JournalFileBackend(str(journal.absolute())))
        study = optuna.create_study(storage=storage, study_name=name, load_if_exists=True)
        _check(_complete(study))
        _check_drawn(study.get_trials(deepcopy=False), distributions(search))
    except (OSError, MemoryError):
        raise
    except Exception as error:  # damaged lines raise whatever they happen to mean
        raise InputError(
            f"{journal} is damaged ({type(error).__name__}: {error!s:.200}), expected the trials "
            "of earlier searches; delete it, and the search begins anew"
        ) from None
    for left in study.get_trials(deepcopy=False, states=[TrialState.RUNNING]):
        study.tell(left.number, state=TrialState.FAIL)  # what a killed search left
    return study


def _drop_half_line(journal: Path) -> None:
    """A full disk or a kill may leave half a line, to which nothing must be appended."""
    if journal.exists():
        content = journal.read_bytes()
        if not content.endswith(b"\n"):
            journal.write_bytes(content[: content.rfind(b"\n") + 1])


def _check(trials: list[FrozenTrial]) -> None:
    """Refuse trials that do not say what they came to."""
    for trial in trials:
        epochs = trial.user_attrs[EPOCHS]
        if type(trial.value) is not float or type(epochs) is not int or epochs < 1:
            raise ValueError(f"trial {trial.number} has no outcome")


def _check_drawn(trials: list[FrozenTrial], now: Mapping[str, BaseDistribution]) -> None:
    """Refuse settings that were drawn otherwise than they are now."""
    for trial in trials:
        for name, distribution in trial.distributions.items():
            check_distribution_compatibility(now[name], distribution)


def _complete(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])


def _seed(seed: int, num_before: int) -> int:
    return int(np.random.RandomState([seed, num_before]).randint(2**31 - 1))


def _as_trial(number: int, trial: FrozenTrial) -> Trial:
    assert trial.value is not None  # it is complete
    return Trial(number, trial.params, Outcome(trial.value, trial.user_attrs[EPOCHS]))
