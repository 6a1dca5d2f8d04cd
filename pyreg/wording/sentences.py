"""A sentence of a record in, in the language that is spoken out."""

import re
from functools import cache

from pyreg.wording.language import _, is_english
from pyreg.wording.records import TEMPLATES

BETWEEN_SENTENCES = re.compile(r"(?<=\.) (?=[A-Z])")
PLACE = re.compile(r"\\{(\w+)\\}")  # of a value, in an escaped text


def recorded(sentence: str) -> str:
    """A sentence that a record or the settings hold, which are in English.

    Where it is none of the texts, it may be one of them with its values filled in, or several.
    What is none of them, as it is the user's own, stays.
    """
    text = _(sentence)
    if text != sentence or is_english():
        return text
    for template, pattern in _templates():
        if found := pattern.fullmatch(sentence):
            return _(template).format(**found.groupdict())
    parts = BETWEEN_SENTENCES.split(sentence)
    return " ".join(map(recorded, parts)) if len(parts) > 1 else sentence


@cache
def _templates() -> list[tuple[str, re.Pattern[str]]]:
    """The texts that records hold with values, each with the sentences that it may become."""
    return [
        (text, re.compile(PLACE.sub(r"(?P<\1>.+?)", re.escape(text)), re.DOTALL))
        for text in TEMPLATES
        if "{" in text
    ]
