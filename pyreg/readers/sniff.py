"""A file in, what it is out: by its content, never by its name."""

import bz2
import gzip
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pyreg.errors import InputError
from pyreg.readers import text

HEAD = 2**16  # bytes that tell what a file is
# Of an .npz, a NumPy array is told by what the zip file holds, as of other kinds in one.
ZIPPED = {
    "xl/workbook.xml": "an Excel workbook",
    "word/document.xml": "a Word document",
    "content.xml": "an OpenDocument file",
    "model.weights.h5": "a Keras model",
}


@dataclass(frozen=True)
class Kind:
    """What a file is.

    Attributes:
        name: short name, such as `rds`, `table`, `json`, `npz`, `zip`, `tar`; `other` for what
            no reader of ours reads.
        description: with its article, for a sentence.
        packing: what it is packed with: `gzip`, `bzip2`, `xz`; empty if with nothing.
    """

    name: str
    description: str
    packing: str = ""

    def __str__(self) -> str:
        return self.description + (f", packed with {self.packing}" if self.packing else "")


@dataclass(frozen=True)
class _Packing:
    begin: bytes
    name: str
    opened: Callable[..., Any]


PACKINGS = [
    _Packing(b"\x1f\x8b", "gzip", gzip.open),
    _Packing(b"BZh", "bzip2", bz2.open),
    _Packing(b"\xfd7zXZ\x00", "xz", lzma.open),
]
# Begin -> kind; what is told by more than its first bytes is told below.
BEGINS = [
    (rb"RD[XA][23]\n", Kind("rdata", "an .RData file of R's save()")),
    (rb"X\n\0\0\0[\2\3]", Kind("rds", "an .rds file of R's saveRDS()")),
    (rb"A\n[23]\n\d{5,7}\n", Kind("rds", "an .rds file of R's saveRDS(ascii = TRUE)")),
    (rb"B\n[\2\3]\0\0\0", Kind("other", "an .rds file in one machine's own byte order")),
    (rb"\x93NUMPY", Kind("npy", "one array of NumPy's np.save()")),
    (rb"\x89HDF\r\n", Kind("other", "an HDF5 file, as of a saved model")),
    (rb"PAR1", Kind("other", "a Parquet file")),
    (rb"ARROW1", Kind("other", "an Arrow (Feather) file")),
    (rb"FEA1", Kind("other", "a Feather file")),
    (rb"%PDF", Kind("other", "a PDF document")),
    (rb"\x89PNG", Kind("other", "a PNG picture")),
    (rb"\xff\xd8\xff", Kind("other", "a JPEG picture")),
    (rb"SQLite format 3", Kind("other", "an SQLite data base")),
    (rb"\xd0\xcf\x11\xe0", Kind("other", "an old Excel or Word document")),
    (rb"7z\xbc\xaf\x27\x1c", Kind("other", "a 7z archive")),
    (rb"Rar!", Kind("other", "a RAR archive")),
    (rb"\x28\xb5\x2f\xfd", Kind("other", "a file packed with zstd")),
]


def identify(path: Path) -> Kind:
    """What a file is, by its first bytes.

    Raises:
        InputError: there is no such file, it cannot be read, or its packing is damaged.
    """
    if path.is_dir():
        return Kind("folder", "a folder")
    if path.exists() and not path.is_file():  # a pipe or a device may never end
        raise InputError(f"{path} is no regular file; name an existing, readable file")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    packing = packing_of(head)
    if packing is not None:
        kind = _of_head(_unpacked_head(path, packing))
        return Kind(kind.name, kind.description, packing.name)
    return _of_zip(path, head) if head.startswith(b"PK") else _of_head(head)


def read_bytes(path: Path, limit: int) -> bytes:
    """A file's content, unpacked if it is packed.

    Raises:
        InputError: it cannot be read, its packing is damaged, or it is longer than `limit`.
    """
    try:
        with open_unpacked(path) as file:
            content: bytes = file.read(limit + 1)
    except (OSError, ValueError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise unreadable(path, error) from None
    if len(content) > limit:
        raise InputError(f"{path} holds more than {limit // 2**20:,} MB, too much to be right")
    return content


def open_unpacked(path: Path) -> IO[bytes]:
    """A file opened for reading, unpacked if it is packed."""
    with path.open("rb") as file:
        packing = packing_of(file.read(8))
    opened: IO[bytes] = packing.opened(path, "rb") if packing else path.open("rb")
    return opened


def unreadable(path: Path, error: Exception) -> InputError:
    """The message for a file that the system, or what unpacks it, refuses."""
    if isinstance(error, OSError) and error.strerror:
        return InputError(f"cannot read {path}: {error.strerror}; name an existing, readable file")
    return InputError(f"{path} is damaged ({error or 'it ends early'}); save or fetch it again")


def packing_of(head: bytes) -> _Packing | None:
    return next((one for one in PACKINGS if head.startswith(one.begin)), None)


def _unpacked_head(path: Path, packing: _Packing) -> bytes:
    """What can be unpacked of the first bytes; damage further on is the reader's to tell."""
    try:
        with packing.opened(path, "rb") as file:
            head: bytes = file.read(HEAD)
            return head
    except (OSError, ValueError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise unreadable(path, error) from None


def _of_head(head: bytes) -> Kind:
    for begin, kind in BEGINS:
        if re.match(begin, head):
            return kind
    if _is_tar(head):
        return Kind("tar", "a tar archive")
    if b"brain.Event:" in head[:64]:
        return Kind("other", "TensorBoard's own log")
    if len(head) > 1 and head[0] == 0x80 and head[1] in range(2, 6):
        return Kind("other", "a Python pickle, which could run code and is never read")
    decoded = text.head_of(head)
    return (
        Kind("other", "no text and of no kind that is known")
        if decoded is None
        else (_of_text(decoded.lstrip()))
    )


def _of_text(begin: str) -> Kind:
    if not begin:
        return Kind("empty", "empty")
    if begin[0] in "[{":
        return Kind("json", "a JSON file")
    if begin[:200].lower().startswith(("<!doctype html", "<html", "<?xml")):
        return Kind("other", "a web page")
    if begin.startswith(("structure(", "list(", "c(")):
        return Kind("other", "R code, as of dput()")
    return Kind("table", "a text file")


def _of_zip(path: Path, head: bytes) -> Kind:
    """By the names in it; where they are damaged, by the first one, for its reader to tell."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception:  # damaged bytes raise whatever they happen to mean
        names = ["x.npy"] if b".npy" in head[:64] else []
    known = next((ZIPPED[name] for name in names if name in ZIPPED), None)
    if known:
        return Kind("other", known)
    if names and all(name.endswith(".npy") for name in names):
        return Kind("npz", "an .npz file of NumPy's arrays")
    return Kind("zip", "a zip archive")


def _is_tar(head: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(head[:512], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True
