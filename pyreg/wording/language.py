"""A language's name in, texts in that language out: gettext, with English as it stands in the code.

`make words` gathers the texts and compiles locale/; a test says which are missing.
"""

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).parent / "locale"
ENGLISH = "en"
DOMAIN = "pyreg"
BETWEEN_SENTENCES = re.compile(r"(?<=\.) (?=[A-Z])")
PLACE = re.compile(r"\\{(\w+)\\}")  # of a value, in an escaped text

_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within the block every text is in `language`."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def N_(text: str) -> str:  # noqa: N802, gettext's name
    """Mark a text that is put into words later, by `_`."""
    return text


def _(text: str) -> str:
    """The text in the language that is spoken; English where it has no other."""
    return _catalog(_language.get()).gettext(text) if text else ""  # gettext's own: its header


def counted(one: str, many: str, number: int) -> str:
    """The text for one or for many things."""
    return _catalog(_language.get()).ngettext(one, many, number)


def recorded(sentence: str) -> str:
    """A sentence that a record or the settings hold, which are in English.

    Where it is none of the texts, it may be one of them with its values filled in, or several.
    What is none of them, as it is the user's own, stays.
    """
    text = _(sentence)
    if text != sentence or _language.get() == ENGLISH:
        return text
    for template, pattern in _templates():
        if found := pattern.fullmatch(sentence):
            return _(template).format(**found.groupdict())
    parts = BETWEEN_SENTENCES.split(sentence)
    return " ".join(map(recorded, parts)) if len(parts) > 1 else sentence


def whole(number: float) -> str:
    """A count with its thousands apart: by commas in English, else by spaces (ISO 80000)."""
    comma = "," if _language.get() == ENGLISH else "\N{NO-BREAK SPACE}"
    return f"{number:,.0f}".replace(",", comma)


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    if language == ENGLISH:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALES, [language])


@cache
def _templates() -> list[tuple[str, re.Pattern[str]]]:
    """The texts that records hold with values, each with the sentences that it may become."""
    from pyreg.wording.records import TEMPLATES

    return [
        (text, re.compile(PLACE.sub(r"(?P<\1>.+?)", re.escape(text)), re.DOTALL))
        for text in TEMPLATES
        if "{" in text
    ]
