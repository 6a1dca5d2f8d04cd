"""Samples that are numbers from the start: pixels, or features that were drawn."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Samples:
    """Samples as their source has them.

    Attributes:
        values: array (num_samples, ...), uint8 pixels or float32 features.
        labels: uint8 array (num_samples,) of classes, or float32 targets.
        scale: the value that becomes 1: white, for pixels; 1 for features, which stay as they are.
        num_outputs: the number of classes, if there are more than two; else 1.
    """

    values: np.ndarray
    labels: np.ndarray
    scale: int = 1
    num_outputs: int = 1

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, chosen: np.ndarray) -> "Samples":
        """The samples with the numbers `chosen`, in that order."""
        return replace(self, values=self.values[chosen], labels=self.labels[chosen])

    @property
    def image_shape(self) -> tuple[int, ...]:
        """Height, width and number of colours of each image; nothing of other samples."""
        shape = self.values.shape[1:]
        return (*shape, 1) if len(shape) == 2 else shape[:3] if len(shape) == 3 else ()

    @property
    def features(self) -> tuple[np.ndarray, ...]:
        """All that a label could be told by, for digests."""
        return (self.values,)
