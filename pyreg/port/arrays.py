"""Arrays in, their digests out; a store that keeps each content once."""

import hashlib
import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

LARGE = 2**24  # bytes from which an array is kept in a smaller type where that loses nothing


def digest(array: np.ndarray) -> str:
    """SHA-256 of type, shape and C-ordered content; equal for equal bits, on every machine."""
    hashed = hashlib.sha256(f"{array.dtype.str}{array.shape}".encode())
    if array.dtype.kind in "OUT":
        parts = ragged(array) if array.dtype.kind == "O" and array.ndim == 1 else None
        for part in parts or (repr(array.tolist()).encode(),):
            hashed.update(part)
    elif array.size:
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        hashed.update(little.reshape(-1).view(np.uint8).data)
    return hashed.hexdigest()


@dataclass
class Kept:
    """An array of the recording: its type and content, which may be held in a smaller type."""

    dtype: np.dtype
    held: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        return self.held.shape

    @property
    def value(self) -> np.ndarray:
        """The array as it was."""
        return self.held.astype(self.dtype, copy=False)


class ArrayStore:
    """Arrays by number, each content once."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []
        self._numbers: dict[str, int] = {}

    def keep(self, array: np.ndarray) -> int:
        """The number of this content."""
        key = digest(array)
        if key not in self._numbers:
            self._numbers[key] = len(self.kept)
            self.kept.append(Kept(array.dtype, _held(array)))
        return self._numbers[key]

    def __getitem__(self, number: int) -> np.ndarray:
        return self.kept[number].value


def _held(array: np.ndarray) -> np.ndarray:
    """A copy of the array's own, as bytes where it holds nothing but small whole numbers."""
    if array.nbytes > LARGE and array.dtype.kind in "iuf" and array.dtype.itemsize > 1:
        with np.errstate(invalid="ignore"):
            small = array.astype(np.uint8)
        if np.array_equal(small, array) and not np.signbit(array).any():
            return small
    return array.copy()


def same(left: Any, right: np.ndarray) -> bool:
    """Whether `left`, converted to the type of `right`, has its shape and every bit."""
    try:
        array = np.asarray(left)
        if array.shape != right.shape:
            return False
        if "O" in (array.dtype.kind, right.dtype.kind) and array.ndim == 1:
            both = ragged(array), ragged(right)
            return both[0] == both[1] if None not in both else array.tolist() == right.tolist()
        if right.dtype.kind in "UT" or array.dtype.kind in "UT":
            return array.tolist() == right.tolist()
        with np.errstate(all="ignore"):
            converted = array.astype(right.dtype, copy=False)
    except (TypeError, ValueError, OverflowError):
        return False
    if not np.array_equal(converted, right, equal_nan=right.dtype.kind == "f"):
        return False
    if right.dtype.kind == "f":  # -0 is not 0
        return bool(np.array_equal(np.signbit(converted), np.signbit(right)))
    return array.dtype.kind != "f" or bool(np.array_equal(array, converted))  # nothing cut off


def ragged(array: np.ndarray) -> tuple[bytes, bytes] | None:
    """Lengths and content of sequences of whole numbers; None for other objects."""
    try:
        lengths = np.fromiter((len(row) for row in array), np.int64, len(array))
        flat = itertools.chain.from_iterable(array)
        numbers = np.fromiter(flat, np.float64, int(lengths.sum()))
        content = numbers.astype(np.int64)
        if not np.array_equal(content, numbers):  # something would be cut off
            return None
    except (TypeError, ValueError, OverflowError):
        return None
    return lengths.tobytes(), content.tobytes()
