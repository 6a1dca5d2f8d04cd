"""Fields of run records in, those that bits may depend on and nobody chose out."""

from collections.abc import Iterable

# In the order in which a reader asks for them; a name that ends in a dot stands for all below it.
FIELDS = (
    "front_end",
    "backend",
    "versions.",
    "r.",
    "device",
    "device_name",
    "threads",
    "cpu.features",
    "onednn",
    "keras.",
    "variables.",
    "platform",
)


def environment_fields(names: Iterable[str]) -> list[str]:
    """Those of run.json's fields, nested ones named with dots, that are its environment."""
    known = list(names)
    return [
        name
        for field in FIELDS
        for name in known
        if name == field or (field.endswith(".") and name.startswith(field))
    ]


def in_words(value: object) -> str:
    """A field's value for a reader."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None:
        return "none"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
