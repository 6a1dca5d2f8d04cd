import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyreg.data import reviews
from pyreg.data.reviews import Dataset, Reviews
from pyreg.errors import InputError


def flat(sequences, labels=None):
    return Reviews(
        np.array([rank for one in sequences for rank in one], dtype=np.int32),
        np.array([0, *np.cumsum([len(one) for one in sequences])], dtype=np.int64),
        np.array(labels or [0] * len(sequences), dtype=np.uint8),
    )


def lists_of(reviews):
    return [reviews[i].tolist() for i in range(len(reviews))]


def keras_load_data(train, train_labels, test, test_labels, num_words):
    """What Keras' load_data does, list by list, as its documentation says."""
    generator, halves = np.random.RandomState(113), []
    for sequences, labels in [(train, train_labels), (test, test_labels)]:
        order = np.arange(len(sequences))
        generator.shuffle(order)
        shifted = [[1, *(rank + 3 for rank in sequences[i])] for i in order]
        cut = [[index if index < num_words else 2 for index in one] for one in shifted]
        halves.append((cut, [labels[i] for i in order]))
    return halves


def test_words_begin_at_4_after_a_1_and_rare_ones_become_2():
    ranks = flat([[1, 7, 6], [], [3]])
    assert lists_of(reviews.started(ranks)) == [[1, 4, 10, 9], [1], [1, 6]]
    assert lists_of(reviews.started(ranks, num_words=10)) == [[1, 4, 2, 9], [1], [1, 6]]


def test_takes_reviews_in_any_order_and_often():
    ranks = flat([[5], [], [6, 7]], [1, 0, 1])
    taken = reviews.take(ranks, np.array([2, 0, 1, 2]))
    assert lists_of(taken) == [[6, 7], [5], [], [6, 7]]
    assert taken.labels.tolist() == [1, 1, 0, 1]


SEQUENCES = st.lists(st.lists(st.integers(1, 50), max_size=6), min_size=1, max_size=20)


@given(train=SEQUENCES, test=SEQUENCES, num_words=st.integers(4, 60))
def test_gives_what_keras_load_data_gives(train, test, num_words):
    labels = [[len(one) % 2 for one in half] for half in (train, test)]
    expected = keras_load_data(train, labels[0], test, labels[1], num_words)
    halves = reviews.shuffled(flat(train, labels[0]), flat(test, labels[1]))
    for half, (sequences, of_half) in zip(halves, expected, strict=True):
        half = reviews.started(half, num_words)
        assert lists_of(half) == sequences
        assert half.labels.tolist() == of_half


@pytest.mark.imdb
def test_the_canonical_first_reviews_are_keras_own(imdb_path):
    from pyreg import config, data

    dataset = data.load(config.Data(source="file", path=str(imdb_path), num_words=5000))
    assert dataset.train[0][:10].tolist() == [1, 14, 22, 16, 43, 530, 973, 1622, 1385, 65]
    assert dataset.train.labels[:6].tolist() == [1, 0, 0, 1, 0, 0]
    assert dataset.train.indices.max() == dataset.validation.indices.max() == 4999
    distinct = sum(len(np.unique(dataset.train[i])) for i in range(len(dataset.train)))
    assert round(distinct / (25_000 * 5_000) * 1000, 1) == 24.6  # cells per thousand that are 1


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
    digests = {reviews.content_digest(*halves) for halves in [(train, test), *changed]}
    assert len(digests) == 1 + len(changed)


@pytest.fixture
def dataset():
    return Dataset(flat([[1, 4], [1]], [1, 0]), flat([[1, 2, 2]], [1]), {"notice": "naïve"})


def test_a_dataset_comes_back_as_it_was_kept(tmp_path, dataset):
    reviews.save_dataset(tmp_path / "data", dataset)
    back = reviews.read_dataset(tmp_path / "data")
    assert lists_of(back.train) == [[1, 4], [1]]
    assert lists_of(back.validation) == [[1, 2, 2]]
    assert back.provenance == {"notice": "naïve"}
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["provenance.json", "reviews.npz"]


def test_the_same_dataset_is_kept_as_the_same_bytes(tmp_path, dataset):
    for name in ("one", "two"):
        reviews.save_dataset(tmp_path / name, dataset)
    for file in ("reviews.npz", "provenance.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_nothing_is_kept_where_provenance_cannot_be(tmp_path, dataset):
    dataset.provenance["weight"] = float("nan")
    with pytest.raises(ValueError, match="not JSON compliant"):
        reviews.save_dataset(tmp_path / "data", dataset)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("file", ["reviews.npz", "provenance.json"])
def test_a_missing_or_damaged_file_is_refused(tmp_path, dataset, file):
    reviews.save_dataset(tmp_path, dataset)
    whole = (tmp_path / file).read_bytes()
    (tmp_path / file).unlink()
    with pytest.raises(InputError, match="run `pyreg data prepare`"):
        reviews.read_dataset(tmp_path)
    for length in range(0, len(whole) - 2, 7):
        (tmp_path / file).write_bytes(whole[:length])
        with pytest.raises(InputError):
            reviews.read_dataset(tmp_path)
