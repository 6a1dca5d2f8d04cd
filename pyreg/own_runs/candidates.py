"""A study in, the study as someone else may have run it out: one or several settings changed."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pyreg import config

# The lesson's public copies use all three; the tutorials that it comes from 10,000.
NUM_WORDS = (1_000, 5_000, 10_000)
# 0.5 in the tutorials; the other one is the rate of who took it for the rate that is kept.
TUTORIAL_DROPOUT = 0.5
# What tutorials, and who plays with the lesson, give to fit() and compile(). 32: fit()'s default.
BATCH_SIZES = (32, 64, 128, 256, 512, 1024)
LEARNING_RATES = (0.0001, 0.0005, 0.002, 0.01)
OPTIMIZERS: tuple[Literal["rmsprop", "sgd"], ...] = ("rmsprop", "sgd")
VALIDATION_SPLITS = (0.1, 0.2, 0.25, 0.3, 0.5)

FROZEN_SHUFFLE = "frozen shuffle (a seeded fit that repeats one order)"
RESHUFFLED = "a new order in every epoch"


@dataclass(frozen=True)
class Change:
    """One setting that someone may have chosen otherwise.

    Attributes:
        name: in words.
        made: the study with it.
    """

    name: str
    made: Callable[[config.Study], config.Study]


@dataclass(frozen=True)
class Candidate:
    """What a run may have been.

    Attributes:
        changes: how it differs from the study, in words; empty if it does not.
        study: the study with these settings.
        shuffle: `per-epoch` or `keras`.
    """

    changes: tuple[str, ...]
    study: config.Study
    shuffle: str

    @property
    def name(self) -> str:
        return " and ".join(self.changes) or "the study's own settings"


def exact_candidates(study: config.Study, model: str) -> list[Candidate]:
    """Plain seeded fits with other settings; fewest changes first.

    Words, dropout rate and column base in all combinations; batch size, optimizer, learning rate
    and split one at a time, with either column base.
    """
    bases: list[list[Change]] = [[], *([change] for change in _column_bases(study))]
    words: list[list[Change]] = [[], *([change] for change in _num_words(study))]
    rates: list[list[Change]] = [[], *([change] for change in _dropout_rates(study, model))]
    usual = [[*a, *b, *c] for a, b, c in itertools.product(words, rates, bases)]
    others = [*_batch_sizes(study), *_optimizers(study, model), *_splits(study)]
    unusual = [[change, *base] for base in bases for change in others]
    return [_changed(study, changes) for changes in sorted([*usual, *unusual], key=len)]


def likely_candidates(study: config.Study, model: str) -> list[Candidate]:
    """One changed setting at a time, with either way to shuffle; fewest changes first.

    Not the column base: which word starts with which random weights shifts no curve.
    """
    frozen, reshuffled = ("keras", (FROZEN_SHUFFLE,)), ("per-epoch", (RESHUFFLED,))
    shuffles = [(study.shuffle, ()), frozen if study.shuffle == "per-epoch" else reshuffled]
    changes: list[list[Change]] = [[]]
    changes += [[one] for one in (*_dropout_rates(study, model), *_num_words(study))]
    candidates = [
        _changed(study, chosen, shuffle, names) for chosen in changes for shuffle, names in shuffles
    ]
    return sorted(candidates, key=lambda candidate: len(candidate.changes))[1:]


def _changed(
    study: config.Study,
    changes: Sequence[Change],
    shuffle: str = "keras",
    names: tuple[str, ...] = (),
) -> Candidate:
    for change in changes:
        study = change.made(study)
    return Candidate((*(change.name for change in changes), *names), study, shuffle)


def _column_bases(study: config.Study) -> Iterator[Change]:
    if study.data.is_multi_hot:
        base = 1 - study.data.column_base
        layout = "as in Python ports" if base == 0 else "as in R"
        yield Change(f"column base {base}, {layout}", _of_data(column_base=base))


def _num_words(study: config.Study) -> Iterator[Change]:
    for number in NUM_WORDS if study.data.is_multi_hot else ():
        if number != study.data.num_words:
            yield Change(f"{number:,} words", _of_data(num_words=number))


def _splits(study: config.Study) -> Iterator[Change]:
    held_out = study.data.folds is not None or study.data.validation_split is not None
    if study.data.holds_reviews and not held_out:
        for share in VALIDATION_SPLITS:
            yield Change(f"validation_split {share:g}", _of_data(validation_split=share))


def _dropout_rates(study: config.Study, model: str) -> Iterator[Change]:
    rate = study.models[model].dropout
    if isinstance(rate, list) or not rate:  # no one rate to be mistaken
        return
    for other in sorted({TUTORIAL_DROPOUT, round(1 - rate, 6)} - {rate}):
        yield Change(f"dropout rate {other:g}", _of_model(model, dropout=other))


def _batch_sizes(study: config.Study) -> Iterator[Change]:
    for size in BATCH_SIZES:
        if size != study.batch_size:
            yield Change(f"batch size {size}", _of_study(batch_size=size))


def _optimizers(study: config.Study, model: str) -> Iterator[Change]:
    """Another optimizer with its defaults, or another learning rate of the same."""
    own = study.models[model].optimizer
    for name in OPTIMIZERS:
        if name != own.name:
            yield Change(name, _of_model(model, optimizer=config.Optimizer(name=name)))
    for rate in LEARNING_RATES:
        if rate != own.learning_rate:
            changed = own.model_copy(update={"learning_rate": rate})
            yield Change(f"learning rate {rate:g}", _of_model(model, optimizer=changed))


def _of_study(**changed: Any) -> Callable[[config.Study], config.Study]:
    return lambda study: study.model_copy(update=changed)


def _of_data(**changed: Any) -> Callable[[config.Study], config.Study]:
    def made(study: config.Study) -> config.Study:
        return study.model_copy(update={"data": study.data.model_copy(update=changed)})

    return made


def _of_model(model: str, **changed: Any) -> Callable[[config.Study], config.Study]:
    def made(study: config.Study) -> config.Study:
        spec = study.models[model].model_copy(update=changed)
        return study.model_copy(update={"models": {**study.models, model: spec}})

    return made
