"""Small files of every kind, as their writers make them."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np

TRAIN, TRAIN_LABELS = [[1, 14, 22], [], [300], [70000, 5]], [1, 0, 1, 0]
TEST, TEST_LABELS = [[9], [2, 2, 2]], [0, 1]

TEXTS = {
    "train/pos/0_9.txt": b"A good, good film.",
    "train/pos/10_8.txt": b"Good<br />fun",
    "train/neg/0_1.txt": b"A bad film",
    "train/neg/1_2.txt": b"",
    "test/pos/0_7.txt": b"good unseen fun",
    "test/neg/0_3.txt": b"BAD\tbad",
}


def object_array(sequences: list) -> np.ndarray:
    """Lists as imdb.npz stores them: an array of objects, also where all are equally long."""
    array = np.empty(len(sequences), dtype=object)
    array[:] = sequences
    return array


def imdb_arrays() -> dict[str, np.ndarray]:
    return {
        "x_train": object_array(TRAIN),
        "y_train": np.array(TRAIN_LABELS),
        "x_test": object_array(TEST),
        "y_test": np.array(TEST_LABELS),
    }


def write_npz(path: Path, **changed) -> Path:
    """Write a small imdb.npz; `changed` replaces arrays, or leaves them out if None."""
    arrays = {name: one for name, one in (imdb_arrays() | changed).items() if one is not None}
    np.savez_compressed(path, **arrays)
    return path


def write_members(path: Path, **members: bytes) -> Path:
    """Write a zip file of the given bytes, and the members of imdb.npz that are not given."""
    whole = io.BytesIO()
    np.savez(whole, **imdb_arrays())
    with zipfile.ZipFile(whole) as stored, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in stored.namelist():
            out.writestr(name, members.get(name.removesuffix(".npy"), stored.read(name)))
    return path


def npy(pickled: bytes, shape: str = "(4,)", descr: str = "|O") -> bytes:
    """A .npy file with the given bytes after its header."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + pickled


def write_tar(path: Path, texts: dict[str, bytes] = TEXTS, *extra: tarfile.TarInfo) -> Path:
    """Write an archive like aclImdb_v1.tar.gz, `extra` members (without content) last."""
    with tarfile.open(path, "w:gz") as archive:
        for name, text in texts.items():
            member = tarfile.TarInfo(f"aclImdb/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
        for member in extra:
            archive.addfile(member)
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def write_folder(path: Path, texts: dict[str, bytes] = TEXTS) -> Path:
    for name, text in texts.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
    return path


def write_gzip_bomb(path: Path, num_bytes: int) -> Path:
    """An archive of one member that unpacks to `num_bytes` zeros."""
    info = tarfile.TarInfo("aclImdb/README")
    info.size = num_bytes
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(info.tobuf())
        for _ in range(num_bytes // 2**20):
            file.write(bytes(2**20))
    return path
