"""A text and what its words do to the answer in, pieces to be marked on a page out."""

from collections.abc import Iterator
from typing import NamedTuple

from pyreg.data.text import spans, utf8, words
from pyreg.serving.network import Answer, Network

STEPS = 4  # of how strong a mark is
LEAST = 0.002  # of the probability; what does less is not marked


class Piece(NamedTuple):
    """A part of the text as it was typed.

    Attributes:
        kind: `up1` to `up4`, `down1` to `down4`: it moves the answer so strongly; `unknown`: the
            network does not know the word; empty: it is no word, or does nothing.
        effect: how much less the probability is without it; 0 of what is not marked.
    """

    text: str
    kind: str
    effect: float


def pieces(text: str, answer: Answer, network: Network) -> Iterator[Piece]:
    """The whole text, piece by piece."""
    content = utf8(text)
    most = max(map(abs, answer.effects.values()), default=0.0)
    reached = 0
    for start, end in spans(content):
        yield Piece(content[reached:start].decode(), "", 0.0)
        (word,) = words(content[start:end])
        effect = answer.effects.get(word.decode(), 0.0)
        kind = _kind(effect, most) if network.vocabulary.knows(word) else "unknown"
        yield Piece(content[start:end].decode(), kind, effect)
        reached = end
    yield Piece(content[reached:].decode(), "", 0.0)


def _kind(effect: float, most: float) -> str:
    if abs(effect) < LEAST:
        return ""
    step = max(1, round(STEPS * abs(effect) / most))
    return f"{'up' if effect > 0 else 'down'}{step}"
