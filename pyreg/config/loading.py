"""A study's YAML in, its settings or one message with every mistake out; and back."""

import re
import reprlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import yaml
from pydantic import ValidationError

from pyreg.config.section import Section
from pyreg.config.study import Study
from pyreg.config.yaml_text import Dumper, RefusedError, Text, check_extent
from pyreg.errors import InputError

WITH_EXPONENT = re.compile(r"[-+]?\d+[eE][-+]?\d+")
MOST_MISTAKES, LONGEST = 15, 200  # a message is read on one screen
SHORT = reprlib.Repr()  # of any value: never a screen of it
SHORT.maxlevel, SHORT.maxstring, SHORT.maxother = 3, 80, 80


def load(source: str | Path | TextIO | Mapping[str, Any]) -> Study:
    """Validate a study.

    Args:
        source: path of a YAML file, such a file opened, or its content as a mapping (Snakemake's
            `config`).

    Raises:
        InputError: the file cannot be read, a key is unknown, or a value is out of range.
            The message names every offending key with what was got and expected.
    """
    content, where, text = _content(source)
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        raise InputError(_explain(error, where, text)) from None


def read_text(path: str | Path) -> Mapping[str, Any]:
    """The keys and values of a YAML file, not yet validated.

    Raises:
        InputError: the file cannot be read, or is refused, as another reader would take it
            otherwise than it looks; the message names the line.
    """
    content, _, _ = _parsed(_text(Path(path)), str(path))
    return content


def with_numbers(content: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers like 1e-3, which other readers of YAML take for texts, as what they are.

    Raises:
        InputError: the values are nested or shared beyond all that a study needs.
    """
    _check_extent(content)
    return _with_numbers(content)


def dump(study: Study) -> str:
    """The study as YAML, every default written out, so that a record needs no other file."""
    content = study.model_dump(mode="json")
    return yaml.dump(content, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=88)


def _content(
    source: str | Path | TextIO | Mapping[str, Any],
) -> tuple[Mapping[str, Any], str, Text | None]:
    """The keys and values, the name to call them by, and the text they stand in, if there is."""
    if isinstance(source, Mapping):
        _check_extent(source)
        return source, "the configuration", None
    if isinstance(source, (str, Path)):
        return _parsed(_text(Path(source)), str(source))
    return _parsed(source.read(), "standard input")


def _check_extent(content: Mapping[str, Any]) -> None:
    try:
        check_extent(content)
    except RefusedError as error:
        raise InputError(f"the configuration is no study: {error}; leave that out") from None


def _with_numbers(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_numbers(one) for one in value]
    if isinstance(value, str) and WITH_EXPONENT.fullmatch(value):
        return float(value)
    return value


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"cannot read the configuration {path}: {error.strerror}; name an existing YAML file"
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not valid YAML: {error}; mend it and try again") from None


def _parsed(text: str, where: str) -> tuple[Mapping[str, Any], str, Text]:
    try:
        parsed = Text(text)
    except RefusedError as error:
        raise InputError(
            f"{where} is not valid YAML, or not what a study needs: {error}; mend it and try again"
        ) from None
    if not isinstance(parsed.content, Mapping):
        raise InputError(
            f"{where} holds {type(parsed.content).__name__}, expected keys and values; "
            "start from config/config.yaml"
        )
    return parsed.content, where, parsed


def _explain(error: ValidationError, where: str, text: Text | None) -> str:
    mistakes = error.errors()[:MOST_MISTAKES]
    lines = [_shortened(_explain_one(dict(detail), text)) for detail in mistakes]
    if error.error_count() > MOST_MISTAKES:
        lines.append(f"and {error.error_count() - MOST_MISTAKES} more")
    remedy = "every key is described in config/config.yaml and docs/configuration.md"
    return f"{where} is not a valid study:\n  " + "\n  ".join(lines) + f"\n{remedy}"


def _shortened(said: str) -> str:
    return said if len(said) <= LONGEST else f"{said[:LONGEST]} ..."


def _explain_one(detail: dict[str, Any], text: Text | None) -> str:
    # Brackets mark what is no key: pydantic's "[key]", and the forms of network.PerLayer.
    path = [part for part in detail["loc"] if not str(part).startswith("[")]
    said = _said(detail, ".".join(map(str, path)))
    # What several settings come to together begins with one of them.
    named = path or said.partition(" ")[0].rstrip(":").split(".")
    line = text.line(named) if text else None
    return f"line {line}: {said}" if line else said


def _said(detail: dict[str, Any], key: str) -> str:
    if detail["type"] == "extra_forbidden":
        return f"{key}: unknown key; {_suggest(key)}"
    if detail["type"] == "missing":
        return f"{key}: is missing, and has no default"
    if detail["type"] == "union_tag_not_found":
        return f"{key}.kind: is missing, and has no default"
    if detail["type"] == "value_error":
        return f"{key}: {detail['ctx']['error']}" if key else str(detail["ctx"]["error"])
    if detail["type"] == "union_tag_invalid":
        kind, kinds = detail["ctx"]["tag"], re.findall("'(.+?)'", detail["ctx"]["expected_tags"])
        advice = _nearest(kind, kinds, 2) or f"expected one of {', '.join(kinds)}"
        return f"{key}: got the kind {SHORT.repr(kind)}; {advice}"
    message = detail["msg"].replace("Input should be", "expected").replace("Dictionary", "it")
    return f"{key}: got {SHORT.repr(detail['input'])}, {message}"


def _suggest(key: str) -> str:
    """The nearest known key, for slips of the keyboard."""
    known = sorted({name for section in Section.__subclasses__() for name in section.model_fields})
    name = key.split(".")[-1]
    return _nearest(name, [other for other in known if other != name]) or "remove it"


def _nearest(name: str, known: Sequence[str], most: int = 1) -> str | None:
    import difflib

    close = difflib.get_close_matches(name, known, most)
    return f"did you mean {' or '.join(map(repr, close))}?" if close else None
