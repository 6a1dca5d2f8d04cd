"""A study's data in, kept on disk whole or not at all, and back."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from pyreg import files
from pyreg.data.reviews import Reviews
from pyreg.data.samples import Samples
from pyreg.errors import refusing
from pyreg.records.arrays import read_arrays
from pyreg.records.layout import DataFolder

Half = Reviews | Samples


@dataclass(frozen=True)
class Dataset:
    """Both halves of a study's data, and where they come from.

    Attributes:
        train: the training samples; reviews are as Keras' load_data gives them.
        validation: the samples to validate on; of IMDB, Keras' test reviews, as in the lesson.
        provenance: source, description, url, file, sha256, content_digest, licence, citation,
            fetched (ISO date or None), num_train, num_validation (what a run sees), is_lesson_data,
            notice (a sentence to be shown wherever results are, or None), request.
        vocabulary: what raw samples are read by (`pyreg.data.vocabulary_file`).
    """

    train: Half
    validation: Half
    provenance: dict[str, Any]
    vocabulary: dict[str, Any] = field(default_factory=dict)

    @property
    def reviews(self) -> tuple[Reviews, Reviews]:
        """Both halves, of a study that is known to be of reviews."""
        assert isinstance(self.train, Reviews)
        assert isinstance(self.validation, Reviews)
        return self.train, self.validation


def content_digest(train: Half, validation: Half) -> str:
    """SHA-256 over both halves as their source has them, before anything is cut.

    The same for the same reviews, whether they came from an npz or from raw text.
    """
    return files.digest_arrays(
        *train.features, *validation.features, train.labels, validation.labels
    )


def save_dataset(folder: str | Path, dataset: Dataset) -> None:
    """Write samples.npz, provenance.json and vocabulary.json to `folder`, all or none."""
    arrays = {
        f"{half}_{one.name}": np.asarray(getattr(getattr(dataset, half), one.name))
        for half in ("train", "validation")
        for one in fields(getattr(dataset, half))
    }
    with files.atomic_folder(folder) as temporary:
        np.savez(DataFolder(temporary).samples, **arrays)  # type: ignore[arg-type]
        files.write_json(DataFolder(temporary).provenance, dataset.provenance)
        files.write_json(DataFolder(temporary).vocabulary, dataset.vocabulary)


def read_dataset(folder: str | Path) -> Dataset:
    """Read what `save_dataset` wrote.

    Raises:
        InputError: a file is missing or damaged.
    """
    folder = Path(folder)
    with refusing(
        f"{folder} holds no prepared samples",
        "expected samples.npz and provenance.json; run `pyreg data prepare` (or snakemake) again",
    ):
        stored = read_arrays(DataFolder(folder).samples)
        train, validation = _read_half(stored, "train"), _read_half(stored, "validation")
        provenance = files.read_json(DataFolder(folder).provenance)
        if type(train) is not type(validation) or not isinstance(provenance, dict):
            raise ValueError("its parts do not belong together")
        return Dataset(train, validation, provenance)


def read_provenance(folder: str | Path) -> dict[str, Any] | None:
    """provenance.json of an earlier `save_dataset`, or None where there is none to be read."""
    try:
        provenance = files.read_json(DataFolder(Path(folder)).provenance)
    except (OSError, ValueError):
        return None
    return provenance if isinstance(provenance, dict) else None


def _read_half(stored: Any, half: str) -> Half:
    kind = Reviews if f"{half}_offsets" in stored else Samples
    arrays = [stored[f"{half}_{one.name}"] for one in fields(kind)]
    read = kind(*(array if array.ndim else array.item() for array in arrays))
    if isinstance(read, Reviews):
        _check_reviews(read)
    else:
        _check_samples(read)
    return read


def _check_reviews(reviews: Reviews) -> None:
    arrays = (reviews.indices, reviews.offsets, reviews.labels)
    if [array.dtype for array in arrays] != [np.int32, np.int64, np.uint8]:
        raise ValueError("it holds numbers of other types than reviews")
    starts, ends = reviews.offsets[:-1], reviews.offsets[1:]
    are_within = reviews.offsets[0] == 0 and reviews.offsets[-1] == len(reviews.indices)
    if len(starts) != len(reviews.labels) or not are_within or (starts > ends).any():
        raise ValueError("its reviews do not begin and end within its words")


def _check_samples(samples: Samples) -> None:
    numbers = (samples.scale, samples.num_outputs)
    if len(samples.values) != len(samples.labels) or samples.values.dtype.kind not in "uf":
        raise ValueError("its labels are not as many as its samples, or those are no numbers")
    if any(type(number) is not int or number < 1 for number in numbers):
        raise ValueError("it does not say how its values are scaled")
