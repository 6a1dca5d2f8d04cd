"""Training in, what a record needs of it out: digests and weights, epoch by epoch."""

import sys
from collections.abc import Mapping
from typing import NamedTuple

import keras
import numpy as np

from pyreg import networks
from pyreg.records.run import weights_digest


class Recorder(keras.callbacks.Callback):
    """Keeps what a record needs while `fit` runs, and tells the log how far it is.

    Attributes:
        initial_weights: SHA-256 of the weights before the first step.
        digests: SHA-256 of the weights after each epoch.
        weights: epoch -> weights, for the first and the last epoch that was reached.
    """

    def __init__(self, label: str, epochs: int, tells: bool = True) -> None:
        super().__init__()
        self.label = label
        self.epochs = epochs
        self.tells = tells
        self.initial_weights = ""
        self.digests: list[str] = []
        self.weights: dict[int, list[np.ndarray]] = {}

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        networks.create_variables(self.model)
        self.initial_weights = weights_digest(self.model.get_weights())

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        weights = self.model.get_weights()
        self.digests.append(weights_digest(weights))
        if epoch > 1:  # early stopping may make any epoch the last
            del self.weights[epoch]
        self.weights[epoch + 1] = weights
        if not self.tells:
            return
        shown = "  ".join(f"{name} {value:.4f}" for name, value in (logs or {}).items())
        print(f"{self.label}: epoch {epoch + 1}/{self.epochs}  {shown}", file=sys.stderr)


class Fitted(NamedTuple):
    """A trained model's numbers.

    history: Keras' `history.history`. predictions: float32 array (num_samples, num_outputs) for
    the validation samples. order: as from `order_for`.
    """

    history: Mapping[str, list[float]]
    predictions: np.ndarray
    recorder: Recorder
    order: np.ndarray | None
