import gzip
import tarfile
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.making import TEXTS, write_folder, write_tar
from pyreg.data import stanford
from pyreg.errors import InputError

EXPECTED = {
    # By name as text: 0_9 before 10_8.
    "train": {1: [b"A good, good film.", b"Good<br />fun"], 0: [b"A bad film", b""]},
    "test": {1: [b"good unseen fun"], 0: [b"BAD\tbad"]},
}


def test_reads_an_archive_without_writing(tmp_path, monkeypatch):
    path = write_tar(tmp_path / "aclImdb_v1.tar.gz")
    monkeypatch.setattr(tarfile.TarFile, "extract", None)
    monkeypatch.setattr(tarfile.TarFile, "extractall", None)
    assert stanford.read_texts(path) == EXPECTED
    assert list(tmp_path.iterdir()) == [path]


def test_reads_the_unpacked_folder(tmp_path):
    assert stanford.read_texts(write_folder(tmp_path)) == EXPECTED


def test_the_order_of_the_archive_does_not_matter(tmp_path):
    backwards = dict(reversed(TEXTS.items()))
    assert stanford.read_texts(write_tar(tmp_path / "a.tar.gz", backwards)) == EXPECTED


def test_unlabelled_reviews_and_other_files_are_passed_over(tmp_path):
    more = TEXTS | {"train/unsup/0_0.txt": b"x", "README": b"y", "train/labeledBow.feat": b"z"}
    assert stanford.read_texts(write_tar(tmp_path / "a.tar.gz", more)) == EXPECTED


def test_a_folder_without_reviews_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"train/pos holds no \.txt files"):
        stanford.read_texts(tmp_path)


@given(data=st.data(), is_packed=st.booleans())
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_bytes_raise_nothing_but_our_error(data, is_packed, tmp_path):
    path = write_tar(tmp_path / "a.tar.gz")
    content = bytearray(path.read_bytes() if is_packed else gzip.decompress(path.read_bytes()))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content))) if data.draw(st.booleans()) else len(content)
    damaged = bytes(content[:cut])
    path.write_bytes(damaged if is_packed else gzip.compress(damaged, 1))
    try:
        texts = stanford.read_texts(path)
    except InputError:
        return
    assert set(texts) == {"train", "test"}


@pytest.mark.parametrize("name", ["aclImdb/README", "aclImdb/train/pos/1_1.txt", "other"])
@pytest.mark.parametrize("size", [2**40, 2**60, 2**63])
def test_a_member_that_claims_the_moon_is_refused_at_once(tmp_path, name, size):
    """tarfile would count its way to the end of what is not there: for ever."""
    info = tarfile.TarInfo(name)
    info.size = size
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024)))
    begin = time.monotonic()
    with pytest.raises(InputError, match=f"has {size:,} bytes, expected up to"):
        stanford.read_texts(path)
    assert time.monotonic() - begin < 2
