"""Files that people have in, the texts in them out."""

import sys
from collections.abc import Iterable
from pathlib import Path

from pyreg.errors import InputError
from pyreg.readers import sniff, table, text

MAX_BYTES = 2**30
MAX_ROWS = 1_000_000


def of_file(path: Path) -> str:
    """A whole file is one text; UTF-8, UTF-16 or what it looks like, packed or not."""
    return text.decode(path, sniff.read_bytes(path, MAX_BYTES))


def of_column(path: Path, column: str) -> list[str]:
    """A column of a table.

    Raises:
        InputError: the file is no table, or has no column of that name.
    """
    found = table.read(str(path), of_file(path), MAX_ROWS)
    if found.header.count(column) != 1:
        named = text.one_line(", ".join(found.header))[:200]
        raise InputError(
            f"{path} has the columns {named}, expected one named {column}; name another with "
            "--column"
        )
    place = found.header.index(column)
    return [fields[place] for _, fields in found.rows]


def require_unicode(asked: Iterable[str]) -> None:
    """Refuse what no program could write: bytes of an argument that are no characters.

    Raises:
        InputError: a text has some.
    """
    for one in asked:
        try:
            one.encode()
        except UnicodeEncodeError as error:
            raise InputError(
                f"got a text that is no Unicode ({error}); convert it to UTF-8, or name a file "
                "with --file"
            ) from None


def of_standard_input() -> list[str]:
    """A text on each line; empty lines are none.

    Raises:
        InputError: it is no UTF-8.
    """
    try:
        # And not at the other characters that `splitlines` does.
        lines = sys.stdin.read().split("\n")
    except UnicodeDecodeError as error:
        raise InputError(
            f"standard input is no UTF-8 ({error}); convert it, or name a file with --file"
        ) from None
    return [line for line in lines if line.strip()]
