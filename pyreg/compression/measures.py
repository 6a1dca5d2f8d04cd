"""Two networks and samples in, how large, how fast and how right the smaller one is out."""

import gzip
import time
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from pyreg.compression.forms import kernels
from pyreg.engines import saved

Z = 1.96  # of an interval of 95 %
ROUNDS = 60  # of timing; the median counts
BATCH = 512


def measure(
    model: keras.Model, original: np.ndarray, x: np.ndarray, y: np.ndarray
) -> dict[str, Any]:
    """A row of the table, but for the times.

    Args:
        original: what the network predicted before it was made smaller.
        x, y: the validation samples.
    """
    predictions = model.predict(x, batch_size=BATCH, verbose=0)
    low, high = difference(predictions, original, y)
    content = saved.without_optimizer(model)
    return {
        "bytes": len(content),
        "bytes_packed": len(gzip.compress(content, 9, mtime=0)),
        "zeros": share_of_zeros(model),
        "accuracy": float(are_right(predictions, y).mean()),
        "difference_low": low,
        "difference_high": high,
        "changed": float((classes(predictions) != classes(original)).mean()),
    }


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


def median_milliseconds(models: Sequence[keras.Model], x: np.ndarray) -> list[float]:
    """How long each model takes for `x`, in turns: what else the machine does meets all alike."""
    seconds: list[list[float]] = [[] for _ in models]
    for _ in range(ROUNDS + 1):
        for model, of_model in zip(models, seconds, strict=True):
            begin = time.perf_counter()
            model.predict_on_batch(x)
            of_model.append(time.perf_counter() - begin)
    # The first round traces the networks.
    return [1000 * float(np.median(of_model[1:])) for of_model in seconds]
