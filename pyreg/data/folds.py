"""A number of samples in, those a run trains on and those it is validated on out."""

import numpy as np

from pyreg.config import Data
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


def half_of(samples: np.ndarray, half: int | None) -> np.ndarray:
    """Every other of the training samples of a run, or of their rows; without a half, all.

    Args:
        half: 1 begins with the first, 2 with the second.
    """
    return samples if half is None else samples[half - 1 :: 2]


def rows_of_run(
    settings: Data, seed: int, num_train: int, num_validation: int
) -> tuple[np.ndarray, np.ndarray]:
    """What the run with this seed sees of a study's samples.

    With `folds` seed 1 is validated on the first fold of the training samples, seed 2 on the
    second, and when all have had their turn the samples are divided anew.

    Returns:
        Row numbers of the samples to train and to validate on, counted through both halves,
        training samples first.

    Raises:
        InputError: there are fewer training samples than folds.
    """
    if settings.folds is None:
        rows = np.arange(num_train + num_validation)
        return rows[:num_train], rows[num_train:]
    division, fold = divmod(seed - 1, settings.folds)
    return fold_rows(num_train, settings.folds, fold + 1, division % 2**32)
