"""A seed in, the order of the training reviews in every epoch out; the same for every engine."""

import numpy as np


def batch_order(num_reviews: int, epochs: int, seed: int) -> np.ndarray:
    """Draw one permutation of the training reviews per epoch.

    `RandomState` because its stream is frozen: NumPy promises the same numbers for ever.

    Returns:
        int32 array of shape (epochs, num_reviews); row e holds the reviews, counted from 0,
        in the order in which epoch e + 1 sees them.
    """
    generator = np.random.RandomState(seed)
    return np.stack([generator.permutation(num_reviews) for _ in range(epochs)]).astype(np.int32)
