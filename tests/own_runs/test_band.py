"""Where a history lies among seeds: distances worked out by hand."""

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


def test_distance_is_the_mean_over_epochs_of_standard_deviations():
    found = band.position(series({LOSS: 2 + 3**0.5, LATER: 20 - 30 * 3**0.5}), SEEDS)
    assert found.distance == pytest.approx((1 + 3) / 2)
    assert (found.curve, found.num_seeds, found.is_inside) == ("training loss", 2, True)


def test_curve_farthest_out_decides():
    accuracy = ("accuracy", "validation", 1)
    seeds = seeds_of({LOSS: 1, accuracy: 0.8}, {LOSS: 3, accuracy: 0.9})
    found = band.position(series({LOSS: 2, accuracy: 0.5}), seeds)
    assert found.curve == "validation accuracy"
    assert not found.is_inside


def test_epochs_and_curves_that_only_one_has_are_left_out():
    values = series({LOSS: 2, ("loss", "validation", 1): 99, ("loss", "training", 9): 99})
    assert band.position(values, SEEDS).distance == 0


def test_epochs_that_fewer_than_half_of_the_seeds_reached_are_left_out():
    seeds = seeds_of({LOSS: 1, LATER: 10}, {LOSS: 3, LATER: 30}, {LOSS: 2}, {LOSS: 2}, {LOSS: 2})
    assert band.position(series({LOSS: 2, LATER: 999}), seeds).distance == 0
    # With two of four the later epoch counts, by the spread of the two that reached it.
    of_four = band.position(series({LOSS: 2, LATER: 20 + 10 * 3**0.5}), seeds[[1, 2, 3, 4]])
    assert of_four.distance == pytest.approx(1 / 2)


def test_nothing_in_common_is_refused():
    with pytest.raises(InputError, match="no epoch of the loss"):
        band.position(series({("accuracy", "training", 1): 1}), SEEDS)


def test_an_epoch_on_which_all_seeds_agree_does_not_decide_alone():
    seeds = seeds_of({LOSS: 1, LATER: 5}, {LOSS: 3, LATER: 5})
    assert band.position(series({LOSS: 2, LATER: 5.1}), seeds).distance < 1
    same = seeds_of({LOSS: 1}, {LOSS: 1})
    assert band.position(series({LOSS: 1}), same).is_inside
    assert not band.position(series({LOSS: 2}), same).is_inside


def test_a_seed_that_occurs_twice_counts_once():
    history = pd.DataFrame(
        {"epoch": [1, 1], "value": [0.1, 0.2], "metric": "loss", "data": "training", "seed": [1, 2]}
    )
    table = band.seeds_table([history, history.assign(value=9.0)])
    assert table.loc[LOSS].to_dict() == {1: 0.1, 2: 0.2}
