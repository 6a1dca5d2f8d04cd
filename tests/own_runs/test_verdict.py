"""Verdicts on histories of one's own: made-up runs, nothing trained, and one real small study."""

import numpy as np
import pandas as pd
import pytest

from pyreg import cli, config, files
from pyreg.data import encoding, save_dataset
from pyreg.errors import InputError
from pyreg.own_runs import band, causes, verdict
from pyreg.own_runs.band import INDEX
from pyreg.own_runs.causes import FROZEN_SHUFFLE, Workshop
from pyreg.own_runs.verdict import PENALTY_NOT_COUNTED, Judge
from pyreg.records.layout import Layout, RunKey
from pyreg.records.run import history_table

EPOCHS = 4
STUDY = config.load(
    {
        "data": {"num_words": 40, "source": "file", "path": "nowhere.npz"},
        "models": {
            "baseline": {"units": [4]},
            "l2": {"units": [4], "l2": 0.1},
            "dropout": {"units": [4], "dropout": 0.6},
        },
        "epochs": EPOCHS,
        "batch_size": 32,
    }
)


def history(seed: int, model: str = "baseline", shift: float = 0.0) -> pd.DataFrame:
    """A run as a file of ours holds it: float32 values that differ a little between seeds."""
    noise = np.random.RandomState(seed).normal(0, 0.01, (6, EPOCHS))
    names = [prefix + metric for prefix in ("", "val_") for metric in ["loss", *STUDY.metrics]]
    values = {
        name: np.float32(0.5 + shift + row + 0.1 * np.arange(EPOCHS))
        for name, row in zip(names, noise, strict=True)
    }
    return history_table(values, RunKey("python", model, "per-epoch", seed))


@pytest.fixture
def results(tmp_path):
    for model in STUDY.models:
        run = Layout(tmp_path).run(RunKey("python", model, "per-epoch", 1)).folder
        files.write_csv(run / "history.csv", history(1, model))
        batch = pd.concat([history(seed, model) for seed in range(1, 11)])
        folder = tmp_path / "replicates" / model / "per-epoch" / "seeds-1-10"
        files.write_csv(folder / "history.csv", batch)
    return tmp_path


class FakeWorkshop:
    """Gives a candidate the values it is told to have, and notes what was asked for."""

    def __init__(self, runs=None, shifts=None, missing=()):
        self.runs, self.shifts, self.missing = runs or {}, shifts or {}, missing
        self.asked = []

    def run(self, candidate, model, seed, epochs):
        self.asked.append((candidate.name, epochs))
        found = self.runs.get((candidate.name, seed), history(99, model))
        return band.values_of(found[found["epoch"] <= epochs])

    def seeds(self, candidate, model, seeds, epochs):
        if any(name in candidate.name for name in self.missing):
            raise InputError("no such data here")
        shift = self.shifts.get(candidate.name, 5.0)
        return band.seeds_table(history(seed, model, shift) for seed in range(50, 60))


def judge(results, mine, tmp_path, model="baseline", workshop=None, study=STUDY, digits=None):
    path = tmp_path / "mine.csv"
    columns = mine[["epoch", "value", "metric", "data"]]
    columns.to_csv(path, float_format=f"%.{digits}g" if digits else None)
    return Judge(study, results, seed=1, workshop=workshop).judge(str(path), model)


def test_our_own_run_is_identical_bit_for_bit(results, tmp_path):
    verdict = judge(results, history(1), tmp_path)
    assert (verdict.verdict, verdict.cause, verdict.max_abs_diff) == ("identical", None, 0)
    assert verdict.sentence.startswith("mine.csv (4 epochs) is identical, ")
    assert verdict.sentence.endswith(" to our run with shuffle per-epoch, seed 1.")


@pytest.mark.parametrize("digits", [15, 7, 4])
def test_rounding_in_print_is_still_identical(results, tmp_path, digits):
    verdict = judge(results, history(1), tmp_path, digits=digits)
    assert verdict.verdict == "identical"
    assert f"in all {digits} digits printed, to our run" in verdict.sentence


def test_three_digits_are_too_few_to_be_identical(results, tmp_path):
    assert judge(results, history(1), tmp_path, digits=3).verdict == "inside"


def test_one_other_bit_is_not_identical(results, tmp_path):
    mine = history(1)
    mine.loc[3, "value"] = np.nextafter(np.float32(mine.loc[3, "value"]), np.float32(1))
    assert judge(results, mine, tmp_path).verdict == "inside"


@pytest.mark.parametrize("chosen", ["epoch <= 2", "data == 'training'", "metric == 'loss'"])
def test_part_of_our_run_is_identical(results, tmp_path, chosen):
    assert judge(results, history(1).query(chosen), tmp_path).verdict == "identical"


def test_another_seed_is_inside(results, tmp_path):
    verdict = judge(results, history(77), tmp_path)
    assert (verdict.verdict, verdict.cause) == ("inside", None)
    assert "lies inside the band of our 10 seeds" in verdict.sentence


def test_another_network_is_outside(results, tmp_path):
    verdict = judge(results, history(77, shift=0.3), tmp_path)
    assert (verdict.verdict, verdict.cause) == ("outside", None)
    assert "No cause was tested; leave out --quick" in verdict.sentence
    found = judge(results, history(77, shift=0.3), tmp_path, workshop=FakeWorkshop())
    assert (found.verdict, found.cause) == ("outside", None)
    assert "No cause was found; tested too: frozen shuffle" in found.sentence


def test_penalty_left_out_of_val_loss_is_seen(results, tmp_path):
    penalised = history(1, "l2").set_index(["metric", "data"])
    crossentropy = penalised.loc[("binary_crossentropy", "validation"), "value"].to_numpy()
    penalised.loc[("loss", "validation"), "value"] = crossentropy
    verdict = judge(results, penalised.reset_index(), tmp_path, "l2")
    assert (verdict.verdict, verdict.cause) == ("identical", PENALTY_NOT_COUNTED)


def test_plain_seeded_fit_is_identical_though_no_such_run_is_stored(results, tmp_path):
    workshop = FakeWorkshop(runs={("the study's own settings", 1): history(33)})
    verdict = judge(results, history(33), tmp_path, workshop=workshop)
    assert (verdict.verdict, verdict.cause) == ("identical", None)
    assert "to a plain fit seeded with 1." in verdict.sentence


def test_pythons_column_base_is_named(results, tmp_path):
    name = "column base 0, as in Python ports"
    workshop = FakeWorkshop(runs={(name, 1): history(33)})
    verdict = judge(results, history(33), tmp_path, workshop=workshop)
    assert (verdict.verdict, verdict.cause) == ("inside", name)
    assert workshop.asked == [("the study's own settings", 1), (name, 1), (name, EPOCHS)]


def test_equal_first_epoch_alone_is_no_match(results, tmp_path):
    other = history(33).assign(value=lambda h: h["value"] + (h["epoch"] > 1) * 0.01)
    workshop = FakeWorkshop(runs={("the study's own settings", 1): other})
    assert judge(results, history(33), tmp_path, workshop=workshop).verdict == "inside"


def test_likely_cause_is_the_nearest_one_inside_its_band(results, tmp_path):
    shifts = {"dropout rate 0.5": 0.3, "dropout rate 0.4": 0.32}
    workshop = FakeWorkshop(shifts=shifts, missing=["words"])
    verdict = judge(results, history(7, "dropout", 0.3), tmp_path, "dropout", workshop)
    assert (verdict.verdict, verdict.cause) == ("outside", "dropout rate 0.5")
    assert "tested too: frozen shuffle" in verdict.sentence
    assert "could not be tested: 5000 words" in verdict.sentence
    assert "dropout rate 0.5, frozen" not in verdict.sentence  # one change was enough


def test_too_few_seeds_are_trained_or_asked_for(results, tmp_path):
    (results / "replicates/baseline/per-epoch/seeds-1-10/history.csv").unlink()
    with pytest.raises(InputError, match="holds 1 seeds of baseline, and a band needs 10"):
        judge(results, history(77), tmp_path)
    workshop = FakeWorkshop(shifts={"the study's own settings": 0.0})
    assert judge(results, history(77), tmp_path, workshop=workshop).verdict == "inside"


def test_unknown_model_is_refused(results, tmp_path):
    with pytest.raises(InputError, match="got model 'tiny', expected one of baseline"):
        judge(results, history(1), tmp_path, model="tiny")


def test_exact_candidates_combine_all_changes_fewest_first():
    study = config.load("config/config.yaml")
    names = [c.name for c in causes.exact_candidates(study, "dropout")]
    assert names[:2] == ["the study's own settings", "column base 0, as in Python ports"]
    assert names[-1].count(",") == 3  # three changes, one with a comma of its own
    assert len(names) == len(set(names)) == 2 * 3 * 2
    assert len(list(causes.exact_candidates(study, "baseline"))) == 2 * 2


def test_likely_candidates_change_one_setting_under_either_shuffle():
    study = config.load("config/config.yaml")
    candidates = causes.likely_candidates(study, "dropout")
    assert [len(c.changes) for c in candidates] == [1] * 4 + [2] * 3
    assert [c.shuffle for c in candidates] == ["keras"] + ["per-epoch"] * 3 + ["keras"] * 3
    assert candidates[0].changes == (FROZEN_SHUFFLE,)
    assert candidates[1].study.models["dropout"].dropout == 0.4
    assert candidates[1].study.models["baseline"] == study.models["baseline"]


def test_only_reviews_can_have_other_words_or_columns():
    drawn = {"num_features": 3, "num_train": 4, "num_validation": 2}
    data = {"source": "linear", "synthetic": drawn}
    study = config.load({"data": data, "models": {"baseline": {"units": [4]}}})
    assert [c.name for c in causes.exact_candidates(study, "baseline")] == [
        "the study's own settings"
    ]
    assert [c.name for c in causes.likely_candidates(study, "baseline")] == [FROZEN_SHUFFLE]


def test_a_regression_s_penalty_left_out_of_val_loss_is_seen():
    index = pd.MultiIndex.from_product(
        [["loss", "mean_squared_error"], ["training", "validation"], [1]], names=INDEX
    )
    read = verdict.without_penalty(pd.Series([3.0, 4.0, 1.0, 2.0], index), "mean_squared_error")
    assert read["loss", "validation", 1] == 2
    assert read["loss", "training", 1] == 3


@pytest.fixture
def trained(small_dataset, tmp_path, monkeypatch):
    """A small study with its data on disk; the configuration names a run trained in Python."""
    results = tmp_path / "results"
    save_dataset(results / "data", small_dataset)
    encoding.save_encoded(results / "data" / "encoded.npz", small_dataset, 40, 1)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(causes, "NUM_WORDS", (40,))
    files.write_text(tmp_path / "config.yaml", config.dump(STUDY))
    return results


def test_command_recognises_a_plain_run_with_pythons_columns(trained, capsys):
    workshop = Workshop(STUDY, trained / "data")
    python_layout = next(
        c for c in causes.exact_candidates(STUDY, "baseline") if "column base" in c.name
    )
    values = workshop.run(python_layout, "baseline", seed=1, epochs=EPOCHS)
    values.rename("value").reset_index().to_csv("mine.csv", sep=";", decimal=",")
    arguments = ["compare", "mine.csv", "--config", "config.yaml", "--results", str(trained)]
    cli.main([*arguments, "--model", "baseline", "--output", "my_runs.csv"])
    table = files.read_csv("my_runs.csv")
    assert list(table.columns) == [
        "file", "model", "verdict", "cause", "max_abs_diff", "sentence",
    ]  # fmt: skip
    assert table.loc[0, "cause"] == "column base 0, as in Python ports"
    assert "bit for bit" in table.loc[0, "sentence"] or "digits printed" in table.loc[0, "sentence"]
    assert "column base 0" in capsys.readouterr().out


def test_command_exits_1_if_outside(results, tmp_path):
    files.write_text(tmp_path / "config.yaml", config.dump(STUDY))
    history(77, shift=0.3).to_csv(tmp_path / "mine.csv")
    arguments = ["--config", str(tmp_path / "config.yaml"), "--results", str(results), "--quick"]
    with pytest.raises(SystemExit) as stopped:
        cli.main(["compare", str(tmp_path / "mine.csv"), "--model", "baseline", *arguments])
    assert stopped.value.code == 1


@pytest.mark.parametrize(("given", "expected"), [(["mine.csv"], "no model"), ([], "no FILE")])
def test_command_says_what_is_missing(given, expected, tmp_path, capsys):
    files.write_text(tmp_path / "config.yaml", config.dump(STUDY))
    assert cli.main(["compare", *given, "--config", str(tmp_path / "config.yaml")]) == 2
    assert expected in capsys.readouterr().err
