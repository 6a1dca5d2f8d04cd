"""The bytes of a pickled array of lists of integers in, flat integers out; nothing of it is run.

Keras' imdb.npz stores its reviews as a pickle, and unpickling can call whatever a file names. This
unpickler knows four names, those by which NumPy announces an array of objects, and puts stand-ins
in their place that only remember what they were given.
"""

import io
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from pyreg.errors import InputError

AS_LISTS = "save np.array([[int(word) for word in review if word] for review in x], dtype=object)"
MAX_LISTS = 1_000_000
MAX_LIST_LENGTH = 100_000  # the longest review of IMDB has 2,493 words
# Of memory that reading may take beyond what is taken already: a word of three bytes becomes an
# integer of 28 and its place in a list of 8.
MAX_BYTES, MAX_BYTES_PER_BYTE = 2**26, 16


class _Remembered:
    """Stands for an object of NumPy's: what made it, and the state it was given."""

    def __init__(self, *made_of: Any) -> None:
        self.made_of, self.state = made_of, None

    def __setstate__(self, state: Any) -> None:
        self.state = state


def _encoded(text: object, encoding: object) -> object:
    """`b"b"` as Python 3 spells it in protocol 2; nothing else is ever encoded."""
    return b"b" if (text, encoding) == ("b", "latin1") else None


_NDARRAY = object()
_STAND_INS: dict[tuple[str, str], object] = {
    ("numpy._core.multiarray", "_reconstruct"): _Remembered,
    ("numpy.core.multiarray", "_reconstruct"): _Remembered,
    ("numpy", "ndarray"): _NDARRAY,
    ("numpy", "dtype"): _Remembered,
    ("_codecs", "encode"): _encoded,
}
# dtype("O8", False, True), in Python 2 with 0 and 1 for the two, and the state of that type.
_OBJECT_TYPES = ("O8", 0, 1), ("O4", 0, 1)
_OBJECT_STATE = (3, "|", None, None, None, -1, -1, 63)
_ARRAYS = (_NDARRAY, (0,), b"b"), (_NDARRAY, (0,), "b")  # the latter from Python 2


class _NotAdmittedError(Exception):
    """A name that is not NumPy's way to announce an array."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _STAND_INS:
            raise _NotAdmittedError(f"{module}.{name}")
        return _STAND_INS[module, name]


def read_lists(stream: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Read an array of lists of integers from its pickle, protocol 2 to 5.

    Returns:
        int32 array (total,) of all integers, and int64 array (num_lists + 1,) of offsets:
        list i is `values[offsets[i]:offsets[i + 1]]`.

    Raises:
        InputError: the pickle holds anything else.
    """
    try:
        with _memory_bounded(MAX_BYTES + MAX_BYTES_PER_BYTE * len(stream)):
            array = _Unpickler(io.BytesIO(stream), encoding="ASCII").load()
    except _NotAdmittedError as error:
        if str(error).endswith("multiarray.scalar"):
            raise _refused("NumPy's numbers in lists", AS_LISTS) from None
        raise _refused(f"a pickle that asks for {error}") from None
    except Exception as error:  # damaged bytes raise whatever they happen to mean
        raise _refused(f"a pickle that cannot be read ({error!r:.80})") from None
    return _flat(_lists_of(array))


def _refused(what: str, remedy: str = "") -> InputError:
    return InputError(f"got {what}, expected lists of integers only{remedy and f'; {remedy}'}")


def _lists_of(array: Any) -> list[Any]:
    """What NumPy would have put into an array of objects of one dimension."""
    if not isinstance(array, _Remembered) or array.made_of not in _ARRAYS:
        raise _refused("a pickle of something else than NumPy's array")
    if type(array.state) is not tuple or len(array.state) != 5:
        raise _refused("an array that is not whole")
    version, shape, kind, is_fortran, lists = array.state
    is_objects = (
        isinstance(kind, _Remembered)
        and kind.made_of in _OBJECT_TYPES
        and kind.state == _OBJECT_STATE
    )
    if not is_objects or version != 1 or is_fortran is not False or type(lists) is not list:
        raise _refused("an array of something else")
    if shape != (len(lists),):
        raise _refused(f"{len(lists):,} reviews where an array of shape {shape} is announced")
    return lists


def _flat(lists: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    if len(lists) > MAX_LISTS:
        raise InputError(f"got more than {MAX_LISTS:,} lists, expected one per review")
    if _Remembered in map(type, lists):
        raise _refused("NumPy's arrays instead of lists", AS_LISTS)
    if set(map(type, lists)) - {list} or len(set(map(id, lists))) < len(lists):
        raise _refused("reviews that are no lists of their own")
    lengths = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    if lengths.max(initial=0) > MAX_LIST_LENGTH:
        raise InputError(f"got a review of more than {MAX_LIST_LENGTH:,} words, expected fewer")
    if set(map(type, chain.from_iterable(lists))) - {int}:
        raise _refused("a review of something else")
    try:
        values = np.fromiter(chain.from_iterable(lists), dtype=np.int32, count=lengths.sum())
    except OverflowError:
        raise _refused("a number beyond 32 bits") from None
    return values, np.concatenate([[0], np.cumsum(lengths)])


@contextmanager
def _memory_bounded(most: int) -> Iterator[None]:
    """A few bytes of a pickle can ask for many gigabytes; where the system can, it refuses them."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (ImportError, OSError):  # not Linux
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * resource.getpagesize() + most
    bound = wanted if soft == resource.RLIM_INFINITY else min(soft, wanted)
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
