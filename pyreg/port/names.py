"""R's names in, Python's out."""

import builtins
import keyword
import re

RESERVED = {"math", "os", "tempfile", "Path", "keras", "np", "pd", "data", "temporary", "self"}


def identifier(name: str) -> str:
    """A valid Python name that reads like R's: `x.train` becomes `x_train`."""
    text = re.sub(r"\W", "_", name).strip("_") or "value"
    if text[0].isdigit():
        text = f"v{text}"
    if keyword.iskeyword(text) or text in RESERVED or hasattr(builtins, text):
        text += "_"
    return text


def snake(name: str) -> str:
    """`MaxPooling2D` as `max_pooling_2d`."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=\d)", "_", name)
    return text.lower()


class Taken:
    """Names in use; gives others."""

    def __init__(self, names: set[str]) -> None:
        self.names = set(names)

    def new(self, wanted: str) -> str:
        """The name, with a number behind it if it is in use."""
        found, number = wanted, 2
        while found in self.names:
            found, number = f"{wanted}_{number}", number + 1
        self.names.add(found)
        return found
