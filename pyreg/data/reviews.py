"""Reviews as flat arrays: cut, shuffled, digested, and kept on disk whole or not at all."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pyreg import files
from pyreg.errors import InputError

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


@dataclass(frozen=True)
class Dataset:
    """Both halves as Keras' load_data gives them, and where they come from.

    Attributes:
        train: the training reviews.
        validation: Keras' test reviews, which the lesson validates on.
        provenance: source, description, url, file, sha256, content_digest, licence, citation,
            fetched (ISO date or None), num_train, num_validation, is_lesson_data, notice (a
            sentence to be shown wherever results are, or None), request.
    """

    train: Reviews
    validation: Reviews
    provenance: dict[str, Any]


def take(reviews: Reviews, chosen: np.ndarray) -> Reviews:
    """The reviews with the numbers `chosen`, in that order."""
    lengths = reviews.lengths[chosen]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    # Word j of the result comes from as far behind its review's begin as it will lie.
    positions = np.arange(offsets[-1], dtype=np.int32)
    positions += np.repeat((reviews.offsets[chosen] - offsets[:-1]).astype(np.int32), lengths)
    return Reviews(reviews.indices[positions], offsets, reviews.labels[chosen])


def shuffled(train: Reviews, validation: Reviews) -> tuple[Reviews, Reviews]:
    """Both halves in the order in which Keras' load_data returns them."""
    generator = np.random.RandomState(SHUFFLE_SEED)  # one for both halves, training first
    halves = []
    for reviews in (train, validation):
        order = np.arange(len(reviews))
        generator.shuffle(order)
        halves.append(take(reviews, order))
    return halves[0], halves[1]


def started(ranks: Reviews, num_words: int | None = None) -> Reviews:
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


def content_digest(train: Reviews, validation: Reviews) -> str:
    """SHA-256 over ranks, lengths and labels in the order of the file, before anything is cut.

    The same for the same reviews, whether they came from an npz or from raw text.
    """
    return files.digest_arrays(
        *(array for half in (train, validation) for array in (half.indices, half.offsets)),
        train.labels,
        validation.labels,
    )


def save_dataset(folder: str | Path, dataset: Dataset) -> None:
    """Write reviews.npz and provenance.json to `folder`, both or neither."""
    arrays = {
        f"{half}_{name}": getattr(getattr(dataset, half), name)
        for half in ("train", "validation")
        for name in ("indices", "offsets", "labels")
    }
    with files.atomic_folder(folder) as temporary:
        np.savez(temporary / "reviews.npz", **arrays)
        files.write_json(temporary / "provenance.json", dataset.provenance)


def read_dataset(folder: str | Path) -> Dataset:
    """Read what `save_dataset` wrote.

    Raises:
        InputError: a file is missing or damaged.
    """
    folder = Path(folder)
    try:
        with np.load(folder / "reviews.npz", allow_pickle=False) as stored:
            train, validation = (
                Reviews(*(stored[f"{half}_{name}"] for name in ("indices", "offsets", "labels")))
                for half in ("train", "validation")
            )
        return Dataset(train, validation, files.read_json(folder / "provenance.json"))
    except Exception as error:  # damaged bytes raise whatever they happen to mean
        raise InputError(
            f"{folder} holds no prepared reviews ({error}); expected reviews.npz and "
            "provenance.json; run `pyreg data prepare` (or snakemake) again"
        ) from None


def read_provenance(folder: str | Path) -> dict[str, Any] | None:
    """provenance.json of an earlier `save_dataset`, or None where there is none to be read."""
    try:
        provenance = files.read_json(Path(folder) / "provenance.json")
    except (OSError, json.JSONDecodeError, UnicodeDecodeError):
        return None
    return provenance if isinstance(provenance, dict) else None
