"""A pinned file of the internet in, the path of a verified copy out; jobs share one cache."""

import os
from pathlib import Path

import platformdirs

from pyreg import files
from pyreg.data.sources import Source
from pyreg.errors import InputError


class DownloadError(InputError):
    """No mirror gave the file; nothing is left behind."""


def folder() -> Path:
    """The cache: PYREG_CACHE, or the platform's folder for caches."""
    return Path(os.environ.get("PYREG_CACHE") or platformdirs.user_cache_dir("pyreg"))


def find(source: Source) -> Path | None:
    """Path of a verified copy: in our cache, or where Keras keeps what it downloads."""
    if not source.urls:
        return None
    keras_home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    for path in (folder() / source.file, keras_home / "datasets" / source.file):
        if path.is_file() and files.digest_file(path) == source.sha256:
            return path
    return None


def fetch(source: Source) -> Path:
    """Path of a verified copy, downloaded unless there is one.

    Of several jobs that want the file, one downloads it and the others wait.

    Raises:
        DownloadError: no mirror gave the pinned bytes, or the cache cannot be written.
    """
    found = find(source)
    if found:
        return found
    target = folder() / source.file
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with files.locked(target.parent):
            return find(source) or _download(source, target)
    except OSError as error:
        raise DownloadError(
            f"cannot keep {source.file} in the cache {target.parent}: {error.strerror or error}; "
            "set PYREG_CACHE to a folder with room that you may write to"
        ) from None


def _download(source: Source, target: Path) -> Path:
    from pyreg.data import download  # its libraries are only needed here

    problems = download.download(source, target)
    if problems:
        raise DownloadError(
            f"could not download {source.file}:\n  " + "\n  ".join(problems) + "\n"
            f"get it by other means, put it into {target.parent} and run the same command again"
        )
    return target
