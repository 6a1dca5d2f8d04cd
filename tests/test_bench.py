"""What the bench's own scripts compute: how costs grow."""

import numpy as np
import pytest
from conftest import ROOT

from pyreg.data import Reviews

with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(ROOT / "workflow" / "bench")
    import growth

SIZES = [1, 2, 5, 10, 20, 50, 100, 200]


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_the_exponent_is_of_what_grows_not_of_what_every_job_pays(power):
    costs = [7 + 0.3 * size**power for size in SIZES]
    assert growth.exponent(SIZES, costs)[0] == pytest.approx(power, abs=1e-4)


def test_costs_that_scatter_have_an_exponent_with_an_error():
    scatter = np.random.default_rng(1).normal(1, 0.02, len(SIZES))
    found, error = growth.exponent(SIZES, (7 + 0.3 * np.array(SIZES)) * scatter)
    assert 0 < error < 0.2
    assert abs(found - 1) < 2 * error


def test_reviews_are_repeated_with_words_dropped_in_their_order():
    reviews = Reviews(np.arange(1000, dtype=np.int32), np.array([0, 400, 400, 1000]), np.array([1, 0, 1], np.uint8))  # fmt: skip
    grown = growth.repeated(reviews, 3)
    assert grown.labels.tolist() == [1, 0, 1] * 3
    for number in range(3):
        assert np.array_equal(grown[number], reviews[number])
    for number in range(3, 9):
        kept, all_words = grown[number], reviews[number % 3]
        assert np.array_equal(kept, all_words[np.isin(all_words, kept)])
        assert len(kept) == pytest.approx(0.9 * len(all_words), abs=30)
    assert not np.array_equal(grown[3], grown[6])
    assert np.array_equal(growth.repeated(reviews, 3).indices, grown.indices)
