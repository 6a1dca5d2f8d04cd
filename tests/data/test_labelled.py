import contextlib
import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyreg.data import labelled
from pyreg.errors import InputError


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_reads_a_csv_file(tmp_path):
    content = 'id,label,text\n7,1,"good, ""very"" good\nindeed"\n8,neg,bad\n\n9,Positive ,fün\n'
    texts = labelled.read_csv(write(tmp_path / "a.csv", content))
    assert texts == {1: [b'good, "very" good\nindeed', "fün".encode()], 0: [b"bad"]}


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path):
    content = b"\xef\xbb\xbftext,label\r\ngood,1\r\nbad,0\r\n"
    assert labelled.read_csv(write(tmp_path / "a.csv", content)) == {1: [b"good"], 0: [b"bad"]}


def test_reads_a_folder_sorted_by_name(tmp_path):
    for name, content in [
        ("pos/b.txt", "2"),
        ("pos/a.txt", "\ufeff1"),
        ("neg/a.txt", ""),
        ("pos/c.md", "x"),
    ]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path / name, content)
    assert labelled.read_folder(tmp_path) == {1: [b"1", b"2"], 0: [b""]}


def test_a_folder_s_file_that_is_not_utf_8_is_named(tmp_path):
    for folder in ("pos", "neg"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / "a.txt", b"fine\ncaf\xe9")
    with pytest.raises(InputError, match=r"neg/a\.txt, line 2: got byte 0xe9, expected UTF-8"):
        labelled.read_folder(tmp_path)


def test_blocks_keep_neighbours_together_and_leave_nothing_out():
    texts = {0: [b"a", b"b", b"c"], 1: [b"d", b"e", b"f", b"g"]}
    train, validation = labelled.in_blocks(Path("x"), texts)
    assert train == {0: [b"a"], 1: [b"d", b"e"]}
    assert validation == {0: [b"b", b"c"], 1: [b"f", b"g"]}


FIELD = st.text(alphabet=st.characters(codec="utf-8"), max_size=20)


@given(rows=st.lists(st.tuples(FIELD, st.sampled_from(["0", "1"])), max_size=8))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_reads_what_the_csv_module_writes(rows, tmp_path):
    file = io.StringIO()
    csv.writer(file).writerows([("text", "label"), *rows])
    texts = labelled.read_csv(write(tmp_path / "a.csv", file.getvalue()))
    assert texts == {int(label): [t.encode() for t, one in rows if one == label] for label in "01"}


@given(content=st.one_of(st.binary(max_size=60), FIELD.map(str.encode)), has_header=st.booleans())
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_raise_nothing_but_our_error(content, has_header, tmp_path):
    path = write(tmp_path / "a.csv", b"text,label\n" * has_header + content)
    with contextlib.suppress(InputError):
        labelled.read_csv(path)
