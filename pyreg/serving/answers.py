"""A network's answers in, the table that people read out."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import pandas as pd

from pyreg.readers.text import one_line
from pyreg.serving.network import Answer

MOST_EXPLAINED = 5
WIDTH = 48  # of a text as it is shown


def as_table(texts: Sequence[str], answers: Iterable[Answer], explain: bool) -> pd.DataFrame:
    """Columns text, probability, class, num_words, num_known, note; with `explain` words."""
    rows = [
        {
            "text": text,
            "probability": answer.probability,
            "class": answer.label,
            "num_words": answer.num_words,
            "num_known": answer.num_known,
            "note": answer.note,
            **({"words": in_words(answer.effects)} if explain else {}),
        }
        for text, answer in zip(texts, answers, strict=True)
    ]
    return pd.DataFrame(rows)


def in_words(effects: Mapping[str, float]) -> str:
    """`great +0.120, boring -0.031`: the words that move the answer most."""
    first = islice(effects.items(), MOST_EXPLAINED)
    return ", ".join(f"{word} {effect:+.3f}" for word, effect in first)


def shown(table: pd.DataFrame) -> str:
    """The table for a console."""
    texts = [one_line(text) for text in table["text"]]
    cut = [text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..." for text in texts]
    drawn = table.assign(text=cut, probability=table["probability"].map("{:.4f}".format))
    return drawn.to_string(index=False, max_colwidth=None)
