"""A request's JSON in, the texts it asks about out, or one message that says what is wrong."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from pyreg.errors import InputError

MOST_BYTES = 2**20  # of a request
MOST_TEXTS = 100  # of a request
MOST_TEXTS_EXPLAINED = 10  # as each word of each text is asked about
MOST_CHARACTERS = 50_000  # of a text; the longest review of IMDB has 14,000
_EXPECTED = (
    'expected {"texts": ["...", ...]} or {"text": "..."}, and "explain": true where it is wanted'
)


class Asked(NamedTuple):
    texts: list[str]
    explain: bool


def read(body: bytes) -> Asked:
    """What a client asks.

    Raises:
        InputError: it is no JSON, of other types, or too much.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise InputError(f"got no whole JSON; {_EXPECTED}") from None
    if not isinstance(content, dict) or not set(content) <= {"text", "texts", "explain"}:
        raise InputError(f"got JSON of another shape; {_EXPECTED}")
    explain = content.get("explain", False)
    if type(explain) is not bool:
        raise InputError(f'got "explain" that is neither true nor false; {_EXPECTED}')
    texts = _texts(content)
    most = MOST_TEXTS_EXPLAINED if explain else MOST_TEXTS
    if len(texts) > most:
        raise InputError(f"got {len(texts):,} texts, expected at most {most}; ask in parts")
    return Asked([checked(text) for text in texts], explain)


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


def _texts(content: Mapping[str, Any]) -> list[str]:
    if ("text" in content) == ("texts" in content):
        raise InputError(f'got both or none of "text" and "texts"; {_EXPECTED}')
    texts = content["texts"] if "texts" in content else [content["text"]]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise InputError(f"got something else than texts; {_EXPECTED}")
    if not texts:
        raise InputError(f"got no texts; {_EXPECTED}")
    return texts
