from dataclasses import replace

import pytest

from pyreg.data import vocabulary

# Ranks 1 to 4, so indices 4 to 7; of num_words 6 the first two have columns, the others are cut.
WORDS = ["film", "good", "rare", "café"]


@pytest.fixture
def words():
    return vocabulary.Vocabulary(WORDS, num_words=6, column_base=1)


def test_texts_become_the_indices_of_load_data(words):
    reviews = words.reviews(["Good, GOOD film!", "rare café unseen", "", "\ud800 film"])
    assert [reviews[i].tolist() for i in range(4)] == [[1, 5, 5, 4], [1, 2, 2], [1], [1, 4]]


@pytest.mark.parametrize(
    ("base", "expected"),
    [(1, [[1, 0, 0, 1, 1, 0], [1, 1, 0, 0, 0, 0]]), (0, [[0, 1, 0, 0, 1, 1], [0, 1, 1, 0, 0, 0]])],
)
def test_rows_lie_in_the_columns_of_the_layout(words, base, expected):
    words = replace(words, column_base=base)
    assert words.encode(words.reviews(["good film", "rare"])).tolist() == expected
    assert words.column(b"film") == 4 - base
    assert words.without(words.encode(words.reviews(["good film"]))[0], b"film").tolist() == (
        words.encode(words.reviews(["good"]))[0].tolist()
    )


@pytest.mark.parametrize(
    ("sequences", "expected"),
    [
        ((5, "pre", "pre"), [[0, 0, 1, 5, 4], [5, 5, 5, 5, 2]]),
        ((5, "post", "post"), [[1, 5, 4, 0, 0], [1, 5, 5, 5, 5]]),
    ],
)
def test_sequences_keep_the_order_and_the_places_of_words_left_out(words, sequences, expected):
    words = replace(words, sequences=sequences)
    rows = words.encode(words.reviews(["good film", "good good good good rare"]))
    assert rows.tolist() == expected
    assert words.num_columns == 5
    left = [[2 if index == 5 else index for index in row] for row in expected]
    assert [words.without(row, b"good").tolist() for row in rows] == left


def test_what_has_a_column_is_known(words):
    assert [words.knows(w) for w in (b"film", b"good", b"rare", b"never")] == [
        True,
        True,
        False,
        False,
    ]
