"""A table as text in, whoever wrote it: R, pandas, Excel; its columns of texts out."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pyreg.errors import InputError

MAX_FIELD = 2**20  # characters; the longest review of IMDB has 14,000
MAX_COLUMNS = 2_000
SAMPLE = 50  # rows that tell how a table is written
ROW_NAMES = "(row names)"


@dataclass(frozen=True)
class Dialect:
    """How a table is written.

    Attributes:
        delimiter: between two fields.
        escape: what stands before a quote inside quotes, if it is not doubled.
    """

    delimiter: str
    escape: str | None = None

    @property
    def decimal_comma(self) -> bool:
        """Whether 0,5 can be a number: not where the comma parts fields."""
        return self.delimiter != ","

    def __str__(self) -> str:
        names = {",": "commas", ";": "semicolons", "\t": "tabs", " ": "blanks", "|": "bars"}
        return f"fields parted by {names[self.delimiter]}"


DIALECTS = [
    Dialect(delimiter, escape)
    for escape in (None, "\\")
    for delimiter in (",", ";", "\t", "|", " ")
]


@dataclass(frozen=True)
class Table:
    """Rows of texts.

    Attributes:
        header: names of the columns, in their order; the row names that R writes without a name
            are called `ROW_NAMES`.
        rows: line that each row ends on, and its fields, as many as the header has.
    """

    header: list[str]
    rows: list[tuple[int, list[str]]]
    dialect: Dialect

    def column(self, name: str) -> list[str]:
        position = self.header.index(name)
        return [row[position] for _, row in self.rows]

    def columns(self) -> dict[str, list[str]]:
        """Name -> its fields.

        Raises:
            ValueError: two columns have the same name.
        """
        twice = {name for name in self.header if self.header.count(name) > 1}
        if twice:
            raise ValueError(f"two columns are named {min(twice)}; give each its own name")
        return {name: self.column(name) for name in self.header}


def read(where: str, text: str, max_rows: int) -> Table:
    """Read a table with a header, whatever parts its fields.

    Args:
        where: the file's name, for messages.

    Raises:
        InputError: it has no regular rows; the message names the line.
    """
    text = _without_excel_s_hint(text)
    dialect = dialect_of(text)
    rows: list[tuple[int, list[str]]] = []
    try:
        for line, row in _rows(text, dialect):
            if len(rows) > max_rows:
                raise InputError(f"{where} has more than {max_rows:,} rows, too many to be right")
            rows.append((line, row))
    except csv.Error as error:
        raise InputError(
            f"{where}, {error}; expected {dialect}, texts that hold them or line breaks in double "
            "quotes, and quotes in these doubled"
        ) from None
    header = [name.strip() for name in rows[0][1]] if rows else []
    if len(header) > MAX_COLUMNS:
        raise InputError(f"{where} has {len(header):,} columns, too many to be right")
    if _has_row_names(header, rows[1:]):
        header = [ROW_NAMES, *header]
    for line, row in rows[1:]:
        if len(row) != len(header):
            raise InputError(
                f"{where}, line {line}: got {len(row)} fields, expected {len(header)} as in its "
                "first line; put texts that hold commas or line breaks in double quotes, or save "
                "it again with write.csv() or write.csv2()"
            )
    return Table(header, rows[1:], dialect)


def dialect_of(text: str) -> Dialect:
    """The dialect in which the first rows are regular and have the most fields.

    Quotes after a backslash are thought of only where the others make no table of it. What is no
    table at all, or a single column, is taken to be parted by what its first line has most of.
    """
    for escape in (None, "\\"):
        found = [one for one in DIALECTS if one.escape == escape]
        widths = {one: _regular_width(text, one) for one in found}
        best = max(found, key=lambda one: (widths[one], _in_header(text, one)))  # of equals, first
        if widths[best] > 1:
            return best
    return max(DIALECTS, key=lambda one: _in_header(text, one))


def _in_header(text: str, dialect: Dialect) -> int:
    return text.strip().partition("\n")[0].count(dialect.delimiter)


def _regular_width(text: str, dialect: Dialect) -> int:
    """Fields of each row, if the first rows have as many; 0 if they do not."""
    try:
        rows = [(line, row) for line, row in islice(_rows(text, dialect), SAMPLE)]
    except csv.Error:
        return 0
    widths = [len(row) for _, row in rows]
    if not widths or len(set(widths[1:])) > 1 or widths[-1] - widths[0] not in (0, 1):
        return 0
    return widths[-1]


def _has_row_names(header: Sequence[str], rows: Sequence[tuple[int, list[str]]]) -> bool:
    """Whether rows begin with a number of which the header says nothing, as of write.table()."""
    names = [row[0] for _, row in rows if len(row) == len(header) + 1]
    return 0 < len(names) == len(rows) == len(set(names)) and all(name.isdigit() for name in names)


def _rows(text: str, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not blank, and the line it ends on."""
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=dialect.delimiter,
        escapechar=dialect.escape,
        doublequote=dialect.escape is None,
        skipinitialspace=dialect.delimiter == " ",
        strict=True,
    )
    try:
        for row in reader:
            if any(field.strip() for field in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise csv.Error(f"line {reader.line_num}: {error}") from None


def _without_excel_s_hint(text: str) -> str:
    """`sep=;` in the first line is for Excel alone."""
    first, _, rest = text.partition("\n")
    return "\n" + rest if first.strip().lower().startswith("sep=") else text
