"""A network that Keras saved in, the weights of its first layers in those of another out."""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import keras
import numpy as np

from pyreg.errors import InputError, refusing


def read(path: str) -> list[keras.Layer]:
    """The layers of a saved network.

    Raises:
        InputError: the file is damaged, or something else.
    """
    with refusing(
        f"weights: {path} cannot be read",
        "expected a network that Keras saved, FILE.keras; name one",
    ):
        return keras.saving.load_model(Path(path).expanduser(), compile=False).layers


def give(layers: Sequence[keras.Layer], path: str) -> None:
    """Let layers begin with the weights of as many first layers of a saved network.

    Layers without weights of their own do not count.

    Raises:
        InputError: the file is damaged, or its first layers are others.
    """
    ours = _weighted(layers)
    theirs = _weighted(read(path))[: len(ours)]
    told = zip_longest(map(_told, theirs), map(_told, ours), fillvalue="none")
    for number, (got, expected) in enumerate(told, start=1):
        if got != expected:
            raise InputError(
                f"weights: of the layers with weights in {path} number {number} is {got}, expected "
                f"{expected}; name a network that begins as this one does, or change its `layers`"
            )
    for layer, other in zip(ours, theirs, strict=True):
        layer.set_weights(other.get_weights())


def _weighted(layers: Sequence[keras.Layer]) -> list[keras.Layer]:
    return [layer for layer in layers if layer.weights]


def _told(layer: keras.Layer) -> str:
    """As `Embedding 5000 x 32`: its kind, and the size of each of its weights."""
    sizes = (" x ".join(map(str, np.shape(one))) for one in layer.weights)
    return f"{type(layer).__name__} {', '.join(sizes)}"
