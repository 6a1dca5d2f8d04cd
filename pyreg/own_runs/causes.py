"""A study in, the study as someone else may have run it out: settings changed, and trained."""

import functools
import itertools
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pyreg import config, data, files
from pyreg.data import encoding
from pyreg.errors import InputError
from pyreg.own_runs import band
from pyreg.records.layout import DataFolder, RunKey

# 5,000 in the R lesson; 10,000 in the tutorials that it and its Python ports come from.
NUM_WORDS = (5_000, 10_000)
# 0.5 in the tutorials; the other one is the rate of who took it for the rate that is kept.
TUTORIAL_DROPOUT = 0.5
FROZEN_SHUFFLE = "frozen shuffle (a seeded fit that repeats one order)"
RESHUFFLED = "a new order in every epoch"

Change = tuple[str, config.Study]


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
        return ", ".join(self.changes) or "the study's own settings"


class Workshop:
    """Trains candidates on the study's reviews, encoded anew where their settings ask for it."""

    def __init__(self, study: config.Study, data_folder: Path) -> None:
        self.data_folder = data_folder
        self.num_words = study.data.num_words
        self.reviews: dict[int, data.Dataset | None] = {}
        self.encoded = {(study.data.num_words, study.data.column_base): data_folder}
        self.temporary = tempfile.TemporaryDirectory(prefix="pyreg-causes-")

    @functools.cached_property
    def own(self) -> data.Dataset:
        """The study's own reviews."""
        return data.read_dataset(self.data_folder)

    def run(self, candidate: Candidate, model: str, seed: int, epochs: int) -> pd.Series:
        """The values of one run, bit for bit those of a plain run with these settings."""
        from pyreg.engines import keras as keras_engine

        key = RunKey("python", model, candidate.shuffle, seed)
        study = candidate.study.model_copy(update={"epochs": epochs})
        return band.values_of(keras_engine.train(study, key, self._encoded(study)).history)

    def seeds(
        self, candidate: Candidate, model: str, seeds: Sequence[int], epochs: int
    ) -> pd.DataFrame:
        """The values of runs with several seeds."""
        from pyreg.replicates import any_model

        study = candidate.study.model_copy(update={"epochs": epochs})
        encoded = DataFolder(self._encoded(study)).encoded
        runs = any_model.train(study, model, candidate.shuffle, seeds, encoded)
        return band.seeds_table([runs.history])

    def _encoded(self, study: config.Study) -> Path:
        """The folder of the encoded reviews, made once for each layout of the matrix."""
        layout = (study.data.num_words, study.data.column_base)
        if layout not in self.encoded:
            folder = Path(self.temporary.name) / "-".join(map(str, layout))
            reviews = self._with_words(study.data)
            files.write_json(DataFolder(folder).provenance, reviews.provenance)
            encoding.save_encoded(DataFolder(folder).encoded, reviews, *layout)
            self.encoded[layout] = folder
        return self.encoded[layout]

    def _with_words(self, settings: config.Data) -> data.Dataset:
        """The study's reviews with as many of their words as asked for.

        Raises:
            InputError: they are not at hand with more words than the study keeps.
        """
        number = settings.num_words
        if number == self.num_words:
            return self.own
        if number not in self.reviews:
            self.reviews[number] = self._load(settings)
        reviews = self.reviews[number]
        if reviews is None:
            raise InputError(
                f"the study's reviews are not at hand with {number} words; name their file in "
                "PYREG_IMDB to test this"
            )
        return reviews

    def _load(self, settings: config.Data) -> data.Dataset | None:
        try:
            reviews = data.load(settings)
        except InputError:
            return None
        # Where nothing can be downloaded, other reviews come instead: no use here.
        is_same = reviews.provenance["content_digest"] == self.own.provenance["content_digest"]
        return reviews if is_same else None


def exact_candidates(study: config.Study, model: str) -> Iterator[Candidate]:
    """Every combination of changed settings in a plain seeded fit; fewest changes first."""
    unchanged: Change = ("", study)
    combinations = itertools.product(
        [unchanged, *_num_words(study)],
        [unchanged, *_dropout_rates(study, model)],
        [unchanged, *_column_bases(study)],
    )
    for changed in sorted(combinations, key=lambda c: sum(bool(words) for words, _ in c)):
        words, rate, base = (part for _, part in changed)
        reviews = words.data.model_copy(update={"column_base": base.data.column_base})
        combined = study.model_copy(update={"models": rate.models, "data": reviews})
        yield Candidate(tuple(name for name, _ in changed if name), combined, "keras")


def likely_candidates(study: config.Study, model: str) -> list[Candidate]:
    """One changed setting at a time, with either way to shuffle; fewest changes first.

    Not the column base: which word starts with which random weights shifts no curve.
    """
    changes: list[Change] = [("", study), *_dropout_rates(study, model), *_num_words(study)]
    shuffles = [(study.shuffle, ""), _other_shuffle(study)]
    candidates = [
        Candidate(tuple(filter(None, (name, reshuffled))), changed, shuffle)
        for name, changed in changes
        for shuffle, reshuffled in shuffles
    ]
    return sorted(candidates, key=lambda candidate: len(candidate.changes))[1:]


def _column_bases(study: config.Study) -> Iterator[Change]:
    if not study.data.holds_reviews:
        return
    base = 1 - study.data.column_base
    layout = "as in Python ports" if base == 0 else "as in R"
    yield f"column base {base}, {layout}", _with_data(study, column_base=base)


def _dropout_rates(study: config.Study, model: str) -> Iterator[Change]:
    spec = study.models[model]
    if isinstance(spec.dropout, list) or not spec.dropout:  # no one rate to be mistaken
        return
    for rate in sorted({TUTORIAL_DROPOUT, round(1 - spec.dropout, 6)} - {spec.dropout}):
        changed = {**study.models, model: spec.model_copy(update={"dropout": rate})}
        yield f"dropout rate {rate:g}", study.model_copy(update={"models": changed})


def _num_words(study: config.Study) -> Iterator[Change]:
    for number in NUM_WORDS if study.data.holds_reviews else ():
        if number != study.data.num_words:
            yield f"{number} words", _with_data(study, num_words=number)


def _other_shuffle(study: config.Study) -> tuple[str, str]:
    frozen, reshuffled = ("keras", FROZEN_SHUFFLE), ("per-epoch", RESHUFFLED)
    return frozen if study.shuffle == "per-epoch" else reshuffled


def _with_data(study: config.Study, **changes: Any) -> config.Study:
    return study.model_copy(update={"data": study.data.model_copy(update=changes)})
