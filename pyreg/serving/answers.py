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
    """Columns text, probability, class, num_words, num_known, note; of several networks sd behind
    the probability; with `explain` words."""
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
    """Columns image, probability (of the class), class, note; sd as in `as_table`."""
    return pd.DataFrame(
        [
            {
                "image": name,
                **_probability(answer),
                "class": answer.label,
                "note": answer.note,
            }
            for name, answer in zip(names, answers, strict=True)
        ]
    )


def as_row(answer: "Answer") -> dict[str, Any]:
    """An answer by the names that tables and JSON have for its parts."""
    return {
        **_probability(answer),
        "class": answer.label,
        "num_words": answer.num_words,
        "num_known": answer.num_known,
        "note": answer.note,
    }


def _probability(answer: "Answer | ImageAnswer") -> dict[str, float]:
    found = {"probability": answer.probability}
    return found if answer.sd is None else {**found, "sd": answer.sd}


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
    numbers = table.columns.intersection(["probability", "sd"])
    drawn = table.assign(**{name: table[name].map("{:.4f}".format) for name in numbers})
    drawn[asked] = cut
    return drawn.to_string(index=False, max_colwidth=None)
