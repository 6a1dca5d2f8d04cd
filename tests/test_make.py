"""`make` beside another snakemake or make: it says who is at work, and takes no live lock away."""

import os
import subprocess
import sys
import time

import pytest
from conftest import ROOT

FAKE = """#!{python}
import sys, time
with open("called.txt", "a") as file:
    print(*sys.argv[1:], file=file)
time.sleep({seconds} if "--unlock" not in sys.argv else 0)
"""


@pytest.fixture
def folder(tmp_path):
    """A folder, and a `snakemake` that only writes down how it was called."""
    program = tmp_path / "bin" / "snakemake"
    program.parent.mkdir()
    program.write_text(FAKE.format(python=sys.executable, seconds=0))
    program.chmod(0o755)
    return tmp_path


def command(folder, *arguments):
    """What `make` runs."""
    environment = {
        **os.environ,
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    line = [
        sys.executable,
        ROOT / "workflow" / "setup" / "run_study.py",
        "--cores",
        "1",
        *arguments,
    ]
    return {"args": line, "cwd": folder, "env": environment, "text": True}


def make(folder, *arguments):
    return subprocess.run(**command(folder, *arguments), capture_output=True, check=False)


def called(folder):
    path = folder / "called.txt"
    return path.read_text().splitlines() if path.exists() else []


def leave_a_lock(folder):
    (folder / ".snakemake" / "locks").mkdir(parents=True)
    (folder / ".snakemake" / "locks" / "0.input.lock").touch()


def test_without_a_lock_there_is_nothing_to_take_away(folder):
    assert make(folder).returncode == 0
    assert called(folder) == ["--cores 1"]


def test_what_a_killed_snakemake_left_is_taken_away(folder):
    leave_a_lock(folder)
    assert make(folder).returncode == 0
    assert called(folder) == ["--unlock --quiet all", "--cores 1"]


@pytest.mark.parametrize("way", ["make", "snakemake"])
def test_beside_another_it_says_who_is_at_work_and_touches_nothing(folder, way):
    leave_a_lock(folder)
    program = folder / "bin" / "snakemake"
    program.write_text(FAKE.format(python=sys.executable, seconds=60))
    line = (
        command(folder) if way == "make" else {**command(folder), "args": [program, "--cores", "2"]}
    )
    with subprocess.Popen(**line, start_new_session=True) as other:
        try:
            wanted = "--cores 1" if way == "make" else "--cores 2"
            deadline = time.monotonic() + 60
            while wanted not in called(folder) and time.monotonic() < deadline:
                time.sleep(0.1)
            before = called(folder)
            done = make(folder)
            assert done.returncode == 3
            assert f"is at work in {folder}; wait for it, or end it" in done.stderr
            assert done.stderr.count("\n") == 1
            if way == "snakemake":
                assert f"process {other.pid} (started " in done.stderr
            assert called(folder) == before
        finally:
            os.killpg(other.pid, 9)


def test_a_broken_configuration_is_our_message_before_snakemake_reads_it(folder):
    (folder / "study.yaml").write_text("models: &m {baseline: *m}\n")
    done = make(folder, "--configfile", "study.yaml")
    assert done.returncode == 2
    assert "line 1: got values nested in more than 20 levels" in done.stderr
    assert called(folder) == []
