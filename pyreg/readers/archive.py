"""An archive in, tar or zip, packed or not; the files in it that are wanted out, one by one.

Nothing is ever written to disk, and no size that an archive claims is believed.
"""

import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pyreg.errors import InputError
from pyreg.readers import sniff

MAX_FILE_BYTES = 2**20  # the longest review of IMDB has 14 kB
MAX_MEMBERS = 500_000  # IMDB has some 100,000
MAX_ARCHIVE_BYTES = 2**30  # unpacked; IMDB with its 50,000 unlabelled reviews has a third
SYSTEMS_OWN = (".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class _Member:
    """A file or folder in an archive.

    Attributes:
        is_plain: neither a link nor a device.
        read: its content, up to one byte more than is admitted; None for a folder.
    """

    name: str
    size: int
    is_plain: bool
    read: Callable[[], bytes] | None


def files(path: Path, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file that is wanted, in the archive's order.

    Raises:
        InputError: the archive is damaged, too large, or a member would lead out of it.
    """
    left = MAX_ARCHIVE_BYTES
    with _told(path):
        for member in _members(path):
            if member.read and is_wanted(member.name):
                _check(member, MAX_FILE_BYTES, "a review")
                content = member.read()
                left -= len(content)
                if left < 0:
                    raise _too_large()
                yield member.name, content


def names(path: Path) -> Iterator[str]:
    """The names of its files; who stops listening stops the reading.

    Raises:
        InputError: as `files`.
    """
    with _told(path):
        yield from (member.name for member in _members(path) if member.read)


def is_left_behind(name: str) -> bool:
    """Whether a system left this beside files, of which it says something."""
    *folders, file = name.split("/")
    return file.startswith("._") or file in SYSTEMS_OWN or "__MACOSX" in (*folders, file)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Whatever damaged bytes raise, as one message."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except MemoryError:  # ours is to say so, whatever the file
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.strerror:
            raise sniff.unreadable(path, error) from None
        raise InputError(f"{path} is no whole archive ({error or 'it ends early'})") from None


def _members(path: Path) -> Iterator[_Member]:
    """All that is admitted, without what a Mac left behind."""
    found = _of_zip(path) if zipfile.is_zipfile(path) else _of_tar(path)
    for number, member in enumerate(found):
        if number >= MAX_MEMBERS:
            raise InputError(f"it has more than {MAX_MEMBERS:,} members; expected texts only")
        _check(
            member, MAX_ARCHIVE_BYTES, "the whole archive"
        )  # else passing it over takes for ever
        if not is_left_behind(member.name):
            yield member


def _check(member: _Member, most: int, where: str) -> None:
    """Refuse what an archive of texts does not hold, although nothing is ever unpacked."""
    problem = None
    if member.name.startswith("/") or ".." in member.name.split("/"):
        problem = "leads out of the archive"
    elif not member.is_plain:
        problem = "is a link or a device"
    elif member.size > most:
        problem = f"has {member.size:,} bytes, expected up to {most:,} in {where}"
    if problem:
        raise InputError(f"its member {member.name!r} {problem}; expected folders and texts only")


def _of_tar(path: Path) -> Iterator[_Member]:
    with (
        sniff.open_unpacked(path) as unpacked,
        tarfile.open(fileobj=_Limited(unpacked), mode="r|") as tar,
    ):
        for info in tar:
            file = tar.extractfile(info) if info.isfile() else None
            is_plain = info.isfile() or info.isdir()
            yield _Member(info.name, info.size, is_plain, file.read if file else None)


def _of_zip(path: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():

            def read(info: zipfile.ZipInfo = info) -> bytes:
                with archive.open(info) as file:
                    return file.read(MAX_FILE_BYTES + 1)

            yield _Member(info.filename, info.file_size, True, None if info.is_dir() else read)


def _too_large() -> InputError:
    return InputError(f"it unpacks to more than {MAX_ARCHIVE_BYTES:,} bytes")


class _Limited(io.RawIOBase):
    """A stream that refuses to go on for ever, as a few packed kilobytes can."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left = MAX_ARCHIVE_BYTES

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size)
        self._left -= len(content)
        if self._left < 0:
            raise _too_large()
        return content
