"""IMDB's raw text in, as its authors publish it: the archive or its unpacked folder; texts out."""

import re
from pathlib import Path

from pyreg.data.labelled import read_text_files
from pyreg.data.text import Labelled
from pyreg.errors import InputError
from pyreg.readers import archive

HALVES = ("train", "test")
FOLDERS = {1: "pos", 0: "neg"}
UNPACKED = "aclImdb"  # the folder in the archive

REVIEW = re.compile(r"(?:.*/)?(train|test)/(pos|neg)/([^/]+\.txt)", re.DOTALL)
_REMEDY = "fetch it again with `pyreg data fetch stanford`, or name another one"


def read_texts(path: Path) -> dict[str, Labelled]:
    """Read all labelled reviews; of an archive nothing is ever written to disk.

    Args:
        path: aclImdb_v1.tar.gz, tar or zip, however packed; or a folder with train/pos, train/neg,
            test/pos and test/neg, or the one that it lies in.

    Returns:
        "train" and "test" -> texts by label, sorted by file name as in imdb.npz.

    Raises:
        InputError: the archive is damaged, a member would lead out of it, or a part is missing.
    """
    if path.is_dir():
        inner = path / UNPACKED if (path / UNPACKED / "train").is_dir() else path
        found = {
            (half, folder): read_text_files(inner / half / folder)
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
        for name, text in archive.files(path, lambda name: bool(REVIEW.fullmatch(name))):
            match = REVIEW.fullmatch(name)
            assert match is not None
            found[match[1], match[2]][match[3]] = text
    except InputError as error:
        raise InputError(f"{error}; expected one like aclImdb_v1.tar.gz; {_REMEDY}") from None
    for (half, folder), texts in found.items():
        if not texts:
            raise InputError(
                f"{path} has no texts in {half}/{folder}, expected reviews there as in "
                f"aclImdb_v1.tar.gz; {_REMEDY}"
            )
    return found
