"""Where samples come from in, how raw ones are read out; and raw texts in, the reviews that Keras'
load_data would give of them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from pyreg import config, files
from pyreg.data import text
from pyreg.data.encoding import multi_hot, padded
from pyreg.data.prepared import Half
from pyreg.data.reviews import INDEX_FROM, OUT_OF_VOCABULARY, START, Reviews, as_load_data
from pyreg.errors import InputError
from pyreg.records.layout import DataFolder

CLASSES = ["negative", "positive"]


@dataclass(frozen=True)
class Vocabulary:
    """How texts become the rows that a network was trained on.

    Attributes:
        words: by rank, the most frequent one first; all of them, because a rare word still shows
            as a word that was cut, while one that no training review holds does not.
        num_words: columns; words from this index on are cut.
        column_base: see `encoding.multi_hot`.
        sequences: maxlen, padding and truncating of `encoding.padded`, where the network was
            trained on sequences; None: on multi-hot rows.
    """

    words: Sequence[str]
    num_words: int
    column_base: int
    sequences: tuple[int, str, str] | None = None

    @cached_property
    def ranks(self) -> dict[bytes, int]:
        return {word.encode(): rank for rank, word in enumerate(self.words, start=1)}

    def reviews(self, texts: Sequence[str]) -> Reviews:
        """Texts as load_data would give them; their labels are all 0 and mean nothing."""
        raw = [one.encode("utf-8", "replace") for one in texts]  # half a surrogate is no word
        ranked = text.to_ranks({0: raw, 1: []}, self.ranks)
        return as_load_data(ranked, self.num_words)

    @property
    def num_columns(self) -> int:
        """Of the rows that `encode` returns."""
        return self.sequences[0] if self.sequences else self.num_words

    def encode(self, reviews: Reviews) -> np.ndarray:
        """What the network sees: uint8 array (num_reviews, num_words), or of sequences int32
        (num_reviews, maxlen)."""
        return padded(reviews, *self.sequences) if self.sequences else self.occurrences(reviews)

    def occurrences(self, reviews: Reviews) -> np.ndarray:
        """Which words occur: uint8 array (num_reviews, num_words), 0 or 1."""
        return multi_hot(reviews, self.num_words, self.column_base)

    def without(self, row: np.ndarray, word: bytes) -> np.ndarray:
        """An encoded row as it were without a word that is known; in a sequence it is as if it
        were cut, so that the others keep their places."""
        if self.sequences:
            return np.where(row == self.ranks[word] + INDEX_FROM, OUT_OF_VOCABULARY, row)
        without = row.copy()
        without[self.column(word)] = 0
        return without

    def column(self, word: bytes) -> int:
        """Of `occurrences`, that of a word that is known."""
        return self.ranks[word] + INDEX_FROM - self.column_base

    def knows(self, word: bytes) -> bool:
        """Whether a word has a column of its own."""
        return self.ranks.get(word, self.num_words) + INDEX_FROM < self.num_words


def describe(train: Half, ranks: Mapping[bytes, int] | None) -> dict[str, Any]:
    """vocabulary.json of a study's data.

    Args:
        train: the training samples.
        ranks: of the words of reviews; None: not known, so that no text can be read.
    """
    if not isinstance(train, Reviews):
        return {
            "samples": "numbers",
            "shape": list(train.values.shape[1:]),
            "scale": train.scale,
            "num_classes": train.num_outputs,
        }
    return {
        "samples": "reviews",
        "classes": CLASSES,
        "rules": {
            "lower_case": "ASCII letters only",
            "become_spaces": text.FILTERS,
            "split_on": " ",
        },
        "index": {"start": START, "cut": OUT_OF_VOCABULARY, "first_word": INDEX_FROM + 1},
        "words": None if ranks is None else [w.decode() for w in sorted(ranks, key=ranks.get)],  # type: ignore[arg-type]
    }


def of_run(data_folder: Path, settings: config.Data) -> dict[str, Any] | None:
    """vocabulary.json of a run; None where the data do not tell any."""
    path = DataFolder(data_folder).vocabulary
    if not path.exists():
        return None
    content = files.read_json(path)
    if content.get("samples") != "reviews":
        return content or None
    words = content.pop("words")
    columns = {"num_words": settings.num_words, "column_base": settings.column_base}
    sequences = {"sequences": settings.sequences} if settings.sequences else {}
    return {**content, **columns, **sequences, "words": words}


def read(content: Any) -> Vocabulary:
    """What vocabulary.json of a run says.

    Raises:
        InputError: it is of no reviews, or their words are not known.
        ValueError: it is damaged.
    """
    if not isinstance(content, dict) or content.get("samples") not in ("reviews", "numbers"):
        raise ValueError("it does not say what its samples are")
    if content["samples"] == "numbers":
        raise InputError("the network was trained on numbers, not on texts; ask one of reviews")
    words, num_words, base = (content.get(n) for n in ("words", "num_words", "column_base"))
    if words is None:
        raise InputError(
            "the words of its reviews are not known: Keras' imdb_word_index.json was not at hand; "
            "put it beside imdb.npz and run `snakemake --forcerun data`"
        )
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError("its words are none")
    if type(num_words) is not int or base not in (0, 1):
        raise ValueError("its num_words or column_base is none")
    return Vocabulary(words, num_words, base, _sequences(content.get("sequences")))


def _sequences(content: Any) -> tuple[int, str, str] | None:
    if content is None:
        return None
    maxlen, padding, truncating = content
    if type(maxlen) is not int or not {padding, truncating} <= {"pre", "post"}:
        raise ValueError("its sequences are none")
    return maxlen, padding, truncating
