"""A network's answers in, what people and programs read of them out."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from pyreg.readers.text import one_line

if TYPE_CHECKING:  # it loads Keras
    from pyreg.serving.network import Answer, ImageAnswer

MOST_WORDS = 5  # of an explanation
WIDTH = 48  # of a text as it is shown


def as_table(texts: Sequence[str], answers: Iterable["Answer"], explain: bool) -> pd.DataFrame:
    """Columns text, probability, class, num_words, num_known, note; with `explain` words."""
    rows = [
        {
            "text": text,
            **as_row(answer),
            **({"words": in_words(answer)} if explain else {}),
        }
        for text, answer in zip(texts, answers, strict=True)
    ]
    return pd.DataFrame(rows)


def of_images(names: Sequence[str], answers: Iterable["ImageAnswer"]) -> pd.DataFrame:
    """Columns image, probability (of the class), class, note."""
    return pd.DataFrame(
        [
            {
                "image": name,
                "probability": answer.probability,
                "class": answer.label,
                "note": answer.note,
            }
            for name, answer in zip(names, answers, strict=True)
        ]
    )


def as_row(answer: "Answer") -> dict[str, Any]:
    """An answer by the names that tables and JSON have for its parts."""
    return {
        "probability": answer.probability,
        "class": answer.label,
        "num_words": answer.num_words,
        "num_known": answer.num_known,
        "note": answer.note,
    }


def strongest(answer: "Answer") -> list[tuple[str, float]]:
    """The words that move the answer most, with their effects."""
    return list(answer.effects.items())[:MOST_WORDS]


def in_words(answer: "Answer") -> str:
    """`great +0.120, boring -0.031`."""
    return ", ".join(f"{word} {effect:+.3f}" for word, effect in strongest(answer))


def shown(table: pd.DataFrame) -> str:
    """The table for a console."""
    asked = table.columns[0]
    texts = [one_line(text) for text in table[asked]]
    cut = [text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..." for text in texts]
    drawn = table.assign(probability=table["probability"].map("{:.4f}".format))
    drawn[asked] = cut
    return drawn.to_string(index=False, max_colwidth=None)
