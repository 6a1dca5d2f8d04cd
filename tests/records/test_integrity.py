"""A record is what its run left: any file of it that was changed is named, whoever reads it."""

import shutil

import numpy as np
import pytest
from made_up_results import bare_study, full_study, sealed, write_results

from pyreg import cli, config, files
from pyreg.errors import InputError
from pyreg.records.layout import Layout, ReplicateSet, RunKey
from pyreg.records.replicates import read_histories, read_replicates
from pyreg.records.run import read_run

BASELINE = RunKey("python", "baseline", "per-epoch", 1)
IN_R = RunKey("r", "baseline", "per-epoch", 1)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = write_results(full_study(), tmp_path_factory.mktemp("recorded"))
    return folder


@pytest.fixture
def results(recorded, tmp_path):
    return shutil.copytree(recorded, tmp_path / "results")


def edited_history(folder):
    path = folder / "history.csv"
    text = path.read_text()
    value = text.splitlines()[1].split(",")[1]
    path.write_text(text.replace(value, "0.123", 1))
    return path


def altered_predictions(folder):
    path = folder / "predictions.npz"
    with np.load(path) as stored:
        arrays = dict(stored)
    np.savez_compressed(path, **{**arrays, "validation": arrays["validation"][::-1]})
    return path


def edited_info(folder):
    path = folder / "run.json"
    path.write_text(path.read_text().replace('"threads": 1', '"threads": 2'))
    return path


CHANGES = [edited_history, altered_predictions, edited_info]


@pytest.mark.parametrize("change", CHANGES)
def test_diff_agreement_and_verify_name_the_changed_file_alike(
    results, recorded, change, tmp_path, capsys
):
    layout = Layout(results)
    path = change(layout.run(IN_R).folder)
    study = tmp_path / "study.yaml"
    study.write_text(config.dump(full_study()))
    commands = [
        ["diff", layout.run(BASELINE).folder, layout.run(IN_R).folder],
        ["agreement", "--config", study, "--results", results, "--output", tmp_path / "a.csv"],
        ["verify", "--results", results, "--against", recorded],
    ]
    for command in commands:
        assert cli.main(list(map(str, command))) == 2
        assert f"{path} is not the file that the run left" in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize("change", [edited_history, altered_predictions])
def test_a_batch_of_replicates_is_held_to_its_digests_too(results, change):
    (batch,) = Layout(results).batches(ReplicateSet("baseline", "per-epoch"))[:1]
    path = change(batch.folder)
    with pytest.raises(InputError, match=f"{path.name} is not the file that the run left"):
        read_replicates(batch.folder)


def test_histories_of_replicates_are_held_to_their_digests(results):
    (batch,) = Layout(results).batches(ReplicateSet("baseline", "per-epoch"))[:1]
    edited_history(batch.folder)
    with pytest.raises(InputError, match=r"history\.csv is not the file"):
        read_histories([batch])


def test_the_digests_are_of_every_file_but_their_own(results):
    folder = Layout(results).run(BASELINE).folder
    told = files.read_json(folder / "chain.json")["files"]
    assert set(told) == {path.name for path in folder.iterdir()} - {"chain.json"}
    assert told["history.csv"] == files.digest_file(folder / "history.csv")


def test_the_weights_may_stay_behind(results):
    folder = Layout(results).run(BASELINE).folder
    (folder / "weights.npz").unlink()
    assert read_run(folder).weights == {}


def older(folder):
    """A record from before records told digests of their files."""
    chain = files.read_json(folder / "chain.json")
    del chain["files"]
    with np.load(folder / "predictions.npz") as stored:
        chain["predictions"] = files.digest_arrays(stored["validation"])
    files.write_json(folder / "chain.json", chain)


def test_an_older_record_is_read_and_its_predictions_are_held_to_the_chain(results):
    folder = Layout(results).run(BASELINE).folder
    older(folder)
    assert read_run(folder).key == BASELINE
    altered_predictions(folder)
    with pytest.raises(InputError, match="not what the last link of the chain says"):
        read_run(folder)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("run.json", "[]", "how a run was made"),
        ("run.json", '{"engine": "r"}', "model"),
        ("run.json", "[" * 100_000, "nested without end"),
        ("run.json", f'{{"seed": {"9" * 5000}}}', "4300 digits"),
        ("chain.json", "{}", "chain"),
        ("chain.json", "null", "chain"),
        ("history.csv", "epoch,value\n1,2\n", "no column metric"),
        ("history.csv", "", "in the middle of a line"),
        ("predictions.npz", "", "damaged"),
        ("weights.npz", "PK", "damaged"),
    ],
)
def test_a_damaged_record_is_one_message(tmp_path, name, content, said):
    key = RunKey("python", "only", "per-epoch", 1)
    folder = Layout(write_results(bare_study(), tmp_path, "r is off")).run(key).folder
    (folder / name).write_text(content)
    if name != "chain.json":
        sealed(folder)
    with pytest.raises(InputError) as caught:
        read_run(folder)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1000
