"""IMDB's raw text in, as its authors publish it: the archive or its unpacked folder; texts out."""

import gzip
import io
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

from pyreg.data.labelled import read_text_files
from pyreg.data.text import Labelled
from pyreg.errors import InputError
from pyreg.files import SYSTEMS_OWN

MAX_TEXT_BYTES = 2**20  # the longest review of IMDB has 14 kB
MAX_MEMBERS = 500_000  # IMDB has some 100,000
MAX_ARCHIVE_BYTES = 2**30  # unpacked; IMDB with its 50,000 unlabelled reviews has a third
HALVES = ("train", "test")
FOLDERS = {1: "pos", 0: "neg"}

_REVIEW = re.compile(r"(?:.*/)?(train|test)/(pos|neg)/([^/]+\.txt)", re.DOTALL)
_REMEDY = "fetch it again with `pyreg data fetch stanford`, or name another one"


def read_texts(path: Path) -> dict[str, Labelled]:
    """Read all labelled reviews; of an archive nothing is ever written to disk.

    Args:
        path: aclImdb_v1.tar.gz, or a folder with train/pos, train/neg, test/pos and test/neg.

    Returns:
        "train" and "test" -> texts by label, sorted by file name as in imdb.npz.

    Raises:
        InputError: the archive is damaged, a member would lead out of it, or a part is missing.
    """
    if path.is_dir():
        found = {
            (half, folder): read_text_files(path / half / folder)
            for half in HALVES
            for folder in FOLDERS.values()
        }
    else:
        found = _read_archive(path)
    return {
        half: {
            label: [text for _, text in sorted(found[half, folder].items())]
            for label, folder in FOLDERS.items()
        }
        for half in HALVES
    }


def _read_archive(path: Path) -> dict[tuple[str, str], dict[str, bytes]]:
    """Half and folder -> file name -> text."""
    found: dict[tuple[str, str], dict[str, bytes]] = {
        (half, folder): {} for half in HALVES for folder in FOLDERS.values()
    }
    try:
        for half, folder, name, text in _members(path):
            found[half, folder][name] = text
    except InputError as error:
        raise InputError(f"{path}: {error}; {_REMEDY}") from None
    except MemoryError:
        raise
    except Exception as error:  # damaged bytes raise whatever they happen to mean
        if isinstance(error, OSError) and error.errno in SYSTEMS_OWN:
            raise InputError(
                f"cannot read {path}: {error.strerror}; name an existing archive"
            ) from None
        raise InputError(
            f"{path} is no whole archive ({error!s:.200}), expected one like aclImdb_v1.tar.gz; "
            f"{_REMEDY}"
        ) from None
    for (half, folder), texts in found.items():
        if not texts:
            raise InputError(
                f"{path} has no texts in {half}/{folder}, expected reviews there as in "
                f"aclImdb_v1.tar.gz; {_REMEDY}"
            )
    return found


def _members(path: Path) -> Iterator[tuple[str, str, str, bytes]]:
    """Half, folder, file name and text of each review, one after the other."""
    with gzip.open(path) as unpacked, tarfile.open(fileobj=_Limited(unpacked), mode="r|") as tar:
        for number, member in enumerate(tar):
            _check_member(number, member)
            match = _REVIEW.fullmatch(member.name)
            content = tar.extractfile(member) if match else None
            if match and content:
                yield match[1], match[2], match[3], content.read()


def _check_member(number: int, member: tarfile.TarInfo) -> None:
    """Refuse what an archive of texts does not hold, although nothing is ever unpacked."""
    problem = None
    if member.name.startswith("/") or ".." in member.name.split("/"):
        problem = "leads out of the archive"
    elif not (member.isfile() or member.isdir()):
        problem = "is a link or a device"
    elif member.size > MAX_TEXT_BYTES and _REVIEW.fullmatch(member.name):
        problem = f"has {member.size:,} bytes, expected up to {MAX_TEXT_BYTES:,} in a review"
    elif not 0 <= member.size <= MAX_ARCHIVE_BYTES:  # tarfile would count its way there
        problem = f"has {member.size:,} bytes, expected up to {MAX_ARCHIVE_BYTES:,} in all"
    elif number >= MAX_MEMBERS:
        problem = f"is one of more than {MAX_MEMBERS:,}"
    if problem:
        raise InputError(
            f"its member {member.name!r:.200} {problem}; expected folders and texts only"
        )


class _Limited(io.RawIOBase):
    """A stream that refuses to go on for ever, as a few packed kilobytes can."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream
        self._left = MAX_ARCHIVE_BYTES

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size)
        self._left -= len(content)
        if self._left < 0:
            raise InputError(f"it unpacks to more than {MAX_ARCHIVE_BYTES:,} bytes")
        return content
