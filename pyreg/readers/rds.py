"""What R's save() or saveRDS() wrote in, its lists and vectors out; nothing in it is executed.

R's own readRDS() ran code hidden in a file until R 4.4.0, and an .rds may hold functions in any
version. Here only data is read: lists, vectors, factors. The format is that of "Serialization
Formats" in the manual R Internals, section 1.8, versions 2 and 3, binary and ASCII. No number that
a file claims is believed: nothing is allocated but for bytes that are there (the package rdata
asks for 24 GB where a file of 177 bytes says `1:3e9`).
"""

import re
import struct
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from pyreg.errors import InputError
from pyreg.readers import sniff

MAX_BYTES = 16 * 2**20  # a history needs some hundred
MAX_ITEMS = 250_000  # strings and lists; vectors of numbers count as one
MAX_LENGTH = 1_000_000  # of a sequence in shorthand, whose numbers are in no file
MAX_DEPTH = 30  # lists in lists; a history has three

SYMBOL, PAIRLIST, STRING = 1, 2, 9
LOGICAL, INTEGER, DOUBLE, CHARACTER, LIST = 10, 13, 14, 16, 19
POINTER, ALTREP, NULL, REFERENCE = 22, 238, 254, 255
HAS_ATTRIBUTES, HAS_TAG, IS_LATIN1 = 0x200, 0x400, 0x4000
NOT_DATA = {
    3: "a function",
    4: "an environment",
    5: "a promise",
    6: "an expression",
    7: "a function of R's own",
    8: "a function of R's own",
    15: "complex numbers",
    20: "an expression",
    21: "byte code",
    23: "a weak reference",
    24: "raw bytes",
    25: "an S4 object",
    **dict.fromkeys((241, 242, 247, 249, 250, 253), "an environment"),
}
MISSING = 1954  # the lower half of the NaN that is R's NA


class _NotReadError(Exception):
    """What the file holds instead of data, or more than is admitted."""


def read_rds(path: str | Path) -> Any:
    """Read what `saveRDS()` or `save()` wrote, packed or not.

    Returns:
        Named lists and data frames as dicts, other lists as lists, numbers as float64 arrays
        (`is_missing` tells NA from NaN), strings and factors as lists of str or None. Of a
        `save()`, a dict of its objects.

    Raises:
        InputError: the file cannot be read, is damaged, or holds more than data.
    """
    content = sniff.read_bytes(Path(path), MAX_BYTES)
    try:
        return _Reader(content).read()
    except _NotReadError as error:
        reason = str(error)
    except Exception:  # damaged bytes raise whatever they happen to mean
        reason = "it is damaged, or ends too early"
    raise InputError(
        f"{path} cannot be read as an .rds file ({reason}); expected saveRDS(history, FILE); "
        "in R, write.csv(as.data.frame(history), FILE) gives a file that always can"
    )


def is_missing(numbers: np.ndarray) -> np.ndarray:
    """Which of R's numbers are NA, which is not NaN."""
    bits = np.ascontiguousarray(numbers, dtype=np.float64).view(np.uint64)
    return np.isnan(numbers) & ((bits & np.uint64(0xFFFFFFFF)) == MISSING)


class _Source(Protocol):
    """Numbers and bytes, one after the other."""

    def integers(self, number: int) -> np.ndarray: ...

    def doubles(self, number: int) -> np.ndarray: ...

    def text(self, length: int) -> bytes: ...


class _Binary:
    """XDR: big-endian."""

    def __init__(self, content: bytes) -> None:
        self.content, self.position = content, 0

    def integers(self, number: int) -> np.ndarray:
        return np.frombuffer(self.text(4 * number), dtype=">i4")

    def doubles(self, number: int) -> np.ndarray:
        return np.frombuffer(self.text(8 * number), dtype=">f8").astype(np.float64)

    def text(self, length: int) -> bytes:
        taken = self.content[self.position : self.position + length]
        if length < 0 or len(taken) < length:
            raise EOFError
        self.position += length
        return taken


class _Ascii:
    """A value on each line."""

    def __init__(self, content: bytes) -> None:
        self.lines = content.split(b"\n")
        self.position = 0

    def integers(self, number: int) -> np.ndarray:
        texts = (-(2**31) if line == b"NA" else int(line) for line in self._take(number))
        return np.fromiter(texts, dtype=np.int32)

    def doubles(self, number: int) -> np.ndarray:
        return np.array([NA if line == b"NA" else float(line) for line in self._take(number)])

    def text(self, length: int) -> bytes:
        return ESCAPED.sub(_unescaped, self._take(1)[0])[:length]

    def _take(self, number: int) -> list[bytes]:
        taken = self.lines[self.position : self.position + number]
        if number < 0 or len(taken) < number:
            raise EOFError
        self.position += number
        return taken


ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)")
ESCAPES = {
    b"n": b"\n",
    b"t": b"\t",
    b"r": b"\r",
    b"v": b"\v",
    b"b": b"\b",
    b"a": b"\a",
    b"f": b"\f",
}


def _unescaped(match: re.Match[bytes]) -> bytes:
    escaped = match[1]
    if escaped.isdigit():
        return bytes([int(escaped, 8) & 0xFF])
    return ESCAPES.get(escaped, escaped)


NA = struct.unpack(">d", struct.pack(">II", 0x7FF00000, MISSING))[0]


class _Reader:
    def __init__(self, content: bytes) -> None:
        begin = 5 if content.startswith(b"RD") else 0  # of save(), before the same as saveRDS()'s
        kind, body = content[begin : begin + 2], content[begin + 2 :]
        if kind not in (b"X\n", b"A\n"):
            raise _NotReadError("it does not begin as one")
        self.source: _Source = _Binary(body) if kind == b"X\n" else _Ascii(body)
        self.references: list[Any] = []
        self.num_items = self.depth = 0

    def read(self) -> Any:
        version, _, _ = self.source.integers(3)
        if version == 3:
            self.source.text(self._integer())  # name of the encoding
        return self._item()

    def _item(self, flags: int | None = None) -> Any:
        self.num_items += 1
        self.depth += 1
        if self.num_items > MAX_ITEMS or self.depth > MAX_DEPTH:
            raise _NotReadError("it holds far more than a history")
        value = self._value(self._integer() if flags is None else flags)
        self.depth -= 1
        return value

    def _value(self, flags: int) -> Any:
        kind = flags & 0xFF
        if kind == NULL:
            return None
        if kind == REFERENCE:
            return self.references[(flags >> 8 or self._integer()) - 1]
        if kind == SYMBOL:
            self.references.append(None)
            self.references[-1] = name = self._item()
            return name
        if kind == PAIRLIST:
            return self._pairs(flags)
        if kind == ALTREP:
            return self._shorthand()
        if kind == STRING:
            return self._string(flags)
        if kind == POINTER:  # data.table's to itself, among its attributes
            self.references.append(None)
            parts = self._item(), self._item(), flags & HAS_ATTRIBUTES and self._item()
            return parts and None
        values = self._vector(kind)
        return _with_attributes(values, self._item() if flags & HAS_ATTRIBUTES else {})

    def _vector(self, kind: int) -> Any:
        if kind in NOT_DATA:
            raise _NotReadError(f"it holds {NOT_DATA[kind]}, and only data is read")
        length = self._integer()
        if kind == DOUBLE:
            return self.source.doubles(length)
        if kind in (INTEGER, LOGICAL):
            integers = self.source.integers(length)
            return np.where(integers == -(2**31), NA, integers)
        if kind in (CHARACTER, LIST):
            return [self._item() for _ in range(length)]
        raise _NotReadError("it is of a kind that saveRDS() does not write by default")

    def _string(self, flags: int) -> str | None:
        length = self._integer()
        if length == -1:
            return None
        return self.source.text(length).decode(
            "latin-1" if flags & IS_LATIN1 else "utf-8", "replace"
        )

    def _pairs(self, flags: int) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        while flags & 0xFF == PAIRLIST:
            if flags & HAS_ATTRIBUTES:
                self._item()
            tag = self._item() if flags & HAS_TAG else str(len(pairs))
            if not isinstance(tag, str):
                raise ValueError
            pairs[tag] = self._item()
            flags = self._integer()
        self._item(flags)  # the end: NULL, or what a wrapped vector says of itself
        return pairs

    def _shorthand(self) -> Any:
        """ALTREP: 1:20, numbers as texts, or a vector wrapped with what is known of it."""
        name, state, attributes = self._item()["0"], self._item(), self._item()
        if name in ("compact_intseq", "compact_realseq"):
            return _with_attributes(_sequence(*map(float, state)), attributes)
        if name.startswith("wrap_"):
            return _with_attributes(state[0] if isinstance(state, list) else state["0"], attributes)
        if name == "deferred_string":
            return _with_attributes(_as_texts(state["0"]), attributes)
        raise _NotReadError("it is of a kind that saveRDS() does not write by default")

    def _integer(self) -> int:
        return int(self.source.integers(1)[0])


def _sequence(length: float, first: float, step: float) -> np.ndarray:
    if not 0 <= length <= MAX_LENGTH:
        raise _NotReadError(f"it holds a sequence of {length:,.0f} numbers")
    return first + step * np.arange(int(length))


def _as_texts(numbers: Any) -> list[str | None]:
    """as.character() of R, as far as names of rows need it."""
    missing = is_missing(numbers)
    return [None if na else f"{n:.15g}" for n, na in zip(numbers, missing, strict=True)]


def _with_attributes(values: Any, attributes: dict[str, Any] | None) -> Any:
    attributes = attributes or {}
    if "levels" in attributes:
        levels = attributes["levels"]
        return [None if np.isnan(code) else levels[_position(code)] for code in values]
    names = attributes.get("names")
    if names is not None and isinstance(values, list):
        if len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
            raise _NotReadError("names in it are missing or there twice")
        return dict(zip(names, values, strict=True))
    return values


def _position(code: float) -> int:
    if code < 1:
        raise IndexError
    return int(code) - 1
