"""Where a history lies among seeds: distances worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from pyreg.errors import InputError
from pyreg.own_runs import band
from pyreg.own_runs.band import INDEX


def series(values: dict[tuple[str, str, int], float]) -> pd.Series:
    return pd.Series(values).rename_axis(INDEX)


def seeds_of(*runs: dict[tuple[str, str, int], float]) -> pd.DataFrame:
    return pd.DataFrame(dict(enumerate(map(series, runs), start=1)))


# Two seeds: means 2 and 20, standard deviations sqrt(2) and 10 sqrt(2); one more seed's distance
# from the mean varies by sqrt(1 + 1/2) as much: sqrt(3) and 10 sqrt(3).
LOSS, LATER = ("loss", "training", 1), ("loss", "training", 2)
SEEDS = seeds_of({LOSS: 1, LATER: 10}, {LOSS: 3, LATER: 30})


def test_distance_is_in_standard_deviations_where_it_is_farthest():
    found = band.position(series({LOSS: 2 + 3**0.5, LATER: 20 - 30 * 3**0.5}), SEEDS)
    assert found.distance == pytest.approx(3)
    assert (found.curve, found.epochs, found.num_seeds) == ("training loss", (2, 2), 2)


def test_each_part_of_the_training_is_a_mean_over_its_epochs():
    # Of ten epochs: 1 and 2; 3, 4 and 5; 6 to 10.
    places = [("loss", "training", epoch) for epoch in range(1, 11)]
    seeds = seeds_of(dict.fromkeys(places, 1.0), dict.fromkeys(places, 3.0))
    apart = [0, 0, 1, 2, 3, 1, 1, 1, 1, 1]  # standard deviations
    mine = {place: 2 + far * 3**0.5 for place, far in zip(places, apart, strict=True)}
    found = band.position(series(mine), seeds)
    assert found.distance == pytest.approx(2)
    assert found.epochs == (3, 5)


def test_curve_farthest_out_decides():
    accuracy = ("accuracy", "validation", 1)
    seeds = seeds_of({LOSS: 1, accuracy: 0.8}, {LOSS: 3, accuracy: 0.9})
    found = band.position(series({LOSS: 2, accuracy: 0.5}), seeds)
    assert found.curve == "validation accuracy"


def test_epochs_and_curves_that_only_one_has_are_left_out():
    values = series({LOSS: 2, ("loss", "validation", 1): 99, ("loss", "training", 9): 99})
    assert band.position(values, SEEDS).distance == 0


def test_epochs_that_fewer_than_half_of_the_seeds_reached_are_left_out():
    seeds = seeds_of({LOSS: 1, LATER: 10}, {LOSS: 3, LATER: 30}, {LOSS: 2}, {LOSS: 2}, {LOSS: 2})
    assert band.position(series({LOSS: 2, LATER: 999}), seeds).distance == 0
    # With two of four the later epoch counts, by the spread of the two that reached it.
    of_four = band.position(series({LOSS: 2, LATER: 20 + 10 * 3**0.5}), seeds[[1, 2, 3, 4]])
    assert of_four.distance == pytest.approx(1)


def test_nothing_in_common_is_refused():
    with pytest.raises(InputError, match="no epoch of the loss"):
        band.position(series({("accuracy", "training", 1): 1}), SEEDS)


def test_an_epoch_on_which_all_seeds_agree_does_not_decide_alone():
    seeds = seeds_of({LOSS: 1, LATER: 5}, {LOSS: 3, LATER: 5})
    assert band.position(series({LOSS: 2, LATER: 5.1}), seeds).distance < 1
    same = seeds_of({LOSS: 1}, {LOSS: 1})
    assert band.position(series({LOSS: 1}), same).is_inside
    assert not band.position(series({LOSS: 2}), same).is_inside


def made_up(number: int, generator: np.random.Generator) -> pd.DataFrame:
    """Curves with tails so heavy that no number of standard deviations holds."""
    index = pd.MultiIndex.from_product([["loss"], ["training"], range(1, 9)], names=INDEX)
    return pd.DataFrame(generator.standard_t(2, (8, number)).cumsum(axis=0), index)


def test_with_99_seeds_one_honest_run_in_a_hundred_at_most_is_outside():
    generator = np.random.default_rng(1)
    outside = sum(
        not band.position(table[0], table.drop(columns=0)).is_inside
        for table in (made_up(100, generator) for _ in range(600))
    )
    assert outside <= 12  # 6 are expected; more than 12 once in a hundred times


def test_the_limit_of_many_seeds_is_their_own_farthest():
    seeds = made_up(120, np.random.default_rng(2)) * 0.001
    seeds[7] += 1.0  # the farthest, by far
    beyond, within = (band.position(seeds[7] * factor, seeds) for factor in (1.01, 0.99))
    assert not beyond.is_inside
    assert within.is_inside


def test_few_seeds_have_wider_limits():
    table = made_up(31, np.random.default_rng(3))
    limits = [band.position(table[0], table[range(1, n + 1)]).limit for n in (10, 15, 20, 30)]
    assert limits == sorted(limits, reverse=True)
    assert limits[0] == band.LIMITS[10]


def test_kept_seeds_are_read_back(tmp_path):
    seeds = seeds_of({LOSS: 0.5, LATER: 0.25}, {LOSS: 1.5, LATER: np.nan})
    band.keep(tmp_path / "baseline-per-epoch.npz", seeds)
    pd.testing.assert_frame_equal(
        band.read_kept(tmp_path / "baseline-per-epoch.npz"), seeds, check_names=False
    )
    (tmp_path / "baseline-per-epoch.npz").write_bytes(b"PK")
    with pytest.raises(InputError, match="holds no band of seeds"):
        band.read_kept(tmp_path / "baseline-per-epoch.npz")


def test_a_seed_that_occurs_twice_counts_once():
    history = pd.DataFrame(
        {"epoch": [1, 1], "value": [0.1, 0.2], "metric": "loss", "data": "training", "seed": [1, 2]}
    )
    table = band.seeds_table([history, history.assign(value=9.0)])
    assert table.loc[LOSS].to_dict() == {1: 0.1, 2: 0.2}
