import shutil

import pytest
from made_up_results import bare_study, full_study, sealed, write_results

from pyreg import cli, config, files
from pyreg.agreement import reference, verify
from pyreg.agreement.summary import summary
from pyreg.errors import InputError
from pyreg.records.layout import Layout, RunKey

BASELINE = RunKey("python", "baseline", "per-epoch", 1)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """Results of a study, never changed."""
    return write_results(full_study(), tmp_path_factory.mktemp("recorded"))


@pytest.fixture
def here(recorded, tmp_path):
    """The same results on this machine, to be changed by a test."""
    return shutil.copytree(recorded, tmp_path / "here")


def change_history(folder, key, by, epoch=2):
    """Shift one history value of a run, and with it the weights after that epoch."""
    path = Layout(folder).run(key).folder
    history = files.read_csv(path / "history.csv")
    chosen = (history["epoch"] == epoch) & (history["data"] == "validation")
    history.loc[chosen & (history["metric"] == "loss"), "value"] += by
    files.write_csv(path / "history.csv", history)
    chain = files.read_json(path / "chain.json")
    chain["weights"][epoch - 1] = "others"
    files.write_json(path / "chain.json", chain)
    sealed(path)


def change_info(folder, **changes):
    for path in folder.glob("runs/*/*/*/*/run.json"):
        files.write_json(path, {**files.read_json(path), **changes})
        sealed(path.parent)


def shift_replicates(folder, model, by, since=2):
    for path in folder.glob(f"replicates/{model}/*/*/history.csv"):
        history = files.read_csv(path)
        moved = history["value"] + by * (history["epoch"] >= since)
        files.write_csv(path, history.assign(value=moved))
        sealed(path.parent)


def levels(verification):
    return {f"{check.group} {check.name}": check.level for check in verification.checks}


def run(*arguments):
    """Exit code of `pyreg verify`."""
    try:
        return cli.main(["verify", *map(str, arguments)])
    except SystemExit as stop:
        return stop.code


def test_equal_results_are_identical_bits(recorded, here, capsys):
    assert run("--results", here, "--against", recorded) == 0
    said = capsys.readouterr().out
    assert "identical bits" in said
    assert "differ" not in said
    assert len(said.splitlines()) < 25


def test_another_time_of_day_is_no_difference(recorded, here):
    change_info(here, times={"started": "2030-01-01T00:00:00+00:00", "seconds": 99.0})
    assert verify.verify(here, recorded).level == "bit-identical"


def test_equal_bits_from_another_environment_are_identical_and_the_environment_is_named(
    recorded, here
):
    change_info(here, versions={"python": "3.12.0", "numpy": "2.4.6"}, threads=2, onednn=False)
    verification = verify.verify(here, recorded)
    said = summary(verification)
    assert verification.level == "bit-identical"
    assert "versions.python: 3.11.2 | 3.12.0  (8 of 11 records)" in said
    assert "threads: 1 | 2" in said
    assert "onednn: on | off" in said
    assert "numpy" not in said


def test_a_difference_below_the_tolerance_passes_and_names_it(recorded, here):
    change_history(here, BASELINE, by=5e-5)
    verification = verify.verify(here, recorded)
    assert levels(verification)["python baseline per-epoch seed 1"] == "within-tolerance"
    assert verification.passed
    assert "another processor" in summary(verification)


def test_a_difference_above_the_tolerance_fails_and_says_where(recorded, here, capsys):
    change_history(here, BASELINE, by=0.01)
    assert run("--results", here, "--against", recorded) == 1
    said = capsys.readouterr().out
    assert said.splitlines()[0].endswith(": different: python baseline per-epoch seed 1")
    assert "python baseline per-epoch seed 1: different" in said
    assert "they part in the weights after epoch 2 (history up to 0.01 apart)" in said


def test_half_a_history_is_not_identical_nor_excused_by_the_replicates(recorded, here):
    path = Layout(here).run(BASELINE).folder
    history = files.read_csv(path / "history.csv")
    files.write_csv(path / "history.csv", history[history["epoch"] == 1])
    sealed(path)
    shift_replicates(here, "baseline", 1e-6)
    verification = verify.verify(here, recorded)
    assert levels(verification)["python baseline per-epoch seed 1"] == "different"
    assert "they part in the values that the history holds" in summary(verification)


def test_the_record_of_another_run_in_its_place_is_named(recorded, here):
    place = Layout(here).run(BASELINE).folder
    shutil.rmtree(place)
    shutil.copytree(Layout(here).run(RunKey("python", "l2", "per-epoch", 1)).folder, place)
    said = summary(verify.verify(here, recorded))
    assert "its record here is of python l2 per-epoch seed 1" in said


def test_replicates_without_a_metric_are_not_equivalent_in_what_is_left(recorded, here):
    for path in here.glob("replicates/baseline/*/*/history.csv"):
        history = files.read_csv(path)
        files.write_csv(path, history[history["metric"] != "accuracy"])
        sealed(path.parent)
    verification = verify.verify(here, recorded)
    assert levels(verification)["replicates baseline per-epoch"] == "different"
    assert "one side alone has accuracy" in summary(verification)


def test_a_missing_run_is_named_and_fails(recorded, here, capsys):
    shutil.rmtree(Layout(here).run(BASELINE).folder)
    assert run("--results", here, "--against", recorded) == 1
    said = capsys.readouterr().out
    assert said.splitlines()[0].endswith(": incomplete: python baseline per-epoch seed 1")
    assert "python baseline per-epoch seed 1: missing" in said


def test_without_r_python_is_held_against_the_recorded_r_runs(recorded, here):
    shutil.rmtree(here / "runs" / "r")
    shutil.rmtree(here / "runs" / "base-r")
    verification = verify.verify(here, recorded)
    found = levels(verification)
    assert found["r there, python here l2 per-epoch seed 1"] == "bit-identical"
    assert found["base-r there, python here l2 per-epoch seed 1"] == "within-tolerance"
    assert verification.passed


def test_another_setting_is_named(recorded, here):
    study = full_study(seed=7)
    files.write_text(here / "config.yaml", config.dump(study))
    assert "seed: 1 | 7" in summary(verify.verify(here, recorded))


def test_equal_runs_with_another_table_are_different(recorded, here):
    metrics = files.read_csv(here / "tables" / "metrics.csv")
    files.write_csv(here / "tables" / "metrics.csv", metrics.assign(gap=0.0))
    (here / "tables" / "claims.csv").unlink()
    found = levels(verify.verify(here, recorded))
    assert found["tables metrics"] == "different"
    assert found["tables claims"] == "missing"
    assert found["tables agreement"] == "bit-identical"


def test_the_replicates_decide_where_bits_cannot_match(recorded, here):
    change_history(here, BASELINE, by=0.01)
    shift_replicates(here, "baseline", by=1e-3)  # the margins are 0.005 and 0.02
    found = verify.verify(here, recorded)
    assert levels(found)["replicates baseline per-epoch"] == "equivalent"
    assert levels(found)["python baseline per-epoch seed 1"] == "equivalent"
    assert found.passed
    assert "the replicates" in summary(found)
    assert len(summary(found).splitlines()) < 25


def test_replicates_that_begin_otherwise_are_different_however_alike_their_ends(recorded, here):
    shift_replicates(here, "baseline", by=1e-3, since=1)
    found = verify.verify(here, recorded)
    assert levels(found)["replicates baseline per-epoch"] == "different"
    assert "after the first epoch the same seeds lie up to" in summary(found)


def test_other_data_are_said_first_and_alone(recorded, here):
    path = Layout(here).data.provenance
    files.write_json(path, {**files.read_json(path), "content_digest": "other", "num_train": 12500})
    found = verify.verify(here, recorded)
    assert (found.level, found.checks, found.passed) == ("different", [], False)
    said = summary(found)
    assert said.startswith("different: the two rest on different data, so no number of one")
    assert "here   12,500 + " in said
    assert len(said.splitlines()) == 3


def test_replicates_that_moved_too_far_are_different(recorded, here):
    shift_replicates(here, "baseline", by=0.03)
    found = verify.verify(here, recorded)
    assert levels(found)["replicates baseline per-epoch"] == "different"
    assert levels(found)["replicates l2 per-epoch"] == "bit-identical"
    assert not found.passed


def test_a_run_that_parts_alone_is_not_excused_by_equal_replicates(recorded, here):
    change_history(here, BASELINE, by=0.01)
    found = verify.verify(here, recorded)
    assert levels(found)["replicates baseline per-epoch"] == "bit-identical"
    assert levels(found)["python baseline per-epoch seed 1"] == "different"


def test_other_reviews_are_not_excused_by_equivalent_replicates(recorded, here):
    change_history(here, BASELINE, by=0.01)
    shift_replicates(here, "baseline", by=1e-3)
    path = Layout(here).run(BASELINE).chain
    files.write_json(path, {**files.read_json(path), "encoding": "column base 0"})
    assert levels(verify.verify(here, recorded))["python baseline per-epoch seed 1"] == "different"


def test_replicates_that_diverged_alike_are_identical(recorded, tmp_path):
    there, here = (shutil.copytree(recorded, tmp_path / name) for name in ("there", "here"))
    for folder in (there, here):
        shift_replicates(folder, "l2", by=float("nan"))
    assert levels(verify.verify(here, there))["replicates l2 per-epoch"] == "bit-identical"
    assert levels(verify.verify(recorded, there))["replicates l2 per-epoch"] == "different"


def test_replicates_may_come_in_other_batches(recorded, tmp_path):
    here = write_results(full_study(replicate_batch=2), tmp_path / "here")
    assert levels(verify.verify(here, recorded))["replicates l2 per-epoch"] == "bit-identical"


def test_long_lists_are_cut_to_one_screen(tmp_path):
    few, many = ({f"m{n}": {"units": [n + more]} for n in range(1, 31)} for more in (0, 1))
    recorded = write_results(bare_study(models=few), tmp_path / "recorded", "r is off")
    here = write_results(bare_study(models=many), tmp_path / "here", "r is off")
    said = summary(verify.verify(here, recorded))
    assert "models.m1.units: 1 | 2" in said
    assert "... and 24 more" in said
    assert len(said.splitlines()) < 25


def test_a_folder_that_holds_no_results_is_bad_input(recorded, tmp_path, capsys):
    assert run("--results", tmp_path, "--against", recorded) == 2
    assert "holds no config.yaml" in capsys.readouterr().err


def test_the_reference_keeps_everything_but_the_heavy_files(recorded, tmp_path):
    kept = reference.make(recorded, tmp_path / "reference")
    names = {path.name for path in kept}
    assert {"history.csv", "chain.json", "provenance.json", "agreement.csv"} <= names
    assert "weights.npz" not in names
    assert not [path for path in kept if "replicates" in path.parts and path.suffix == ".npz"]
    assert verify.verify(recorded, tmp_path / "reference").level == "bit-identical"


def test_a_new_reference_replaces_the_old_one_whole(recorded, here, tmp_path):
    output = tmp_path / "reference"
    reference.make(here, output)
    (output / "tables" / "left_over.csv").write_text("old\n")
    (output / "bands").mkdir()
    (output / "bands" / "baseline-per-epoch.npz").write_bytes(b"of many seeds")
    reference.make(recorded, output)
    assert (output / "bands" / "baseline-per-epoch.npz").read_bytes() == b"of many seeds"
    assert not (output / "tables" / "left_over.csv").exists()
    assert not list(tmp_path.glob(".*"))


def test_incomplete_results_are_no_reference(here, tmp_path):
    shutil.rmtree(Layout(here).run(BASELINE).folder)
    with pytest.raises(InputError, match="python baseline per-epoch seed 1"):
        reference.make(here, tmp_path / "reference")
    assert not (tmp_path / "reference").exists()


def test_another_folder_is_never_replaced(recorded, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("keep me")
    with pytest.raises(InputError, match="is not replaced"):
        reference.make(recorded, tmp_path / "letters")
    assert (tmp_path / "letters" / "dear.txt").exists()


def test_a_copy_that_fails_leaves_the_old_reference(recorded, here, tmp_path, monkeypatch):
    output = tmp_path / "reference"
    reference.make(here, output)
    before = sorted(output.rglob("*"))

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full_disk)
    with pytest.raises(OSError, match="No space"):
        reference.make(recorded, output)
    assert sorted(output.rglob("*")) == before
