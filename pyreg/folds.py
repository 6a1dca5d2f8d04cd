"""A number of samples in, those a run trains on and those it is validated on out."""

import numpy as np

from pyreg.errors import InputError


def fold_rows(num_samples: int, folds: int, fold: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Divide samples by chance into folds of equal size and hold one of them out.

    What does not fill a fold is held out by none.

    Args:
        fold: the fold that is held out, counted from 1.
        seed: of the division.

    Returns:
        Row numbers in rising order, two int arrays: (num_samples - size,) of the others and
        (size,) of those held out, where size is num_samples // folds.

    Raises:
        InputError: there are fewer samples than folds.
    """
    size = num_samples // folds
    if size == 0:
        raise InputError(
            f"got {folds} folds for {num_samples} training samples, expected a sample or more in "
            "each; choose fewer folds"
        )
    order = np.random.RandomState(seed).permutation(num_samples)  # its stream is frozen
    is_held_out = np.zeros(num_samples, dtype=bool)
    is_held_out[order[(fold - 1) * size : fold * size]] = True
    return np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out)
