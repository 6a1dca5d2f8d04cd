"""What a file is, by its content alone."""

import bz2
import gzip
import io
import lzma
import pickle
import tarfile
import zipfile

import numpy as np
import pytest

from pyreg.errors import InputError
from pyreg.readers import sniff
from readers.making import HEADER, in_ascii, keras_history


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("pos/1.txt"))
    return file.getvalue()


def saved(writer, *what) -> bytes:
    file = io.BytesIO()
    writer(file, *what)
    return file.getvalue()


RDS = HEADER + keras_history()
KINDS = {
    "rds": RDS,
    "rds in ASCII": in_ascii(RDS),
    "rdata": b"RDX3\n" + RDS,
    "npz": saved(np.savez, np.arange(3)),
    "npy": saved(np.save, np.arange(3)),
    "zip": zipped("pos/1.txt"),
    "tar": tarred(),
    "json": b'  {"loss": [0.5]}',
    "json list": b"[1]",
    "table": b"loss,acc\n0.5,1\n",
    "table in UTF-16": "loss\n0.5\n".encode("utf-16"),
    "table in UTF-16 without a mark": "loss,acc\n0.5,1\n".encode("utf-16-le"),
    "table in Latin-1": "text,label\ncafé,1\n".encode("latin-1"),
    "table beginning with A": b"A\n2\n3\n",
    "table beginning with B": b"B\n2\n3\n",
    "empty": b"",
    "empty but for blanks": b" \n\t\n",
}
OTHERS = {
    "an Excel workbook": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "a Keras model": zipped("metadata.json", "model.weights.h5"),
    "a Python pickle": pickle.dumps({"loss": [0.5]}),
    "a PDF document": b"%PDF-1.7\n",
    "a web page": b"\n<!DOCTYPE html><html></html>",
    "R code, as of dput()": b"structure(list(loss = 0.5))",
    "TensorBoard's own log": bytes(12) + b"\x1a\x0dbrain.Event:2",
    "an HDF5 file": b"\x89HDF\r\n\x1a\n" + bytes(20),
    "one machine's own byte order": b"B\n\x03\x00\x00\x00\x02\x03\x04\x00",
    "no text and of no kind that is known": bytes(range(256)),
}


def identify(tmp_path, content: bytes) -> sniff.Kind:
    path = tmp_path / "file.csv"  # whatever it is called
    path.write_bytes(content)
    return sniff.identify(path)


@pytest.mark.parametrize("name", KINDS)
def test_files_are_known_by_their_content(name, tmp_path):
    kind = identify(tmp_path, KINDS[name])
    assert (kind.name, kind.packing) == (name.split()[0], "")


@pytest.mark.parametrize("words", OTHERS)
def test_what_is_not_read_is_named(words, tmp_path):
    kind = identify(tmp_path, OTHERS[words])
    assert kind.name == "other"
    assert words in str(kind)


@pytest.mark.parametrize(
    ("pack", "name"), [(gzip.compress, "gzip"), (bz2.compress, "bzip2"), (lzma.compress, "xz")]
)
@pytest.mark.parametrize("content", ["rds", "table", "tar"])
def test_packed_files_are_known_too(pack, name, content, tmp_path):
    kind = identify(tmp_path, pack(KINDS[content]))
    assert (kind.name, kind.packing) == (content, name)
    assert str(kind).endswith(f", packed with {name}")
    assert sniff.read_bytes(tmp_path / "file.csv", 2**20) == KINDS[content]


def test_a_damaged_zip_file_is_told_by_its_first_name(tmp_path):
    assert identify(tmp_path, KINDS["npz"][:-40]).name == "npz"
    assert identify(tmp_path, KINDS["zip"][:-40]).name == "zip"


def test_damaged_and_missing_files_get_one_message(tmp_path):
    with pytest.raises(InputError, match=r"file\.csv is damaged"):
        identify(tmp_path, gzip.compress(b"loss\n0.5\n" * 99)[:-12])
    with pytest.raises(InputError, match="No such file"):
        sniff.identify(tmp_path / "none.csv")
    with pytest.raises(InputError, match="No such file"):
        sniff.read_bytes(tmp_path / "none.csv", 9)
    assert sniff.identify(tmp_path).name == "folder"


def test_more_than_is_admitted_is_never_held(tmp_path):
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(2**24)))
    with pytest.raises(InputError, match="holds more than 1 MB"):
        sniff.read_bytes(tmp_path / "bomb.gz", 2**20)
