"""A file like Keras' imdb.npz in, reviews out; altered or damaged, it is refused with one message.

Nothing in the file is unpickled (see pickled.py) and no size it claims is believed.
"""

import re
import zipfile
import zlib
from pathlib import Path

import numpy as np

from pyreg.data import pickled
from pyreg.data.reviews import Reviews
from pyreg.errors import InputError

MAX_MEMBER_BYTES = 256 * 2**20  # x_train of IMDB has 14 MB
MAX_RANK = 1_000_000  # IMDB has 88,584 words

_REMEDY = "delete it and fetch it again with `pyreg data fetch`, or name another file"
_MAGIC = b"\x93NUMPY"
_HEADER = re.compile(
    rb"\{'descr': '(?P<type>[^']*)', 'fortran_order': False, "
    rb"'shape': \((?P<count>\d{1,9})L?,\), \}\s*"
)


def read_npz(path: str | Path) -> tuple[Reviews, Reviews]:
    """Read both halves of an imdb.npz, in the order of the file.

    Args:
        path: a zip file of x_train.npy, y_train.npy, x_test.npy, y_test.npy, where x are
            arrays of lists of word ranks and y are labels 0 or 1.

    Returns:
        Training and test reviews as `Reviews` of ranks (1: the most frequent word).

    Raises:
        InputError: the file is missing, damaged, altered, or holds anything else.
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _read_half(archive, "train"), _read_half(archive, "test")
    except InputError as error:
        raise InputError(f"{path}: {error}; {_REMEDY}") from None
    except OSError as error:
        if error.strerror is None:
            raise InputError(f"{path}: {error}; {_REMEDY}") from None
        raise InputError(
            f"cannot read {path}: {error.strerror}; name an existing file like Keras' imdb.npz"
        ) from None
    # What zipfile raises on damaged bytes: RuntimeError for encryption, NotImplementedError
    # (a RuntimeError) for odd compression, ValueError and OverflowError for absurd positions.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OverflowError) as e:
        raise InputError(
            f"{path} is no whole npz file ({e or 'it ends early'}), expected a zip file like "
            f"Keras' imdb.npz; {_REMEDY}"
        ) from None


def _read_half(archive: zipfile.ZipFile, half: str) -> Reviews:
    kind, num_reviews, content = _read_member(archive, f"x_{half}.npy")
    if not re.fullmatch(r"\|O[48]?", kind):
        raise InputError(f"x_{half} has type '{kind}', expected lists of integers ('|O')")
    try:
        ranks, offsets = pickled.read_lists(content)
    except InputError as error:
        raise InputError(f"x_{half}: {error}") from None
    labels = _read_labels(archive, f"y_{half}")
    for name, count in [(f"x_{half} holds", len(offsets) - 1), (f"y_{half} holds", len(labels))]:
        if count != num_reviews or not count:
            raise InputError(
                f"x_{half} announces {num_reviews:,} reviews but {name} {count:,}; "
                "expected as many labels as reviews, and at least one"
            )
    _check_ranks(f"x_{half}", ranks, offsets)
    return Reviews(ranks, offsets, labels)


def _read_labels(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    kind, count, content = _read_member(archive, f"{name}.npy")
    if not re.fullmatch(r"[<>|=][iu][1248]|\|b1", kind):
        raise InputError(f"{name} has type '{kind}', expected integers 0 or 1")
    if len(content) != count * np.dtype(kind).itemsize:
        raise InputError(f"{name} announces {count:,} labels but has {len(content):,} bytes")
    labels = np.frombuffer(content, dtype=kind)
    wrong = np.flatnonzero((labels != 0) & (labels != 1))
    if len(wrong):
        raise InputError(
            f"{name} holds label {labels[wrong[0]]} for review {wrong[0]}; expected 0 (negative) "
            "or 1 (positive)"
        )
    return labels.astype(np.uint8)


def _check_ranks(name: str, ranks: np.ndarray, offsets: np.ndarray) -> None:
    wrong = np.flatnonzero((ranks < 0) | (ranks > MAX_RANK))
    if len(wrong):
        review = np.searchsorted(offsets, wrong[0], side="right") - 1
        raise InputError(
            f"{name}: review {review} holds word index {ranks[wrong[0]]}; expected 0 to "
            f"{MAX_RANK:,}"
        )


def _read_member(archive: zipfile.ZipFile, name: str) -> tuple[str, int, bytes]:
    """Type, number of items and bytes of a one-dimensional array."""
    if archive.namelist().count(name) != 1:
        held = ", ".join(archive.namelist()[:8]) or "nothing"
        raise InputError(f"holds {held}; expected one {name}")
    size = archive.getinfo(name).file_size
    if size > MAX_MEMBER_BYTES:
        raise InputError(f"{name} unpacks to {size:,} bytes, expected up to {MAX_MEMBER_BYTES:,}")
    with archive.open(name) as member:  # zipfile reads no more than the size it announces
        content = member.read()
    begin, header = _split_header(content)
    match = _HEADER.fullmatch(header)
    if match is None:
        raise InputError(f"{name} is no one-dimensional NumPy array")
    return match["type"].decode("latin-1"), int(match["count"]), content[begin:]


def _split_header(content: bytes) -> tuple[int, bytes]:
    """Where the array's bytes begin, and the text that describes them."""
    if content[: len(_MAGIC)] != _MAGIC or len(content) < 12:
        return 0, b""
    width = 2 if content[6] == 1 else 4  # of the header's length, in format version 1, or 2 and 3
    begin = 8 + width + int.from_bytes(content[8 : 8 + width], "little")
    return begin, content[8 + width : begin]
