"""The settings' types in; their JSON schema and the page that describes them out."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyreg.config import Study

ROOT = Path(__file__).parents[2]
SCHEMA_PATH = ROOT / "workflow" / "schemas" / "config.schema.json"
REFERENCE_PATH = ROOT / "docs" / "configuration.md"


def json_schema() -> str:
    """The JSON schema kept in workflow/schemas/, for editors and for the reference in docs/."""
    return json.dumps(Study.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def reference() -> str:
    """docs/configuration.md: every key with its type, default and meaning, from the schema."""
    schema = Study.model_json_schema()
    sections = {"The study": schema, **schema["$defs"]}
    parts = [
        "# Configuration\n\nGenerated from `pyreg/config/` by `pyreg schema`. A study is a YAML "
        "file with these keys; unknown keys stop. `config/config.yaml` is the lesson's.\n"
    ]
    for name, section in sections.items():
        rows = [_reference_row(key, value) for key, value in section["properties"].items()]
        parts.append(
            f"## {name}\n\n{section['description'].strip()}\n\n"
            "| key | value | default | meaning |\n| --- | --- | --- | --- |\n"
            + "\n".join(rows)
            + "\n"
        )
    return "\n".join(parts)


def _reference_row(key: str, value: Mapping[str, Any]) -> str:
    default = json.dumps(value["default"]) if "default" in value else "required"
    if len(default) > 40:
        default = "see below"
    return f"| `{key}` | {_reference_type(value)} | `{default}` | {value['description']} |"


def _reference_type(value: Mapping[str, Any]) -> str:
    """A JSON schema's type in words: `number, 0 or more, below 1`."""
    options = value.get("anyOf") or value.get("oneOf")
    if options:
        return " or ".join(_reference_type(option) for option in options)
    if "$ref" in value:
        return value["$ref"].rsplit("/", 1)[1]
    if "const" in value:
        return f"`{value['const']}`"
    if "enum" in value:
        return ", ".join(f"`{option}`" for option in value["enum"])
    if "items" in value:
        return f"list of {_reference_type(value['items'])}"
    if "additionalProperties" in value or "patternProperties" in value:
        inner = value.get("additionalProperties") or next(iter(value["patternProperties"].values()))
        return f"name: {_reference_type(inner)}"
    bounds = {
        "minimum": "at least {}",
        "exclusiveMinimum": "above {}",
        "maximum": "at most {}",
        "exclusiveMaximum": "below {}",
    }
    limits = [text.format(value[bound]) for bound, text in bounds.items() if bound in value]
    return ", ".join([value.get("type", "value"), *limits])
