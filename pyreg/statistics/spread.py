"""One value of each of many runs in, what a text says of them out: mean, median, SD, interval."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pyreg.statistics.claims import MIN_SEEDS, interval, widening


@dataclass(frozen=True)
class Spread:
    """What many runs come to.

    Attributes:
        sd: standard deviation over the runs; missing for one run.
        ci_low, ci_high: ends of the mean's bootstrap interval, as of the claims; missing where
            there are too few runs.
        num_runs: those that did not diverge.
    """

    mean: float
    median: float
    sd: float
    ci_low: float
    ci_high: float
    num_runs: int


def spread(values: Iterable[float], confidence: float, folds: int | None = None) -> Spread:
    """Sum up one value per run; those that diverged do not count.

    Args:
        folds: of the cross-validation that the runs are, if they are one.
    """
    numbers = np.array([*values], dtype=float)
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return Spread(np.nan, np.nan, np.nan, np.nan, np.nan, 0)
    mean, low, high = float(numbers.mean()), np.nan, np.nan
    if len(numbers) >= MIN_SEEDS:
        wider = widening(len(numbers), folds)
        low, high = (mean + (end - mean) * wider for end in interval(numbers, confidence))
    sd = float(numbers.std(ddof=1)) if len(numbers) > 1 else np.nan
    return Spread(mean, float(np.median(numbers)), sd, low, high, len(numbers))
