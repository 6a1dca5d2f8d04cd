"""R in processes of its own: whatever happens to it is one message, and no good file is lost."""

import shutil
import subprocess

import pytest

from pyreg.errors import PyregError
from pyreg.rbridge import environment, rscript

pytestmark = [
    pytest.mark.r,
    pytest.mark.skipif(shutil.which("Rscript") is None, reason="no Rscript on the PATH"),
]
HISTORY = (
    "epoch,value,metric,data,model,engine,shuffle,seed\n1,0.5,loss,training,l2,python,keras,1\n"
)


def test_a_script_that_fails_is_the_system_s_fault(tmp_path):
    with pytest.raises(PyregError, match=r"write_histories\.R failed: ") as caught:
        rscript.run_script("inst/scripts/write_histories.R", tmp_path / "none")
    assert caught.value.exit_code == 3


def test_a_disk_that_is_full_leaves_the_good_file(tmp_path):
    """R's saveRDS() leaves an empty file on a full disk, and no error."""
    (tmp_path / "history.csv").write_text(HISTORY)
    rscript.run_script("inst/scripts/write_histories.R", tmp_path)
    good = (tmp_path / "history.rds").read_bytes()
    code = f"""
    source("{rscript.R_FOLDER}/R/history.R")
    saveRDS <- function(object, file, ...) file.create(file)
    write_keras_histories("{tmp_path}")
    """
    done = subprocess.run(
        ["Rscript", "-e", code],
        env=environment.for_r(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "make room" in done.stderr
    assert (tmp_path / "history.rds").read_bytes() == good
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.csv", "history.rds"]


def test_r_starts_without_profiles_and_with_its_packages(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("R_PROFILE_USER", str(tmp_path / "profile"))
    monkeypatch.setenv("R_DEFAULT_PACKAGES", "NULL")
    monkeypatch.setenv("R_LIBS_USER", "/kept")
    for name in ("profile", ".Rprofile"):
        (tmp_path / name).write_text('cat("from the profile\\n"); stop("x")')
    (tmp_path / ".Renviron").write_text("FROM_RENVIRON=yes\n")
    code = 'cat(Sys.getenv("FROM_RENVIRON"), Sys.getenv("R_LIBS_USER"), exists("write.csv"))'
    done = subprocess.run(
        ["Rscript", "-e", code], env=environment.for_r(), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["/kept", "TRUE"]
