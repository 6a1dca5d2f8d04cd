"""A study's data settings in, its samples out, with the story of where they come from."""

import math
import sys
from pathlib import Path
from typing import TypeVar

import numpy as np

from pyreg import config
from pyreg.data import origin, reading, synthetic, vocabulary_file, word_index
from pyreg.data.folds import rows_of_run
from pyreg.data.prepared import Dataset, Half, content_digest
from pyreg.data.provenance import describe
from pyreg.data.reviews import Reviews, as_load_data, shuffled
from pyreg.data.samples import Samples
from pyreg.data.sources import LESSON_DIGEST, SOURCES, Source
from pyreg.errors import InputError

OWN_TEXTS = ("csv", "folder")  # of any language
FEW = 0.01  # of the reviews; in any language some are of no word that is known

AnyHalf = TypeVar("AnyHalf", Reviews, Samples)


def load(settings: config.Data) -> Dataset:
    """Find, read and cut the samples that a study asks for.

    Args:
        settings: `num_words` replaces rarer words by 2; `num_reviews` and `num_samples` keep the
            first so many of each half, reviews in the order of load_data; `validation_split` takes
            the validation samples from the end of the training samples.

    Raises:
        InputError: the source is missing, damaged or altered, or has fewer samples than folds.
    """
    source, path, halves, ranks = _read(settings)
    provenance = describe(source, path, content_digest(*halves), settings)
    if provenance["content_digest"] == LESSON_DIGEST and ranks is None and path is not None:
        ranks = word_index.of_npz(path, may_download=source.name == "keras")
    train, validation = _as_keras_gives(halves, settings)
    wordless = _without_words(train, validation) if source.name in OWN_TEXTS else ""
    if wordless:
        print(f"WARNING: {wordless}", file=sys.stderr, flush=True)
        provenance["notice"] = f"{provenance['notice']} {wordless}"
    if settings.validation_split is not None:
        train, validation = split(train, settings.validation_split)
    seen = rows_of_run(settings, 1, len(train), len(validation))
    provenance |= {"num_train": len(seen[0]), "num_validation": len(seen[1])}
    classes = reading.classes(source.name, path)
    return Dataset(train, validation, provenance, vocabulary_file.describe(train, ranks, classes))


def split(train: Half, share: float) -> tuple[Half, Half]:
    """Leave the last `share` of the training samples for validation, as Keras does.

    Raises:
        InputError: nothing would be left to train on.
    """
    numbers = np.arange(len(train))
    num_train = math.floor(len(train) * (1 - share))  # Keras' own formula, rounding included
    if num_train == 0:
        raise InputError(
            f"data.validation_split: got {share} of {len(train)} training samples, expected some "
            "of them left to train on; choose a smaller share"
        )
    return train.take(numbers[:num_train]), train.take(numbers[num_train:])


def _read(
    settings: config.Data,
) -> tuple[Source, Path | None, tuple[Half, Half], reading.Ranks | None]:
    if settings.synthetic is not None:
        drawn = synthetic.draw(settings.source, settings.synthetic)
        return SOURCES[settings.source], None, drawn, None
    found = origin.find(settings)
    return found.source, found.path, *reading.read_with_ranks(found, settings.labels)


def _as_keras_gives(halves: tuple[Half, Half], settings: config.Data) -> tuple[Half, Half]:
    """Reviews in the order and with the indices of load_data; other samples as they are."""
    train, validation = halves
    if isinstance(train, Samples) and isinstance(validation, Samples):
        return _first(train, settings.num_samples), _first(validation, settings.num_samples)
    assert isinstance(train, Reviews)
    assert isinstance(validation, Reviews)
    train, validation = (
        as_load_data(_first(half, settings.num_reviews), settings.num_words)
        for half in shuffled(train, validation)
    )
    return train, validation


def _without_words(*halves: Half) -> str:
    """How many reviews hold no word that is kept; nothing if they are few."""
    counts = [
        (int((~half.hold_words()).sum()), len(half)) for half in halves if isinstance(half, Reviews)
    ]
    if not any(number > FEW * total for number, total in counts):
        return ""
    told = " and ".join(
        f"{number:,} of {total:,} {name} reviews"
        for name, (number, total) in zip(("training", "validation"), counts, strict=True)
    )
    return f"{told} hold no word that is kept."


def _first(half: AnyHalf, number: int | None) -> AnyHalf:
    if number is None:
        return half
    return half.take(np.arange(min(number, len(half))))
