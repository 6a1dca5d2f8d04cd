"""Sequences of word indices in, multi-hot matrices out; stored as bits."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from pyreg import config, files
from pyreg.data.reviews import Dataset, Reviews
from pyreg.errors import InputError


class Encoded(NamedTuple):
    """Both halves as matrices, uint8 holding 0 or 1.

    x: shape (num_reviews, num_words), which words occur. y: shape (num_reviews, 1), 1 for a
    positive review; one column, as Keras' `binary_crossentropy` metric refuses plain vectors.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray
    data_digest: str  # of the sequences and labels these came from
    num_outputs: int = 1  # classes of a multiclass task, else 1


def multi_hot(reviews: Reviews, num_words: int, column_base: int = 1) -> np.ndarray:
    """Mark which words occur in each review: presence, neither one-hot nor counts.

    Args:
        reviews: word indices, `column_base` or more and below `num_words`.
        num_words: number of columns.
        column_base: the column that index 0 would be left of (1) or in (0). With 1, index k
            fills the k-th column counted from 1, as `x[i, k] <- 1` does in R; with 0 the k-th
            counted from 0, as `x[i, k] = 1` does in Python.

    Returns:
        uint8 array of shape (num_reviews, num_words), 0 or 1. A repeated word counts once,
        an empty review is a row of zeros.

    Raises:
        InputError: an index lies outside the matrix.
    """
    _check_indices(reviews, num_words, column_base)
    num_reviews = len(reviews.labels)
    matrix = np.zeros((num_reviews, num_words), dtype=np.uint8)
    rows = np.repeat(np.arange(num_reviews) * num_words, np.diff(reviews.offsets))
    matrix.ravel()[rows + (reviews.indices - column_base)] = 1
    return matrix


def save_encoded(path: str | Path, dataset: Dataset, num_words: int, column_base: int) -> None:
    """Write both halves as packed bits (1 bit a cell, 31 MB for all of IMDB) and their labels."""
    halves = {"train": dataset.train, "validation": dataset.validation}
    arrays = {"num_words": np.array(num_words), "data_digest": np.array(data_digest(dataset))}
    for name, reviews in halves.items():
        arrays[f"x_{name}"] = np.packbits(multi_hot(reviews, num_words, column_base), axis=1)
        arrays[f"y_{name}"] = reviews.labels[:, np.newaxis]
    with files.atomic_file(path) as temporary:
        np.savez(temporary, **arrays)  # type: ignore[arg-type]


def read_encoded(path: str | Path) -> Encoded:
    """Read what `save_encoded` wrote.

    Raises:
        InputError: the file is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            num_words = int(stored["num_words"])
            return Encoded(
                np.unpackbits(stored["x_train"], axis=1, count=num_words),
                stored["y_train"],
                np.unpackbits(stored["x_validation"], axis=1, count=num_words),
                stored["y_validation"],
                str(stored["data_digest"]),
            )
    except Exception as error:  # a damaged zip raises whatever its bytes happen to mean
        raise InputError(
            f"{path} cannot be read as encoded reviews ({error}); expected the file `pyreg encode` "
            "writes; delete it and run snakemake again"
        ) from None


def read_for_run(path: str | Path, settings: config.Data, seed: int) -> Encoded:
    """Read what one run trains on: with `permute_labels`, labels in the order of its seed.

    Raises:
        InputError: the file is missing or damaged.
    """
    data = read_encoded(path)
    y_train, y_validation = labels_of_run(settings, seed, data.y_train, data.y_validation)
    return data._replace(y_train=y_train, y_validation=y_validation)


def labels_of_run(
    settings: config.Data, seed: int, y_train: np.ndarray, y_validation: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Both halves' labels as a run with this seed sees them."""
    if not settings.permute_labels:
        return y_train, y_validation
    generator = np.random.RandomState(seed)  # its stream is frozen
    return generator.permutation(y_train), generator.permutation(y_validation)


def data_digest(dataset: Dataset) -> str:
    """SHA-256 of the sequences and labels that are encoded: the first link of every chain."""
    halves = [dataset.train, dataset.validation]
    return files.digest_arrays(
        *(array for half in halves for array in (half.indices, half.offsets, half.labels))
    )


def _check_indices(reviews: Reviews, num_words: int, column_base: int) -> None:
    if not len(reviews.indices):
        return
    wrong = (reviews.indices < column_base) | (reviews.indices >= num_words)
    if not wrong.any():
        return
    position = int(np.argmax(wrong))
    review = int(np.searchsorted(reviews.offsets, position, side="right")) - 1
    index = int(reviews.indices[position])
    remedy = (
        f"reload the data with num_words={index + 1} or more"
        if index >= num_words
        else "use column_base: 0, or data whose indices start at 1"
    )
    raise InputError(
        f"review {review} holds word index {index}, expected {column_base} to {num_words - 1} "
        f"(num_words is {num_words}, column_base {column_base}); {remedy}"
    )
