"""An .npz file in, its arrays out: no size that it claims is believed, nothing in it is run."""

import math
import zipfile
from pathlib import Path
from typing import IO

import numpy as np

from pyreg.files import SYSTEMS_OWN

# What arrays of ours unpack to at most: so much, or so many times what is there.
MOST_BYTES, MOST_TIMES = 2**28, 20
MOST_ARRAYS = 10_000
BLOCK = 2**20
ENCRYPTED = 0x1  # in a member's flags


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """Read what `numpy.savez` or `numpy.savez_compressed` wrote.

    Sizes are checked before anything is allocated, the checksum of each array when it is read.

    Returns:
        name -> array, in the order in which they were saved.

    Raises:
        OSError: the file is missing, or may not be read.
        ValueError: it is damaged, or something else.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_sizes(entries, Path(path).stat().st_size)
            return {entry.filename.removesuffix(".npy"): _read(archive, entry) for entry in entries}
    except MemoryError:
        raise
    except Exception as error:  # damaged bytes raise whatever they happen to mean
        if isinstance(error, OSError) and error.errno in SYSTEMS_OWN:
            raise
        raise ValueError(f"{Path(path).name} is damaged: {str(error)[:200]}") from None


def _check_sizes(entries: list[zipfile.ZipInfo], there: int) -> None:
    """Refuse members that would unpack to more than what is there can hold."""
    stored = [entry for entry in entries if entry.compress_type == zipfile.ZIP_STORED]
    packed = [entry for entry in entries if entry.compress_type == zipfile.ZIP_DEFLATED]
    if len(stored) + len(packed) < len(entries) or any(e.flag_bits & ENCRYPTED for e in entries):
        raise ValueError("it is encrypted, or packed in another way than NumPy's")
    if len(entries) > MOST_ARRAYS:
        raise ValueError(f"it holds {len(entries):,} arrays, expected at most {MOST_ARRAYS:,}")
    claimed = sum(entry.file_size for entry in stored)
    if claimed > there or any(entry.file_size != entry.compress_size for entry in stored):
        raise ValueError(f"it claims {claimed:,} bytes and has {there:,}")
    size, claimed = (
        sum(getattr(e, name) for e in packed) for name in ("compress_size", "file_size")
    )
    if size > there or claimed > max(MOST_BYTES, MOST_TIMES * size):
        raise ValueError(f"it claims to unpack {size:,} bytes to {claimed:,}")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> np.ndarray:
    with archive.open(entry) as member:
        shape, is_fortran, dtype = _header(member)
        size = math.prod(shape) * dtype.itemsize
        if dtype.hasobject or size != entry.file_size - member.tell():
            raise ValueError(f"{entry.filename} is no array of the size that it announces")
        flat = np.empty(math.prod(shape), dtype)
        content = flat.view(np.uint8) if size else np.empty(0, np.uint8)
        for start in range(0, size, BLOCK):
            block = member.read(min(BLOCK, size - start))
            if len(block) < min(BLOCK, size - start):
                raise ValueError(f"{entry.filename} ends early")
            content[start : start + len(block)] = np.frombuffer(block, np.uint8)
        member.read(1)  # at the end its checksum is compared
    return flat.reshape(shape, order="F" if is_fortran else "C")


def _header(member: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(member)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(member)
    if version == (2, 0):
        return np.lib.format.read_array_header_2_0(member)
    raise ValueError(f"its format is {version}")
