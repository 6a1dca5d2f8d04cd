"""What saveRDS() writes, read without R; anything but data is refused."""

import gzip
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

from pyreg.errors import InputError
from pyreg.own_runs.rds import read_rds

needs_r = pytest.mark.r


def integers(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}i", *numbers)


def string(text: str) -> bytes:
    return integers(9 | 1 << 18, len(text)) + text.encode()


def doubles(*numbers: float) -> bytes:
    return integers(14, len(numbers)) + struct.pack(f">{len(numbers)}d", *numbers)


HEADER = b"X\n" + integers(3, 0x40202, 0x30500, 5) + b"UTF-8"
END = integers(254)
# list(loss = c(0.5, 0.25)): a list of one, with the attribute names
NAMED_LIST = (
    integers(19 | 0x200, 1) + doubles(0.5, 0.25)
    + integers(2 | 0x400) + integers(1) + string("names") + integers(16, 1) + string("loss") + END
)  # fmt: skip


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
    for path in (tmp_path / "h.rds", tmp_path / "none.rds"):
        with pytest.raises(InputError, match=r"write\.csv"):
            read_rds(path)


def test_deep_nesting_is_refused(tmp_path):
    with pytest.raises(InputError, match="damaged"):
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
