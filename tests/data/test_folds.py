import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyreg.config import Data
from pyreg.data.folds import fold_rows, rows_of_run
from pyreg.errors import InputError

FOLDS = st.integers(2, 7)
SEEDS = st.integers(0, 2**31 - 1)


@given(st.integers(7, 60), FOLDS, SEEDS)
def test_folds_are_of_equal_size_and_share_no_sample(num_samples, folds, seed):
    held_out = [fold_rows(num_samples, folds, fold, seed)[1] for fold in range(1, folds + 1)]
    assert {len(rows) for rows in held_out} == {num_samples // folds}
    joined = np.concatenate(held_out)
    assert len(set(joined)) == len(joined) > num_samples - folds


@given(st.integers(7, 60), FOLDS, SEEDS)
def test_a_run_trains_on_what_is_not_held_out(num_samples, folds, seed):
    train, held_out = fold_rows(num_samples, folds, folds, seed)
    assert sorted([*train, *held_out]) == list(range(num_samples))
    assert sorted(train) == list(train)


def test_the_samples_are_divided_by_chance():
    """Every sample is as often in the first fold as any other: 1 in 4 times."""
    counts = np.zeros(20)
    for seed in range(2000):
        counts[fold_rows(20, 4, 1, seed)[1]] += 1
    assert abs(counts - 500).max() < 4 * np.sqrt(2000 * 0.25 * 0.75)


def test_more_folds_than_samples_are_refused():
    with pytest.raises(InputError, match="got 5 folds for 3 training samples"):
        fold_rows(3, 5, 1, 0)


def test_consecutive_seeds_take_the_folds_in_turn_and_then_divide_anew():
    validation = [rows_of_run(Data(folds=3), seed, 30, 5)[1].tolist() for seed in range(1, 7)]
    for three in (validation[:3], validation[3:]):
        assert sorted(np.concatenate(three)) == list(range(30))  # of the training samples alone
    assert validation[0] != validation[3]
    assert rows_of_run(Data(folds=3), 1, 30, 5)[1].tolist() == validation[0]


@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_every_seed_has_a_fold(seed):
    train, validation = rows_of_run(Data(folds=4), seed, 12, 0)
    assert (len(train), len(validation)) == (9, 3)


def test_without_folds_every_run_sees_both_halves_as_they_are():
    train, validation = rows_of_run(Data(), 3, 4, 2)
    assert (train.tolist(), validation.tolist()) == ([0, 1, 2, 3], [4, 5])
