"""A file like Keras' imdb.npz in, reviews out; damaged or altered, it is refused in one message.

Its reviews are a pickle, which is never unpickled (see pickled.py), and no size that the file
claims is believed. One exception: bytes with the SHA-256 that Keras pins are known, so they are
unpickled should our reader not know how they were written.
"""

import hashlib
import pickle
import re
import zipfile
from pathlib import Path

import numpy as np

from pyreg.data import pickled
from pyreg.data.reviews import START, Reviews
from pyreg.data.sources import SOURCES
from pyreg.errors import InputError
from pyreg.files import SYSTEMS_OWN

MAX_MEMBER_BYTES = 2**26  # x_train of IMDB has 14 MB
MANY = 10  # reviews that all begin with the same word by no chance
MAX_RANK = 1_000_000  # IMDB has 88,584 words

# What load_data() and dataset_imdb() give is no longer the file that they read.
AS_KERAS_STORES_IT = (
    "shifted by 3, begun with 1 and shuffled already; pyreg reads the file that it came from, as "
    "Keras stores it: name ~/.keras/datasets/imdb.npz"
)
_REMEDY = "fetch it again with `pyreg data fetch`, or name another file"
_ENCRYPTED = 0x1  # in the flags of a zip file's member
_MAGIC = b"\x93NUMPY"
_HEADER = re.compile(
    rb"\{'descr': '(?P<type>[^']*)', 'fortran_order': False, "
    rb"'shape': \((?P<count>\d{1,9})L?,(?P<more> ?\d[\d, ]*)?\), \}\s*"
)


def read_npz(path: Path) -> tuple[Reviews, Reviews]:
    """Read both halves of an imdb.npz, in the order of the file.

    Args:
        path: a zip file of x_train.npy, y_train.npy, x_test.npy and y_test.npy, where x are
            arrays of lists of word ranks and y are labels 0 or 1.

    Returns:
        Training and test reviews as `Reviews` of ranks (1: the most frequent word).

    Raises:
        InputError: the file is missing, damaged, altered, or holds anything else.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            halves = _read_half(archive, "train"), _read_half(archive, "test")
        _require_ranks(halves)
        return halves
    except InputError as error:
        raise InputError(f"{path}: {error}; {_REMEDY}") from None
    except MemoryError:
        raise
    except Exception as error:  # damaged bytes raise whatever they happen to mean
        if isinstance(error, OSError) and error.errno in SYSTEMS_OWN:
            raise InputError(
                f"cannot read {path}: {error.strerror}; name a file like Keras' imdb.npz"
            ) from None
        raise _damaged(path, error) from None


def _require_ranks(halves: tuple[Reviews, Reviews]) -> None:
    """Refuse what has been through load_data(): it would be shifted and shuffled once more."""
    firsts = np.concatenate([half.indices[half.offsets[:-1][half.lengths > 0]] for half in halves])
    if len(firsts) >= MANY and (firsts == START).all():
        raise InputError(f"every review begins with 1, so its indices are {AS_KERAS_STORES_IT}")


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path} is no whole npz file ({str(error)[:200] or 'it ends early'}), expected one like "
        f"Keras' imdb.npz; {_REMEDY}"
    )


def _read_half(archive: zipfile.ZipFile, half: str) -> Reviews:
    ranks, offsets = _read_lists(archive, f"x_{half}")
    labels = _read_labels(archive, f"y_{half}")
    if len(labels) != len(offsets) - 1 or not len(labels):
        raise InputError(
            f"got {len(offsets) - 1:,} reviews in x_{half} and {len(labels):,} labels in "
            f"y_{half}, expected as many of both and at least one"
        )
    wrong = np.flatnonzero((ranks < 0) | (ranks > MAX_RANK))
    if len(wrong):
        review = np.searchsorted(offsets, wrong[0], side="right") - 1
        raise InputError(
            f"got word index {ranks[wrong[0]]} in review {review} of x_{half}, expected 0 to "
            f"{MAX_RANK:,}"
        )
    return Reviews(ranks, offsets, labels)


def _read_lists(archive: zipfile.ZipFile, name: str) -> tuple[np.ndarray, np.ndarray]:
    """All integers of an array of lists, and offsets."""
    kind, count, content = _read_member(archive, name)
    if not re.fullmatch(r"\|O[48]?", kind):
        raise InputError(f"got type '{kind}' in {name}, expected lists of integers, type '|O'")
    try:
        values, offsets = pickled.read_lists(content)
    except InputError as error:
        if not _is_keras_own(archive):
            raise InputError(f"{name}: {error}") from None
        lists = pickle.loads(content)
        values = np.concatenate([np.asarray(one, dtype=np.int32) for one in lists])
        offsets = np.cumsum([0, *map(len, lists)], dtype=np.int64)
    if len(offsets) - 1 != count:
        raise InputError(f"got {len(offsets) - 1:,} reviews in {name}, which announces {count:,}")
    return values, offsets


def _is_keras_own(archive: zipfile.ZipFile) -> bool:
    """Of the very file that is open, not of what may have come under its name since."""
    assert archive.fp is not None
    keras = SOURCES["keras"]
    archive.fp.seek(0)
    return hashlib.sha256(archive.fp.read(keras.size + 1)).hexdigest() == keras.sha256


def _read_labels(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    kind, count, content = _read_member(archive, name)
    if not re.fullmatch(r"[<>|=][iu][1248]|\|b1", kind):
        raise InputError(f"got type '{kind}' in {name}, expected integers 0 or 1")
    if len(content) != count * np.dtype(kind).itemsize:
        raise InputError(f"got {len(content):,} bytes in {name}, which announces {count:,} labels")
    labels = np.frombuffer(content, dtype=kind)
    wrong = np.flatnonzero((labels != 0) & (labels != 1))
    if len(wrong):
        raise InputError(
            f"got label {labels[wrong[0]]} for review {wrong[0]} in {name}, expected "
            "0 (negative) or 1 (positive)"
        )
    return labels.astype(np.uint8)


def _read_member(archive: zipfile.ZipFile, name: str) -> tuple[str, int, bytes]:
    """Type, number of items and bytes of a one-dimensional array."""
    held = archive.namelist()
    if held.count(f"{name}.npy") != 1:
        names = ", ".join(held[:8]) or "nothing"
        raise InputError(f"got {names}, expected x_train, y_train, x_test and y_test once each")
    entry = archive.getinfo(f"{name}.npy")
    announced = max(entry.file_size, entry.compress_size)
    if announced > MAX_MEMBER_BYTES:
        raise InputError(
            f"got {announced:,} bytes in {name}, expected at most {MAX_MEMBER_BYTES:,}"
        )
    is_numpys = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if not is_numpys or entry.flag_bits & _ENCRYPTED:
        raise InputError(f"got {name} encrypted or packed otherwise, expected deflate or none")
    content = archive.read(entry)  # at most file_size bytes, whatever they unpack to
    begin, header = _split_header(content)
    match = _HEADER.fullmatch(header)
    if match is None:
        raise InputError(f"got something else in {name}, expected a one-dimensional NumPy array")
    if match["more"]:
        raise InputError(
            f"got a matrix of {match['count'].decode()} x {match['more'].decode().strip()} in "
            f"{name}, as of padded reviews, expected one dimension of lists; {pickled.AS_LISTS}"
        )
    return match["type"].decode("latin-1"), int(match["count"]), content[begin:]


def _split_header(content: bytes) -> tuple[int, bytes]:
    """Where the array's own bytes begin, and the text before them that describes it."""
    if content[: len(_MAGIC)] != _MAGIC or len(content) < 12:
        return 0, b""
    width = 2 if content[6] == 1 else 4  # of the text's length, by the version of the format
    begin = 8 + width + int.from_bytes(content[8 : 8 + width], "little")
    return begin, content[8 + width : begin]
