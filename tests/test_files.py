import errno
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from pyreg import files
from pyreg.errors import InputError

HELD_SECONDS = 0.5
HELD = f"""
import sys, time
from pathlib import Path
from pyreg import files
with files.locked(Path(sys.argv[1])):
    print(flush=True)
    time.sleep({HELD_SECONDS})
"""
KILLED = """
import os, signal, sys
from pyreg import files
with files.atomic_folder(sys.argv[1]) as folder:
    (folder / "history.csv").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def write_half(path):
    path.write_text("half")
    raise OSError("disk full")


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("before")
    with pytest.raises(OSError, match="disk full"), files.atomic_file(path) as temporary:
        write_half(temporary)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_s_files_appear_together_or_not_at_all(tmp_path):
    run = tmp_path / "run"
    with pytest.raises(OSError, match="disk full"), files.atomic_folder(run) as temporary:
        write_half(temporary / "history.csv")
    assert list(tmp_path.iterdir()) == []
    with files.atomic_folder(run) as temporary:
        (temporary / "history.csv").write_text("whole")
    assert (run / "history.csv").read_text() == "whole"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_files_in_folders_of_a_folder_are_moved_beside_those_that_are_there(tmp_path):
    (tmp_path / "out" / "a").mkdir(parents=True)
    (tmp_path / "out" / "a" / "old").write_text("old")
    with files.atomic_folder(tmp_path / "out") as folder:
        for name in ("a/new", "b/c/new"):
            files.write_text(folder / name, "new")
    left = sorted(path.relative_to(tmp_path / "out") for path in tmp_path.rglob("*/*/*"))
    assert [str(path) for path in left] == ["a/new", "a/old", "b/c", "b/c/new"]


@pytest.mark.parametrize("way", [files.atomic_file, files.atomic_folder])
def test_an_error_names_the_output_and_not_the_temporary_file(tmp_path, way):
    with (  # noqa: PT012
        pytest.raises(OSError, match="No space left") as raised,
        way(tmp_path / "out") as temporary,
    ):
        made = temporary / "x.csv" if way is files.atomic_folder else temporary
        raise OSError(errno.ENOSPC, "No space left on device", "source", None, str(made))
    expected = "out/x.csv" if way is files.atomic_folder else "out"
    assert raised.value.filename == "source"
    assert raised.value.filename2 == str(tmp_path / expected)


def test_no_file_of_a_folder_is_moved_where_one_cannot_be(tmp_path):
    (tmp_path / "out" / "b").mkdir(parents=True)
    (tmp_path / "out" / "a").write_text("old")
    with (  # noqa: PT012
        pytest.raises(InputError, match="b is a folder, expected a file"),
        files.atomic_folder(tmp_path / "out") as folder,
    ):
        for name in "abc":
            (folder / name).write_text("new")
    assert (tmp_path / "out" / "a").read_text() == "old"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "out"]


def test_a_link_to_nothing_is_no_folder_to_write_to(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    with pytest.raises(InputError, match="link is a link to nothing"):
        files.require_folder(tmp_path / "link")


def test_what_a_killed_job_left_is_gone_after_the_next(tmp_path):
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "run")], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob(".run.incomplete-*/history.csv"))) == 1
    with files.atomic_folder(tmp_path / "run") as temporary:
        (temporary / "run.json").write_text("{}")
    assert [path.name for path in tmp_path.rglob("*")] == ["run", "run.json"]


def test_what_a_live_job_writes_is_left_to_it(tmp_path):
    with files.atomic_folder(tmp_path / "run") as one, files.atomic_folder(tmp_path / "run") as two:
        (one / "run.json").write_text("one")
        (two / "run.json").write_text("two")
    assert (tmp_path / "run" / "run.json").read_text() == "one"  # it moved last, and whole
    assert [path.name for path in tmp_path.rglob("*")] == ["run", "run.json"]


def test_a_temporary_folder_is_gone_afterwards_also_after_an_error(tmp_path):
    with pytest.raises(OSError, match="disk full"), files.temporary_folder("x", tmp_path) as folder:
        write_half(folder / "file")
    assert list(tmp_path.iterdir()) == []


def test_two_writers_of_one_folder_move_their_files_one_after_the_other(tmp_path):
    begin = time.monotonic()
    (tmp_path / "run").mkdir()
    held = [sys.executable, "-c", HELD, str(tmp_path / "run")]
    with subprocess.Popen(held, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(BlockingIOError), files.locked(tmp_path / "run", wait=False):
            pass
        with files.atomic_folder(tmp_path / "run") as temporary:
            (temporary / "run.json").write_text("{}")
    assert time.monotonic() - begin > HELD_SECONDS


def test_a_table_that_ends_in_the_middle_of_a_line_is_damaged(tmp_path):
    path = tmp_path / "table.csv"
    files.write_csv(path, pd.DataFrame({"value": [0.25, 0.8520]}))
    path.write_bytes(path.read_bytes()[:-2])  # 0.85 would pass for a value
    with pytest.raises(ValueError, match="in the middle of a line"):
        files.read_csv(path)


def test_json_that_is_nested_without_end_is_damaged(tmp_path):
    (tmp_path / "x.json").write_text("[" * 100_000)
    with pytest.raises(ValueError, match="nested without end"):
        files.read_json(tmp_path / "x.json")


def test_every_digit_of_a_float_survives(tmp_path):
    values = [0.1, 1 / 3, 0.5480704307556152, 1e-300, np.nan]
    files.write_csv(tmp_path / "t.csv", pd.DataFrame({"value": values, "name": list("abcde")}))
    read = files.read_csv(tmp_path / "t.csv")
    assert np.array_equal(read["value"], values, equal_nan=True)


def test_a_digest_tells_types_and_shapes_apart():
    zeros = np.zeros(4, dtype=np.float32)
    assert files.digest_arrays(zeros) == files.digest_arrays(zeros.copy())
    assert files.digest_arrays(zeros) != files.digest_arrays(zeros.reshape(2, 2))
    assert files.digest_arrays(zeros) != files.digest_arrays(zeros.astype(np.int32))
    assert files.digest_arrays(zeros) == files.digest_arrays(zeros.astype(">f4"))


def test_a_digest_does_not_depend_on_memory_order():
    matrix = np.arange(6.0).reshape(2, 3)
    assert files.digest_arrays(matrix) == files.digest_arrays(np.asfortranarray(matrix))


def test_what_is_no_file_is_not_replaced_by_one(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for write in (files.require_file, lambda path: files.write_text(path, "x")):
        with pytest.raises(InputError, match=r"pipe is a device or a pipe, .*; name another"):
            write(pipe)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]
