import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import damaged, making
from data.making import TEST, TEST_LABELS, TRAIN, TRAIN_LABELS, object_array, write_npz
from pyreg import files
from pyreg.data import npz, sources
from pyreg.errors import InputError
from pyreg.readers import archive

DATA_CARD = Path(__file__).parents[2] / "docs" / "data.md"


def lists_of(reviews):
    return [reviews[i].tolist() for i in range(len(reviews))]


def test_reads_ranks_and_labels_as_they_are_stored(tmp_path):
    train, test = npz.read_npz(write_npz(tmp_path / "imdb.npz"))
    assert (lists_of(train), train.labels.tolist()) == (TRAIN, TRAIN_LABELS)
    assert (lists_of(test), test.labels.tolist()) == (TEST, TEST_LABELS)
    assert train.indices.dtype == np.int32
    assert train.offsets.dtype == np.int64
    assert train.labels.dtype == np.uint8


@pytest.mark.parametrize("kind", ["int8", "uint16", ">i4", "<i8", "bool"])
def test_labels_may_be_any_integers(tmp_path, kind):
    path = write_npz(tmp_path / "imdb.npz", y_test=np.array(TEST_LABELS, dtype=kind))
    assert npz.read_npz(path)[1].labels.tolist() == TEST_LABELS


@pytest.mark.parametrize(
    ("name", "what", "make", "said"),
    damaged.DAMAGED,
    ids=[f"{n}: {w}" for n, w, *_ in damaged.DAMAGED],
)
def test_a_damaged_or_hostile_file_gets_one_message(name, what, make, said, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", 2**25)
    message = damaged.message_of(name, make, tmp_path)
    assert said in message
    assert "\n" not in message
    assert not (tmp_path / "victim").exists()
    row = f"| {name} | {what} | {message} |"
    assert row in DATA_CARD.read_text(), (
        "run `python tests/data/damaged.py` and put it in docs/data.md"
    )


def test_the_hostile_file_would_have_run_its_code(tmp_path):
    path = damaged._hostile(tmp_path / "imdb.npz")
    with np.load(path, allow_pickle=True) as stored:  # the trap
        assert stored["x_train"] is not None
    assert (tmp_path / "victim").exists()


def test_keras_own_bytes_are_read_however_they_were_written(tmp_path, monkeypatch):
    odd = object_array([[np.int64(7), 8], [9]])
    path = write_npz(tmp_path / "imdb.npz", x_test=odd)
    with pytest.raises(InputError, match="expected lists of integers only"):
        npz.read_npz(path)
    pinned = replace(sources.SOURCES["keras"], sha256=files.digest_file(path))
    monkeypatch.setitem(sources.SOURCES, "keras", pinned)
    assert lists_of(npz.read_npz(path)[1]) == [[7, 8], [9]]


def test_a_file_that_may_not_be_read_is_named(tmp_path):
    with pytest.raises(InputError, match=r"cannot read .*Is a directory"):
        npz.read_npz(tmp_path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return write_npz(tmp_path_factory.mktemp("whole") / "imdb.npz").read_bytes()


@given(data=st.data())
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_bytes_raise_nothing_but_our_error(data, whole, tmp_path):
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    begin = data.draw(st.integers(0, 30)) if data.draw(st.booleans()) else 0
    end = data.draw(st.integers(0, len(content))) if data.draw(st.booleans()) else len(content)
    path = tmp_path / "imdb.npz"
    path.write_bytes(content[begin:end])
    try:
        train, test = npz.read_npz(path)
    except InputError:
        return
    assert (lists_of(train), lists_of(test)) == (TRAIN, TEST)  # the damage was in idle bytes


@given(header=st.binary(max_size=80), body=st.binary(max_size=200), is_pickle=st.booleans())
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_member_raises_nothing_but_our_error(header, body, is_pickle, tmp_path):
    content = pickle.dumps(object_array([[1]]), 4)[:-4] + body if is_pickle else body
    stored = making.npy(content) if header == b"" else b"\x93NUMPY\x01\x00" + header + content
    path = making.write_members(tmp_path / "imdb.npz", x_train=stored, y_test=stored)
    with pytest.raises(InputError):
        npz.read_npz(path)


@pytest.mark.imdb
def test_the_canonical_file_has_keras_known_answers(imdb_path):
    train, test = npz.read_npz(imdb_path)
    assert len(train) == len(test) == 25_000
    assert train.lengths.mean() + 1 == 238.71364  # with the 1 that load_data puts in front
    assert train.lengths.max() + 1 == 2494
    assert test.lengths.mean() + 1 == 230.8042
    assert test.lengths.max() + 1 == 2315
    assert train.labels.sum() == test.labels.sum() == 12_500


def as_load_data_gives(sequences: list[list[int]]) -> list[list[int]]:
    return [[1, *(rank + 3 for rank in sequence)] for sequence in sequences]


def test_what_load_data_gave_is_never_shifted_twice(tmp_path):
    many = [[n, n + 1] for n in range(1, 13)]
    labels = np.arange(12) % 2
    stored = {"y_train": labels, "y_test": labels}
    x_train, x_test = object_array(many), object_array(many[::-1])
    whole = npz.read_npz(write_npz(tmp_path / "a.npz", x_train=x_train, x_test=x_test, **stored))
    assert lists_of(whole[0]) == many
    x_train, x_test = (object_array(as_load_data_gives(list(x))) for x in (x_train, x_test))
    path = write_npz(tmp_path / "b.npz", x_train=x_train, x_test=x_test, **stored)
    with pytest.raises(InputError, match=r"every review begins with 1, .*name ~/\.keras/datasets"):
        npz.read_npz(path)


@pytest.mark.parametrize(
    ("x_test", "message"),
    [
        (object_array([np.array([9]), np.array([2, 2])]), "NumPy's arrays instead of lists"),
        (object_array([[np.int64(9)], [np.int64(2)]]), "NumPy's numbers in lists"),
        (np.zeros((2, 20), dtype=np.int32), "a matrix of 2 x 20 in x_test, as of padded reviews"),
    ],
)
def test_reviews_saved_otherwise_are_named_with_the_line_that_saves_them(x_test, message, tmp_path):
    with pytest.raises(InputError, match=message) as refused:
        npz.read_npz(write_npz(tmp_path / "imdb.npz", x_test=x_test))
    assert "dtype=object)" in str(refused.value)
