"""Tables whoever wrote them, by hand; and lines that are not as the others."""

import pytest

from pyreg.errors import InputError
from pyreg.readers import table
from pyreg.readers.table import ROW_NAMES


def read(text: str) -> table.Table:
    return table.read("mine.csv", text, max_rows=100)


TABLES = {
    "commas": "a,b\n1,x y\n2,z\n",
    "semicolons": "a;b\n1;x y\n2;z\n",
    "tabs": "a\tb\n1\tx y\n2\tz\n",
    "bars": "a|b\n1|x y\n2|z\n",
    "quotes": '"a","b"\n"1","x y"\n2,"z"\n',
    "blanks": 'a b\n1 "x y"\n2 z\n',
    "blank lines": "\na,b\n\n1,x y\n\n2,z\n\n",
    "Windows": "a,b\r\n1,x y\r\n2,z\r\n",
    "Excel": "sep=;\na;b\n1;x y\n2;z\n",
    "blanks in names": " a , b \n1,x y\n2,z\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_whatever_parts_the_fields_they_are_the_same(name):
    assert read(TABLES[name]).columns() == {"a": ["1", "2"], "b": ["x y", "z"]}


def test_lines_are_counted_where_a_field_has_several():
    found = read('text,label\n"one\ntwo",1\nthree,0\n')
    assert [line for line, _ in found.rows] == [3, 4]


def test_quotes_after_a_backslash_are_quotes():
    found = read('id\ttext\n"1"\t"so \\"good\\", so, so"\n"2"\t"no"\n')
    assert found.column("text") == ['so "good", so, so', "no"]
    # A backslash before the end of a field is one, where quotes are doubled.
    assert read('a,b\n"x\\",1\n"y""z",2\n').column("a") == ["x\\", 'y"z']


def test_semicolons_leave_the_comma_to_numbers():
    found = read('epoch;loss\n1;0,5\n2;"0,25"\n')
    assert found.column("loss") == ["0,5", "0,25"]
    assert found.dialect.decimal_comma
    assert not read("epoch,loss\n1,0.5\n").dialect.decimal_comma


def test_row_names_of_write_table_have_no_name():
    assert read('"a","b"\n"1",5,6\n"2",7,8\n').columns() == {
        ROW_NAMES: ["1", "2"], "a": ["5", "7"], "b": ["6", "8"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text,label\ngood, yes,1\n", r"line 2: got 3 fields, expected 2 as in its first line"),
        ("a,b\n1,2\n3\n", r"line 3: got 1 fields, expected 2"),
        ('a,b\n1,"2\n', r"line 2: unexpected end of data; expected fields parted by commas"),
        ("a\n" + "1\n" * 102, "has more than 100 rows"),
        (",".join("a" * 3000) + "\n", "has 3,000 columns"),
    ],
)
def test_what_is_irregular_is_named(text, message):
    with pytest.raises(InputError, match=r"mine\.csv.*" + message):
        read(text)


def test_two_columns_of_one_name_are_none():
    with pytest.raises(ValueError, match="two columns are named a"):
        read("a,a\n1,2\n").columns()


def test_an_empty_text_is_a_table_of_nothing():
    assert read("").columns() == {}
    assert read("a,b\n").columns() == {"a": [], "b": []}
