"""Reviews as flat arrays: cut and shuffled."""

from dataclasses import dataclass

import numpy as np

# As Keras' load_data: 1 begins a review, 2 stands for a word that was cut, words follow from 4.
START, OUT_OF_VOCABULARY, INDEX_FROM = 1, 2, 3
SHUFFLE_SEED = 113  # Keras' default


@dataclass(frozen=True)
class Reviews:
    """Reviews one after the other in one array, never one Python list per review.

    Attributes:
        indices: int32 array (total_words,), word indices.
        offsets: int64 array (num_reviews + 1,); review i is
            `indices[offsets[i]:offsets[i + 1]]`.
        labels: uint8 array (num_reviews,), 0 negative, 1 positive.
    """

    indices: np.ndarray
    offsets: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, review: int) -> np.ndarray:
        """Word indices of one review."""
        return self.indices[self.offsets[review] : self.offsets[review + 1]]

    @property
    def lengths(self) -> np.ndarray:
        """int64 array (num_reviews,): words of each review."""
        return np.diff(self.offsets)

    def take(self, chosen: np.ndarray) -> "Reviews":
        """The reviews with the numbers `chosen`, in that order."""
        lengths = self.lengths[chosen]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        # Word j of the result comes from as far behind its review's begin as it will lie.
        positions = np.arange(offsets[-1], dtype=np.int32)
        positions += np.repeat((self.offsets[chosen] - offsets[:-1]).astype(np.int32), lengths)
        return Reviews(self.indices[positions], offsets, self.labels[chosen])

    def hold_words(self) -> np.ndarray:
        """bool array (num_reviews,): which hold a word, indices being as load_data gives them."""
        words = np.concatenate([[0], np.cumsum(self.indices > OUT_OF_VOCABULARY)])
        return np.diff(words[self.offsets]) > 0

    def cut(self, num_words: int) -> "Reviews":
        """The same reviews, indices as load_data gives them, with fewer words: the others are 2."""
        rare = self.indices >= num_words
        return Reviews(np.where(rare, OUT_OF_VOCABULARY, self.indices), self.offsets, self.labels)

    @property
    def features(self) -> tuple[np.ndarray, ...]:
        """All that a label could be told by, for digests."""
        return self.indices, self.offsets


def shuffled(train: Reviews, validation: Reviews) -> tuple[Reviews, Reviews]:
    """Both halves in the order in which Keras' load_data returns them."""
    generator = np.random.RandomState(SHUFFLE_SEED)  # one for both halves, training first
    halves = []
    for reviews in (train, validation):
        order = np.arange(len(reviews))
        generator.shuffle(order)
        halves.append(reviews.take(order))
    return halves[0], halves[1]


def as_load_data(ranks: Reviews, num_words: int | None = None) -> Reviews:
    """Ranks as stored (1: the most frequent word) as the indices load_data makes of them.

    Each review begins with 1, ranks rise by 3, and indices from `num_words` on become 2.
    """
    offsets = ranks.offsets + np.arange(len(ranks) + 1)
    indices = np.full(offsets[-1], START, dtype=np.int32)
    is_word = np.ones(len(indices), dtype=bool)
    is_word[offsets[:-1]] = False
    words = ranks.indices + np.int32(INDEX_FROM)
    if num_words is not None:
        words[words >= num_words] = OUT_OF_VOCABULARY
    indices[is_word] = words
    return Reviews(indices, offsets, ranks.labels)
