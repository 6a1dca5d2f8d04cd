"""An edit of any file of code runs exactly the steps again that depend on it.

In a copy of the repository, with a `pyreg` that only leaves the files a step leaves; what steps
really load is held against the same closures in test_workflow.py.
"""

import csv
import itertools
import os
import shutil
import subprocess
import sys
from collections import defaultdict

import pytest
import yaml
from conftest import ROOT

from pyreg.commands.train import ENGINES
from pyreg.study.code import code_of

pytestmark = pytest.mark.slow

COPIED = ["Snakefile", "workflow", "config", "profiles", "pyreg", "R", "environment.yml"]
STAND_IN = """#!{python} -P
import sys
from pathlib import Path
step, arguments = sys.argv[1], sys.argv[2:]
named = dict(zip(arguments, arguments[1:]))
record = ["history.csv", "run.json", "predictions.npz"]
left = {{
    "data": ["samples.npz", "provenance.json", "vocabulary.json"],
    "train": [*record, "chain.json", "weights.npz", "model.keras", "vocabulary.json"],
    "replicate": record,
    "search": ["trials.csv", "best.json"],
    "compress": ["compression.csv"],
    "numbers": [f"numbers.{{ending}}" for ending in ("tex", "md", "json", "csv")],
    "port": ["script.py", "check.py", "port.json", "port.html"],
}}
place = Path(named.get("--output") or named.get("--output-dir") or named.get("-o") or ".")
if step == "rds":
    files = [Path(folder) / "history.rds" for folder in arguments]
elif step == "report":
    files = [place, place.with_name("answers.txt")]
elif step == "figures":
    sys.path.insert(0, ".")
    from pyreg import config
    from pyreg.figures import catalogue
    study = config.load(sys.stdin)
    names, endings = catalogue.names(study), catalogue.formats(study)
    files = [place / f"{{name}}.{{ending}}" for name in names for ending in endings]
else:
    files = [place / name for name in left[step]] if step in left else [place]
for file in files:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(step)
"""
# Edits each file in turn, asks what would run, and puts the file back.
ASK = """
import os, sys
from pathlib import Path
from snakemake.api import SnakemakeApi
from snakemake.settings import types

def ask():
    with SnakemakeApi(types.OutputSettings(dryrun=True)) as api:
        workflow = api.workflow(
            resource_settings=types.ResourceSettings(cores=1),
            config_settings=types.ConfigSettings(configfiles=[Path("study.yaml")]),
            snakefile=Path("Snakefile"),
        )
        workflow.dag().execute_workflow(executor="dryrun")

for name in sys.argv[1:]:
    path = Path(name)
    before, times = path.read_bytes(), path.stat()
    path.write_bytes(before + b"\\n# edited\\n")
    print("EDITED", name, file=sys.stderr, flush=True)
    ask()
    path.write_bytes(before)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
"""


def step_of(rule):
    return f"pyreg.commands.{'compare' if rule == 'my_runs' else rule}"


RULES = [
    *(
        "data",
        "encode",
        "replicate",
        "search",
        "compress",
        "agreement",
        "metrics",
        "claims",
        "search_table",
    ),
    *("rds", "my_runs", "ports", "figures", "numbers", "report"),
]
CODE = {rule: code_of(step_of(rule)) for rule in RULES}
CODE["train"] = code_of(step_of("train"), *ENGINES.values())
CODE["port"] = code_of(step_of("port"), "pyreg.port.worker")
CODE = {rule: {str(path.relative_to(ROOT)) for path in paths} for rule, paths in CODE.items()}
EVERY_FILE = sorted(set().union(*CODE.values()))


def depending_on(name):
    return {rule for rule, files in CODE.items() if name in files}


# One file of those that the same rules depend on.
EXAMPLES = sorted({frozenset(depending_on(name)): name for name in EVERY_FILE}.values())


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the repository with a finished study that has every step."""
    folder = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / name)
    study = yaml.safe_load((ROOT / "workflow" / "studies" / "small.yaml").read_text())
    del study["models"]["l2"]
    study["train_together"] = False
    study["search"] = {"over": {"l2": [0.001, 0.01]}, "trials": 2, "folds": 2}
    study["ports"] = ["mine.R"]
    study["compress"] = ["dropout"]
    study["my_runs"] = [{"file": "mine.csv", "model": "baseline"}]
    (folder / "study.yaml").write_text(yaml.safe_dump(study))
    (folder / "mine.csv").touch()
    (folder / "mine.R").touch()
    stand_in = folder / "bin" / "pyreg"
    stand_in.parent.mkdir()
    stand_in.write_text(STAND_IN.format(python=sys.executable))
    stand_in.chmod(0o755)
    made = run(folder, "-m", "snakemake", "--cores", "2", "--configfile", "study.yaml")
    assert made.returncode == 0, made.stderr
    return folder


def run(folder, *arguments):
    path = os.pathsep.join([str(folder / "bin"), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def inputs(copy):
    """Rule -> files of code that were inputs of its jobs."""
    asked = run(copy, "-m", "snakemake", "--detailed-summary", "--configfile", "study.yaml")
    found = defaultdict(set)
    for row in csv.DictReader(asked.stdout.splitlines(), delimiter="\t"):
        rule = row["rule"].replace("train_base_r", "train")  # the same step
        found[rule] |= set(row["input-file(s)"].split(",")) & set(EVERY_FILE)
    return found


@pytest.fixture(scope="module")
def triggered(copy):
    """Edited file -> (rules that it is an input of, all rules that would run)."""
    asked = run(copy, "-c", ASK, *EXAMPLES)
    assert asked.returncode == 0, asked.stderr
    _, *answers = asked.stderr.split("EDITED ")
    found = {}
    for answer in answers:
        name, *lines = answer.splitlines()
        reasons = defaultdict(set)
        for heading, rules in itertools.pairwise(lines):
            if heading.startswith("    ") and heading.endswith(":"):
                named = rules.strip().replace("train_base_r", "train")
                reasons[heading.strip()] |= set(named.split(", "))
        found[name] = reasons["updated input files:"], set().union(*reasons.values())
    return found


def test_a_finished_study_has_nothing_to_do(copy):
    done = run(copy, "-m", "snakemake", "-n", "--configfile", "study.yaml")
    assert "Nothing to be done" in done.stdout + done.stderr


@pytest.mark.parametrize("rule", CODE)
def test_a_rule_has_the_files_that_its_step_depends_on(inputs, rule):
    assert inputs[rule] == CODE[rule]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_edit_runs_what_depends_on_the_file(triggered, name):
    direct, would_run = triggered[name]
    assert direct <= depending_on(name) <= would_run
