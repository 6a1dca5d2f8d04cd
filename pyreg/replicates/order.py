"""A seed in, the order in which Keras' own seeded `fit` takes the reviews out."""

from typing import Any

import keras
import numpy as np

from pyreg.errors import InputError


def keras_order(num_reviews: int, epochs: int, seed: int) -> np.ndarray:
    """The order in which a plain `fit(x, y)` takes the reviews after `set_random_seed(seed)`.

    Asked of Keras itself: a model that only notes what it is given. Keras 3.15 on TensorFlow
    gives every epoch the same order, so one epoch is asked for and repeated.

    Returns:
        int32 array of shape (epochs, num_reviews), as from `shuffle.batch_order`.

    Raises:
        InputError: the backend is not TensorFlow.
    """
    require_tensorflow()
    keras.utils.set_random_seed(seed)
    observer = _Observer()
    observer.compile(run_eagerly=True)
    # In one batch, as how they are cut into batches comes after their order.
    observer.fit(np.arange(num_reviews), batch_size=num_reviews, verbose=0)
    return np.tile(np.concatenate(observer.seen).astype(np.int32), (epochs, 1))


def require_tensorflow() -> None:
    """Refuse a backend on which a plain `fit` takes the reviews in another order.

    Raises:
        InputError: the backend is not TensorFlow.
    """
    if keras.backend.backend() != "tensorflow":
        raise InputError(
            f"shuffle is keras on backend {keras.backend.backend()}, expected tensorflow, whose "
            "order is meant; use shuffle: per-epoch"
        )


class _Observer(keras.Model):
    """Learns nothing; remembers every batch."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[np.ndarray] = []
        self.built = True

    def train_step(self, data: Any) -> dict[str, float]:
        reviews, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        self.seen.append(keras.ops.convert_to_numpy(reviews).ravel())
        return {"loss": 0.0}
