"""A user's labelled texts in, a CSV file or a folder: texts by label out, errors named by line."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from pyreg.errors import InputError

LABELS = {"0": 0, "1": 1, "neg": 0, "pos": 1, "negative": 0, "positive": 1}
MAX_FIELD_BYTES = 2**24


def read_csv(path: Path) -> dict[int, list[bytes]]:
    """Read a CSV file with the columns `text` and `label` (others are ignored).

    Args:
        path: UTF-8, with or without a byte order mark; fields quoted as in RFC 4180; labels
            0 or 1, neg or pos, negative or positive.

    Returns:
        Label (0 or 1) -> texts with that label, in the order of the file.

    Raises:
        InputError: the file cannot be read; the message names the line.
    """
    texts: dict[int, list[bytes]] = {0: [], 1: []}
    for line, label, text in _rows(path):
        if label.strip().lower() not in LABELS:
            raise InputError(
                f"{path}, line {line}: label {label!r}; expected 0 (or neg, negative) "
                "or 1 (or pos, positive)"
            )
        texts[LABELS[label.strip().lower()]].append(text.encode())
    return texts


def read_folder(path: Path) -> dict[int, list[bytes]]:
    """Read text files in the folders `pos` and `neg`, sorted by name.

    Returns:
        Label (0 or 1) -> texts (UTF-8 bytes) with that label.

    Raises:
        InputError: a folder is missing or a file is not UTF-8.
    """
    return {
        label: [_read_text(file) for file in _text_files(path / name)]
        for name, label in [("neg", 0), ("pos", 1)]
    }


def _rows(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line on which a row ends, its label and its text."""
    csv.field_size_limit(MAX_FIELD_BYTES)
    content = _decode(path, _read_bytes(path)).removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    try:
        header = next(reader, [])
        if header.count("text") != 1 or header.count("label") != 1:
            raise InputError(
                f"{path}, line 1: the columns are {', '.join(header[:8]) or 'missing'}; "
                "expected one named text and one named label"
            )
        text, label = header.index("text"), header.index("label")
        for row in reader:
            if len(row) != len(header) and row:
                raise InputError(
                    f"{path}, line {reader.line_num}: {len(row)} fields, expected "
                    f"{len(header)} as in line 1; quote texts that hold commas or line breaks"
                )
            if row:
                yield reader.line_num, row[label], row[text]
    except csv.Error as error:
        raise InputError(
            f"{path}, line {reader.line_num}: {error}; quote texts that hold commas, and "
            "double the quotes in them"
        ) from None


def _read_text(path: Path) -> bytes:
    content = _read_bytes(path)
    _decode(path, content)
    return content


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; name an existing file") from None


def _decode(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}, line {line}: byte 0x{content[error.start]:02x} is not UTF-8; save the file "
            "as UTF-8 (`iconv -f WINDOWS-1252 -t UTF-8` turns most Western files into it)"
        ) from None


def _text_files(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.txt"))
    if not found:
        raise InputError(
            f"{folder} holds no .txt files, expected one per review; put positive reviews into "
            "a folder pos and negative ones into a folder neg"
        )
    return found
