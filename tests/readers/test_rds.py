"""What saveRDS() writes, read without R; anything but data is refused."""

import gzip
import subprocess
from pathlib import Path

import numpy as np
import pytest

from pyreg.errors import InputError
from pyreg.readers.rds import read_rds
from readers.making import (
    END,
    HEADER,
    doubles,
    integers,
    named,
)

needs_r = pytest.mark.r


NAMED_LIST = named(loss=doubles(0.5, 0.25))


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content))
    return path


def test_named_list_is_a_dict(tmp_path):
    read = read_rds(write(tmp_path / "h.rds", HEADER + NAMED_LIST))
    np.testing.assert_array_equal(read["loss"], [0.5, 0.25])


def test_missing_integers_are_not_a_number(tmp_path):
    read = read_rds(write(tmp_path / "h.rds", HEADER + integers(13, 2, 7, -(2**31))))
    np.testing.assert_array_equal(read, [7, np.nan])


@pytest.mark.parametrize(("kind", "named"), [(3, "function"), (5, "promise"), (4, "environment")])
def test_anything_but_data_is_refused(tmp_path, kind, named):
    with pytest.raises(InputError, match=f"holds an? {named}, and only data is read"):
        read_rds(write(tmp_path / "h.rds", HEADER + integers(kind, 0)))


@pytest.mark.parametrize("length", range(0, len(HEADER + NAMED_LIST), 7))
def test_truncated_file_is_refused(tmp_path, length):
    with pytest.raises(InputError, match="cannot be read as an"):
        read_rds(write(tmp_path / "h.rds", (HEADER + NAMED_LIST)[:length]))


def test_other_files_and_missing_ones_are_refused(tmp_path):
    (tmp_path / "h.rds").write_text("epoch,value\n")
    with pytest.raises(InputError, match=r"does not begin as one.*write\.csv"):
        read_rds(tmp_path / "h.rds")
    with pytest.raises(InputError, match="No such file"):
        read_rds(tmp_path / "none.rds")


def test_deep_nesting_is_refused(tmp_path):
    with pytest.raises(InputError, match="far more than a history"):
        read_rds(write(tmp_path / "h.rds", HEADER + integers(19, 1) * 100_000 + END))


@needs_r
@pytest.mark.parametrize(
    "options", ["", ", compress = 'xz'", ", compress = FALSE", ", version = 2"]
)
def test_r_writes_what_is_read(tmp_path, options):
    code = f"""
        frame <- data.frame(epoch = 1:3, value = c(0.1, NA, 3), data = factor(c("a", "b", NA)))
        sorted <- sort(c(2, 1)) # R stores these two in shorthand
        saveRDS(list(frame = frame, sorted = sorted, many = 1:1000, none = NULL),
                "{tmp_path}/h.rds"{options})"""
    subprocess.run(["Rscript", "-e", code], check=True)
    read = read_rds(tmp_path / "h.rds")
    np.testing.assert_array_equal(read["frame"]["value"], [0.1, np.nan, 3])
    assert read["frame"]["data"] == ["a", "b", None]
    np.testing.assert_array_equal(read["sorted"], [1, 2])
    np.testing.assert_array_equal(read["many"], np.arange(1, 1001))
    assert read["none"] is None
