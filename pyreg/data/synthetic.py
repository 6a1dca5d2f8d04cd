"""A description in, samples drawn by it out; the same ones on every machine."""

import itertools
import math

import numpy as np

from pyreg import config
from pyreg.data.samples import Samples

# As in https://d2l.ai/chapter_linear-regression/weight-decay.html: y = 0.05 + sum 0.01 x + noise.
BIAS, WEIGHT = 0.05, 0.01
# As in its first edition's chapter on under- and overfitting: 5 + 1.2 x - 3.4 x^2/2! + 5.6 x^3/3!.
CUBIC = (5.0, 1.2, -3.4, 5.6)


def draw(source: str, wanted: config.Synthetic) -> tuple[Samples, Samples]:
    """Draw training and validation samples.

    Args:
        source: `random`: features uniform in 0 to 1, and labels 0 or 1 that have nothing to do
            with them. `linear`: features from the standard normal distribution, targets
            0.05 + 0.01 times their sum, and normal noise. `polynomial`: monomials of such
            features, see `monomials`, targets 5 + 1.2 x - 3.4 x^2/2! + 5.6 x^3/3! of the first.
    """
    generator = np.random.RandomState(wanted.seed)  # its stream is frozen
    size = (wanted.num_train + wanted.num_validation, wanted.num_features)
    if source == "random":
        values = generator.random_sample(size)
        labels = generator.randint(0, 2, len(values)).astype(np.uint8)
    else:
        values = generator.standard_normal(size)
        noise = wanted.noise * generator.standard_normal(len(values))
        exact = BIAS + WEIGHT * values.sum(axis=1)
        if source == "polynomial":
            powers = [values[:, 0] ** p / math.factorial(p) for p in range(len(CUBIC))]
            exact = np.dot(CUBIC, powers)
            values = monomials(values, wanted.degree)
        labels = (exact + noise).astype(np.float32)
    samples = Samples(values.astype(np.float32), labels)
    numbers = np.arange(len(samples))
    return samples.take(numbers[: wanted.num_train]), samples.take(numbers[wanted.num_train :])


def monomials(variables: np.ndarray, degree: int) -> np.ndarray:
    """All products of powers of variables, but the constant, by rising degree.

    Each is divided by the factorials of its powers, as in a Taylor series, which keeps high powers
    in bounds.

    Args:
        variables: array of shape (num_samples, k).

    Returns:
        Array of shape (num_samples, C(k + degree, degree) - 1).
    """
    k = variables.shape[1]
    columns = []
    for total in range(1, degree + 1):
        for chosen in itertools.combinations_with_replacement(range(k), total):
            scale = math.prod(math.factorial(chosen.count(one)) for one in set(chosen))
            columns.append(variables[:, chosen].prod(axis=1) / scale)
    return np.column_stack(columns)
