"""The command line: what ends with which exit code, and one message each."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from pyreg import cli
from pyreg.commands import diff
from pyreg.errors import ComparisonError, InputError, PyregError


class ResourceExhaustedError(Exception):
    """As TensorFlow's is called."""


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ComparisonError("they differ"), 1, "they differ"),
        (InputError("got x"), 2, "got x"),
        (PyregError("R failed"), 3, "R failed"),
        (
            OSError(errno.ENOSPC, "No space left on device", "x.csv"),
            3,
            "No space left on device (x.csv)",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "y"), 3, "Permission denied (y)"),
        (
            FileNotFoundError("No usable temporary directory found"),
            3,
            "No usable temporary directory",
        ),
        (MemoryError(), 3, "not enough memory"),
        (ResourceExhaustedError("OOM when allocating"), 3, "not enough memory"),
        (
            ResourceExhaustedError("x/events; No space left on device"),
            3,
            "the system says: No space left on device",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device", "made/x", None, "out/x"),
            3,
            "No space left on device (out/x)",
        ),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_each_end_has_its_code_and_one_message(monkeypatch, capsys, error, code, said):
    def fail(arguments):
        raise error

    monkeypatch.setattr(diff, "run", fail)
    assert cli.main(["diff", "a", "b"]) == code
    told = capsys.readouterr().err
    assert told.startswith("pyreg diff: ")
    assert said in told
    assert told.count("\n") == 1


def test_a_bug_is_not_hidden(monkeypatch):
    def fail(arguments):
        raise TypeError("a bug")

    monkeypatch.setattr(diff, "run", fail)
    with pytest.raises(TypeError):
        cli.main(["diff", "a", "b"])


def test_ctrl_c_while_a_step_loads_its_libraries_is_no_traceback(monkeypatch, capsys):
    def interrupted(step):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_command", interrupted)
    assert cli.main(["diff", "a", "b"]) == 130
    assert capsys.readouterr().err == "pyreg diff: interrupted; nothing half-written was left\n"


def test_the_help_says_the_codes(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    told = capsys.readouterr().out
    assert "1 a verdict" in told
    assert "2 bad input" in told
    assert "3 the system failed" in told


TRAIN = ["train", "--model", "baseline", "--data", "x", "--output", "y"]
REPLICATE = ["replicate", "--model", "baseline", "--encoded", "x", "--output", "y"]
CONFIG = ["--config", str(ROOT / "config" / "config.yaml")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([*TRAIN, "--seed", "-1"], "got -1, expected 0 to 2147483647"),
        ([*TRAIN, "--seed", "2147483648"], "got 2147483648, expected 0 to"),
        ([*TRAIN, "--seed", "9" * 5000], "expected 0 to"),
        ([*TRAIN, "--seed", "one"], "got one, expected 0 to"),
        ([*REPLICATE, *CONFIG, "--seeds", "1-1000000000000"], "the last of up to 1,000 seeds"),
        ([*REPLICATE, *CONFIG, "--seeds", "5-1"], "expected the first and the last"),
        ([*REPLICATE, *CONFIG, "--seeds", "1", "--threads", "0"], "got 0 threads, expected 1 to"),
        ([*REPLICATE, *CONFIG, "--seeds", "1", "--threads", "99999"], "got 99999 threads"),
        (["data", "verify", "a\0b"], "does not exist"),
    ],
)
def test_numbers_out_of_their_range_are_one_message(capsys, arguments, said):
    try:
        code = cli.main(arguments)
    except SystemExit as stopped:  # argparse's own way
        code = stopped.code
    assert code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["settings", "--config", "study.yaml", "--output", "study.yaml"],
        ["settings", "--config", "study.yaml", "--output", "link.yaml"],
        ["compare", "--config", "study.yaml", "--output", "mine.json"],
        ["compare", "--config", "study.yaml", "--output", "study.yaml"],
        ["compare", "--config", "study.yaml", "own.csv", "--model", "a", "--output", "own.csv"],
        ["equivalence", *CONFIG, "--left", "own.csv", "--right", "x", "--output", "./own.csv"],
        ["equivalence", *CONFIG, "--left", "x", "--right", "y", "own.csv", "--output", "own.csv"],
        ["encode", *CONFIG, "--data", "data", "--output", "data/samples.npz"],
        ["train", *CONFIG, "--model", "baseline", "--data", "data", "--output", "data"],
        [*REPLICATE[:3], *CONFIG, "--seeds", "1", "--encoded", "data/x", "--output", "data"],
    ],
)
def test_no_output_takes_the_place_of_an_input(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    texts = {"mine.json": "{}", "own.csv": "epoch\n", "data/samples.npz": "samples"}
    texts["study.yaml"] = "models: {a: {units: [4]}}\nmy_runs: [{file: mine.json, model: a}]\n"
    for name, text in texts.items():
        Path(name).write_text(text)
    Path("link.yaml").symlink_to("study.yaml")
    assert cli.main(arguments) == 2
    assert "is an input here, expected another place to write to" in capsys.readouterr().err
    assert {name: Path(name).read_text() for name in texts} == texts
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == len(texts) + 1


def test_a_home_of_nobody(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PYREG_IMDB", "~nobody-of-this-name/imdb.npz")
    assert cli.main(["data", "prepare", *CONFIG, "--output-dir", str(tmp_path)]) == 2
    assert "expected a user's name behind ~" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def pyreg(folder, *arguments, stdout=subprocess.PIPE, **variables):
    return subprocess.run(
        arguments, cwd=folder, stdout=stdout, stderr=subprocess.PIPE, encoding="latin-1", check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
    )  # fmt: skip


ENTRY_POINT = [str(Path(sys.executable).parent / "pyreg")]


@pytest.mark.parametrize("way", [ENTRY_POINT, [sys.executable, "-m", "pyreg"]])
def test_modules_in_the_current_folder_are_not_ours(tmp_path, way):
    for name in ("argparse", "keras", "csv", "json", "yaml"):
        (tmp_path / f"{name}.py").write_text(
            "raise SystemExit('a module of the user was imported')"
        )
    done = pyreg(tmp_path, *way, "settings", *CONFIG, "--output", "x.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "x.yaml").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_the_output_is_told(tmp_path):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = pyreg(tmp_path, *ENTRY_POINT, "data", "list", stdout=full)
    assert done.returncode == 3
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("settings --config - --output x.yaml <&-", 2, "standard input holds NoneType"),
        ("data list >&-", 0, ""),
        ("diff no no <&- >&- 2>&-", 2, ""),
    ],
)
def test_what_is_closed_gives_and_takes_nothing(tmp_path, command, code, said):
    done = pyreg(tmp_path, "sh", "-c", f"{ENTRY_POINT[0]} {command}")
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_locale_that_cannot_show_a_letter_stops_nothing(tmp_path):
    name = "größe-☃.yaml"
    (tmp_path / name).write_text("a: 1")
    done = pyreg(tmp_path, *ENTRY_POINT, "settings", "--config", name, "--output", "x",
                 PYTHONIOENCODING="latin-1", PYTHONUTF8="0")  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
