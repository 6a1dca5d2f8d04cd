"""A language's name in, texts in that language out: gettext, with English as it stands in the code.

`make words` gathers the texts and compiles locale/; a test says which are missing.
"""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).parent / "locale"
ENGLISH = "en"
DOMAIN = "pyreg"

_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within the block every text is in `language`."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def is_english() -> bool:
    """Whether texts are as they stand in the code."""
    return _language.get() == ENGLISH


def N_(text: str) -> str:  # noqa: N802, gettext's name
    """Mark a text that is put into words later, by `_`."""
    return text


def _(text: str) -> str:
    """The text in the language that is spoken; English where it has no other."""
    return _catalog(_language.get()).gettext(text) if text else ""  # gettext's own: its header


def counted(one: str, many: str, number: int) -> str:
    """The text for one or for many things."""
    return _catalog(_language.get()).ngettext(one, many, number)


def whole(number: float) -> str:
    """A count with its thousands apart: by commas in English, else by spaces (ISO 80000)."""
    comma = "," if is_english() else "\N{NO-BREAK SPACE}"
    return f"{number:,.0f}".replace(",", comma)


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    if language == ENGLISH:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALES, [language])
