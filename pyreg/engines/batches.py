"""A seed in, the order of the training samples and their batches out, for every engine."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from pyreg.records.layout import RunKey


def batch_order(num_reviews: int, epochs: int, seed: int) -> np.ndarray:
    """Draw one permutation of the training reviews per epoch.

    `RandomState` because its stream is frozen: NumPy promises the same numbers for ever.

    Returns:
        int32 array of shape (epochs, num_reviews); row e holds the reviews, counted from 0,
        in the order in which epoch e + 1 sees them.
    """
    generator = np.random.RandomState(seed)
    return np.stack([generator.permutation(num_reviews) for _ in range(epochs)]).astype(np.int32)


def order_for(key: RunKey, num_reviews: int, epochs: int) -> np.ndarray | None:
    """The order that pyreg gives a run; None where Keras shuffles by itself."""
    return batch_order(num_reviews, epochs, key.seed) if key.shuffle == "per-epoch" else None


def training_data(
    x: np.ndarray, y: np.ndarray, order: np.ndarray | None, batch_size: int
) -> dict[str, Any]:
    """The arguments of `fit` that say what it trains on, in which order."""
    if order is None:
        return {"x": x, "y": y, "batch_size": batch_size}
    return {
        "x": ordered_batches(x, y, order, batch_size),
        "steps_per_epoch": steps_per_epoch(len(x), batch_size),
        "shuffle": False,  # the batches come shuffled
    }


def ordered_batches(
    x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield every epoch's batches in the given order; the last batch of an epoch may be smaller.

    One iterator over all epochs: `fit` starts a new, identically seeded one for each epoch
    otherwise, and repeats the first epoch's order.

    Args:
        order: int array of shape (epochs, num_reviews), a permutation in each row.
    """
    for epoch in order:
        for start in range(0, len(epoch), batch_size):
            rows = epoch[start : start + batch_size]
            yield x[rows], y[rows]


def steps_per_epoch(num_reviews: int, batch_size: int) -> int:
    return -(-num_reviews // batch_size)
