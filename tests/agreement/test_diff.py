"""Where two runs part: small runs made by hand, one link changed at a time."""

from dataclasses import replace

import numpy as np
import pytest

from pyreg import cli
from pyreg.agreement import diff
from pyreg.records.layout import RunKey
from pyreg.records.run import Chain, Run, history_table, write_run


def make_run(engine: str = "python", **changes) -> Run:
    key = RunKey(engine, "baseline", "per-epoch", 1)
    history = {
        "loss": [0.6, 0.5],
        "accuracy": [0.7, 0.8],
        "binary_crossentropy": [0.6, 0.5],
        "val_loss": [0.65, 0.55],
        "val_accuracy": [0.68, 0.78],
        "val_binary_crossentropy": [0.65, 0.55],
    }
    run = Run(
        key=key,
        history=history_table(history, key),
        info={**vars(key), "versions": {"keras": "3.15.1"}, "threads": 1, "times": {"fit": 1.5}},
        chain=Chain("d", "e", "i", "b", ["w1", "w2"], "p"),
        predictions=np.array([0.25, 0.75], dtype=np.float32),
        labels=np.array([0, 1], dtype=np.uint8),
        weights={1: [np.zeros((2, 1)), np.zeros(1)], 2: [np.ones((2, 1)), np.ones(1)]},
    )
    return replace(run, **changes)


def change_chain(run: Run, **links) -> Run:
    return replace(run, chain=replace(run.chain, **links))


def test_equal_chains_have_no_difference():
    left, right = make_run(), make_run("r")
    assert diff.first_difference(left, right) is None
    assert "bit-identical in every link" in diff.sentence(left, right, None)


@pytest.mark.parametrize(
    ("links", "expected", "epoch"),
    [
        ({"data": "x", "encoding": "x", "predictions": "x"}, "data", 1),
        ({"encoding": "x", "weights": ["x", "x"]}, "encoding", 1),
        ({"initial_weights": "x"}, "initial weights", 1),
        ({"batch_order": "x"}, "batch order", 1),
        ({"weights": ["x", "x"]}, "weights after epoch 1", 1),
        ({"weights": ["w1", "x"], "predictions": "x"}, "weights after epoch 2", 2),
        ({"predictions": "x"}, "predictions", 2),
        ({"weights": ["w1"]}, "number of epochs", 1),
    ],
)
def test_first_differing_link_is_named(links, expected, epoch):
    found = diff.first_difference(make_run(), change_chain(make_run(), **links))
    assert (found.link, found.epoch) == (expected, epoch)


def test_unknown_batch_order_is_passed_over():
    unknown = change_chain(make_run(), batch_order=None)
    assert diff.first_difference(make_run(), unknown) is None
    later = change_chain(unknown, weights=["w1", "x"])
    assert diff.first_difference(make_run(), later).link == "weights after epoch 2"


def test_distances_are_those_of_the_epoch_where_the_runs_part():
    other = change_chain(make_run(), weights=["w1", "x"], predictions="x")
    history = other.history.copy()
    history.loc[history["epoch"] == 2, "value"] += 0.125
    other = replace(
        other,
        history=history,
        weights={1: other.weights[1], 2: [np.full((2, 1), 1.5), np.ones(1)]},
        predictions=np.array([0.25, 0.5], dtype=np.float32),
    )
    found = diff.first_difference(make_run(), other)
    assert (found.history, found.weights, found.predictions) == pytest.approx((0.125, 0.5, 0.25))


def test_weights_of_other_shapes_or_not_stored_are_not_compared():
    run = make_run()
    assert diff.weights_difference(run, replace(run, weights={1: [np.zeros((3, 1))]}), 1) is None
    assert diff.weights_difference(run, replace(run, weights={}), 1) is None


def test_predictions_of_different_epochs_are_not_compared():
    assert diff.predictions_difference(make_run(), change_chain(make_run(), weights=["w1"])) is None


def test_not_a_number_equals_itself_only():
    run = make_run()
    lost = replace(run, history=run.history.assign(value=np.nan))
    assert diff.history_difference(lost, lost) == 0.0
    assert diff.history_difference(run, lost) == np.inf


def test_environment_names_nested_fields_and_leaves_times_out():
    info = {"versions": {"keras": "3.15.1"}, "threads": 1, "times": {"fit": 1.5}}
    other = {"versions": {"keras": "3.14.0"}, "threads": 1, "times": {"fit": 9.0}, "r": "4.2.2"}
    assert diff.environment_difference(info, other) == {
        "versions.keras": ("3.15.1", "3.14.0"),
        "r": (None, "4.2.2"),
    }


def test_sentence_says_where_how_far_and_what_differs():
    left = make_run()
    right = change_chain(make_run("r"), weights=["x", "x"])
    right = replace(right, info={**right.info, "engine": "r"})
    text = diff.sentence(left, right, diff.first_difference(left, right))
    assert text == (
        "python baseline per-epoch seed 1 and r baseline per-epoch seed 1 first differ in the "
        "weights after epoch 1: the history of epoch 1 equal, the weights there equal, the final "
        "predictions equal; their environments differ in engine (python | r)."
    )


def test_command_prints_the_sentence_and_exits_1_only_if_runs_differ(tmp_path, capsys):
    write_run(tmp_path / "a", make_run())
    write_run(tmp_path / "b", change_chain(make_run(), initial_weights="x"))
    assert cli.main(["diff", str(tmp_path / "a"), str(tmp_path / "a")]) == 0
    with pytest.raises(SystemExit) as stopped:
        cli.main(["diff", str(tmp_path / "a"), str(tmp_path / "b")])
    assert stopped.value.code == 1
    assert "first differ in the initial weights" in capsys.readouterr().out


def test_command_names_a_missing_record(tmp_path, capsys):
    assert cli.main(["diff", str(tmp_path / "none"), str(tmp_path / "none")]) == 2
    assert "is not a complete record" in capsys.readouterr().err


SETTINGS = {"floatx": "float32", "epsilon": 1e-7}


@pytest.mark.parametrize(
    ("left", "right", "named"),
    [
        ({"keras": SETTINGS}, {"keras": {**SETTINGS, "floatx": "float16"}}, {"keras.floatx"}),
        ({"variables": {}}, {"variables": {"TF_XLA_FLAGS": "x"}}, {"variables.TF_XLA_FLAGS"}),
        ({"onednn": True}, {"onednn": False}, {"onednn"}),
        ({}, {"keras": SETTINGS, "variables": {"TF_XLA_FLAGS": "x"}}, set()),  # an older record
        ({"onednn": None}, {"onednn": True}, set()),  # another backend, which knows of none
        ({"files": {"history.csv": "a"}}, {"files": {"history.csv": "b"}}, set()),
        ({"threads": 1}, {"threads": 2}, {"threads"}),
    ],
)
def test_what_is_named_of_two_environments(left, right, named):
    assert set(diff.environment_difference(left, right)) == named
