"""Two sets of numbers in, how far they are apart out; the one place that knows what NaN means."""

import numpy as np
from numpy.typing import ArrayLike


def largest_difference(a: ArrayLike, b: ArrayLike) -> float | None:
    """Largest absolute difference, in double.

    NaN equals NaN, as two runs that diverged alike are alike, and is endlessly far from a number.

    Returns:
        None where nothing can be compared: the shapes differ, or there is nothing.
    """
    left, right = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if left.shape != right.shape or left.size == 0:
        return None
    with np.errstate(invalid="ignore"):  # infinity less infinity
        apart = np.where(left == right, 0.0, np.abs(left - right))
    apart = np.where(np.isnan(left) & np.isnan(right), 0.0, apart)
    return float(np.max(np.where(np.isnan(apart), np.inf, apart)))
