"""A number of samples in, which of them a fold holds out, and which are left to train on, out."""

import numpy as np

from pyreg.errors import InputError


def fold_rows(num_samples: int, folds: int, fold: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Split samples by one fold of a random partition.

    Each fold holds `num_samples // folds` samples out; what does not fill a fold is always trained
    on. The folds of one seed have no sample in common.

    Args:
        fold: counted from 1.
        seed: of the partition; `RandomState`, because its stream is frozen.

    Returns:
        Rows to train on and rows that are held out: sorted int arrays, counted from 0.

    Raises:
        InputError: there is no such fold, or there are fewer samples than folds.
    """
    if not 1 <= fold <= folds:
        raise InputError(f"got fold {fold} of {folds}, expected 1 to {folds}; name one of those")
    if num_samples < folds:
        raise InputError(
            f"got {num_samples} samples for {folds} folds, expected one or more for each; take "
            "fewer folds or more samples"
        )
    size = num_samples // folds
    order = np.random.RandomState(seed).permutation(num_samples)
    is_held_out = np.zeros(num_samples, dtype=bool)
    is_held_out[order[(fold - 1) * size : fold * size]] = True
    return np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out)
