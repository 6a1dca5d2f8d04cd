"""Labelled texts in, word ranks out, by the rules of Keras' Tokenizer that made imdb.npz."""

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from pyreg.data.reviews import Reviews

# Label (0 negative, 1 positive) -> UTF-8 texts with that label, in the order of their source.
Labelled = Mapping[int, Sequence[bytes]]
LABELS = (1, 0)  # positive reviews come first in imdb.npz

# Keras' Tokenizer: these become spaces. Note what is not here: the apostrophe, and every
# character outside ASCII.
FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'

# Lower-casing in ASCII only, as the Python 2 that made the file did: "É" stays "É". Both rules
# leave UTF-8 bytes beyond ASCII alone, so texts are handled as bytes, several times faster.
_TABLE = bytes(
    ord(" ") if chr(byte) in FILTERS else ord(chr(byte).lower()) if byte < 128 else byte
    for byte in range(256)
)


def utf8(text: str) -> bytes:
    """A text as `words` takes it; half a surrogate, which UTF-8 cannot hold, becomes `?`."""
    return text.encode("utf-8", "replace")


def words(text: bytes) -> list[bytes]:
    """Split a UTF-8 text into words.

    >>> words(b"A so-called film; I can't!<br />")
    [b'a', b'so', b'called', b'film', b'i', b"can't", b'br']
    """
    # Only the space divides: a carriage return or another blank belongs to its word.
    return [word for word in text.translate(_TABLE).split(b" ") if word]


def spans(text: bytes) -> Iterator[tuple[int, int]]:
    """Where each of `words` begins and ends in the text.

    >>> list(spans(b"A film;"))
    [(0, 1), (2, 6)]
    """
    # The table turns each byte into one, so places in the translated text are the text's own.
    return (match.span() for match in re.finditer(rb"[^ ]+", text.translate(_TABLE)))


def rank_words(texts: Labelled) -> dict[bytes, int]:
    """Rank words by their number in `texts`: 1 is the most frequent one.

    Ties: the word that comes first, positive reviews before negative ones, gets the better
    rank (as Keras' Tokenizer does).
    """
    counts: Counter[bytes] = Counter()
    for label in LABELS:
        for text in texts[label]:
            counts.update(words(text))
    # Counter keeps the order of first appearance and sorted() keeps the order of equals.
    ordered = sorted(counts, key=counts.__getitem__, reverse=True)
    return {word: rank for rank, word in enumerate(ordered, start=1)}


def to_ranks(texts: Labelled, word_index: Mapping[bytes, int]) -> Reviews:
    """Texts as ranks, positive reviews first; words that `word_index` lacks are skipped."""
    ranks, ends = array("i"), [0]
    for label in LABELS:
        for text in texts[label]:
            ranks.extend([word_index[word] for word in words(text) if word in word_index])
            ends.append(len(ranks))
    return Reviews(
        indices=np.array(ranks, dtype=np.int32),
        offsets=np.array(ends, dtype=np.int64),
        labels=np.repeat(LABELS, [len(texts[label]) for label in LABELS]).astype(np.uint8),
    )
