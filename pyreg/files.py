"""Bytes in, whole files out: outputs appear complete under their name, or not at all."""

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pyreg.errors import InputError

Name = str | os.PathLike[str]

# Numbers of errors that are the system's word on a file, and not its content's.
SYSTEMS_OWN = (errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.EIO)


@contextmanager
def temporary_folder(name: str, parent: str | os.PathLike[str] | None = None) -> Iterator[Path]:
    """Give a folder of this process's own, which is removed when the block ends.

    A killed process cannot clean up: folders of the same name whose process is gone are removed.

    Args:
        parent: where it lies; None: where the system keeps temporary files.
    """
    where = Path(parent or tempfile.gettempdir())
    prefix = f"{name}-{socket.gethostname()}-"
    for left in where.iterdir():
        if left.name.startswith(prefix) and _is_orphan(left.name.removeprefix(prefix)):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=where))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_orphan(rest: str) -> bool:
    """Whether the process is gone that a name behind its prefix begins with."""
    try:
        os.kill(int(rest.partition("-")[0]), 0)
    except ProcessLookupError:
        return True
    except (ValueError, OverflowError, PermissionError):  # not one of ours; another user's
        return False
    return False


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path; move it to `path` when the block ends without an error.

    The temporary file lies in a folder beside `path`, so the move is one rename and a reader sees
    the old file or the new one. Two processes that write the same file never share one.
    """
    target = Path(path)
    _require_regular(target)
    with _incomplete(target, target.parent) as folder:
        # The same name, for writers that choose the format by it (numpy, matplotlib, R).
        yield folder / target.name
        (folder / target.name).replace(target)


@contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary folder; its files, those in its folders too, move to folder `path` when the
    block ends well.

    Files of one run belong together: none is moved before all are written, and two processes that
    write the same run (one outlived its workflow) move theirs one after the other.
    """
    target = Path(path)
    with _incomplete(target, target) as folder:
        yield folder
        places = {
            file: target / file.relative_to(folder)
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        }
        target.mkdir(exist_ok=True)
        _require_no_folders(places.values())
        with locked(target):
            for file, place in places.items():
                place.parent.mkdir(parents=True, exist_ok=True)
                file.replace(place)


@contextmanager
def _incomplete(target: Path, place: Path) -> Iterator[Path]:
    """Give a temporary folder beside `target`; an error names what is in it as it lies in `place`,
    where the user will look for it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    name = f".{target.name}.incomplete"
    try:
        with temporary_folder(name, target.parent) as folder:
            yield folder
    except OSError as error:
        temporary = re.compile(f"^.*{re.escape(name)}-[^/]*")
        for which in ("filename", "filename2"):
            if isinstance(path := getattr(error, which), str):
                setattr(error, which, temporary.sub(lambda _: str(place), path))
        raise


def _require_no_folders(places: Iterable[Path]) -> None:
    """Refuse to move files over folders: some would be moved before the first that cannot be."""
    for place in places:
        if place.is_dir():
            raise InputError(f"{place} is a folder, expected a file; name another one")


@contextmanager
def locked(path: Path, wait: bool = True) -> Iterator[None]:
    """Hold a lock on a folder or file, which the system releases even if the process is killed.

    Raises:
        BlockingIOError: another process holds it, and `wait` is False.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise
        except OSError:  # a file system that knows no locks
            pass
        yield
    finally:
        os.close(descriptor)


def require_file(path: Name, *inputs: Name | None) -> None:
    """Refuse an output that can be no file, or is an input, before the work for it begins."""
    _require_no_input(path, inputs)
    if Path(path).is_dir():
        raise InputError(f"{path} is a folder, expected a file to write to; name one in it")
    _require_regular(Path(path))
    _require_place(path, Path(path).absolute().parent)


def _require_no_input(path: Name, inputs: Iterable[Name | None]) -> None:
    there = [one for one in inputs if one and Path(one).exists()]
    if Path(path).exists() and any(map(Path(path).samefile, there)):
        raise InputError(f"{path} is an input here, expected another place to write to; name one")


def _require_regular(path: Path) -> None:
    """A device, as /dev/null, or a pipe would be replaced by the file: for everyone, as root."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise InputError(f"{path} is a device or a pipe, expected a file to write to; name another")


def require_folder(path: Name, *inputs: Name | None) -> None:
    """Refuse an output that can be no folder, or is an input, before the work for it begins."""
    _require_no_input(path, inputs)
    if Path(path).exists() and not Path(path).is_dir():
        raise InputError(f"{path} is a file, expected a folder to write to; name another one")
    if Path(path).is_symlink() and not Path(path).exists():
        raise InputError(f"{path} is a link to nothing, expected a folder to write to")
    _require_place(path, Path(path).absolute())


def _require_place(path: str | os.PathLike[str], folder: Path) -> None:
    there = next(one for one in (folder, *folder.parents) if one.exists())
    if not there.is_dir():
        raise InputError(f"{path} cannot be written: {there} is a file; name another place")
    if not os.access(there, os.W_OK):
        raise InputError(f"{path} cannot be written: you may not write to {there}")


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write `text` as UTF-8 with Unix line ends, whole or not at all."""
    with atomic_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: str | os.PathLike[str], content: Any) -> None:
    """Write `content` as indented JSON; keys keep their order, NaN is refused."""
    write_text(path, json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def read_json(path: str | os.PathLike[str]) -> Any:
    """Read a file written by `write_json`.

    Raises:
        ValueError: it is damaged.
    """
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError(f"{path} is nested without end") from None


def write_csv(path: str | os.PathLike[str], table: pd.DataFrame) -> None:
    """Write `table` with all digits of every float (the shortest text that reads back equal)."""
    with atomic_file(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n", na_rep="NA")


def read_csv(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a table written by `write_csv`: floats bit for bit, only `NA` is missing.

    Raises:
        ValueError: it is damaged; a half-written last line is never taken for a whole one.
    """
    with Path(path).open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 1))
        if file.read() != b"\n":
            raise ValueError(f"{path} ends in the middle of a line")
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
