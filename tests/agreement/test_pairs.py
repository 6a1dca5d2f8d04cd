from dataclasses import replace

import made_up_results
import numpy as np
import pytest

from pyreg import config, files
from pyreg.agreement import pairs
from pyreg.agreement.pairs import COLUMNS
from pyreg.records.layout import Layout, RunKey
from pyreg.records.run import METRICS, Chain, Run, history_table, write_run
from pyreg.study import plan

TOLERANCE = config.Tolerance(
    history=0.01, weights=0.01, predictions=0.01, reason="float32 against double"
)


def run_of(engine="python", value=0.5, weights="w2", probability=0.25, epochs=2):
    key = RunKey(engine, "baseline", "per-epoch", 1)
    history = {
        name: [0.9] * (epochs - 1) + [value]
        for metric in METRICS
        for name in (metric, f"val_{metric}")
    }
    return Run(
        key=key,
        history=history_table(history, key),
        info={"engine": engine, "versions": {"numpy": "2"}},
        chain=Chain("d", "e", "i", "o", ["w1", weights][:epochs], str(probability)),
        predictions=np.full(4, probability, dtype=np.float32),
        labels=np.array([0, 1, 0, 1], dtype=np.uint8),
        weights={epochs: [np.full((2, 2), value)]},
    )


def test_equal_runs_are_bit_identical():
    row = pairs.compare(run_of(), run_of("r"))
    assert row["level"] == "bit-identical"
    assert row["first_difference"] is None
    assert row["max_abs_diff_history"] == 0


def test_a_last_digit_is_a_difference():
    row = pairs.compare(run_of(), run_of("r", value=np.nextafter(0.5, 1)))
    assert row["level"] == "different"


def test_equal_histories_with_other_weights_are_different_and_the_link_is_named():
    row = pairs.compare(run_of(), run_of("r", weights="other"))
    assert (row["level"], row["first_difference"]) == ("different", "weights after epoch 2")
    assert "weights after epoch 2" in str(row["note"])


@pytest.mark.parametrize(("value", "level"), [(0.509, "within-tolerance"), (0.511, "different")])
def test_a_tolerance_is_a_bound(value, level):
    right = run_of("base-r", value=value, weights="other")
    assert pairs.compare(run_of(), right, TOLERANCE)["level"] == level


def test_without_a_tolerance_nothing_is_tolerated():
    right = run_of("r", value=0.5000001, weights="other")
    assert pairs.compare(run_of(), right)["level"] == "different"


def test_a_prediction_outside_its_tolerance_counts():
    right = run_of("base-r", weights="other", probability=0.3)
    assert pairs.compare(run_of(), right, TOLERANCE)["level"] == "different"


@pytest.mark.parametrize(
    ("apart", "level"), [(1e-16, "within-tolerance"), (1e-6, "different"), (None, "different")]
)
def test_a_wrong_formula_cannot_hide_in_single_precision(apart, level):
    tolerance = TOLERANCE.model_copy(update={"double": 1e-12})
    right = run_of("base-r", weights="other")
    if apart is not None:
        right = replace(right, info={**right.info, "keras_in_double": {"weights": apart}})
    assert pairs.compare(run_of(), right, tolerance)["level"] == level


@pytest.mark.parametrize("lost", ["epoch == 2", "metric == 'accuracy'", "data == 'validation'"])
@pytest.mark.parametrize("tolerance", [None, TOLERANCE])
def test_what_one_history_lacks_is_never_called_identical(lost, tolerance):
    whole = run_of()
    part = replace(run_of("r"), history=whole.history.query(f"not ({lost})"))
    for pair in [(whole, part), (part, whole)]:
        row = pairs.compare(*pair, tolerance)
        found = (row["level"], row["first_difference"])
        assert found == ("different", "values that the history holds")


def test_fewer_epochs_are_held_against_as_many_of_the_other_run():
    """As plain R's runs, which are shorter."""
    row = pairs.compare(run_of(value=0.9, weights="w1"), run_of("base-r", epochs=1), TOLERANCE)
    assert row["level"] == "different"  # the one epoch of the shorter run is 0.5, not 0.9
    short = run_of("base-r", value=0.9, epochs=1)
    assert pairs.compare(run_of(), short, TOLERANCE)["level"] == "within-tolerance"


def test_nan_is_never_within_tolerance():
    right = run_of("base-r", value=float("nan"), weights="other")
    assert pairs.compare(run_of(), right, TOLERANCE)["level"] == "different"


def test_without_r_every_row_says_not_run_and_why(tmp_path):
    study = config.load({"models": {"baseline": {"units": [2]}}})
    table = pairs.agreement(study, Layout(tmp_path), r_missing="R is not installed")
    assert list(table.columns) == COLUMNS
    assert list(table["right"]) == ["r", "base-r"]
    assert set(table["level"]) == {"not-run"}
    assert set(table["note"]) == {"R is not installed"}


def test_a_model_beyond_plain_r_has_its_row_and_the_reason(tmp_path):
    study = config.load({"models": {"baseline": {"units": [2], "normalization": "layer"}}})
    for run in [run_of(), run_of("r")]:
        run = replace(run, info={**run.info, **vars(run.key)})
        write_run(Layout(tmp_path).run(run.key).folder, run)
    table = pairs.agreement(study, Layout(tmp_path), r_missing=None)
    assert list(table["level"]) == ["bit-identical", "not-run"]
    assert table["note"][1] == "base-r does not cover layer normalization"


def test_the_runs_are_read_from_their_records(tmp_path):
    study = config.load({"models": {"baseline": {"units": [2]}}, "base_r": False})
    for run in [run_of(), run_of("r")]:
        run = replace(run, info={**run.info, **vars(run.key)})
        write_run(Layout(tmp_path).run(run.key).folder, run)
    table = pairs.agreement(study, Layout(tmp_path), r_missing=None)
    assert list(table["level"]) == ["bit-identical"]


def on_jax(tmp_path, monkeypatch, shift, installed=True):
    """agreement.csv of a study whose replicates on JAX are `shift` worse in every value."""
    monkeypatch.setattr(plan, "is_installed", lambda backend: installed)
    study = made_up_results.full_study(backends={"jax": ["baseline"]})
    made_up_results.write_results(study, tmp_path)
    for path in tmp_path.glob("replicates-jax/*/*/seeds-*/history.csv"):
        history = files.read_csv(path)
        files.write_csv(path, history.assign(value=history["value"] + shift))
        made_up_results.sealed(path.parent)
    table = pairs.agreement(study, Layout(tmp_path), None)
    return table[table["right"] == "python-replicates-jax"]


@pytest.mark.parametrize(("shift", "level"), [(0.001, "equivalent"), (0.1, "different")])
def test_replicates_on_another_backend_are_held_against_tensorflows(
    shift, level, tmp_path, monkeypatch
):
    table = on_jax(tmp_path, monkeypatch, shift)
    assert table[["model", "left", "level"]].to_numpy().tolist() == [
        ["baseline", "python-replicates", level]
    ]
    assert table["seed"].isna().all()
    assert "4 and 4 runs of the same seeds" in table["note"].item()


def test_a_backend_that_is_not_installed_leaves_a_row_that_says_so(tmp_path, monkeypatch):
    table = on_jax(tmp_path, monkeypatch, 0, installed=False)
    assert table["level"].tolist() == ["not-run"]
    assert "jax is not installed" in table["note"].item()
