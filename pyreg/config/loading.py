"""A study's YAML in, its settings or one message with every mistake out; and back."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

import yaml
from pydantic import ValidationError

from pyreg.config.section import Section
from pyreg.config.study import Study
from pyreg.errors import InputError


class _Loader(yaml.SafeLoader):
    """YAML 1.1 as PyYAML reads it, with the numbers that it forgets: 1e-3, as R and JSON write."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+$"),
    list("-+.0123456789"),
)


def load(source: str | Path | TextIO | Mapping[str, Any]) -> Study:
    """Validate a study.

    Args:
        source: path of a YAML file, such a file opened, or its content as a mapping (Snakemake's
            `config`).

    Raises:
        InputError: the file cannot be read, a key is unknown, or a value is out of range.
            The message names every offending key with what was got and expected.
    """
    content, where = _content(source)
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        raise InputError(_explain(error, where)) from None


def dump(study: Study) -> str:
    """The study as YAML, every default written out, so that a record needs no other file."""
    return yaml.safe_dump(
        study.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=88
    )


def _content(source: str | Path | TextIO | Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """The keys and values, and the name to call them by."""
    if isinstance(source, Mapping):
        return source, "the configuration"
    if isinstance(source, (str, Path)):
        return _parsed(_text(Path(source)), str(source)), str(source)
    return _parsed(source.read(), "standard input"), "standard input"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"cannot read the configuration {path}: {error.strerror}; name an existing YAML file"
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not valid YAML: {error}; mend it and try again") from None


def _parsed(text: str, where: str) -> Mapping[str, Any]:
    try:
        content = yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        raise InputError(f"{where} is not valid YAML: {error}; mend it and try again") from None
    if not isinstance(content, Mapping):
        raise InputError(
            f"{where} holds {type(content).__name__}, expected keys and values; "
            "start from config/config.yaml"
        )
    return content


def _explain(error: ValidationError, where: str) -> str:
    lines = [_explain_one(dict(detail)) for detail in error.errors()]
    remedy = "every key is described in config/config.yaml and docs/configuration.md"
    return f"{where} is not a valid study:\n  " + "\n  ".join(lines) + f"\n{remedy}"


def _explain_one(detail: dict[str, Any]) -> str:
    # Brackets mark what is no key: pydantic's "[key]", and the forms of network.PerLayer.
    key = ".".join(part for part in map(str, detail["loc"]) if not part.startswith("["))
    if detail["type"] == "extra_forbidden":
        return f"{key}: unknown key; {_suggest(key)}"
    if detail["type"] == "missing":
        return f"{key}: is missing, and has no default"
    if detail["type"] == "value_error":
        return f"{key}: {detail['ctx']['error']}" if key else str(detail["ctx"]["error"])
    message = detail["msg"].replace("Input should be", "expected").replace("Dictionary", "it")
    return f"{key}: got {detail['input']!r}, {message}"


def _suggest(key: str) -> str:
    """The nearest known key, for slips of the keyboard."""
    import difflib

    known = sorted({name for section in Section.__subclasses__() for name in section.model_fields})
    name = key.split(".")[-1]
    close = difflib.get_close_matches(name, [other for other in known if other != name], n=1)
    return f"did you mean '{close[0]}'?" if close else "remove it"
