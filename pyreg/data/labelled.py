"""A user's labelled texts in, a table or folders: texts by label out, errors named by line."""

import codecs
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyreg import config
from pyreg.data.text import Labelled
from pyreg.errors import InputError
from pyreg.readers import archive, sniff, table, text

TEXTS = ("text", "review")
LABELS = ("label", "sentiment")
# What labels mean of which no setting says anything.
USUAL = config.Labels(negative=["0", "neg", "negative"], positive=["1", "pos", "positive"])
MAX_ROWS = 5_000_000
MAX_BYTES = 2**31
MOST_LABELS = 10  # of which a column without a name may be one of labels
MOST_CHARACTERS = 20  # of a label
MOST_SHOWN = 8
IN_FOLDER = re.compile(r"(?:.*/)?(pos|neg)/([^/]+\.txt)", re.DOTALL)


@dataclass(frozen=True)
class _Rows:
    """A label and a text of each review, and where each is told to be.

    Attributes:
        place: what a row is counted in, `line` or `record`.
    """

    places: Sequence[int]
    labels: Sequence[str]
    texts: Sequence[str]
    place: str = "line"


def read_table(path: Path, labels: config.Labels | None = None) -> Labelled:
    """Read a table of texts with their labels: CSV, tab-separated or JSON, packed or not.

    Args:
        path: UTF-8 or UTF-16. Columns named text or review, and label or sentiment (others are
            ignored); or two without names, of which one has labels. Quotes in texts are doubled
            (RFC 4180) or follow a backslash.
        labels: what they mean; None: 0 or neg or negative, 1 or pos or positive.

    Returns:
        Texts by label, in the order of the file.

    Raises:
        InputError: the file cannot be read so; the message names the line, or the labels found
            and the setting that says what they mean.
    """
    content = text.decode(path, sniff.read_bytes(path, MAX_BYTES))
    labels = labels or USUAL
    if content.lstrip()[:1] in ("[", "{"):
        return _by_label(path, _records(path, content), labels)
    rows = _rows(table.read(str(path), content, MAX_ROWS), path, labels)
    return _by_label(path, rows, labels)


def read_folder(path: Path) -> Labelled:
    """Read the text files in the folders `pos` and `neg` of a folder or archive, sorted by name.

    Raises:
        InputError: a folder holds no texts, or a file is not UTF-8.
    """
    if path.is_dir():
        found = {folder: read_text_files(path / folder) for folder in ("neg", "pos")}
    else:
        found = _from_archive(path)
    return {
        label: [content for _, content in sorted(found[folder].items())]
        for label, folder in [(0, "neg"), (1, "pos")]
    }


def read_text_files(folder: Path) -> dict[str, bytes]:
    """File name -> UTF-8 text of each .txt file in `folder`.

    Raises:
        InputError: there is none, or one is not UTF-8.
    """
    found = {
        file.name: _in_utf8(file, _read(file))
        for file in folder.glob("*.txt")
        if file.is_file() and not archive.is_left_behind(file.name)
    }
    if not found:
        raise InputError(
            f"{folder} holds no .txt files, expected one per review; put positive reviews into "
            "a folder pos and negative ones into a folder neg beside it"
        )
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


def _from_archive(path: Path) -> dict[str, dict[str, bytes]]:
    found: dict[str, dict[str, bytes]] = {"neg": {}, "pos": {}}
    for name, content in archive.files(path, lambda name: bool(IN_FOLDER.fullmatch(name))):
        match = IN_FOLDER.fullmatch(name)
        assert match is not None
        found[match[1]][match[2]] = _in_utf8(path / name, content)
    for folder, texts in found.items():
        if not texts:
            raise InputError(f"{path} has no texts in {folder}/, expected .txt files in pos/, neg/")
    return found


def _by_label(path: Path, rows: _Rows, labels: config.Labels) -> Labelled:
    texts: dict[int, list[bytes]] = {0: [], 1: []}
    meanings = labels.meanings()
    for place, label, content in zip(rows.places, rows.labels, rows.texts, strict=True):
        meaning = meanings.get(config.Labels.normal(label), "unknown")
        if meaning == "unknown":
            raise InputError(
                f"{path}, {rows.place} {place}: got label {label[:40]!r}, expected "
                f"{_expected(labels)}; the labels found are {_found(rows.labels)}. Say in the "
                f"configuration what they mean, for example {_example(rows.labels)}"
            )
        if isinstance(meaning, int):
            texts[meaning].append(content.encode())
    return texts


def _expected(labels: config.Labels) -> str:
    return " or ".join(
        f"{first} (or {', '.join(others)})" if others else first
        for first, *others in (labels.negative, labels.positive)
    )


def _found(labels: Sequence[str]) -> str:
    found = sorted({text.one_line(label)[:40] for label in labels})
    more = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
    return ", ".join(found[:MOST_SHOWN]) + more


def _example(labels: Sequence[str]) -> str:
    """What the labels may mean: the lower numbers negative, the higher ones positive."""
    found = map(config.Labels.normal, labels)
    numbers = sorted({int(label) for label in found if re.fullmatch(r"-?[0-9]{1,3}", label)})
    if not 2 <= len(numbers) <= MOST_SHOWN:
        numbers = [1, 2, 3, 4, 5]
    half = len(numbers) // 2
    left_out = f", left_out: [{numbers[half]}]" if len(numbers) % 2 else ""
    return f"data.labels: {{negative: {numbers[:half]}, positive: {numbers[-half:]}{left_out}}}"


def _rows(found: table.Table, path: Path, labels: config.Labels) -> _Rows:
    columns, rows = _columns(found), found.rows
    if columns is None:
        columns = _unnamed_columns(found, labels)
        rows = [(1, found.header), *found.rows]  # what looked like a header is the first review
    if columns is None:
        raise InputError(
            f"{path}, line 1: got the columns {text.one_line(', '.join(found.header))[:80]}; "
            "expected one named text (or review) and one named label (or sentiment); name them so"
        )
    of_label, of_text = ([row[column] for _, row in rows] for column in columns)
    return _Rows([line for line, _ in rows], of_label, of_text)


def _columns(found: table.Table) -> tuple[int, int] | None:
    """Which columns have the labels and the texts, by their names."""
    header = [name.lower() for name in found.header]
    labels, texts = ([name for name in header if name in known] for known in (LABELS, TEXTS))
    if len(labels) != 1 or len(texts) != 1:
        return None
    return header.index(labels[0]), header.index(texts[0])


def _unnamed_columns(found: table.Table, labels: config.Labels) -> tuple[int, int] | None:
    """Of two columns without names, the one whose fields are known labels, or few and short."""
    if len(found.header) != 2 or {name.lower() for name in found.header} & {*LABELS, *TEXTS}:
        return None
    rows = [found.header, *(row for _, row in found.rows)]
    fields = [{row[column].strip() for row in rows} for column in (0, 1)]
    known = [{config.Labels.normal(one) for one in of} <= set(labels.meanings()) for of in fields]
    short = [len(of) <= MOST_LABELS and max(map(len, of)) <= MOST_CHARACTERS for of in fields]
    for has_labels in (known, short):
        if sum(has_labels) == 1:
            return has_labels.index(True), has_labels.index(False)
    return None


def _records(path: Path, content: str) -> _Rows:
    """JSON: a list of objects, or an object on each line."""
    found = _json(path, content)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError(f"{path} is JSON without a list of reviews; {_EXPECTED_JSON}")
    lower = [{str(name).lower(): value for name, value in one.items()} for one in found]
    names = set().union(*lower) if lower else set()
    texts, labels = ([name for name in known if name in names] for known in (TEXTS, LABELS))
    if len(texts) != 1 or len(labels) != 1:
        named = text.one_line(", ".join(sorted(names)))[:80] or "none"
        raise InputError(f"{path} is JSON with the names {named}; {_EXPECTED_JSON}")
    return _Rows(
        places=range(1, len(lower) + 1),
        labels=[_as_text(one.get(labels[0])) for one in lower],
        texts=[_as_text(one.get(texts[0])) for one in lower],
        place="record",
    )


_EXPECTED_JSON = (
    'expected objects like {"text": "A good film", "label": 1}, in a list or one on each line; '
    "or a CSV file with the columns text and label"
)


def _json(path: Path, content: str) -> Any:
    numbers: Mapping[str, Any] = {"parse_int": str, "parse_float": str, "parse_constant": str}
    try:
        try:
            return json.loads(content, **numbers)
        except ValueError:
            return [json.loads(line, **numbers) for line in content.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no whole JSON file ({error}); {_EXPECTED_JSON}") from None


def _as_text(value: Any) -> str:
    """JSON's true and false are labels too."""
    return "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise sniff.unreadable(path, error) from None


def _in_utf8(path: Path, content: bytes) -> bytes:
    """A text's bytes in UTF-8, without a mark."""
    without = content.removeprefix(codecs.BOM_UTF8)
    return without if without.isascii() else text.decode(path, content).encode()
