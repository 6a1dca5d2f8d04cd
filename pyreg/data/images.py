"""Files of images in, their pixels and classes out."""

import gzip
import math
from pathlib import Path

import numpy as np

from pyreg.data import cache, installed
from pyreg.data.samples import Samples
from pyreg.data.sources import SOURCES
from pyreg.errors import InputError

UNSIGNED_BYTES = 8  # the format's code for them
MAX_BYTES = 2**27  # unpacked; Fashion-MNIST's training images have 47 MB
NUM_CLASSES = 10  # ten kinds of clothes, ten digits


def read_fashion_mnist() -> tuple[Samples, Samples]:
    """60,000 training and 10,000 test images of 28 x 28 pixels, 0 to 255, from the cache."""
    arrays = [_read_idx(cache.fetch(file)) for file in SOURCES["fashion-mnist"].files]
    train, validation = (
        Samples(pixels, classes, scale=255, num_outputs=NUM_CLASSES)
        for pixels, classes in (arrays[:2], arrays[2:])
    )
    return train, validation


def read_digits(path: Path) -> tuple[Samples, Samples]:
    """scikit-learn's 1,797 images of 8 x 8 pixels, 0 to 16: the first half trains.

    Not at random, because neighbours are by the same writer.

    Raises:
        InputError: the file is not the one that is pinned.
    """
    table = np.loadtxt(installed.verified(path, SOURCES["digits"]), delimiter=",", dtype=np.uint8)
    digits = Samples(
        table[:, :-1].reshape(-1, 8, 8), table[:, -1], scale=16, num_outputs=NUM_CLASSES
    )
    train, validation = np.array_split(np.arange(len(digits)), [len(digits) // 2])
    return digits.take(train), digits.take(validation)


def _read_idx(path: Path) -> np.ndarray:
    """An array of bytes as LeCun's MNIST files hold it: the number of axes, their lengths, data.

    Raises:
        InputError: the file is missing, damaged or something else.
    """
    try:
        with gzip.open(path) as file:
            content = file.read(MAX_BYTES + 1)
        zeros, kind, num_axes = content[:2], content[2], content[3]
        shape = np.frombuffer(content, ">u4", count=num_axes, offset=4).tolist()
        data = np.frombuffer(content, np.uint8, offset=4 + 4 * num_axes)
        if zeros != b"\0\0" or kind != UNSIGNED_BYTES or math.prod(shape) != len(data):
            raise ValueError(f"{len(data):,} bytes for an array of {shape!s:.80}")
        return data.reshape(shape)
    except Exception as error:  # damaged bytes raise whatever they happen to mean
        raise InputError(
            f"{path} is no file of images or classes ({error!s:.200}), expected one like MNIST's; "
            "delete it, then run the same command again"
        ) from None
