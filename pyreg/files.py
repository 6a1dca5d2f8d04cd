"""Bytes in, whole files out: outputs appear complete under their name, or not at all."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside `path`; move it there when the block ends without an error.

    The temporary file lies in the same folder, so the move is one rename and a reader
    sees the old file or the new one. If the block fails the temporary file is removed; what a
    killed job left is overwritten by the next, as its name is always the same.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays, for writers that choose the format by it (numpy, matplotlib, R).
    temporary = target.with_name(f".{target.stem}.incomplete{target.suffix}")
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary folder; its files move to folder `path` when the block ends well.

    Files of one run belong together: none is moved before all are written.
    """
    target = Path(path)
    temporary = target.with_name(f".{target.name}.incomplete")
    shutil.rmtree(temporary, ignore_errors=True)  # what a killed job left
    temporary.mkdir(parents=True)
    try:
        yield temporary
        target.mkdir(exist_ok=True)
        for file in sorted(temporary.iterdir()):
            file.replace(target / file.name)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write `text` as UTF-8 with Unix line ends, whole or not at all."""
    with atomic_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: str | os.PathLike[str], content: Any) -> None:
    """Write `content` as indented JSON; keys keep their order, NaN is refused."""
    write_text(path, json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def read_json(path: str | os.PathLike[str]) -> Any:
    return json.loads(Path(path).read_text(encoding="utf-8"))


def write_csv(path: str | os.PathLike[str], table: pd.DataFrame) -> None:
    """Write `table` with all digits of every float (the shortest text that reads back equal)."""
    with atomic_file(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n", na_rep="NA")


def read_csv(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a table written by `write_csv`: floats bit for bit, only `NA` is missing."""
    return pd.read_csv(path, keep_default_na=False, na_values=["NA", ""])


def digest_file(path: str | os.PathLike[str]) -> str:
    """SHA-256 of the file's bytes, in hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_arrays(*arrays: np.ndarray) -> str:
    """SHA-256 over each array's dtype, shape and C-ordered bytes, in hexadecimal.

    Little-endian on every machine, so that equal content has one digest.
    """
    digest = hashlib.sha256()
    for array in arrays:
        little = np.ascontiguousarray(array, dtype=np.asarray(array).dtype.newbyteorder("<"))
        digest.update(f"{little.dtype.str}{little.shape}".encode())
        digest.update(little.data if little.size else b"")
    return digest.hexdigest()
