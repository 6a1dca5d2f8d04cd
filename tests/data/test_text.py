import pytest

from pyreg.data import text


def test_words_by_hand():
    assert text.words(b"A so-called 'film';\tI can't!<br />\n10/10") == [
        *[b"a", b"so", b"called", b"'film'", b"i", b"can't", b"br", b"10", b"10"]
    ]


def test_only_ascii_is_lowered_and_only_the_space_divides():
    assert text.words("ÉTÉ Été".encode()) == ["ÉtÉ".encode(), "Été".encode()]
    assert text.words("a\rb c\u00a0d".encode()) == [b"a\rb", "c\u00a0d".encode()]
    # The trap: what Python's own lower() and split() make of it.
    assert "ÉTÉ a\rb".lower().split() == ["été", "a", "b"]


@pytest.mark.parametrize("character", text.FILTERS)
def test_each_filtered_character_divides(character):
    assert text.words(f"a{character}b".encode()) == [b"a", b"b"]


def test_ranks_follow_counts_and_ties_the_first_appearance():
    texts = {0: [b"bad film bad"], 1: [b"zebra film", b"film apple"]}
    # film 3; bad 2; then once each, positive reviews first: zebra, apple
    assert text.rank_words(texts) == {b"film": 1, b"bad": 2, b"zebra": 3, b"apple": 4}


def test_unknown_words_are_skipped_and_empty_reviews_stay():
    texts = {0: [b"unknown"], 1: [b"good unknown good", b""]}
    ranks = text.to_ranks(texts, {b"good": 5})
    assert ranks.indices.tolist() == [5, 5]
    assert ranks.offsets.tolist() == [0, 2, 2, 2]
    assert ranks.labels.tolist() == [1, 1, 0]


def test_no_words_at_all():
    ranks = text.to_ranks({0: [b""], 1: [b" "]}, {})
    assert len(ranks.indices) == 0
    assert ranks.offsets.tolist() == [0, 0, 0]
