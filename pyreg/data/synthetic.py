"""A description in, samples drawn by it out; the same ones on every machine."""

import numpy as np

from pyreg import config
from pyreg.data.samples import Samples

# As in https://d2l.ai/chapter_linear-regression/weight-decay.html: y = 0.05 + sum 0.01 x + noise.
BIAS, WEIGHT = 0.05, 0.01


def draw(source: str, wanted: config.Synthetic) -> tuple[Samples, Samples]:
    """Draw training and validation samples.

    Args:
        source: `random`: features uniform in 0 to 1, and labels 0 or 1 that have nothing to do
            with them. `linear`: features from the standard normal distribution, targets
            0.05 + 0.01 times their sum, and normal noise.
    """
    generator = np.random.RandomState(wanted.seed)  # its stream is frozen
    size = (wanted.num_train + wanted.num_validation, wanted.num_features)
    if source == "random":
        values = generator.random_sample(size)
        labels = generator.randint(0, 2, len(values)).astype(np.uint8)
    else:
        values = generator.standard_normal(size)
        noise = wanted.noise * generator.standard_normal(len(values))
        labels = (BIAS + WEIGHT * values.sum(axis=1) + noise).astype(np.float32)
    samples = Samples(values.astype(np.float32), labels)
    numbers = np.arange(len(samples))
    return samples.take(numbers[: wanted.num_train]), samples.take(numbers[wanted.num_train :])
