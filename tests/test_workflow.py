"""The real Snakefile on a small study of real reviews, R included, in a folder of its own."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import yaml
from conftest import ROOT
from snakemake.common.configfile import load_configfile
from torture import timeless

from pyreg import files
from pyreg.commands.train import ENGINES
from pyreg.records.layout import Layout, ReplicateSet
from pyreg.records.replicates import read_histories
from pyreg.study.code import PACKAGE, code_of
from pyreg.workflow import farewell, load_or_exit

pytestmark = [pytest.mark.r, pytest.mark.slow]

STUDY = ROOT / "workflow" / "studies" / "small.yaml"
RESULTS = Path("results") / "small"
BASELINE = ReplicateSet("baseline", "per-epoch")
HISTORIES = "runs/*/*/*/*/history.csv"
EVERYTHING_SHOWN = [HISTORIES, "tables/*", "figures/*", "numbers/*", "report.html"]


# Leaves a file with what a step was called with and which modules of ours it loaded.
WATCH = """
import atexit, json, os, sys

def note():
    names = [m.__file__ for n, m in list(sys.modules.items()) if n.startswith("pyreg.")]
    with open(f"loaded/{os.getpid()}.json", "w") as file:
        json.dump([sys.argv, names], file)

if sys.argv and os.path.basename(sys.argv[0]) == "pyreg":
    atexit.register(note)
"""


def command(folder, *arguments, study=STUDY):
    return [
        *(sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")),
        *("--workflow-profile", str(ROOT / "profiles" / "default")),
        *("--directory", str(folder), "--configfile", str(study), "--cores", "all", *arguments),
    ]


def snakemake(folder, *arguments, study=STUDY, **variables):
    line = command(folder, *arguments, study=study)
    return subprocess.run(
        line, capture_output=True, text=True, check=False, env={**os.environ, **variables}
    )


def digests(folder, *patterns):
    return {
        str(path.relative_to(folder)): hashlib.sha256(timeless(path)).hexdigest()
        for pattern in patterns
        for path in sorted((folder / RESULTS).glob(pattern))
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with the finished study, each step's loaded modules in `loaded`; and the console."""
    folder = tmp_path_factory.mktemp("study")
    files.write_text(folder / "watch" / "sitecustomize.py", WATCH)
    (folder / "loaded").mkdir()
    path = os.pathsep.join([str(folder / "watch"), os.environ.get("PYTHONPATH", "")])
    done = snakemake(folder, PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    return folder, done


@pytest.fixture
def folder(made):
    return made[0]


def test_the_console_counts_jobs_and_ends_with_the_three_answers(made):
    _, done = made
    assert re.search(r"^\[(\d+) of \1 jobs done in ", done.stderr, re.MULTILINE)
    assert "oneDNN" not in done.stderr
    assert "absl" not in done.stderr
    *_, first, second, third, last = re.findall(r"^\S.*", done.stdout, re.MULTILINE)
    assert (first, last) == ("Does Python give what R gives?", f"Report: {RESULTS}/report.html")
    assert second.startswith("Do the study's claims")
    assert third.startswith("I have R results")
    assert "  Yes, bit for bit." in done.stdout
    assert "The numbers are not the lesson's." in " ".join(done.stdout.split())
    assert done.stdout.rstrip().endswith(last)


def test_a_failed_job_s_message_is_short(tmp_path):
    study = yaml.safe_load(STUDY.read_text())
    (tmp_path / "reviews.csv").write_text("text,label\n")
    broken = tmp_path / "study.yaml"
    data = {**study["data"], "source": "csv", "path": str(tmp_path / "reviews.csv")}
    broken.write_text(yaml.safe_dump({**study, "data": data}))
    done = snakemake(tmp_path, study=broken)
    assert done.returncode == 1
    said = " ".join(done.stderr.split())
    assert f"data failed: pyreg data: {tmp_path / 'reviews.csv'}: got 0 reviews" in said
    assert "num_words" not in done.stderr
    assert len(done.stderr.splitlines()) < 30


def test_python_and_r_agree_bit_for_bit(folder):
    table = pd.read_csv(folder / RESULTS / "tables" / "agreement.csv")
    levels = {(row.model, row.shuffle): row.level for row in table[table.right == "r"].itertuples()}
    assert levels == dict.fromkeys(
        [
            ("baseline", "per-epoch"),
            ("l2", "per-epoch"),
            ("dropout", "per-epoch"),
            ("baseline", "keras"),
        ],
        "bit-identical",
    )
    assert set(table[table.right == "base-r"].level) == {"within-tolerance"}


def test_what_a_step_loads_is_what_its_results_depend_on(folder):
    found = [json.loads(path.read_text()) for path in folder.glob("loaded/*.json")]
    for (_, step, *arguments), loaded in found:
        modules = [f"pyreg.commands.{step.replace('-', '_')}"]
        modules += [ENGINES[engine] for engine in arguments if engine in ENGINES]
        known = {*map(str, code_of(*modules)), str(PACKAGE / "cli.py")}
        assert set(loaded) <= known, (step, arguments)
    assert {arguments[1] for arguments, _ in found} >= {"train-all", "figures", "rds"}


def test_a_second_run_does_nothing(folder):
    assert "Nothing to be done" in snakemake(folder).stderr


def test_a_study_killed_and_completed_on_one_core_has_the_same_bytes_as_on_all(folder, tmp_path):
    """First of what Python had trained by the kill, on one core alone; then of all."""
    process = subprocess.Popen(
        command(tmp_path, "--cores", "1"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    results = tmp_path / RESULTS
    while process.poll() is None and not list(results.glob("runs/*r/*/*/*/history.csv")):
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    of_python = "runs/python/*/*/*/history.csv"
    assert digests(tmp_path, of_python) == digests(folder, of_python)
    assert snakemake(tmp_path, "--unlock").returncode == 0
    done = snakemake(tmp_path, "--cores", "1")
    assert done.returncode == 0, done.stderr
    assert digests(tmp_path, *EVERYTHING_SHOWN) == digests(folder, *EVERYTHING_SHOWN)
    assert not list(results.rglob(".*")), "half-written files were left"


def test_a_new_figure_width_trains_nothing_again(folder, tmp_path):
    study = yaml.safe_load(STUDY.read_text())
    narrow = tmp_path / "narrow.yaml"
    narrow.write_text(yaml.safe_dump({**study, "figures": {"columns": 1}}, sort_keys=False))
    planned = snakemake(folder, "--dry-run", study=narrow)
    assert planned.returncode == 0, planned.stderr
    reasons = (planned.stdout + planned.stderr).split("Reasons:")[1]
    assert "figures" in reasons
    assert "train" not in reasons


def test_runs_trained_one_by_one_have_the_same_bits(folder, tmp_path):
    study = yaml.safe_load(STUDY.read_text())
    changes = {"train_together": False, "replicate_batch": 2, "keras_shuffle_models": []}
    alone = tmp_path / "alone.yaml"
    alone.write_text(yaml.safe_dump({**study, **changes}))
    expected = digests(folder, "runs/*/*/per-epoch/*/history.csv")
    replicates = [Layout(RESULTS).batch(BASELINE, seeds).history for seeds in ((1, 2), (3, 3))]
    done = snakemake(tmp_path, *expected, *map(str, replicates), study=alone)
    assert done.returncode == 0, done.stderr
    found = digests(tmp_path, HISTORIES)
    assert found == expected
    assert len(found) == 9
    batches = [Layout(one / RESULTS).batches(BASELINE) for one in (tmp_path, folder)]
    assert [len(one) for one in batches] == [2, 1]
    pd.testing.assert_frame_equal(*map(read_histories, batches))


MODELS = "models: {baseline: {units: [4], l2: 1e-3}}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("models: {}\n", "models: got {}"),
        ("models: {a: {units: [16], dropout: 1.2}}\n", "models.a.dropout: got 1.2"),
        (
            f"{MODELS}epochs: 1\nepochs: 2\n",
            "line 3: got the key epochs a second time (first in line 2)",
        ),
        (f"{MODELS}epochs: 0\n", "line 2: epochs: got 0"),
        (f"{MODELS}study: reference\n", "line 2: study: got reference"),
    ],
)
def test_a_wrong_configuration_is_refused_once_snakemake_has_read_it(
    tmp_path, capsys, text, expected
):
    study = tmp_path / "study.yaml"
    study.write_text(text)
    with pytest.raises(SystemExit) as ended:
        load_or_exit(load_configfile(study), [study])
    assert ended.value.code == 2
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("epoch: 3\n", "did you mean 'epochs'"),
        ("epochs: 010\n", "line 2: got 010, which YAML reads as another number"),
    ],
)
def test_snakemake_ends_with_one_message_and_exit_code_2(tmp_path, text, expected):
    study = tmp_path / "study.yaml"
    study.write_text(MODELS + text)
    done = snakemake(tmp_path, "--dry-run", study=study)
    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


MODULE = """
module pyreg:
    snakefile: "{root}/workflow/Snakefile"
    config: config["lesson"]

use rule * from pyreg as lesson_*

rule mine:
    default_target: True
    input: rules.lesson_all.input
    output: "mine.txt"
    shell: "wc -l < {tables} > {{output}}"
"""


def test_another_workflow_can_use_this_one_as_a_module_and_without_r_it_says_why(tmp_path):
    study = yaml.safe_load(STUDY.read_text())
    changes = {"r": "off", "models": {"baseline": {"units": [4]}}, "replicates": 0, "claims": []}
    files.write_text(tmp_path / "config.yaml", yaml.safe_dump({"lesson": {**study, **changes}}))
    tables = RESULTS / "tables"
    text = MODULE.format(root=ROOT, tables=tables / "metrics.csv")
    files.write_text(tmp_path / "Snakefile", text)
    line = [sys.executable, "-m", "snakemake", "--cores", "2", "--configfile", "config.yaml"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mine.txt").read_text().strip() == "5"
    assert (tmp_path / RESULTS / "config.yaml").exists()
    table = pd.read_csv(tmp_path / tables / "agreement.csv")
    assert set(table.level) == {"not-run"}
    assert set(table.note) == {"r is off in the configuration"}
    said = farewell(Layout(tmp_path / RESULTS))
    assert said.startswith("Only the first 400 reviews of each half are used.")
    assert "Does Python give what R gives?" in said


def test_plain_snakemake_in_a_clone_is_quiet():
    line = [sys.executable, "-m", "snakemake", "-n", "--configfile", str(STUDY)]
    line += ["--config", "study=never-run"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "profiles/default" in done.stderr
    assert len((done.stdout + done.stderr).splitlines()) < 20
