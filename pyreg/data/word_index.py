"""Keras' imdb_word_index.json, wherever it is, in: the rank of each word out."""

import json
import sys
from pathlib import Path

from pyreg import files
from pyreg.data import cache
from pyreg.data.sources import WORD_INDEX
from pyreg.errors import InputError


def find(raw_text: Path) -> dict[bytes, int] | None:
    """Look beside the raw text, then in the cache, then download; None: not to be had."""
    beside = raw_text.parent / WORD_INDEX.file
    if beside.is_file():
        return read(beside)
    try:
        return read(cache.fetch(WORD_INDEX))
    except cache.DownloadError as error:
        print(f"words are ranked by their counts: {error}", file=sys.stderr)
        return None


def of_npz(npz: Path, may_download: bool) -> dict[bytes, int] | None:
    """The words of an imdb.npz, which holds none: from a file beside it, the cache, or a download.

    A file of the name beside it that is not Keras' is none.

    Args:
        may_download: not for a file that the user names.
    """
    for path in (npz.parent / WORD_INDEX.file, cache.find(WORD_INDEX)):
        if path is not None and path.is_file() and files.digest_file(path) == WORD_INDEX.sha256:
            return read(path)
    why = f"{WORD_INDEX.file} is neither beside {npz} nor in the cache"
    if may_download:
        try:
            return read(cache.fetch(WORD_INDEX))
        except cache.DownloadError as error:
            why = str(error)
    print(f"note: the networks will not be able to read texts: {why}", file=sys.stderr)
    return None


def read(path: Path) -> dict[bytes, int]:
    """Word (UTF-8) -> rank.

    Raises:
        InputError: it is not Keras' file. Only its bytes are pinned, so nothing else is known
            to rank the words as imdb.npz does.
    """
    digest = files.digest_file(path)
    if digest != WORD_INDEX.sha256:
        raise InputError(
            f"{path} is not Keras' file: got SHA-256 {digest}, expected {WORD_INDEX.sha256}; "
            "fetch it again with `pyreg data fetch stanford`, or move it away"
        )
    content: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))
    return {word.encode(): rank for word, rank in content.items()}
