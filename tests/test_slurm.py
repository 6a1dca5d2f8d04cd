"""The small study on a real Slurm, started on loopback for this test alone: `make test-slurm`."""

import os
import re
import subprocess
import sys

import psutil
import pytest
from conftest import ROOT
from test_workflow import HISTORIES, RESULTS, STUDY, digests, snakemake

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("PYREG_TEST_SLURM" not in os.environ, reason="opt-in: make test-slurm"),
]

SLURM = ROOT / "workflow" / "setup" / "slurm"
PROFILE = ROOT / "profiles" / "slurm"
LISTED = "%.3i %.9T %.5M %.2C %.6m %.6l %k"  # id, state, time used, threads, memory, time asked


def on_slurm(cluster, *command):
    """Run a command while Slurm runs, its files in the folder `cluster`."""
    return subprocess.run([SLURM, cluster, *command], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The folder of the study that Slurm ran, the cluster's, Snakemake's log, Slurm's list."""
    folder, cluster = tmp_path_factory.mktemp("study"), tmp_path_factory.mktemp("slurm")
    done = on_slurm(
        cluster,
        *("bash", "-c", f'"$@" && squeue --states=all --sort=i --format="{LISTED}"', "bash"),
        *(sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile"),
        *("--directory", folder, "--configfile", STUDY, "--profile", PROFILE),
        *("--config", "replicate_batch=2"),
        # This Slurm keeps no accounts; its list of jobs tells how they ended.
        *("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "5"),
    )
    print(done.stderr, done.stdout, sep="\n")
    assert done.returncode == 0, done.stderr
    jobs = [line.split() for line in done.stdout.splitlines()[1:]]
    return folder, cluster, done.stderr, jobs


def test_each_step_was_a_job_that_slurm_completed(study):
    _, _, log, jobs = study
    submitted = re.findall(r"submitted with SLURM jobid (\d+)", log)
    assert sorted(job[0] for job in jobs) == sorted(submitted)
    assert {job[1] for job in jobs} == {"COMPLETED"}
    num_steps = int(re.search(r"^total +(\d+)", log, re.MULTILINE)[1])
    assert len(jobs) == num_steps - 1, "each step is a job, but for `all`, which does nothing"


def test_replicates_are_spread_over_jobs(study):
    comments = [job[-1] for job in study[-1]]
    assert len([comment for comment in comments if "replicate_wildcards_dropout" in comment]) == 2


def test_each_job_asked_for_its_own_size(study):
    sizes = {comment: (threads, memory) for *_, threads, memory, _, comment in study[-1]}
    assert sizes["rule_data"] == ("1", "1000M")
    assert sizes["rule_train_wildcards_python_baseline_per-epoch_1"] == ("1", "2000M")
    assert sizes["rule_train_wildcards_r_baseline_per-epoch_1"] == ("1", "4000M")


def test_a_run_on_the_cluster_is_the_run_on_this_machine(study, tmp_path):
    folder, *_ = study
    history = RESULTS / "runs" / "python" / "baseline" / "per-epoch" / "seed-1" / "history.csv"
    done = snakemake(tmp_path, str(history))
    assert done.returncode == 0, done.stderr
    assert digests(tmp_path, HISTORIES).items() <= digests(folder, HISTORIES).items()


def test_nothing_is_left_running(study):
    _, cluster, *_ = study
    names = {"munged", "slurmctld", "slurmd", "slurmstepd"}
    daemons = [process for process in psutil.process_iter() if process.name() in names]
    assert not [daemon for daemon in daemons if str(cluster) in str(daemon.environ())]


def test_the_exit_code_is_the_commands(tmp_path):
    assert on_slurm(tmp_path, "bash", "-c", "exit 3").returncode == 3
