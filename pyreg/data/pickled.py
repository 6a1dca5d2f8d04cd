"""The bytes of a pickled array of lists of integers in, flat integers out; nothing is unpickled.

Keras' imdb.npz stores its reviews as a pickle, and unpickling can run whatever the file says.
But a list of integers needs only a dozen of pickle's operations, and each of those has a fixed
length. So the bytes are read as what they are: a preamble in which NumPy announces an array of
objects, then per review an empty list and its integers, then an end. A file that holds any
other operation is refused, and no operation is ever carried out.

Operations: https://github.com/python/cpython/blob/3.11/Lib/pickletools.py
"""

import re

import numpy as np

from pyreg.errors import InputError

MAX_REVIEW_WORDS = 100_000  # the longest review of IMDB has 2,494

# MEMOIZE, BINPUT or LONG_BINPUT: "remember this object"; no list of integers is recalled later.
_MEMO = rb"(?:\x94|q.|r.{4})?"
_FRAME = rb"(?:\x95.{8})?"


def _text(*texts: bytes) -> bytes:
    """One of `texts` as protocols 2 to 5 write a short string, or a recalled one."""
    long = b"|".join(
        re.escape(bytes([len(text)]) + b"\0\0\0" + text) for text in texts if len(text) < 256
    )
    short = b"|".join(re.escape(bytes([len(text)]) + text) for text in texts)
    return rb"(?:(?:\x8c|U|C)(?:" + short + rb")|X(?:" + long + rb")|h.)" + _MEMO


def _named(name: bytes, *modules: bytes) -> bytes:
    """`module.name` as GLOBAL or STACK_GLOBAL write it."""
    old = b"|".join(re.escape(module + b"\n" + name + b"\n") for module in modules)
    return rb"(?:c(?:" + old + rb")|" + _text(*modules) + _text(name) + rb"\x93)" + _MEMO


_ONE_BYTE_B = rb"(?:" + _text(b"b") + rb"|" + _named(b"encode", b"_codecs")
_ONE_BYTE_B += _text(b"b") + _text(b"latin1") + rb"\x86" + _MEMO + rb"R" + _MEMO + rb")"

# numpy.core.multiarray._reconstruct(numpy.ndarray, (0,), b"b"), then its state: version 1,
# shape (n,), dtype("O8", False, True) with byte order "|", not Fortran-ordered, and the list.
_PREAMBLE = re.compile(
    rb"\x80[\x02-\x05]"
    + _FRAME
    + _named(b"_reconstruct", b"numpy.core.multiarray", b"numpy._core.multiarray")
    + _named(b"ndarray", b"numpy")
    + rb"K\0\x85"
    + _MEMO
    + _ONE_BYTE_B
    + rb"\x87"
    + _MEMO
    + rb"R"
    + _MEMO
    + rb"\(K\x01(?:K.|M..|J.{4})\x85"
    + _MEMO
    + _named(b"dtype", b"numpy")
    + _text(b"O8", b"O4")
    + rb"(?:\x89\x88|K\0K\x01)\x87"
    + _MEMO
    + rb"R"
    + _MEMO
    + rb"\(K\x03"
    + _text(b"|")
    + rb"NNNJ\xff{4}J\xff{4}K.t"
    + _MEMO
    + rb"b\x89\]"
    + _MEMO,
    re.DOTALL,
)
_TRAILER = re.compile(rb"t" + _MEMO + rb"b\.", re.DOTALL)
_LIST = re.compile(rb"\](?:\x94|q.|r.{4})", re.DOTALL)

_EMPTY_LIST, _MARK, _APPEND, _APPENDS, _TUPLE = b"](aet"
_ONE, _TWO, _FOUR = b"KMJ"  # BININT1, BININT2, BININT: integers of one, two and four bytes

_LENGTH = np.zeros(256, dtype=np.uint8)  # of an operation with its operand; 0: not admitted
for _operations, _length in [(b"](ae\x94", 1), (b"Kq", 2), (b"M", 3), (b"Jr", 5), (b"\x95", 9)]:
    _LENGTH[list(_operations)] = _length
_PADDING = bytes(int(_LENGTH.max()))

_SYMBOL = np.zeros(256, dtype=np.uint8)  # how the check of the nesting spells an operation
for _operations, _symbol in [
    (b"KMJ", b"i"),
    (b"]", b"]"),
    (b"(", b"("),
    (b"a", b"a"),
    (b"e", b"e"),
]:
    _SYMBOL[list(_operations)] = _symbol[0]
# The outer list takes reviews one at a time (a) or many (e); so does a review with its words,
# where `i` is one integer and `I` several.
_NESTING = re.compile(rb"(?:\((?:\](?:\([iI]e|ia)*+)*+e|\](?:\([iI]e|ia)*+a)*+")


def read_lists(stream: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Read an array of lists of integers from its pickle, protocol 2 to 5.

    Returns:
        int32 array (total,) of all integers, and int64 array (num_lists + 1,) of offsets:
        list i is `values[offsets[i]:offsets[i + 1]]`.

    Raises:
        InputError: the pickle holds anything else.
    """
    preamble = _PREAMBLE.match(stream)
    if preamble is None:
        raise InputError(
            "its pickle does not begin with a NumPy array of lists, or names something else "
            "than NumPy's array and dtype"
        )
    begin = preamble.end()
    code = np.frombuffer(stream + _PADDING, dtype=np.uint8)
    starts = [begin] + [match.start() for match in _LIST.finditer(stream, begin)]
    operations = _operation_positions(stream, code, np.array(starts, dtype=np.int32))
    _check_nesting(code[operations])
    return _values(code, operations)


def _operation_positions(stream: bytes, code: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Positions of all operations after the preamble, in order: int64 (num_operations,)."""
    marks, ends = _walk(code, starts)
    visited = _chain(starts, ends)
    if len(visited) < len(starts):  # an operand looked like the beginning of a list
        marks, ends = _walk(code, np.array(visited, dtype=np.int32))
    stop = int(ends[-1]) if len(visited) else 0
    if not _TRAILER.fullmatch(stream, stop):
        raise InputError(
            f"its pickle holds something else than lists of integers at byte {stop}, "
            "or it was cut off"
        )
    return np.flatnonzero(marks)


def _walk(code: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Follow the operations from all starts at once, one operation a step.

    A walker ends where another one started, or at an operation that is not admitted.

    Returns:
        bool (len(code),), True where an operation begins; int32 (num_starts,), each end.
    """
    marks = np.zeros(len(code), dtype=bool)
    started = np.zeros(len(code), dtype=bool)
    started[starts] = True
    ends = np.zeros(len(starts), dtype=np.int32)
    walkers = np.arange(len(starts), dtype=np.int32)
    at = starts
    for _ in range(MAX_REVIEW_WORDS):
        length = _LENGTH[code[at]]
        marks[at] = length > 0
        at = at + length
        ended = started[at] | (length == 0)
        ends[walkers[ended]] = at[ended]
        at, walkers = at[~ended], walkers[~ended]
        if not len(at):
            return marks, ends
    raise InputError(f"a review has more than {MAX_REVIEW_WORDS:,} words")


def _chain(starts: np.ndarray, ends: np.ndarray) -> list[int]:
    """The starts that are reached from the first one by going from each end on."""
    following = dict(zip(starts.tolist(), ends.tolist(), strict=True))
    visited = []
    position = int(starts[0])
    while position in following:
        visited.append(position)
        if following[position] == position:  # it could not take a single step
            break
        position = following[position]
    return visited


def _check_nesting(operations: np.ndarray) -> None:
    """Lists of integers in one list, each mark closed; what else the operations could build
    is refused."""
    symbols = _SYMBOL[operations]
    symbols = symbols[symbols > 0]
    is_integer = symbols == ord("i")
    after_integer = np.concatenate([[False], is_integer[:-1]])
    before_integer = np.concatenate([is_integer[1:], [False]])
    symbols[is_integer & before_integer] = ord("I")
    if not _NESTING.fullmatch(symbols[~(is_integer & after_integer)].tobytes()):
        raise InputError("its pickle nests lists and integers otherwise than a list of lists")


def _values(code: np.ndarray, operations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    kinds = code[operations]
    is_integer = (kinds == _ONE) | (kinds == _TWO) | (kinds == _FOUR)
    counts = np.cumsum(is_integer)
    offsets = np.append(counts[kinds == _EMPTY_LIST], counts[-1:])
    at, kinds = operations[is_integer], kinds[is_integer]
    values = code[at + 1].astype(np.int32)
    for byte, admitted in [(1, (_TWO, _FOUR)), (2, (_FOUR,)), (3, (_FOUR,))]:
        longer = np.isin(kinds, admitted)
        values[longer] |= code[at[longer] + 1 + byte].astype(np.int32) << (8 * byte)
    return values, offsets.astype(np.int64)
