import shutil
import subprocess

import pytest
from conftest import ROOT


def has_testthat():
    if shutil.which("Rscript") is None:
        return False
    check = ["Rscript", "-e", "quit(status = !requireNamespace('testthat', quietly = TRUE))"]
    return subprocess.run(check, capture_output=True).returncode == 0


@pytest.mark.r
@pytest.mark.skipif(not has_testthat(), reason="R with testthat is not installed")
def test_the_tests_of_the_r_code_pass():
    code = (
        "testthat::test_dir('R/tests/testthat', load_package = 'none', stop_on_failure = TRUE, "
        "reporter = 'summary')"
    )
    done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.r
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_the_lesson_alone_explains_itself():
    script = ROOT / "R" / "inst" / "scripts" / "run_lesson.R"
    done = subprocess.run(["Rscript", script, "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    assert "--output-dir" in done.stdout


@pytest.mark.r
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_sourcing_a_file_of_r_runs_nothing():
    """Every file of R/ only defines: nothing is printed, read, written or attached."""
    code = """
      before <- search()
      for (file in commandArgs(trailingOnly = TRUE)) source(file)
      stopifnot(identical(search(), before), length(list.files()) == 0)
    """
    files = sorted([*(ROOT / "R" / "R").glob("*.R"), *(ROOT / "R" / "inst").rglob("*.R")])
    done = subprocess.run(
        ["Rscript", "-e", f"setwd(tempdir()); {code}", *files], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
