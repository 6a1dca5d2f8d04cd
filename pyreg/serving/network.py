"""A folder in, its saved network out, or those of replicates; texts or images in, what it says of
them out, or they on average."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from pyreg.data.image_input import ImageInput
from pyreg.data.text import utf8
from pyreg.data.text import words as words_of
from pyreg.data.vocabulary import Vocabulary
from pyreg.data.vocabulary_file import CLASSES
from pyreg.errors import refusing
from pyreg.records.integrity import verified
from pyreg.records.network import of_network
from pyreg.records.run import read_info
from pyreg.serving.input_kind import taken_by

# Measured on IMDB: of 10,000 reviews one has fewer words of the 1,000 that are kept, none of 5,000;
# texts in Spanish, French, German and Italian have 0.05 to 0.26.
LEAST_KNOWN = 0.4
UNKNOWN = "unknown"  # instead of a class


@dataclass(frozen=True)
class Answer:
    """What a network says of a text.

    Attributes:
        probability: of the second class, `positive`; of several networks the average.
        sd: the standard deviation of theirs; None of one network.
        label: the class, or `unknown` where too few words are known; `note` then says so.
        num_words, num_known: words of the text, and those that have a column of their own.
        effects: of every known word how much less the probability is without it, the largest
            first; empty where it was not asked for.
    """

    probability: float
    sd: float | None
    label: str
    num_words: int
    num_known: int
    note: str
    effects: Mapping[str, float]


@dataclass(frozen=True)
class ImageAnswer:
    """What a network says of an image.

    Attributes:
        label: the likeliest class.
        probability: of that class; of several networks the average.
        sd: the standard deviation of theirs; None of one network.
        probabilities: of each class.
        note: what was done to the image, so that the network could take it.
        pixels: what the network was shown.
    """

    label: str
    probability: float
    sd: float | None
    probabilities: Mapping[str, float]
    note: str
    pixels: np.ndarray


@dataclass(frozen=True)
class Saved:
    """A saved network, or the networks of a batch of replicates side by side.

    Attributes:
        info: run.json of its run, or of the batch.
    """

    folder: Path
    info: Mapping[str, Any]
    model: keras.Model

    def outputs(self, rows: np.ndarray) -> np.ndarray:
        """float32 array (num_rows, num_networks, num_outputs), in batches as a run predicts: to the
        same bits."""
        size = self.info["config"]["batch_size"]
        _, *networks, num_outputs = self.model.output_shape
        parts = [
            self.model.predict_on_batch(rows[start : start + size])
            for start in range(0, len(rows), size)
        ]
        outputs = np.concatenate(parts) if parts else np.empty((0, 1), np.float32)
        return outputs.reshape(len(rows), *(networks or [1]), num_outputs)


@dataclass(frozen=True)
class ImageNetwork(Saved):
    """A saved network that images can be shown to."""

    images: ImageInput

    def warm_up(self) -> None:
        """The first call traces the network."""
        self.outputs(self.images.rows([np.zeros(self.images.shape)]))

    def answers(self, contents: Sequence[bytes], names: Sequence[str]) -> Iterator[ImageAnswer]:
        """What the network says of each image.

        Args:
            names: what the images are called in messages.

        Raises:
            InputError: one is no image, or too large.
        """
        shown = [self.images.pixels(*pair) for pair in zip(contents, names, strict=True)]
        outputs = self.outputs(self.images.rows([pixels for pixels, _ in shown]))
        if outputs.shape[-1] == 1:
            outputs = np.concatenate([1 - outputs, outputs], axis=-1)
        for (pixels, note), average, spread in zip(
            shown, _average(outputs), _spread(outputs), strict=True
        ):
            by_class = dict(zip(self.images.classes, average.tolist(), strict=True))
            first = int(average.argmax())
            label = self.images.classes[first]
            yield ImageAnswer(label, by_class[label], spread[first], by_class, note, pixels)


@dataclass(frozen=True)
class Network(Saved):
    """A saved network that texts can be shown to."""

    vocabulary: Vocabulary

    def warm_up(self) -> None:
        """The first call traces the network."""
        list(self.answers(["warm up"], explain=True))

    def answers(self, texts: Sequence[str], explain: bool = False) -> Iterator[Answer]:
        """What the network says of each text.

        Args:
            explain: whether to tell what each word does to the answer.
        """
        size = self.info["config"]["batch_size"]
        for start in range(0, len(texts), size):
            batch = texts[start : start + size]
            rows = self.vocabulary.encode(self.vocabulary.reviews(batch))
            outputs = self.outputs(rows)[:, :, 0]
            for text, row, probability, spread in zip(
                batch, rows, _average(outputs), _spread(outputs), strict=True
            ):
                words = words_of(utf8(text))
                known = [word for word in words if self.vocabulary.knows(word)]
                note = _note(len(words), len(known))
                label = UNKNOWN if note else CLASSES[int(probability > 0.5)]
                effects = self._effects(known, row, probability) if explain else {}
                yield Answer(
                    float(probability), spread, label, len(words), len(known), note, effects
                )

    def _effects(
        self, words: Sequence[bytes], row: np.ndarray, probability: float
    ) -> dict[str, float]:
        known = list(dict.fromkeys(words))
        without = [self.vocabulary.without(row, word) for word in known]
        effects = probability - np.ravel(_average(self.outputs(np.array(without))))
        order = np.argsort(-np.abs(effects), kind="stable")
        return {known[i].decode(): float(effects[i]) for i in order}


def load(folder: str | Path) -> Network | ImageNetwork:
    """Load the network that a run left, or those that replicates did.

    Raises:
        InputError: the folder holds none, it was changed, or it takes neither texts nor images.
    """
    record = of_network(folder, or_networks=True)
    with refusing(
        f"the network in {folder} cannot be read",
        "expected one of reviews or images, as `pyreg train` leaves it; delete the folder and run "
        "snakemake again",
    ):
        taken = taken_by(record)
        model = keras.saving.load_model(verified(record.model))
        info = read_info(record.info)
        if isinstance(taken, ImageInput):
            num_classes = len(taken.classes)  # two may share an output
            _check(
                model,
                info,
                math.prod(taken.shape),
                {num_classes, 1} if num_classes == 2 else {num_classes},
            )
            return ImageNetwork(record.folder, info, model, taken)
        _check(model, info, taken.num_columns, {1})
        return Network(record.folder, info, model, taken)


def _average(outputs: np.ndarray) -> np.ndarray:
    """Over the networks, the second axis, in double precision."""
    return outputs.mean(axis=1, dtype=np.float64)


def _spread(outputs: np.ndarray) -> Any:
    """The standard deviation over the networks, of the same shape as their average; None of one."""
    if outputs.shape[1] > 1:
        return outputs.std(axis=1, dtype=np.float64, ddof=1).tolist()
    return np.full_like(outputs[:, 0], None, dtype=object)


def _check(
    model: keras.Model, info: Mapping[str, Any], num_columns: int, num_outputs: set[int]
) -> None:
    shapes = (model.input_shape, model.output_shape)
    networks = [len(info["seeds"])] if "seeds" in info else []
    if shapes not in [((None, num_columns), (None, *networks, number)) for number in num_outputs]:
        raise ValueError(f"a network from {shapes[0]} to {shapes[1]}")


def _note(num_words: int, num_known: int) -> str:
    if num_words == 0:
        return "no words"
    if num_known >= LEAST_KNOWN * num_words:
        return ""
    return f"only {num_known} of {num_words} words are known: another language, or subject?"
