"""Raw texts and the words of a data set in, the rows that a network was trained on out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pyreg.data import text
from pyreg.data.encoding import multi_hot, padded
from pyreg.data.reviews import INDEX_FROM, OUT_OF_VOCABULARY, Reviews, as_load_data


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
        ranked = text.to_ranks({0: [text.utf8(one) for one in texts], 1: []}, self.ranks)
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
