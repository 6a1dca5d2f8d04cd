"""A network in, smaller forms of it out: quantized, or pruned and trained a little further."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from pyreg.data.encoding import Encoded
from pyreg.engines.batches import batch_order, training_data

QUANTIZED = ("int8", "int4")
PRUNED = (0.5, 0.8, 0.9, 0.95)  # shares of the weights that become 0


def quantized(load: Callable[[], keras.Model], mode: str) -> keras.Model:
    """The network with its kernels in whole numbers of so many bits, by Keras' own `quantize`."""
    model = load()
    with warnings.catch_warnings():
        # Layers without weights cannot be quantized, and need not.
        warnings.filterwarnings("ignore", message="Layer .* does not have a `quantize` method")
        model.quantize(mode)
    return model


def unquantized(model: keras.Model) -> list[str]:
    """The layers that Keras could not quantize: what it has quantized cannot be trained."""
    paths = [
        kernel.path.removeprefix(f"{model.name}/") for kernel in kernels(model.trainable_weights)
    ]
    return list(dict.fromkeys(path.rpartition("/")[0] for path in paths))


def pruned(
    load: Callable[[], keras.Model],
    share: float,
    data: Encoded,
    *,
    epochs: int,
    batch_size: int,
    seed: int,
) -> keras.Model:
    """The network without its smallest weights, trained further while these stay 0.

    Args:
        share: of the weights of each kernel; biases stay.
        epochs: of the further training; its order of samples is drawn from `seed`.
    """
    keras.utils.set_random_seed(seed)
    model = load()
    for kernel in kernels(model.trainable_weights):
        mask = _largest(np.asarray(kernel), share)
        kernel.assign(np.asarray(kernel) * mask)
        kernel.constraint = _times(mask)  # which the optimizer applies after each step
    if epochs:
        order = batch_order(len(data.x_train), epochs, seed)
        model.fit(
            **training_data(data.x_train, data.y_train, order, batch_size), epochs=epochs, verbose=0
        )
    return model


def kernels(weights: Sequence[Any]) -> list[Any]:
    """Those of more than one axis; but a GRU's biases, or attention's, have two as well."""
    return [one for one in weights if len(one.shape) > 1 and one.name != "bias"]


def _largest(kernel: np.ndarray, share: float) -> np.ndarray:
    """float32 array of the kernel's shape: 1 where a weight stays."""
    num_gone = round(share * kernel.size)
    mask = np.ones(kernel.size, np.float32)
    mask[np.argsort(np.abs(kernel).ravel(), kind="stable")[:num_gone]] = 0
    return mask.reshape(kernel.shape)


def _times(mask: np.ndarray) -> Callable[[Any], Any]:
    return lambda weights: weights * mask
