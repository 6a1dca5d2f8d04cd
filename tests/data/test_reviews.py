import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyreg.data import reviews
from pyreg.data.reviews import Reviews


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
    assert lists_of(reviews.as_load_data(ranks)) == [[1, 4, 10, 9], [1], [1, 6]]
    assert lists_of(reviews.as_load_data(ranks, num_words=10)) == [[1, 4, 2, 9], [1], [1, 6]]


def test_takes_reviews_in_any_order_and_often():
    ranks = flat([[5], [], [6, 7]], [1, 0, 1])
    taken = ranks.take(np.array([2, 0, 1, 2]))
    assert lists_of(taken) == [[6, 7], [5], [], [6, 7]]
    assert taken.labels.tolist() == [1, 1, 0, 1]


SEQUENCES = st.lists(st.lists(st.integers(1, 50), max_size=6), min_size=1, max_size=20)


@given(train=SEQUENCES, test=SEQUENCES, num_words=st.integers(4, 60))
def test_gives_what_keras_load_data_gives(train, test, num_words):
    labels = [[len(one) % 2 for one in half] for half in (train, test)]
    expected = keras_load_data(train, labels[0], test, labels[1], num_words)
    halves = reviews.shuffled(flat(train, labels[0]), flat(test, labels[1]))
    for half, (sequences, of_half) in zip(halves, expected, strict=True):
        half = reviews.as_load_data(half, num_words)
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
