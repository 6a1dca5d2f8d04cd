"""Samples in, matrices out: reviews as multi-hot rows, stored as bits; others as numbers."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pyreg import config, files
from pyreg.data.folds import half_of, rows_of_run
from pyreg.data.prepared import Dataset, read_provenance
from pyreg.data.reviews import Reviews
from pyreg.data.samples import Samples
from pyreg.data.sources import LESSON_DIGEST, LESSON_REVIEWS
from pyreg.errors import InputError, refusing
from pyreg.records.arrays import read_arrays
from pyreg.records.layout import RunKey


class Encoded(NamedTuple):
    """Both halves as matrices with a row for each sample.

    x: of reviews uint8 (num_samples, num_words), 0 or 1, which words occur, or int32
    (num_samples, maxlen), their indices in order; of other samples float32 (num_samples,
    num_features). y: (num_samples, 1), uint8 (1 for a positive review, or the number of the
    class), or float32 targets of a regression; one column, as Keras' `binary_crossentropy` metric
    refuses plain vectors.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray
    data_digest: str  # of the samples and labels these came from
    num_outputs: int = 1  # classes of a multiclass task, else 1
    image_shape: tuple[int, ...] = ()  # height, width, colours; of other samples nothing


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


def padded(
    reviews: Reviews, maxlen: int, padding: str = "pre", truncating: str = "pre"
) -> np.ndarray:
    """Sequences of one length, as from Keras' `pad_sequences`.

    Args:
        padding, truncating: the side, `pre` or `post`, where zeros are put, and words cut.

    Returns:
        int32 array of shape (num_reviews, maxlen).
    """
    matrix = np.zeros((len(reviews), maxlen), dtype=np.int32)
    for number, row in enumerate(matrix):
        words = reviews[number]
        kept = words[-maxlen:] if truncating == "pre" else words[:maxlen]
        start = maxlen - len(kept) if padding == "pre" else 0
        row[start : start + len(kept)] = kept
    return matrix


def scaled(samples: Samples) -> np.ndarray:
    """Pixels row after row and between 0 and 1, as float32 (num_samples, num_features); features
    as they are."""
    return samples.values.reshape(len(samples), -1).astype(np.float32) / np.float32(samples.scale)


def save_encoded(
    path: str | Path,
    dataset: Dataset,
    num_words: int,
    column_base: int,
    sequences: tuple[int, str, str] | None = None,
) -> None:
    """Write both halves and their labels; reviews as packed bits: 1 bit a cell, 31 MB for IMDB.

    Args:
        num_words, column_base: see `multi_hot`; nothing to samples that are no reviews.
        sequences: maxlen, padding and truncating of `padded`, where reviews become sequences.
    """
    arrays = {"data_digest": np.array(data_digest(dataset))}
    for name, half in [("train", dataset.train), ("validation", dataset.validation)]:
        if isinstance(half, Reviews) and sequences:
            arrays[f"x_{name}"] = padded(half, *sequences)
        elif isinstance(half, Reviews):
            arrays["num_words"] = np.array(num_words)
            arrays[f"x_{name}"] = np.packbits(multi_hot(half, num_words, column_base), axis=1)
        else:
            arrays["num_outputs"] = np.array(half.num_outputs)
            arrays["image_shape"] = np.array(half.image_shape, dtype=int)
            arrays[f"x_{name}"] = scaled(half)
        arrays[f"y_{name}"] = half.labels[:, np.newaxis]
    with files.atomic_file(path) as temporary:
        np.savez(temporary, **arrays)  # type: ignore[arg-type]


def read_encoded(path: str | Path) -> Encoded:
    """Read what `save_encoded` wrote.

    Raises:
        InputError: the file is missing or damaged.
    """
    with refusing(
        f"{path} cannot be read as encoded samples",
        "expected the file that `pyreg encode` writes; delete it and run snakemake again",
    ):
        stored = read_arrays(path)
        encoded = Encoded(
            _unpacked(stored, "x_train"),
            stored["y_train"],
            _unpacked(stored, "x_validation"),
            stored["y_validation"],
            str(stored["data_digest"]),
            int(stored["num_outputs"]) if "num_outputs" in stored else 1,
            tuple(stored["image_shape"].tolist()) if "image_shape" in stored else (),
        )
        _check_encoded(encoded)
        return encoded


def read_for_run(path: str | Path, study: config.Study, key: RunKey) -> Encoded:
    """Read what one run trains on; errors as in `read_for_seed`."""
    return read_for_seed(path, study.data, key.seed, study.models[key.model].half)


def read_for_seed(
    path: str | Path, settings: config.Data, seed: int, half: int | None = None
) -> Encoded:
    """Read what runs with a seed train on: its folds, with `permute_labels` its labels, and of the
    training samples the half that a model asks for.

    Raises:
        InputError: the file is missing or damaged, or has fewer samples than folds.
    """
    data = read_encoded(path)
    if settings.folds is not None:
        data = split_rows(
            data, *rows_of_run(settings, seed, len(data.x_train), len(data.x_validation))
        )
    y_train, y_validation = labels_of_run(settings, seed, data.y_train, data.y_validation)
    return data._replace(
        x_train=half_of(data.x_train, half),
        y_train=half_of(y_train, half),
        y_validation=y_validation,
    )


def require_settings(path: str | Path, settings: config.Data) -> None:
    """Refuse samples that were encoded with other settings, as far as they tell: a run would be
    recorded with settings that it was not made with.

    Raises:
        InputError: they were, or the file is missing or damaged.
    """
    provenance = read_provenance(Path(path).parent) or {}
    is_lesson = provenance.get("content_digest") == LESSON_DIGEST
    for name, number in _told_settings(read_encoded(path), settings, is_lesson).items():
        expected = getattr(settings, name)
        if number != expected:
            raise InputError(
                f"{path} was encoded with data.{name} {number}, expected {expected} as in the "
                "configuration; run `pyreg data prepare` and `pyreg encode` with that, or snakemake"
            )


def _told_settings(data: Encoded, settings: config.Data, is_lesson: bool) -> dict[str, int]:
    """What the matrices tell of the settings: columns, and rows that are too many or too few."""
    told = {}
    halves = [len(data.x_train), len(data.x_validation)]
    number = max(halves) if settings.validation_split is None else sum(halves)
    counted = "num_reviews" if settings.holds_reviews else "num_samples"
    most = getattr(settings, counted) or (LESSON_REVIEWS if is_lesson else number)
    least = min(most, LESSON_REVIEWS) if is_lesson else 0  # another source may have few
    if not least <= number <= most:
        told[counted] = number
    if settings.is_multi_hot:
        told["num_words"] = data.x_train.shape[1]
        # Every review begins with index 1, and no index is 0.
        told["column_base"] = int(data.x_train[:, 0].any())
    elif settings.sequences:
        told["maxlen"] = data.x_train.shape[1]
    return told


def split_rows(data: Encoded, train: np.ndarray, held_out: np.ndarray) -> Encoded:
    """The training samples alone: some rows to train on, others to validate on."""
    return data._replace(
        x_train=data.x_train[train],
        y_train=data.y_train[train],
        x_validation=data.x_train[held_out],
        y_validation=data.y_train[held_out],
    )


def labels_of_run(
    settings: config.Data, seed: int, y_train: np.ndarray, y_validation: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Both halves' labels as a run with this seed sees them."""
    if not settings.permute_labels:
        return y_train, y_validation
    # Of both halves together, so that their shares of each label vary as those of new samples do.
    num_train, num_samples = len(y_train), len(y_train) + len(y_validation)
    order = np.random.RandomState(seed).permutation(num_samples)  # its stream is frozen
    permuted = np.concatenate([y_train, y_validation])[order]
    return permuted[:num_train], permuted[num_train:]


def data_digest(dataset: Dataset) -> str:
    """SHA-256 of the samples and labels that are encoded: the first link of every chain."""
    halves = [dataset.train, dataset.validation]
    return files.digest_arrays(
        *(array for half in halves for array in (*half.features, half.labels))
    )


def _unpacked(stored: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    if "num_words" not in stored:
        return stored[name]
    bits, num_words = stored[name], int(stored["num_words"])
    if bits.ndim != 2 or bits.shape[1] != -(-num_words // 8):
        raise ValueError(f"{name} has the shape {bits.shape}, with bits of {num_words:,} words")
    return np.unpackbits(bits, axis=1, count=num_words)


def _check_encoded(encoded: Encoded) -> None:
    """Refuse arrays that do not belong together, before anything is trained on them."""
    halves = [(encoded.x_train, encoded.y_train), (encoded.x_validation, encoded.y_validation)]
    for x, y in halves:
        if x.ndim != 2 or y.shape != (len(x), 1) or x.dtype.kind not in "iuf":
            raise ValueError(f"samples of the shape {x.shape} have labels of the shape {y.shape}")
    if encoded.x_train.shape[1] != encoded.x_validation.shape[1] or encoded.num_outputs < 1:
        raise ValueError("its two halves do not fit each other")


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
