"""IMDB's raw text in, as its authors publish it: the archive or its unpacked folder; texts out."""

import re
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from pyreg.errors import InputError

MAX_TEXT_BYTES = 2**20  # the longest review of IMDB has 14 kB
MAX_TEXTS = 500_000
HALVES = ("train", "test")
LABELS = {"pos": 1, "neg": 0}  # in this order in imdb.npz

_NAME = re.compile(r"(?:.*/)?(train|test)/(pos|neg)/([^/]+\.txt)")


def read_texts(path: Path) -> dict[str, tuple[list[bytes], list[int]]]:
    """Read all labelled reviews; an archive is never unpacked to disk.

    Args:
        path: aclImdb_v1.tar.gz, or a folder with train/pos, train/neg, test/pos and test/neg.

    Returns:
        "train" and "test" -> texts (bytes) and labels, positive reviews first, in each
        sorted by file name, as in imdb.npz.

    Raises:
        InputError: the archive is damaged, a member would lead out of it, or a part is missing.
    """
    entries = _folder_entries(path) if path.is_dir() else _archive_entries(path)
    found: dict[tuple[str, str], dict[str, bytes]] = {
        (half, label): {} for half in HALVES for label in LABELS
    }
    for half, label, name, text in entries:
        found[half, label][name] = text
    for (half, label), texts in found.items():
        if not texts:
            raise InputError(
                f"{path} has no reviews in {half}/{label}, expected text files there as in "
                "aclImdb_v1.tar.gz; name the whole archive or its unpacked folder"
            )
    return {
        half: (
            [found[half, label][name] for label in LABELS for name in sorted(found[half, label])],
            [value for label, value in LABELS.items() for _ in found[half, label]],
        )
        for half in HALVES
    }


def _folder_entries(path: Path) -> Iterator[tuple[str, str, str, bytes]]:
    for half in HALVES:
        for label in LABELS:
            for file in (path / half / label).glob("*.txt"):
                yield half, label, file.name, file.read_bytes()


def _archive_entries(path: Path) -> Iterator[tuple[str, str, str, bytes]]:
    try:
        with tarfile.open(path, mode="r|*") as archive:
            for number, member in enumerate(archive):
                _check_member(path, number, member)
                match = _NAME.fullmatch(member.name)
                content = archive.extractfile(member) if match else None
                if match and content:
                    yield match[1], match[2], match[3], content.read()
    except (tarfile.TarError, EOFError, zlib.error, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.strerror:
            raise InputError(
                f"cannot read {path}: {error.strerror}; name an existing archive"
            ) from None
        raise InputError(
            f"{path} is no whole archive ({error}), expected one like aclImdb_v1.tar.gz; "
            "fetch it again with `pyreg data fetch stanford`"
        ) from None


def _check_member(path: Path, number: int, member: tarfile.TarInfo) -> None:
    """Refuse what an archive of texts does not hold, although nothing is ever unpacked."""
    problem = None
    if member.name.startswith("/") or ".." in member.name.split("/"):
        problem = "leads out of the archive"
    elif not (member.isfile() or member.isdir()):
        problem = "is a link or a device"
    elif member.size > MAX_TEXT_BYTES and _NAME.fullmatch(member.name):
        problem = f"is a review of {member.size:,} bytes, expected up to {MAX_TEXT_BYTES:,}"
    elif number > MAX_TEXTS:
        problem = f"is one of more than {MAX_TEXTS:,}"
    if problem:
        raise InputError(
            f"{path}: the member {member.name!r} {problem}; expected reviews only; "
            "fetch the archive again with `pyreg data fetch stanford`"
        )
