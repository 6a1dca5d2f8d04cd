import numpy as np
import pytest

from data.test_reviews import flat, lists_of
from pyreg.data import Dataset, Samples, prepared
from pyreg.errors import InputError


def test_the_digest_changes_with_every_part_of_the_content():
    train, test = flat([[1, 2], [3]], [0, 1]), flat([[4]], [1])
    changed = [
        (flat([[1, 2], [4]], [0, 1]), test),
        (flat([[1], [2, 3]], [0, 1]), test),
        (flat([[1, 2], [3]], [1, 1]), test),
        (test, train),
        (train, flat([[4]], [0])),
        (train, flat([[4], []], [1, 0])),
    ]
    digests = {prepared.content_digest(*halves) for halves in [(train, test), *changed]}
    assert len(digests) == 1 + len(changed)


@pytest.fixture
def dataset():
    return Dataset(flat([[1, 4], [1]], [1, 0]), flat([[1, 2, 2]], [1]), {"notice": "naïve"})


def test_a_dataset_comes_back_as_it_was_kept(tmp_path, dataset):
    prepared.save_dataset(tmp_path / "data", dataset)
    back = prepared.read_dataset(tmp_path / "data")
    assert lists_of(back.train) == [[1, 4], [1]]
    assert lists_of(back.validation) == [[1, 2, 2]]
    assert back.provenance == {"notice": "naïve"}
    names = ["provenance.json", "samples.npz", "vocabulary.json"]
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == names


def test_samples_come_back_as_they_were_kept(tmp_path):
    pixels = Samples(np.arange(8, dtype=np.uint8).reshape(2, 2, 2), np.array([3, 1]), 16, 10)
    targets = Samples(np.ones((1, 3), np.float32), np.array([0.5], np.float32))
    prepared.save_dataset(tmp_path, Dataset(pixels, targets, {}))
    back = prepared.read_dataset(tmp_path)
    for half, expected in [(back.train, pixels), (back.validation, targets)]:
        assert np.array_equal(half.values, expected.values)
        assert (half.values.dtype, half.labels.dtype) == (
            expected.values.dtype,
            expected.labels.dtype,
        )
        assert half.labels.tolist() == expected.labels.tolist()
        assert (half.scale, half.num_outputs) == (expected.scale, expected.num_outputs)


def test_the_same_dataset_is_kept_as_the_same_bytes(tmp_path, dataset):
    for name in ("one", "two"):
        prepared.save_dataset(tmp_path / name, dataset)
    for file in ("samples.npz", "provenance.json", "vocabulary.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_nothing_is_kept_where_provenance_cannot_be(tmp_path, dataset):
    dataset.provenance["weight"] = float("nan")
    with pytest.raises(ValueError, match="not JSON compliant"):
        prepared.save_dataset(tmp_path / "data", dataset)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("file", ["samples.npz", "provenance.json"])
def test_a_missing_or_damaged_file_is_refused(tmp_path, dataset, file):
    prepared.save_dataset(tmp_path, dataset)
    whole = (tmp_path / file).read_bytes()
    (tmp_path / file).unlink()
    with pytest.raises(InputError, match="run `pyreg data prepare`"):
        prepared.read_dataset(tmp_path)
    for length in range(0, len(whole) - 2, 7):
        (tmp_path / file).write_bytes(whole[:length])
        with pytest.raises(InputError):
            prepared.read_dataset(tmp_path)
