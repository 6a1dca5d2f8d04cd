"""What the doctor says of machines that lack something."""

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pyreg import doctor
from pyreg.cli import main
from pyreg.doctor import Finding
from pyreg.engines import environment


@pytest.fixture(autouse=True)
def offline(monkeypatch, tmp_path):
    """No test asks the internet or writes to the user's cache."""
    monkeypatch.setattr(doctor, "_answers", lambda url: False)
    monkeypatch.setenv("PYREG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("PYREG_IMDB", raising=False)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")


def levels(check):
    return {finding.subject: finding.level for finding in check()}


def message(check, subject):
    return next(finding.message for finding in check() if finding.subject == subject)


def test_the_environment_that_runs_the_tests_is_fine():
    assert levels(doctor.python) == {"Python": "ok"}
    assert levels(doctor.packages) == {"packages": "ok"}


def test_an_old_python_is_a_problem(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert levels(doctor.python) == {"Python": "problem"}
    assert "expected 3.11 or later" in message(doctor.python, "Python")


def test_another_python_on_the_path_is_noted(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert "source .venv/bin/activate" in message(doctor.python, "Python")


def test_another_keras_is_noted_and_a_missing_package_is_a_problem(monkeypatch):
    there = {"keras": "3.15.0", "scipy": None}
    version = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda name: there.get(name, version(name)))
    assert levels(doctor.packages) == {"keras": "note", "scipy": "problem"}
    assert "3.15.0, expected ==3.15.1" in message(doctor.packages, "keras")


def test_without_r_the_study_still_runs(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert levels(doctor.r) == {"R": "note"}


def test_r_packages_are_told_apart(monkeypatch):
    monkeypatch.setattr(doctor, "_ask_r", lambda: ["4.0.5", "1.5.3", "", "3.1.6", ""])
    monkeypatch.setattr(doctor.rbridge, "available", lambda: (False, "rpy2 cannot load R"))
    assert levels(doctor.r) == {
        "R": "note",
        "Matrix": "ok",
        "ggplot2": "note",
        "testthat": "ok",
        "keras3": "note",
        "rpy2": "note",
    }


@pytest.mark.r
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no R here")
def test_r_is_asked_for_its_versions():
    version, *packages = doctor._ask_r()
    assert int(version.split(".")[0]) >= 4
    assert len(packages) == len(doctor.R_PACKAGES)


@pytest.mark.parametrize(("free", "level"), [(5e9, "ok"), (3e9, "note"), (1e9, "problem")])  # bytes
def test_too_little_memory(monkeypatch, free, level):
    memory = SimpleNamespace(available=free)
    monkeypatch.setattr(doctor.psutil, "virtual_memory", lambda: memory)
    assert levels(doctor.memory) == {"memory": level}


@pytest.mark.parametrize(("free", "level"), [(5e9, "ok"), (1e9, "note"), (1e8, "problem")])
def test_too_little_disk(monkeypatch, free, level):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    assert levels(doctor.disk) == {"disk": level}


def test_without_network_the_half_of_the_reviews_is_announced():
    assert levels(doctor.reviews) == {"PYREG_IMDB": "ok", "cache": "ok", "network": "note"}
    assert "half of the reviews" in message(doctor.reviews, "network")


def test_a_file_that_is_named_must_be_there(monkeypatch, tmp_path):
    monkeypatch.setenv("PYREG_IMDB", str(tmp_path / "imdb.npz"))
    assert levels(doctor.reviews) == {"PYREG_IMDB": "problem"}
    (tmp_path / "imdb.npz").touch()
    assert levels(doctor.reviews) == {"PYREG_IMDB": "ok"}


def test_a_cache_that_cannot_be_written_is_a_problem(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("PYREG_CACHE", str(tmp_path / "file" / "cache"))
    assert levels(doctor.reviews)["cache"] == "problem"


def test_a_gpu_without_its_libraries_is_noted(monkeypatch, tmp_path):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'NVIDIA A100'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert message(doctor.gpu, "GPU").startswith("NVIDIA A100; to use it: pip install")
    monkeypatch.setenv("PATH", "")
    assert levels(doctor.gpu) == {"GPU": "ok"}


def test_the_command_prints_a_line_each_and_fails_only_for_problems(monkeypatch, capsys):
    fine = Finding("ok", "Python", "3.11.7")
    note = Finding("note", "R", "not found")
    monkeypatch.setattr(doctor, "CHECKS", [lambda: iter([fine, note])])
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out == "ok       Python     3.11.7\nnote     R          not found\n"
    problem = Finding("problem", "disk", "full")
    monkeypatch.setattr(doctor, "CHECKS", [lambda: iter([problem])])
    assert main(["doctor"]) == 1


def test_variables_that_numbers_could_depend_on_are_told(monkeypatch):
    for name in (*environment.CLEARED, *environment.recorded()):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    assert levels(doctor.variables) == {"variables": "ok"}
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("TF_XLA_FLAGS", "--x")
    told = [str(finding) for finding in doctor.variables()]
    assert len(told) == 2
    assert "KERAS_BACKEND=torch is not used" in told[0]
    assert "TF_XLA_FLAGS=--x may change the last digits" in told[1]


def test_a_profile_does_not_change_what_is_seen_of_r(monkeypatch, tmp_path):
    if shutil.which("Rscript") is None:
        pytest.skip("no R here")
    expected = doctor._ask_r()
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".Rprofile").write_text('cat("hello\\n"); stop("x")')
    monkeypatch.setenv("R_PROFILE_USER", str(tmp_path / ".Rprofile"))
    assert doctor._ask_r() == expected
