"""The folder of a run in, its saved network out; texts in, what the network says of them out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from pyreg import files
from pyreg.data import vocabulary_file
from pyreg.data.text import utf8
from pyreg.data.text import words as words_of
from pyreg.data.vocabulary import Vocabulary
from pyreg.data.vocabulary_file import CLASSES
from pyreg.errors import refusing
from pyreg.records.integrity import verified
from pyreg.records.run import read_info
from pyreg.serving.folder import of_network

# Measured on IMDB: of 10,000 reviews one has fewer words of the 1,000 that are kept, none of 5,000;
# texts in Spanish, French, German and Italian have 0.05 to 0.26.
LEAST_KNOWN = 0.4
UNKNOWN = "unknown"  # instead of a class


@dataclass(frozen=True)
class Answer:
    """What a network says of a text.

    Attributes:
        probability: of the second class, `positive`.
        label: the class, or `unknown` where too few words are known; `note` then says so.
        num_words, num_known: words of the text, and those that have a column of their own.
        effects: of every known word how much less the probability is without it, the largest
            first; empty where it was not asked for.
    """

    probability: float
    label: str
    num_words: int
    num_known: int
    note: str
    effects: Mapping[str, float]


@dataclass(frozen=True)
class Network:
    """A saved network that texts can be shown to.

    Attributes:
        info: run.json of its run.
    """

    folder: Path
    model: keras.Model
    vocabulary: Vocabulary
    info: Mapping[str, Any]

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """float32 array (num_rows,), in batches as the run predicted: to the same bits."""
        size = self.info["config"]["batch_size"]
        parts = [
            np.ravel(self.model.predict_on_batch(rows[start : start + size]))
            for start in range(0, len(rows), size)
        ]
        return np.concatenate(parts) if parts else np.empty(0, np.float32)

    def answers(self, texts: Sequence[str], explain: bool = False) -> Iterator[Answer]:
        """What the network says of each text.

        Args:
            explain: whether to tell what each word does to the answer.
        """
        size = self.info["config"]["batch_size"]
        for start in range(0, len(texts), size):
            batch = texts[start : start + size]
            rows = self.vocabulary.encode(self.vocabulary.reviews(batch))
            for text, row, probability in zip(batch, rows, self.probabilities(rows), strict=True):
                words = words_of(utf8(text))
                known = [word for word in words if self.vocabulary.knows(word)]
                note = _note(len(words), len(known))
                label = UNKNOWN if note else CLASSES[int(probability > 0.5)]
                effects = self._effects(known, row, probability) if explain else {}
                yield Answer(float(probability), label, len(words), len(known), note, effects)

    def _effects(
        self, words: Sequence[bytes], row: np.ndarray, probability: float
    ) -> dict[str, float]:
        known = list(dict.fromkeys(words))
        without = [self.vocabulary.without(row, word) for word in known]
        effects = probability - self.probabilities(np.array(without)).astype(np.float64)
        order = np.argsort(-np.abs(effects), kind="stable")
        return {known[i].decode(): float(effects[i]) for i in order}


def load(folder: str | Path) -> Network:
    """Load the network that a run left.

    Raises:
        InputError: the folder holds none, it was changed, or it takes no texts.
    """
    record = of_network(folder)
    with refusing(
        f"the network in {folder} cannot be read",
        "expected one of reviews, as `pyreg train` leaves it; delete the folder and run "
        "snakemake again",
    ):
        words = vocabulary_file.read(files.read_json(verified(record.vocabulary)))
        model = keras.saving.load_model(verified(record.model))
        info = read_info(record.info)
        if model.input_shape != (None, words.num_columns) or model.output_shape != (None, 1):
            raise ValueError(f"a network from {model.input_shape} to {model.output_shape}")
        return Network(record.folder, model, words, info)


def _note(num_words: int, num_known: int) -> str:
    if num_words == 0:
        return "no words"
    if num_known >= LEAST_KNOWN * num_words:
        return ""
    return f"only {num_known} of {num_words} words are known: another language, or subject?"
