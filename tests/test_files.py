import numpy as np
import pandas as pd
import pytest

from pyreg import files


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


def test_what_a_killed_job_left_is_gone_after_the_next(tmp_path):
    (tmp_path / ".run.incomplete").mkdir()
    (tmp_path / ".run.incomplete" / "history.csv").write_text("half")
    with files.atomic_folder(tmp_path / "run") as temporary:
        (temporary / "run.json").write_text("{}")
    assert [path.name for path in tmp_path.rglob("*")] == ["run", "run.json"]


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
