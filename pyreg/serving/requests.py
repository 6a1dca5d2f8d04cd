"""A request's JSON in, the texts or images it asks about out, or one message of what is wrong."""

import base64
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from pyreg.errors import InputError

MOST_BYTES = 2**20  # of a request
MOST_TEXTS = 100  # of a request
MOST_IMAGES = 20  # of a request: a few bytes of each may be a million pixels
MOST_TEXTS_EXPLAINED = 10  # as each word of each text is asked about
MOST_CHARACTERS = 50_000  # of a text; the longest review of IMDB has 14,000
_EXPECTED = (
    'expected {"texts": ["...", ...]} or {"text": "..."}, and "explain": true where it is wanted'
)
_EXPECTED_IMAGES = 'expected {"images": ["...", ...]} or {"image": "..."}, files in base64'


class Asked(NamedTuple):
    texts: list[str]
    explain: bool


def read(body: bytes) -> Asked:
    """The texts that a client asks about.

    Raises:
        InputError: it is no JSON, of other types, or too much.
    """
    content = _content(body, {"text", "texts", "explain"}, _EXPECTED)
    explain = content.get("explain", False)
    if type(explain) is not bool:
        raise InputError(f'got "explain" that is neither true nor false; {_EXPECTED}')
    texts = _texts(content, "text", MOST_TEXTS_EXPLAINED if explain else MOST_TEXTS, _EXPECTED)
    return Asked([checked(text) for text in texts], explain)


def read_images(body: bytes) -> list[bytes]:
    """The files of images that a client asks about.

    Raises:
        InputError: as `read`.
    """
    content = _content(body, {"image", "images"}, _EXPECTED_IMAGES)
    try:
        return [
            base64.b64decode(text, validate=True)
            for text in _texts(content, "image", MOST_IMAGES, _EXPECTED_IMAGES)
        ]
    except ValueError:
        raise InputError(f"got an image that is no base64; {_EXPECTED_IMAGES}") from None


def checked(text: str) -> str:
    """A text that is not too long.

    Raises:
        InputError: it is.
    """
    if len(text) > MOST_CHARACTERS:
        raise InputError(
            f"got a text of {len(text):,} characters, expected at most {MOST_CHARACTERS:,}; "
            "shorten it"
        )
    return text


def _content(body: bytes, names: set[str], expected: str) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise InputError(f"got no whole JSON; {expected}") from None
    if not isinstance(content, dict) or not set(content) <= names:
        raise InputError(f"got JSON of another shape; {expected}")
    return content


def _texts(content: Mapping[str, Any], name: str, most: int, expected: str) -> list[str]:
    """What stands under `name` alone, or under its plural."""
    many = f"{name}s"
    if (name in content) == (many in content):
        raise InputError(f'got both or none of "{name}" and "{many}"; {expected}')
    texts = content[many] if many in content else [content[name]]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise InputError(f"got something else than texts; {expected}")
    if not texts:
        raise InputError(f"got no {many}; {expected}")
    if len(texts) > most:
        raise InputError(f"got {len(texts):,} {many}, expected at most {most}; ask in parts")
    return texts
