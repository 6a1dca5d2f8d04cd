"""Sweeps: which models they are, and what is drawn of them (by hand)."""

import pytest

from figures.test_figures import history_of, write_results
from pyreg import config
from pyreg.errors import InputError
from pyreg.figures import catalogue, draw, sweeps
from pyreg.figures.results import Results
from pyreg.records.layout import Layout, RunKey

SWEEPS = {
    "capacity": {"over": {"units": [2, 8], "depth": [1, 3]}, "model": {"units": [4]}},
    "l2": {"over": {"l2": [0.00001, 0.1]}, "model": {"units": [4, 4], "activation": "tanh"}},
}


def study(**changes):
    settings = {"models": {"baseline": {"units": [4]}}, "sweeps": SWEEPS, "epochs": 3}
    return config.load({**settings, "replicates": 4, **changes})


def test_every_combination_of_values_is_a_model():
    models = study().models
    assert list(models) == [
        "baseline",
        *("capacity-2x1", "capacity-2x3", "capacity-8x1", "capacity-8x3"),
        *("l2-1e-05", "l2-0.1"),
    ]
    assert models["capacity-8x3"] == config.Model(units=[8, 8, 8])
    assert models["l2-0.1"] == config.Model(units=[4, 4], activation="tanh", l2=0.1)


def test_a_saved_study_is_the_same_study(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(config.dump(study()))
    assert config.load(path) == study()


def test_claims_may_be_about_a_sweeps_models():
    claim = {
        "id": "penalty-helps",
        "claim": "A penalty helps",
        "source": "a test",
        "metric": "accuracy",
        "left": "l2-0.1",
        "right": "baseline",
        "direction": "greater",
    }
    assert study(claims=[claim]).claims[0].left == "l2-0.1"
    with pytest.raises(InputError, match=r"names model 'l2-0\.2'"):
        study(claims=[{**claim, "left": "l2-0.2"}])


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"l2": [0.1]}, "at least 2 items"),
        ({"l2": [0, 1], "l1": [0, 1], "dropout": [0, 0.5]}, "at most 2 items"),
        ({"depth": [1, 1.5]}, "got 1.5, expected whole numbers"),
        ({"dropout": [0, 1.5]}, "1.5"),
        ({"color": [1, 2]}, "color"),
    ],
)
def test_a_mistake_in_a_sweep_is_named(over, message):
    with pytest.raises(InputError, match=message):
        study(sweeps={"mine": {"over": over}})


def test_a_sweep_is_one_figure_and_its_models_are_in_no_other():
    entries = catalogue.entries(study())
    assert {entry.name for entry in entries if entry.kind == "sweep"} == {
        "sweep-capacity",
        "sweep-l2",
    }
    others = {model for entry in entries if entry.kind != "sweep" for model in entry.models}
    assert others == {"baseline"}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return Results(study(), Layout(write_results(study(), tmp_path_factory.mktemp("results"))))


def test_a_point_is_the_median_of_its_runs(results):
    table = sweeps.sweep_table("l2", results.study.sweeps["l2"], results)
    point = table[
        (table["model"] == "l2-0.1")
        & (table["metric"] == "binary_crossentropy")
        & (table["quantity"] == "validation, last epoch")
    ].squeeze()
    keys = [RunKey("python", "l2-0.1", "per-epoch", seed) for seed in (1, 2, 3, 4)]
    at_the_end = "epoch == 3 and metric == 'binary_crossentropy' and data == 'validation'"
    lasts = [history_of(results.study, key).query(at_the_end)["value"].item() for key in keys]
    assert point["l2"] == 0.1
    assert point["num_runs"] == 4
    assert point["value"] == pytest.approx((lasts[1] + lasts[2]) / 2)
    assert point["low"] == pytest.approx(lasts[0] + 0.3 * (lasts[1] - lasts[0]))


@pytest.mark.parametrize("name", ["sweep-l2", "sweep-capacity"])
def test_a_sweep_is_drawn_and_its_table_holds_every_point(results, name):
    (entry,) = [entry for entry in catalogue.entries(results.study) if entry.name == name]
    drawing = draw.draw(results.study, results.layout.folder, entry)
    drawing.plot.draw()
    points = len(entry.models) * 2 * len(sweeps.SERIES)
    assert len(drawing.table) == points
    assert set(drawing.table["model"]) == set(entry.models)


def test_within_a_sentence_a_setting_is_not_capitalized_but_l2_is():
    assert [sweeps.spoken(name) for name in ("l2", "depth", "units")] == [
        "L2 factor",
        "hidden layers",
        "units of each hidden layer",
    ]
