"""Two networks and samples in, how large, how fast and how right the smaller one is out."""

import gzip
import time
from collections.abc import Sequence
from typing import Any, Protocol

import keras
import numpy as np

from pyreg.compression.forms import kernels

Z = 1.96  # of an interval of 95 %
ROUNDS = 60  # of timing; the median counts
BATCH = 512


class Network(Protocol):
    """What answers: a Keras model, or another program's."""

    def predict_on_batch(self, x: np.ndarray) -> np.ndarray: ...


def measure(
    content: bytes, predictions: np.ndarray, original: np.ndarray, y: np.ndarray
) -> dict[str, Any]:
    """A row of the table, but for the times.

    Args:
        content: of the network's file.
        predictions: of the validation samples.
        original: what the network predicted before it was made smaller.
        y: what is right.
    """
    low, high = difference(predictions, original, y)
    return {
        "bytes": len(content),
        "bytes_packed": len(gzip.compress(content, 9, mtime=0)),
        "accuracy": float(are_right(predictions, y).mean()),
        "difference_low": low,
        "difference_high": high,
        "changed": float((classes(predictions) != classes(original)).mean()),
    }


def predict(network: Network, x: np.ndarray) -> np.ndarray:
    """Predictions of all samples."""
    batches = (x[first : first + BATCH] for first in range(0, len(x), BATCH))
    return np.concatenate([network.predict_on_batch(batch) for batch in batches])


def classes(predictions: np.ndarray) -> np.ndarray:
    """int array (num_samples,): the class that each prediction is for."""
    if predictions.shape[1] == 1:
        return (predictions[:, 0] > 0.5).astype(int)
    return predictions.argmax(axis=1)


def are_right(predictions: np.ndarray, y: np.ndarray) -> np.ndarray:
    return classes(predictions) == np.ravel(y)


def difference(predictions: np.ndarray, original: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The interval of 95 % of how much more accurate the network became.

    Of paired answers: both networks were asked about the same samples.
    """
    gained = are_right(predictions, y).astype(float) - are_right(original, y)
    mean, error = gained.mean(), gained.std(ddof=1) / np.sqrt(len(gained))
    return float(mean - Z * error), float(mean + Z * error)


def share_of_zeros(model: keras.Model) -> float:
    """Of the weights of kernels."""
    arrays = [np.asarray(kernel) for kernel in kernels(model.weights)]
    return sum(int((array == 0).sum()) for array in arrays) / sum(array.size for array in arrays)


def median_milliseconds(networks: Sequence[Network], x: np.ndarray) -> list[float]:
    """How long each network takes for `x`, in turns: what else the machine does meets all alike."""
    seconds: list[list[float]] = [[] for _ in networks]
    for _ in range(ROUNDS + 1):
        for network, of_network in zip(networks, seconds, strict=True):
            begin = time.perf_counter()
            network.predict_on_batch(x)
            of_network.append(time.perf_counter() - begin)
    # The first round traces the networks.
    return [1000 * float(np.median(of_network[1:])) for of_network in seconds]
