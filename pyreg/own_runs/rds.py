"""An .rds file's bytes in, its lists and vectors out; nothing in it is ever executed.

R's own readRDS() ran code hidden in a file until R 4.4.0, and an .rds may hold functions in any
version. Here only data is read: lists, vectors, factors. The format is that of "Serialization
Formats" in the manual R Internals, section 1.8, versions 2 and 3, as saveRDS() writes it.
"""

import bz2
import gzip
import lzma
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from pyreg.errors import InputError

MAX_BYTES = 64 * 2**20  # a history needs some hundred
OPENERS: dict[bytes, Callable[..., Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZ": bz2.open,
    b"\xfd7": lzma.open,
}

SYMBOL, PAIRLIST, STRING = 1, 2, 9
LOGICAL, INTEGER, DOUBLE, CHARACTER, LIST = 10, 13, 14, 16, 19
NULL, REFERENCE, COMPACT = 254, 255, 238
HAS_ATTRIBUTES, HAS_TAG = 0x200, 0x400
NOT_DATA = {
    3: "a function",
    4: "an environment",
    5: "a promise",
    6: "an expression",
    20: "an expression",
    21: "byte code",
    22: "a pointer",
    23: "a weak reference",
}


def read_rds(path: str | Path) -> Any:
    """Read what `saveRDS()` wrote.

    Returns:
        Named lists and data frames as dicts, other lists as lists, numbers as float64 arrays
        (missing ones NaN), strings and factors as lists of str or None.

    Raises:
        InputError: the file cannot be read, is damaged, or holds more than data.
    """
    try:
        return _Reader(_decompressed(Path(path))).read()
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        reason = str(error)
    except (struct.error, IndexError, KeyError, ValueError, RecursionError):
        reason = "it is damaged or of a kind that saveRDS() does not write by default"
    raise InputError(
        f"{path} cannot be read as an .rds file ({reason}); expected saveRDS(history, FILE); "
        "in R, write.csv(as.data.frame(history), FILE) gives a file that always can"
    )


def _decompressed(path: Path) -> bytes:
    with path.open("rb") as file:
        opener = OPENERS.get(file.read(2), open)
    with opener(path, "rb") as file:
        content: bytes = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise OSError(f"more than {MAX_BYTES // 2**20} MB, too much for a history")
    return content


class _Reader:
    """Walks the serialized items from the first byte on."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.position = 0
        self.symbols: list[str] = []

    def read(self) -> Any:
        if self._take(2) != b"X\n":
            raise ValueError("not in R's binary format")
        version, _, _ = self._integers(3)
        if version == 3:
            self._take(self._integer())  # name of the encoding
        return self._item()

    def _item(self, flags: int | None = None) -> Any:
        flags = self._integer() if flags is None else flags
        kind = flags & 0xFF
        if kind == NULL:
            return None
        if kind == REFERENCE:
            return self.symbols[(flags >> 8 or self._integer()) - 1]
        if kind == SYMBOL:
            self.symbols.append(self._item())
            return self.symbols[-1]
        if kind == PAIRLIST:
            return self._pairs(flags)
        if kind == COMPACT:
            return self._compact()
        if kind == STRING:
            length = self._integer()
            return None if length == -1 else self._take(length).decode("utf-8", "replace")
        values = self._vector(kind)
        attributes = self._item() if flags & HAS_ATTRIBUTES else {}
        return _with_attributes(values, attributes)

    def _vector(self, kind: int) -> Any:
        if kind in NOT_DATA:
            raise OSError(f"it holds {NOT_DATA[kind]}, and only data is read")
        length = self._integer()
        if kind == DOUBLE:
            return np.frombuffer(self._take(8 * length), dtype=">f8").astype(np.float64)
        if kind in (INTEGER, LOGICAL):
            integers = np.frombuffer(self._take(4 * length), dtype=">i4")
            return np.where(integers == -(2**31), np.nan, integers)  # R's NA
        if kind in (CHARACTER, LIST):
            return [self._item() for _ in range(length)]
        raise KeyError(kind)

    def _pairs(self, flags: int) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        while flags & 0xFF == PAIRLIST:
            if flags & HAS_ATTRIBUTES:
                self._item()
            tag = self._item() if flags & HAS_TAG else str(len(pairs))
            pairs[tag] = self._item()
            flags = self._integer()
        self._item(flags)  # the end: NULL, or what a wrapped vector says of itself
        return pairs

    def _compact(self) -> Any:
        """A vector in shorthand: 1:20, or one wrapped with what is known of it."""
        name, state, attributes = self._item()["0"], self._item(), self._item()
        if name in ("compact_intseq", "compact_realseq"):
            length, first, step = state
            return _with_attributes(first + step * np.arange(length), attributes or {})
        if name.startswith("wrap_"):
            return _with_attributes(state["0"], attributes or {})
        raise KeyError(name)

    def _integer(self) -> int:
        return self._integers(1)[0]

    def _integers(self, number: int) -> tuple[int, ...]:
        return struct.unpack(f">{number}i", self._take(4 * number))

    def _take(self, length: int) -> bytes:
        taken = self.content[self.position : self.position + length]
        if length < 0 or len(taken) < length:
            raise EOFError("it ends too early")
        self.position += length
        return taken


def _with_attributes(values: Any, attributes: dict[str, Any]) -> Any:
    if "levels" in attributes:
        return [None if np.isnan(v) else attributes["levels"][int(v) - 1] for v in values]
    if "names" in attributes and isinstance(values, list):
        return dict(zip(attributes["names"], values, strict=True))
    return values
