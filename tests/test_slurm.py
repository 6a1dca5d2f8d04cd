"""The small study on a real Slurm, started on loopback for this test alone: `make test-slurm`."""

import os
import re
import subprocess
import sys

import psutil
import pytest
from conftest import ROOT
from test_workflow import RESULTS, STUDY, digests, snakemake

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("PYREG_TEST_SLURM" not in os.environ, reason="opt-in: make test-slurm"),
]

SLURM = ROOT / "workflow" / "setup" / "slurm"
PROFILE = ROOT / "workflow" / "profiles" / "slurm"


def on_slurm(cluster, *command):
    """Run a command while Slurm runs, its files in the folder `cluster`."""
    return subprocess.run([SLURM, cluster, *command], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A folder with the study that Slurm ran, the cluster's folder and Snakemake's log."""
    folder, cluster = tmp_path_factory.mktemp("study"), tmp_path_factory.mktemp("slurm")
    done = on_slurm(
        cluster,
        *(sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile"),
        *("--directory", folder, "--configfile", STUDY, "--profile", PROFILE),
        # This Slurm keeps no accounts; its queue knows finished jobs for five minutes.
        *("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "5"),
    )
    print(done.stderr)
    assert done.returncode == 0, done.stderr
    return folder, cluster, done.stderr


def finished(cluster):
    """What Slurm recorded of each job."""
    lines = (cluster / "jobs.txt").read_text().splitlines()
    return [dict(re.findall(r"(\w+)=(\S*)", line)) for line in lines]


def test_each_step_was_a_job_that_slurm_completed(study):
    _, cluster, log = study
    submitted = re.findall(r"submitted with SLURM jobid (\d+)", log)
    jobs = finished(cluster)
    assert sorted(job["JobId"] for job in jobs) == sorted(submitted)
    assert {job["JobState"] for job in jobs} == {"COMPLETED"}
    assert len(jobs) == int(re.search(r"^total +(\d+)", log, re.M)[1])


def test_each_job_asked_for_its_own_size(study):
    _, cluster, _ = study
    sizes = {job["Tres"].split(",node=")[0] for job in finished(cluster)}
    assert "cpu=1,mem=2000M" in sizes, "a Python run: one thread, 2 GB"
    assert len(sizes) > 1, "other steps are of other sizes"
    assert "UNLIMITED" not in {job["TimeLimit"] for job in finished(cluster)}


def test_a_run_on_the_cluster_is_the_run_on_this_machine(study, tmp_path):
    folder, _, _ = study
    history = RESULTS / "runs" / "python" / "baseline" / "per-epoch" / "seed-1" / "history.csv"
    done = snakemake(tmp_path, str(history))
    assert done.returncode == 0, done.stderr
    assert digests(tmp_path).items() <= digests(folder).items()


def test_nothing_is_left_running(study):
    _, cluster, _ = study
    names = {"munged", "slurmctld", "slurmd", "slurmstepd"}
    daemons = [process for process in psutil.process_iter() if process.name() in names]
    assert not [daemon for daemon in daemons if str(cluster) in str(daemon.environ())]


def test_the_exit_code_is_the_commands(tmp_path):
    assert on_slurm(tmp_path, "bash", "-c", "exit 3").returncode == 3
