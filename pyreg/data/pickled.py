"""The bytes of a pickled array of lists of integers in, flat integers out; nothing is unpickled.

Keras' imdb.npz stores its reviews as a pickle, and unpickling can run whatever the file says.
But lists of integers need only a dozen of pickle's operations, each of a fixed length. So the
bytes are read as what they are: a preamble in which NumPy announces an array of objects, then
of each review an empty list and its integers, then an end. A file that holds any other
operation is refused, and no operation is ever carried out.

Operations: https://github.com/python/cpython/blob/3.11/Lib/pickletools.py
"""

import re
from itertools import islice

import numpy as np

from pyreg.errors import InputError

MAX_LISTS = 1_000_000
MAX_LIST_LENGTH = 100_000  # the longest review of IMDB has 2,493 words

# MEMOIZE, BINPUT or LONG_BINPUT: "remember this object". Integers and lists are never recalled.
_MEMO = rb"(?:\x94|q.|r...\0)?"


def _string(*texts: bytes) -> bytes:
    """One of `texts`, as any protocol writes a short string."""
    short = b"|".join(re.escape(bytes([len(text)]) + text) for text in texts)
    long = b"|".join(re.escape(len(text).to_bytes(4, "little") + text) for text in texts)
    return rb"(?:[\x8cUC](?:" + short + rb")|X(?:" + long + rb"))" + _MEMO


def _named(name: bytes, *modules: bytes) -> bytes:
    """`module.name` as GLOBAL (before protocol 4) or STACK_GLOBAL writes it."""
    lines = b"|".join(re.escape(module + b"\n" + name + b"\n") for module in modules)
    # h\3 recalls the fourth object that was remembered: the string "numpy".
    strings = rb"(?:" + _string(*modules) + rb"|h\x03)" + _string(name)
    return rb"(?:c(?:" + lines + rb")|" + strings + rb"\x93)" + _MEMO


# b"b"; Python 3 spells it codecs.encode("b", "latin1") in protocol 2.
_TYPE_CODE = (
    rb"(?:" + _named(b"encode", b"_codecs") + _string(b"b") + _string(b"latin1")
    + rb"\x86" + _MEMO + rb"R" + _MEMO + rb"|" + _string(b"b") + rb")"
)  # fmt: skip
# _reconstruct(ndarray, (0,), b"b"), then the state of the array it makes: (1, (n,),
# dtype("O8", False, True) with the state (3, "|", None, None, None, -1, -1, 63), False, list).
_PREAMBLE = re.compile(
    rb"\x80[\x02-\x05](?:\x95.{8})?"
    + _named(b"_reconstruct", b"numpy.core.multiarray", b"numpy._core.multiarray")
    + _named(b"ndarray", b"numpy")
    + rb"K\0\x85" + _MEMO + _TYPE_CODE + rb"\x87" + _MEMO + rb"R" + _MEMO
    + rb"\(K\x01(?P<count>K.|M..|J.{4})\x85" + _MEMO
    + _named(b"dtype", b"numpy")
    + _string(b"O8", b"O4") + rb"(?:\x89\x88|K\0K\x01)\x87" + _MEMO + rb"R" + _MEMO
    + rb"\(K\x03" + _string(b"|") + rb"NNNJ\xff{4}J\xff{4}K\?t" + _MEMO
    + rb"b\x89\]" + _MEMO,
    re.DOTALL,
)  # fmt: skip
_END = re.compile(rb"t" + _MEMO + rb"b\.", re.DOTALL)
# How a list begins before protocol 4 and from it on.
_LIST = [re.compile(rb"\](?:q.|r.{4})", re.DOTALL), re.compile(rb"\]\x94")]

# What may follow the preamble: ] a new list, ( a mark, a and e append one item or all since the
# mark, integers of one (K), two (M) and four (J) bytes; memos; \x95 the length of a frame.
_LENGTH = np.zeros(256, dtype=np.uint8)  # of an operation with its operand; 0: not admitted
for _operations, _length in [(b"](ae\x94", 1), (b"Kq", 2), (b"M", 3), (b"Jr", 5), (b"\x95", 9)]:
    _LENGTH[list(_operations)] = _length
_SYMBOL = np.zeros(256, dtype=np.uint8)  # i for an integer, 0 for what builds nothing
_SYMBOL[list(b"](aeKMJ")] = list(b"](aeiii")
_EMPTY_LIST, _ONE, _FOUR = b"]KJ"

# The outer list takes its lists, and a list its integers, after a mark (many at once) or one by
# one; i is one integer, I several in a row.
_NESTING = re.compile(rb"(?:\((?:\](?:\([iI]e|ia)*+)*+e|\](?:\([iI]e|ia)*+a)*+")

_STEPS = 16  # between two looks at which walkers have ended


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
            "got a pickle that begins otherwise, expected no more than NumPy's array of lists"
        )
    begin = preamble.end()
    lists = _LIST[stream[1] >= 4].finditer(stream, begin)
    starts = [begin] + [match.start() for match in islice(lists, MAX_LISTS + 1)]
    if len(starts) > MAX_LISTS:
        raise InputError(f"got more than {MAX_LISTS:,} lists, expected one per review")
    code = np.frombuffer(stream + bytes(int(_LENGTH.max())), dtype=np.uint8)
    operations, end = _operations_of(code, np.array(starts, dtype=np.int32))
    if not _END.fullmatch(stream, end):
        raise InputError(
            f"got something else at byte {end} of its pickle, expected lists of integers only"
        )
    _check_nesting(code[operations])
    values, offsets = _values(code, operations)
    announced = int.from_bytes(preamble["count"][1:], "little")
    if announced != len(offsets) - 1:
        raise InputError(f"got {len(offsets) - 1:,} reviews in a pickle of {announced:,}")
    return values, offsets


def _operations_of(code: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, int]:
    """Positions of all operations from the first start on, and where they end."""
    marks, ends = _walk(code, starts)
    reached = _chain(starts, ends)
    if len(reached) < len(starts):  # an operand looked like the beginning of a list
        marks, ends = _walk(code, np.array(reached, dtype=np.int32))
    return np.flatnonzero(marks), int(ends[-1])


def _walk(code: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Follow the operations from all starts at once, one operation a step.

    A walker ends where another one started, or at an operation that is not admitted.

    Returns:
        bool (len(code),), True where an operation begins; int32 (num_starts,), each end.
    """
    length = _LENGTH[code]
    marks = np.zeros(len(code), dtype=bool)
    at = starts + length[starts]
    length[starts] = 0  # from here on whoever comes to a start stays there
    walkers, ends = np.arange(len(starts)), np.empty_like(starts)
    for _ in range(0, MAX_LIST_LENGTH, _STEPS):
        for _ in range(_STEPS):
            marks[at] = True
            at += length[at]
        going = length[at] > 0
        ends[walkers[~going]] = at[~going]
        at, walkers = at[going], walkers[going]
        if not len(at):
            marks[length == 0] = False
            marks[starts] = True
            return marks, ends
    raise InputError(f"got a review of more than {MAX_LIST_LENGTH:,} words, expected fewer")


def _chain(starts: np.ndarray, ends: np.ndarray) -> list[int]:
    """The starts that are reached from the first one, going on from each end."""
    following = dict(zip(starts.tolist(), ends.tolist(), strict=True))
    position = int(starts[0])
    reached = [position]
    while (end := following[position]) in following and end > position:
        reached.append(end)
        position = end
    return reached


def _check_nesting(operations: np.ndarray) -> None:
    """Refuse operations that build anything else than one list of lists of integers."""
    symbols = _SYMBOL[operations]
    symbols = symbols[symbols > 0]
    is_integer = symbols == ord("i")
    follows_one = np.append(False, is_integer[:-1])
    precedes_one = np.append(is_integer[1:], False)
    symbols[is_integer & precedes_one] = ord("I")
    if not _NESTING.fullmatch(symbols[~(is_integer & follows_one)].tobytes()):
        raise InputError("got a pickle of other nesting, expected a list of lists of integers")


def _values(code: np.ndarray, operations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    kinds = code[operations]
    is_integer = _SYMBOL[kinds] == ord("i")
    num_integers = np.cumsum(is_integer, dtype=np.int64)
    offsets = np.append(num_integers[kinds == _EMPTY_LIST], num_integers[-1:])
    at, kinds = operations[is_integer], kinds[is_integer]
    values = code[at + 1].astype(np.int32)  # operands are little-endian
    longer, longest = np.flatnonzero(kinds != _ONE), np.flatnonzero(kinds == _FOUR)
    for byte, which in [(1, longer), (2, longest), (3, longest)]:
        values[which] |= code[at[which] + 1 + byte].astype(np.int32) << (8 * byte)
    return values, offsets
