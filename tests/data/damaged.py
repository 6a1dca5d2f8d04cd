"""Damaged and hostile files, how each is made, and the message it must get.

`python tests/data/damaged.py` prints the table in docs/data.md.
"""

import gzip
import pickle
import struct
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from data import making
from data.making import object_array, write_members, write_npz, write_tar
from pyreg.data import origin, reading, word_index
from pyreg.errors import InputError
from pyreg.readers import archive


class Hostile:
    """Creates the file `victim` when it is unpickled."""

    def __init__(self, victim: Path) -> None:
        self.victim = victim

    def __reduce__(self):
        return open, (str(self.victim), "w")


def _cut(path: Path, share: float) -> Path:
    content = write_npz(path).read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    return path


def _flip(path: Path, position: int) -> Path:
    content = bytearray(write_npz(path).read_bytes())
    content[position] ^= 0xFF
    path.write_bytes(content)
    return path


def _hostile(path: Path) -> Path:
    hostile = Hostile(path.with_name("victim"))
    return write_npz(path, x_train=object_array([[1, hostile], [2], [3], [4]]))


def _bomb(path: Path) -> Path:
    return write_members(path, x_train=making.npy(bytes(80 * 2**20)))


def _lying_size(path: Path) -> Path:
    """The directory of the zip file says that x_train has 100 bytes."""
    content = bytearray(_bomb(path).read_bytes())
    entry = content.rindex(b"x_train.npy") - 46
    struct.pack_into("<I", content, entry + 24, 100)
    path.write_bytes(content)
    return path


def _encrypted(path: Path) -> Path:
    content = bytearray(write_npz(path).read_bytes())
    entry = content.rindex(b"x_train.npy") - 46
    content[entry + 8] |= 1
    path.write_bytes(content)
    return path


def _packed_otherwise(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as file:
        for name in making.imdb_arrays():
            file.writestr(f"{name}.npy", b"")
    return path


def _twice(path: Path) -> Path:
    write_npz(path)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("x_test2npy", b"")
    path.write_bytes(path.read_bytes().replace(b"x_test2npy", b"x_test.npy"))
    return path


def _text(content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


def _npz(**changed) -> Callable[[Path], Path]:
    return lambda path: write_npz(path, **changed)


def _tar(*extra: tarfile.TarInfo, leave_out: str = " ") -> Callable[[Path], Path]:
    texts = {name: text for name, text in making.TEXTS.items() if not name.startswith(leave_out)}
    return lambda path: write_tar(path, texts, *extra)


def _cut_tar(path: Path) -> Path:
    path.write_bytes(write_tar(path).read_bytes()[:-40])
    return path


LONG = making.member("aclImdb/train/pos/9_9.txt")
LONG.size = 2**40

# Name of the file, what is wrong with it, how it is made, what its message must say.
DAMAGED: list[tuple[str, str, Callable[[Path], Path], str]] = [
    ("imdb.npz", "empty", _text(b""), "is empty"),
    ("imdb.npz", "no npz: a text", _text(b"hello\n"), "got the columns hello"),
    ("imdb.npz", "cut in the middle", lambda path: _cut(path, 0.5), "is no whole npz file"),
    ("imdb.npz", "one byte less", lambda path: _cut(path, 0.9999), "is no whole npz file"),
    ("imdb.npz", "one bit pattern changed", lambda path: _flip(path, 100), "is no whole npz file"),
    ("imdb.npz", "encrypted", _encrypted, "got x_train encrypted"),
    ("imdb.npz", "packed with LZMA", _packed_otherwise, "expected deflate or none"),
    ("imdb.npz", "an array is missing", _npz(y_test=None), "expected x_train, y_train"),
    ("imdb.npz", "an array is there twice", _twice, "once each"),
    ("imdb.npz", "code in its pickle", _hostile, "expected lists of integers only"),
    ("imdb.npz", "zip bomb: 80 MB in 80 kB", _bomb, "expected at most"),
    ("imdb.npz", "zip bomb that claims 100 bytes", _lying_size, "is no whole npz file"),
    ("imdb.npz", "a review of 200,000 words", _npz(x_test=object_array([[7] * 200_000, []])),
     "more than 100,000 words"),
    ("imdb.npz", "a negative index", _npz(x_test=object_array([[4], [5, -1]])), "got word index -1"),
    ("imdb.npz", "a huge index", _npz(x_test=object_array([[4, 2**31 - 1], []])), "2147483647"),
    ("imdb.npz", "an index of 64 bits", _npz(x_test=object_array([[4, 2**40], []])),
     "expected lists of integers only"),
    ("imdb.npz", "a label 2", _npz(y_train=np.array([0, 1, 2, 1])), "got label 2 for review 2"),
    ("imdb.npz", "labels NaN", _npz(y_test=np.array([0.0, np.nan])), "expected integers 0 or 1"),
    ("imdb.npz", "a word index NaN", _npz(x_test=object_array([[float("nan")], [1]])),
     "expected lists of integers only"),
    ("imdb.npz", "strings", _npz(x_test=object_array([["good"], ["bad"]])),
     "expected lists of integers only"),
    ("imdb.npz", "reviews as strings", _npz(x_test=object_array(["good", "bad"])),
     "expected lists of integers only"),
    ("imdb.npz", "more labels than reviews", _npz(y_test=np.array([0, 1, 1])), "3 labels"),
    ("imdb.npz", "no reviews", _npz(x_test=object_array([]), y_test=np.array([], dtype=int)),
     "at least one"),
    ("imdb.npz", "a matrix, not lists", _npz(x_test=np.zeros((2, 5))), "a matrix of 2 x 5"),
    ("imdb.npz", "announces more reviews than it has",
     lambda path: write_members(path, x_train=making.npy(
         pickle.dumps(making.imdb_arrays()["x_train"], 4), "(999999999,)")), "which announces"),
    ("imdb.npz", "announces more labels than it has",
     lambda path: write_members(path, y_train=making.npy(b"", "(999999999,)", "<i8")),
     "which announces"),
    ("imdb.npz", "not there", lambda path: path, "does not exist"),
    ("aclImdb_v1.tar.gz", "cut at the end", _cut_tar, "is damaged"),
    ("aclImdb_v1.tar.gz", "no archive in it", _text(gzip.compress(b"hello" * 200)),
     "got the columns hello"),
    ("aclImdb_v1.tar.gz", "a part is missing", _tar(leave_out="test/neg"), "no texts in test/neg"),
    ("aclImdb_v1.tar.gz", "a member with ..", _tar(making.member("aclImdb/../../etc/x")),
     "leads out of the archive"),
    ("aclImdb_v1.tar.gz", "an absolute member", _tar(making.member("/etc/cron.d/x")),
     "leads out of the archive"),
    ("aclImdb_v1.tar.gz", "a symbolic link",
     _tar(making.member("aclImdb/train/pos/1_1.txt", tarfile.SYMTYPE, "/etc/passwd")),
     "is a link or a device"),
    ("aclImdb_v1.tar.gz", "a hard link",
     _tar(making.member("aclImdb/train/pos/1_1.txt", tarfile.LNKTYPE, "aclImdb/README")),
     "is a link or a device"),
    ("aclImdb_v1.tar.gz", "a device", _tar(making.member("aclImdb/disk", tarfile.BLKTYPE)),
     "is a link or a device"),
    ("aclImdb_v1.tar.gz", "a review of 1 TB", _tar(LONG), "1,099,511,627,776 bytes"),
    ("aclImdb_v1.tar.gz", "a bomb: 48 MB where 32 MB are admitted",
     lambda path: making.write_gzip_bomb(path, 48 * 2**20), "has 50,331,648 bytes"),
    ("reviews.csv", "empty", _text(b""), "is empty"),
    ("reviews.csv", "other columns", _text(b"comment,stars\ngood,1\n"), "expected one named text"),
    ("reviews.csv", "a label 2", _text(b'text,label\n"a\nb",1\nc,2\n'), "line 4: got label '2'"),
    ("reviews.csv", "an unquoted comma", _text(b"text,label\ngood, yes,1\n"), "line 2: got 3 fields"),
    ("reviews.csv", "a quote that never ends", _text(b'text,label\n"good,1\nbad,0\n'), "line 3"),
    ("reviews.csv", "Latin-1", _text("text,label\nok,1\ncafé,1\n".encode("latin-1")),
     "line 3: got byte 0xe9"),
    ("reviews.csv", "one label only", _text(b"text,label\ngood,1\nfine,1\n"), "0 reviews with label 0"),
    ("imdb_word_index.json", "altered", _text(b'{"the": 1}'), "is not Keras' file"),
]  # fmt: skip


def message_of(name: str, make: Callable[[Path], Path], folder: Path) -> str:
    """What a user is told who names the file, with the folder left out."""
    path = folder / name
    path.unlink(missing_ok=True)
    try:
        make(path)
        if name.endswith(".json"):
            word_index.read(path)
        else:
            reading.read(origin.local(path))
    except InputError as error:
        return str(error).replace(f"{folder}/", "")
    raise AssertionError(f"{name} was read")


def table() -> str:
    """The table in docs/data.md."""
    archive.MAX_ARCHIVE_BYTES = 2**25  # so that the bomb need not be a large one
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            f"| {name} | {what} | {message_of(name, make, Path(folder))} |"
            for name, what, make, _ in DAMAGED
        ]
    return "\n".join(["| file | what is wrong | message |", "| --- | --- | --- |", *rows])


if __name__ == "__main__":
    print(table())
