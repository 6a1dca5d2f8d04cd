"""Small data sets in the place of Keras' own, made up, in Keras' own formats."""

import json
from pathlib import Path

import numpy as np


def write_all(folder: Path) -> dict[str, Path]:
    """Write one file per data set into a folder; name of the data set -> file."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "boston_housing": houses(),
        "imdb": reviews(num_words=400, num_classes=2),
        "reuters": newswires(),
        "mnist": images(num_train=120, num_test=60),
        "fashion_mnist": images(num_train=120, num_test=60),
        "cifar10": images(num_train=60, num_test=30, shape=(32, 32, 3)),
    }
    files = {}
    for name, arrays in made.items():
        files[name] = folder / f"{name}.npz"
        np.savez(files[name], **arrays)
    words = {f"word{i}": i for i in range(1, 400)}
    files["imdb_word_index"] = folder / "imdb_word_index.json"
    files["imdb_word_index"].write_text(json.dumps(words))
    return files


def houses() -> dict[str, np.ndarray]:
    """120 houses with 13 numbers each, as boston_housing.npz has 506."""
    generator = np.random.RandomState(1)
    x = generator.gamma(2.0, generator.uniform(1, 60, 13), (120, 13)).round(5)
    return {"x": x, "y": (10 + x[:, 5] / 10 + generator.normal(0, 2, 120)).round(1)}


def reviews(num_words: int, num_classes: int, num: int = 120) -> dict[str, np.ndarray]:
    """Sequences of word indices whose label shows in their words."""
    generator = np.random.RandomState(2)

    def half() -> tuple[np.ndarray, np.ndarray]:
        labels = generator.randint(0, num_classes, num)
        sequences = np.empty(num, dtype=object)
        for i, label in enumerate(labels):
            words = generator.randint(1, num_words, generator.randint(10, 60))
            sequences[i] = [int(word) for word in [*words, *[10 + 3 * label] * 5]]
        return sequences, labels

    (x_train, y_train), (x_test, y_test) = half(), half()
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


def newswires() -> dict[str, np.ndarray]:
    """As reuters.npz: not split, 46 topics."""
    made = reviews(num_words=300, num_classes=46, num=200)
    return {"x": made["x_train"], "y": made["y_train"]}


def images(
    num_train: int, num_test: int, shape: tuple[int, ...] = (28, 28)
) -> dict[str, np.ndarray]:
    """Bytes, ten classes, each with a bright bar at its own place."""
    generator = np.random.RandomState(3)

    def half(num: int) -> tuple[np.ndarray, np.ndarray]:
        labels = generator.randint(0, 10, num).astype(np.uint8)
        pixels = generator.randint(0, 80, (num, *shape)).astype(np.uint8)
        for image, label in zip(pixels, labels, strict=True):
            image[2 * label + 2 : 2 * label + 5] = 200
        return pixels, labels

    (x_train, y_train), (x_test, y_test) = half(num_train), half(num_test)
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
