"""A user's labelled texts in, a CSV file or folders: texts by label out, errors named by line."""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from pyreg.data.text import Labelled
from pyreg.errors import InputError

LABELS = {"0": 0, "1": 1, "neg": 0, "pos": 1, "negative": 0, "positive": 1}
MAX_FIELD_CHARACTERS = 2**20


def read_csv(path: Path) -> Labelled:
    """Read a CSV file with the columns `text` and `label` (others are ignored).

    Args:
        path: UTF-8, with or without a byte order mark; fields with commas, quotes or line
            breaks in double quotes (RFC 4180); labels 0 or 1, neg or pos, negative or positive.

    Returns:
        Texts by label, in the order of the file.

    Raises:
        InputError: the file cannot be read so; the message names the line.
    """
    texts: dict[int, list[bytes]] = {0: [], 1: []}
    for line, label, text in _rows(path):
        if label.strip().lower() not in LABELS:
            raise InputError(
                f"{path}, line {line}: got label {label[:40]!r}, expected 0 (or neg, negative) "
                "or 1 (or pos, positive); mend the line"
            )
        texts[LABELS[label.strip().lower()]].append(text.encode())
    return texts


def read_folder(path: Path) -> Labelled:
    """Read the text files in the folders `pos` and `neg` of `path`, sorted by name.

    Raises:
        InputError: a folder holds no texts, or a file is not UTF-8.
    """
    return {
        label: [text for _, text in sorted(read_text_files(path / folder).items())]
        for label, folder in [(0, "neg"), (1, "pos")]
    }


def read_text_files(folder: Path) -> dict[str, bytes]:
    """File name -> UTF-8 text of each .txt file in `folder`.

    Raises:
        InputError: there is none, or one is not UTF-8.
    """
    found = {file.name: _read(file) for file in folder.glob("*.txt") if file.is_file()}
    if not found:
        raise InputError(
            f"{folder} holds no .txt files, expected one per review; put positive reviews into "
            "a folder pos and negative ones into a folder neg beside it"
        )
    for name, text in found.items():
        _decode(folder / name, text)
    return found


def in_blocks(path: Path, texts: Labelled) -> tuple[Labelled, Labelled]:
    """Split into training and validation texts: of each label, the first half trains.

    Contiguous blocks: neighbours are often about one film, and at random a film's reviews
    would come to lie on both sides, where they make validation too easy.

    Raises:
        InputError: a label has fewer than two texts; `path` says in which file.
    """
    for label, of_label in texts.items():
        if len(of_label) < 2:
            raise InputError(
                f"{path}: got {len(of_label)} reviews with label {label}, expected at least 2 with "
                "each label, one to train on and one to validate on; add reviews"
            )
    middle = {label: len(of_label) // 2 for label, of_label in texts.items()}
    return (
        {label: of_label[: middle[label]] for label, of_label in texts.items()},
        {label: of_label[middle[label] :] for label, of_label in texts.items()},
    )


def _rows(path: Path) -> Iterator[tuple[int, str, str]]:
    """Of each row: the line it ends on, its label and its text."""
    content = _decode(path, _read(path))
    csv.field_size_limit(MAX_FIELD_CHARACTERS)
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    try:
        header = next(reader, [])
        if header.count("text") != 1 or header.count("label") != 1:
            raise InputError(
                f"{path}, line 1: got the columns {', '.join(header)[:80] or '(none)'}; "
                "expected one named text and one named label; name them so"
            )
        text, label = header.index("text"), header.index("label")
        for row in reader:
            if row and len(row) != len(header):
                raise InputError(
                    f"{path}, line {reader.line_num}: got {len(row)} fields, expected "
                    f"{len(header)} as in line 1; quote texts that hold commas or line breaks"
                )
            if row:
                yield reader.line_num, row[label], row[text]
    except csv.Error as error:
        raise InputError(
            f"{path}, line {reader.line_num}: {error}; expected comma-separated fields, texts "
            "with commas or line breaks in double quotes and quotes in them doubled"
        ) from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise InputError(
            f"cannot read {path}: {error.strerror}; name an existing, readable file"
        ) from None


def _decode(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}, line {line}: got byte 0x{content[error.start]:02x}, expected UTF-8; save "
            "the file as UTF-8 (`iconv -f WINDOWS-1252 -t UTF-8` mends most Western files)"
        ) from None
