import math

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from scipy import stats

from pyreg import cli, files
from pyreg.agreement import equivalence
from pyreg.agreement.equivalence import COLUMNS
from pyreg.config import Margins
from pyreg.errors import InputError
from pyreg.records.layout import RunKey
from pyreg.records.run import history_table


def runs(values, first_seed=1):
    return pd.Series(values, index=range(first_seed, first_seed + len(values)), dtype=float)


def tost(left, right, margin=0.02):
    """As of two sets of different seeds."""
    return equivalence.tost(runs(left), runs(right, first_seed=1001), margin)


def test_equal_sets_are_equivalent_with_the_p_value_of_a_plain_t_test():
    # 4 and 4 runs, variance 1e-4 each: error sqrt(2 * 1e-4 / 4), 6 degrees of freedom.
    values = 0.5 + 0.01 * np.array([-1, -1, 1, 1]) * math.sqrt(3 / 4)
    row = tost(values, values, margin=0.02)
    error = math.sqrt(2 * 1e-4 / 4)
    assert row["estimate"] == 0
    assert row["p_value"] == pytest.approx(stats.t.sf(0.02 / error, 6))
    assert row["ci_high"] == pytest.approx(stats.t.ppf(0.95, 6) * error)
    assert row["verdict"] == "equivalent"


def test_the_verdict_and_the_90_percent_interval_say_the_same():
    generator = np.random.default_rng(1)
    for shift in np.linspace(-0.05, 0.05, 41):
        left, right = generator.normal(shift, 0.01, 8), generator.normal(0, 0.02, 12)
        row = tost(left, right, 0.02)
        inside = row["ci_low"] > -0.02 and row["ci_high"] < 0.02
        outside = row["ci_low"] > 0.02 or row["ci_high"] < -0.02
        expected = "equivalent" if inside else "different" if outside else "undecided"
        assert row["verdict"] == expected


def test_sets_of_other_seeds_are_compared_by_welch_s_test():
    generator = np.random.default_rng(2)
    left, right = generator.normal(0.5, 0.01, 7), generator.normal(0.505, 0.02, 11)
    shares = np.var(left, ddof=1) / 7, np.var(right, ddof=1) / 11
    freedom = sum(shares) ** 2 / (shares[0] ** 2 / 6 + shares[1] ** 2 / 10)
    distance = (0.02 - abs(left.mean() - right.mean())) / math.sqrt(sum(shares))
    assert tost(left, right, 0.02)["p_value"] == pytest.approx(stats.t.sf(distance, freedom))


@pytest.mark.parametrize(
    ("shift", "level"),
    [(0.02, 0.05), (0.04, 0.0)],  # at the margin: wrong in at most one of 20; beyond: never
)
def test_a_difference_as_large_as_the_margin_is_seldom_called_equivalent(shift, level):
    generator = np.random.default_rng(3)
    verdicts = [
        tost(generator.normal(shift, 0.01, 10), generator.normal(0, 0.01, 10), 0.02)["verdict"]
        for _ in range(1000)
    ]
    assert verdicts.count("equivalent") / 1000 <= level + 0.02


def test_no_significant_difference_is_no_equivalence():
    # The trap: two noisy sets that a t test cannot tell apart.
    left, right = np.array([0.4, 0.5, 0.6]), np.array([0.35, 0.52, 0.6])
    assert stats.ttest_ind(left, right).pvalue > 0.8
    row = tost(left, right, 0.02)
    assert row["verdict"] == "undecided"
    assert "runs on either side" in row["note"]


def test_the_number_of_runs_it_asks_for_suffices_four_times_in_five():
    generator = np.random.default_rng(4)
    number = equivalence.num_needed(1.0 + 1.0, margin=0.5)  # variance 1 on either side
    shown = [
        tost(generator.normal(size=number), generator.normal(size=number), 0.5)["verdict"]
        for _ in range(400)
    ]
    assert shown.count("equivalent") / 400 == pytest.approx(0.8, abs=0.06)


def test_runs_of_the_same_seeds_are_compared_seed_by_seed():
    shared = np.random.default_rng(6).normal(0.5, 0.1, 8)
    noise = 0.001 * np.array([1, -1, 1, -1, 1, -1, 1, -1])
    paired = equivalence.tost(runs(shared), runs(shared + noise), 0.02)
    error = np.std(noise, ddof=1) / math.sqrt(8)
    assert paired["paired"]
    assert paired["p_value"] == pytest.approx(stats.t.sf(0.02 / error, 7))
    # The trap: torn apart, the same runs show nothing.
    assert tost(shared, shared + noise)["verdict"] == "undecided"


def test_runs_without_spread_are_decided_by_their_difference():
    assert tost(np.full(3, 0.5), np.full(3, 0.5), 0.02)["verdict"] == "equivalent"
    assert tost(np.full(3, 0.5), np.full(3, 0.6), 0.02)["verdict"] == "different"


@pytest.mark.parametrize("values", [[0.5, 0.5], [0.5, 0.5, np.nan]])
def test_too_few_or_diverged_runs_are_undecided_with_the_reason(values):
    row = tost(values, np.full(5, 0.5))
    assert row["verdict"] == "undecided"
    assert "3 finite" in row["note"]


EPOCHS = 4
CONFIG = str(ROOT / "config" / "config.yaml")


def histories(engine, shift=0.0, models=("baseline",), num_seeds=6, epochs=EPOCHS, at_last=0.0):
    """Runs that are apart by `shift` at every epoch after the first, and by more at the last."""
    generator = np.random.default_rng(5)
    tables = []
    for model in models:
        for seed in range(1, num_seeds + 1):
            noise = generator.normal(0, 0.001)
            ours = noise + shift * (np.arange(epochs) > 0) + at_last * (np.arange(epochs) > 2)
            values = {
                "accuracy": [0.9] * epochs,
                "val_accuracy": [0.85 + noise] * epochs,
                "binary_crossentropy": [0.2 + noise] * epochs,
                "val_binary_crossentropy": 0.4 + ours,
            }
            tables.append(history_table(values, RunKey(engine, model, "per-epoch", seed)))
    return pd.concat(tables)


def test_a_row_for_each_model_and_metric_that_both_sets_have():
    left, right = (
        histories("a", models=("baseline", "l2")),
        histories("b", models=("l2", "dropout")),
    )
    table = equivalence.compare(left, right, Margins())
    assert table[["model", "metric", "at"]].to_numpy().tolist() == [
        ["l2", "accuracy", "curve"],
        ["l2", "accuracy", "last"],
        ["l2", "binary_crossentropy", "curve"],
        ["l2", "binary_crossentropy", "last"],
    ]
    assert table.columns.tolist() == COLUMNS
    assert set(table["left"] + table["right"]) == {"ab"}


def test_agreement_takes_every_metric():
    same = equivalence.compare(histories("a"), histories("b"), Margins())
    assert equivalence.agreement_row(same)["level"] == "equivalent"
    shifted = equivalence.compare(histories("a"), histories("b", shift=0.1), Margins())
    row = equivalence.agreement_row(shifted)
    assert row["level"] == "different"
    assert "accuracy: equivalent" in row["note"]
    assert "binary_crossentropy: different" in row["note"]


def test_the_curve_is_judged_by_its_mean_and_the_last_epoch_by_itself():
    table = equivalence.compare(histories("a"), histories("b", at_last=0.1), Margins())
    rows = table[table["metric"] == "binary_crossentropy"].set_index("at")
    assert rows.loc["curve", "estimate"] == pytest.approx(-0.1 / EPOCHS)
    assert rows.loc["last", "estimate"] == pytest.approx(-0.1)


def test_noise_at_the_last_epoch_is_no_difference_but_a_shown_one_is():
    noise = 0.05 * np.array([1, -1, 1, -1, 1, -1])
    noisy, worse = histories("b"), histories("b", at_last=0.06)
    last = (noisy["epoch"] == EPOCHS) & (noisy["metric"] == "binary_crossentropy")
    last &= noisy["data"] == "validation"
    noisy.loc[last, "value"] += noise
    table = equivalence.compare(histories("a"), noisy, Margins())
    assert equivalence.verdict(table) == "equivalent"
    assert "at the last epoch: undecided" in equivalence.note(table)
    # The trap: a fault that comes late hardly moves the mean of the curve.
    table = equivalence.compare(histories("a"), worse, Margins())
    curve = table[(table["metric"] == "binary_crossentropy") & (table["at"] == "curve")]
    assert curve["verdict"].tolist() == ["equivalent"]
    assert equivalence.verdict(table) == "different"


def test_other_numbers_of_epochs_are_different_whatever_the_values():
    table = equivalence.compare(histories("a"), histories("b", epochs=EPOCHS - 1), Margins())
    assert set(table["verdict"]) == {"different"}
    assert set(table["note"]) == {"4 epochs and 3"}
    early = pd.concat([histories("b", num_seeds=5), histories("b", epochs=3).query("seed == 6")])
    table = equivalence.compare(histories("a"), early, Margins())
    assert "different" not in set(table["verdict"])  # as early stopping ends them


def test_the_start_is_measured_in_the_spread_of_the_seeds():
    left = histories("a")
    metric = "binary_crossentropy"
    first = left[(left["epoch"] == 1) & (left["metric"] == metric) & (left["data"] == "training")]
    deviation = first["value"].std()
    assert equivalence.start_apart(left, histories("b", shift=0.5), metric) == 0
    moved = left.assign(value=left["value"] + 0.1 * deviation)
    assert equivalence.start_apart(left, moved, metric) == pytest.approx(0.1)
    others = left.assign(seed=left["seed"] % 6 + 1)  # every seed with another's values
    assert equivalence.start_apart(left, others, metric) > 1
    assert equivalence.start_apart(left, left.assign(seed=left["seed"] + 100), metric) is None
    diverged = left.assign(value=np.nan)
    assert not equivalence.start_apart(left, diverged, metric) <= equivalence.SAME_START


def test_a_value_that_is_missing_or_there_twice_is_refused():
    whole = histories("a").assign(file="a.csv")
    early = histories("a", num_seeds=1, epochs=3).assign(seed=7, file="7.csv")
    equivalence.require_whole(pd.concat([whole, early]))
    last = whole.eval(f"data == 'validation' and metric == 'accuracy' and epoch == {EPOCHS}")
    cut = whole[~(last & (whole["seed"] == 2))]
    # The trap: that seed's last value is of the epoch before.
    assert equivalence.compare(cut, whole, Margins())["paired"].all()
    said = f"a.csv: got 0 values of validation accuracy in epoch {EPOCHS} with seed 2, expected 1"
    with pytest.raises(InputError, match=said):
        equivalence.require_whole(cut)
    twice = pd.concat([whole, whole[whole["seed"] == 3].assign(file="b.csv")])
    with pytest.raises(InputError, match=r"a.csv and b.csv: got 2 values of .* 1 with seed 3"):
        equivalence.require_whole(twice)


def test_the_command_names_the_history_that_is_not_whole(tmp_path, capsys):
    whole, cut = tmp_path / "whole.csv", tmp_path / "cut.csv"
    files.write_csv(whole, histories("a"))
    files.write_csv(cut, histories("a").iloc[:-1])
    for left in ([cut], [whole, whole]):
        sides = ["--left", *map(str, left), "--right", str(whole)]
        assert cli.main(["equivalence", "--config", CONFIG, *sides]) == 2
        assert f"{left[0]}: got {2 * len(left) - 2} values of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("values", "margin", "note"),
    [
        ([0.4, 0.5, 0.6], 1e-300, "takes about 1000000000 runs"),
        ([0.4, 0.5, 1e150], 0.02, "takes about 1000000000 runs"),
        ([0.4, 0.5, 1e300], 0.02, "3 finite results"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_numbers_without_measure_are_undecided(values, margin, note):
    for others in ([0.4, 0.51, 0.6], [0.4, 0.51, 0.6, 0.7]):
        row = equivalence.tost(runs(values), runs(others), margin)
        assert row["verdict"] == "undecided"
        assert note in row["note"]
