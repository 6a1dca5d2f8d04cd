"""Damaged and hostile histories: one message of ours each, in no time and little memory."""

import gzip
import struct
import subprocess
import sys

import pytest
from fuzzing import fuzz
from readers.making import HEADER, data_frame, in_ascii, keras_history

from own_runs.test_history import COMPARED, FILES, GATHERED
from pyreg.errors import InputError
from pyreg.own_runs.history import read_history

RDS = [HEADER + keras_history(), HEADER + data_frame(), in_ascii(HEADER + keras_history())]
WHOLE = {
    "rds": RDS,
    "RData": [b"RDX3\n" + RDS[0]],
    "packed rds": [gzip.compress(content) for content in RDS],
    "CSV": [text.encode() for text in (*FILES.values(), COMPARED, GATHERED)],
    "JSON": [text.encode() for text in FILES.values() if text[0] in "[{"],
}


@pytest.mark.parametrize("kind", WHOLE)
def test_whole_files_are_read(kind, tmp_path):
    for content in WHOLE[kind]:
        (tmp_path / "history").write_bytes(content)
        assert len(read_history(tmp_path / "history", "baseline").values)


@pytest.mark.parametrize("kind", WHOLE)
def test_damaged_files_raise_nothing_but_our_error(kind, tmp_path, pytestconfig):
    path = tmp_path / "history"

    def read(content: bytes) -> None:
        path.write_bytes(content)
        read_history(path, "baseline")

    containers = ("gzip",) if kind == "packed rds" else ()
    seconds = pytestconfig.getoption("fuzz_seconds")
    report = fuzz(kind, WHOLE[kind], read, seconds, containers=containers)
    print(report)
    assert report.escapes == []
    assert report.number > 10


def compact(length: float) -> bytes:
    """`list(loss = 1:length)`, of which R keeps three numbers."""
    text = lambda word: struct.pack(">2i", 9 | 1 << 18, len(word)) + word.encode()  # noqa: E731
    symbol = struct.pack(">i", 1)
    pairs = struct.pack(">i", 2) + symbol + text("compact_intseq")
    pairs += struct.pack(">i", 2) + symbol + text("base")
    pairs += struct.pack(">4i", 2, 13, 1, 13) + struct.pack(">i", 254)
    state = struct.pack(">2i", 14, 3) + struct.pack(">3d", length, 1, 1)
    names = struct.pack(">i", 2 | 0x400) + symbol + text("names")
    names += struct.pack(">2i", 16, 1) + text("loss") + struct.pack(">i", 254)
    vector = struct.pack(">i", 238) + pairs + state + struct.pack(">i", 254)
    return (
        b"X\n"
        + struct.pack(">3i", 2, 0x30602, 0x20300)
        + (struct.pack(">2i", 19 | 0x200, 1) + vector + names)
    )


HOSTILE = {
    "1:3e8 in 177 bytes": compact(3e8),
    "1:NaN": compact(float("nan")),
    "-1 numbers": compact(-1.0),
    "2^31 numbers that are not there": b"X\n" + struct.pack(">5i", 2, 0, 0, 14, 2**31 - 1),
    "2^31 lists that are not there": b"X\n" + struct.pack(">5i", 2, 0, 0, 19, 2**31 - 1),
    "a million lists": b"X\n" + struct.pack(">3i", 2, 0, 0) + struct.pack(">2i", 19, 10**6)
    + struct.pack(">2i", 19, 0) * 10**6,
    "lists in lists": b"X\n" + struct.pack(">3i", 2, 0, 0) + struct.pack(">2i", 19, 1) * 10**5,
    "64 MB of zeros in 64 kB": gzip.compress(b"X\n" + struct.pack(">3i", 2, 0, 0) + bytes(2**26)),
    "a million rows": b"epoch,loss\n" + b"1,0.5\n" * 10**6,
    "a row of a million fields": b"loss," * 10**6 + b"\n" + b"1," * 10**6,
    "a number of a million digits": b"loss\n" + b"9" * 10**6,
    "JSON in JSON": b'{"a":' * 10**5,
    "a JSON number of 10^5 digits": b'{"loss": [' + b"9" * 10**5 + b"]}",
    "an endless quote": b'loss,"' + b"x" * 10**7,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_one_message_in_no_time(name, tmp_path):
    """In a process of its own that may take 500 MB more than it begins with."""
    path = tmp_path / "history"
    path.write_bytes(HOSTILE[name])
    code = (
        "import resource, sys, time\n"
        "from pyreg.errors import InputError\n"
        "from pyreg.own_runs.history import read_history\n"
        "before, begin = resource.getrusage(resource.RUSAGE_SELF), time.process_time()\n"
        "try:\n"
        "    read_history(sys.argv[1], 'baseline')\n"
        "except InputError as error:\n"
        "    after = resource.getrusage(resource.RUSAGE_SELF)\n"
        "    megabytes = (after.ru_maxrss - before.ru_maxrss) / 1024\n"
        "    print(time.process_time() - begin, megabytes, str(error).count(chr(10)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout, "it was read"
    seconds, megabytes, line_breaks = map(float, done.stdout.split())
    assert (seconds < 2, megabytes < 500, line_breaks) == (True, True, 0), done.stdout


def test_a_pipe_is_no_history(tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is no regular file"):
        read_history(tmp_path / "pipe", "baseline")
    with pytest.raises(InputError, match="is no regular file"):
        read_history("/dev/zero", "baseline")
