"""Archives of texts, whoever packed them; nothing of them is written to disk."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from pyreg.errors import InputError
from pyreg.readers import archive

TEXTS = {"pos/1.txt": b"good", "neg/1.txt": b"bad", "README": b"-"}
OF_A_MAC = {"pos/._1.txt": b"\x00", "pos/.DS_Store": b"\x00", "__MACOSX/pos/1.txt": b"\x00"}


def tar(texts: dict[str, bytes], *more: tarfile.TarInfo) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as packed:
        for name, text in texts.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            packed.addfile(info, io.BytesIO(text))
        for info in more:
            packed.addfile(info)
    return file.getvalue()


def zip_of(texts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in texts.items():
            packed.writestr(name, text)
    return file.getvalue()


def texts_in(path):
    return dict(archive.files(path, lambda name: name.endswith(".txt")))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("archived", [tar, zip_of])
def test_texts_are_read_however_they_are_packed(pack, archived, tmp_path):
    if archived is zip_of and pack is not bytes:
        pytest.skip("a zip file packs by itself")
    path = tmp_path / "reviews"
    path.write_bytes(pack(archived(TEXTS | OF_A_MAC)))
    assert texts_in(path) == {"pos/1.txt": b"good", "neg/1.txt": b"bad"}
    assert list(archive.names(path)) == list(TEXTS)
    assert list(tmp_path.iterdir()) == [path]


def member(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info


@pytest.mark.parametrize(
    ("info", "message"),
    [
        (member("../x.txt"), "leads out of the archive"),
        (member("/etc/x.txt"), "leads out of the archive"),
        (member("x.txt", kind=tarfile.SYMTYPE), "is a link or a device"),
        (member("x.txt", kind=tarfile.CHRTYPE), "is a link or a device"),
        (member("x.txt", size=2**21), "has 2,097,152 bytes, expected up to 1,048,576 in a review"),
        (member("README", size=2**60), "expected up to 1,073,741,824 in the whole archive"),
    ],
)
def test_a_tar_s_hostile_members_are_named(info, message, tmp_path):
    """2^60 bytes that are not there took for ever to be passed over."""
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(tar(TEXTS, info)))
    with pytest.raises(InputError, match=message):
        texts_in(tmp_path / "a.tar.gz")


def test_a_zip_s_hostile_members_are_named(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    path.write_bytes(zip_of({"../x.txt": b""}))
    with pytest.raises(InputError, match="leads out of the archive"):
        texts_in(path)
    path.write_bytes(zip_of({"x.txt": bytes(2**20 + 1)}))
    with pytest.raises(InputError, match="expected up to 1,048,576 in a review"):
        texts_in(path)
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", 2**21)
    path.write_bytes(zip_of({f"{number}.txt": bytes(2**20) for number in range(3)}))
    with pytest.raises(InputError, match="unpacks to more than 2,097,152 bytes"):
        texts_in(path)


def test_a_bomb_of_many_members_ends_at_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", 2**21)
    many = {f"{number}.log": bytes(2**20) for number in range(4)}
    (tmp_path / "a.tgz").write_bytes(gzip.compress(tar(many)))
    with pytest.raises(InputError, match="unpacks to more than 2,097,152 bytes"):
        texts_in(tmp_path / "a.tgz")
    (tmp_path / "a.tgz").write_bytes(gzip.compress(tar(TEXTS)))
    monkeypatch.setattr(archive, "MAX_MEMBERS", 2)
    with pytest.raises(InputError, match="has more than 2 members"):
        list(archive.names(tmp_path / "a.tgz"))


@pytest.mark.parametrize(
    "content", [tar(TEXTS)[:700], zip_of(TEXTS)[:-30], gzip.compress(b"x", mtime=0)]
)
def test_damaged_archives_get_one_message(content, tmp_path):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(InputError, match="is no whole archive"):
        texts_in(tmp_path / "a")
