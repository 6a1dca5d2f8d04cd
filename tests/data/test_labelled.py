import contextlib
import csv
import gzip
import io
import zipfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyreg import config
from pyreg.data import labelled
from pyreg.errors import InputError


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_reads_a_csv_file(tmp_path):
    content = 'id,label,text\n7,1,"good, ""very"" good\nindeed"\n8,neg,bad\n\n9,Positive ,fün\n'
    texts = labelled.read_table(write(tmp_path / "a.csv", content))
    assert texts == {1: [b'good, "very" good\nindeed', "fün".encode()], 0: [b"bad"]}


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path):
    content = b"\xef\xbb\xbftext,label\r\ngood,1\r\nbad,0\r\n"
    assert labelled.read_table(write(tmp_path / "a.csv", content)) == {1: [b"good"], 0: [b"bad"]}


TEXTS = {1: [b'a "good" film, really', b"fun"], 0: [b"bad"]}
TABLES = {
    "as Kaggle's IMDB Dataset.csv": 'review,sentiment\n"a ""good"" film, really",positive\n'
    "bad,negative\nfun,positive\n",
    "as Kaggle's labeledTrainData.tsv": 'id\tsentiment\treview\n"1_8"\t1\t'
    '"a \\"good\\" film, really"\n"2_2"\t0\t"bad"\n"3_9"\t1\t"fun"\n',
    "semicolons": 'text;label\n"a ""good"" film, really";1\nbad;0\nfun;1.0\n',
    "no names of columns": '1,"a ""good"" film, really"\n0,bad\n1,fun\n',
    "JSON": '[{"text": "a \\"good\\" film, really", "label": 1}, {"text": "bad", "label": 0},'
    ' {"text": "fun", "label": 1}]',
    "a JSON object on each line": '{"review": "a \\"good\\" film, really", "Sentiment": "pos"}\n'
    '{"review": "bad", "Sentiment": "neg"}\n{"review": "fun", "Sentiment": "pos"}\n',
    "JSON's truth": '[{"text": "a \\"good\\" film, really", "label": true},'
    ' {"text": "bad", "label": false}, {"text": "fun", "label": true}]',
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("encode", [str.encode, lambda text: text.encode("utf-16")])
def test_tables_are_read_as_they_are(name, encode, tmp_path):
    path = write(tmp_path / "mine", encode(TABLES[name]))
    assert labelled.read_table(path) == TEXTS
    write(path, gzip.compress(encode(TABLES[name])))
    assert labelled.read_table(path) == TEXTS


STARS = "text,label\nbad,1\nso so,3\ngood,4\nfine,5.0\npoor,2\n"
MEANING = config.Labels(negative=[1, 2], positive=[4, 5], left_out=[3])


def test_labels_mean_what_the_settings_say(tmp_path):
    path = write(tmp_path / "a.csv", STARS)
    assert labelled.read_table(path, MEANING) == {0: [b"bad", b"poor"], 1: [b"good", b"fine"]}
    yelp = write(tmp_path / "b.csv", '"1","bad"\n"2","good, indeed"\n"1","poor"\n')
    meaning = config.Labels(negative=["1"], positive=["2"])
    assert labelled.read_table(yelp, meaning) == {0: [b"bad", b"poor"], 1: [b"good, indeed"]}
    twitter = write(tmp_path / "c.csv", "text,label\nbad,-1\ngood,1\nso so,0\n")
    meaning = config.Labels(negative=[-1], positive=[1], left_out=[0])
    assert labelled.read_table(twitter, meaning) == {0: [b"bad"], 1: [b"good"]}


def test_without_a_meaning_the_labels_found_and_the_setting_are_named(tmp_path):
    path = write(tmp_path / "a.csv", STARS)
    with pytest.raises(InputError, match=r"line 3: got label '3'.* found are 1, 2, 3, 4, 5\.0\. "
                       r"Say in the configuration .*data\.labels: {negative: "):  # fmt: skip
        labelled.read_table(path)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("1 2", {0: [b"text 1"], 1: [b"text 2"]}),
        ("-1 1", {0: [b"text -1"], 1: [b"text 1"]}),
        ("1 2 4 5", {0: [b"text 1", b"text 2"], 1: [b"text 4", b"text 5"]}),
        ("3 1 2", {0: [b"text 1"], 1: [b"text 3"]}),
    ],
)
def test_the_setting_that_the_message_proposes_reads_the_table(found, expected, tmp_path):
    rows = "".join(f"text {label},{label}\n" for label in found.split())
    path = write(tmp_path / "a.csv", f"text,label\n{rows}")
    with pytest.raises(InputError) as refused:
        labelled.read_table(path)
    proposed = yaml.safe_load(str(refused.value).split("data.labels: ")[1])
    assert labelled.read_table(path, config.Labels(**proposed)) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("comment,stars\nx,1\ny,0\n", "got the columns comment, stars; expected one named text"),
        ("a,b\nx,y\ny,z\n", "got the columns a, b"),  # either may be the text
        ("text,review,label\nx,y,1\n", "got the columns text, review, label"),
        ('{"a": 1}', "is JSON without a list of reviews"),
        ('[{"a": 1}]', "is JSON with the names a; expected objects like"),
        ('[{"text": "x", "label": 1}', "is no whole JSON file"),
        ("[" * 9999, "is no whole JSON file"),
    ],
)
def test_other_tables_are_refused_and_what_is_read_is_told(content, message, tmp_path):
    with pytest.raises(InputError, match=message) as refused:
        labelled.read_table(write(tmp_path / "mine.csv", content))
    assert "delete" not in str(refused.value)


def test_an_archive_of_folders_is_read_as_the_folders(tmp_path):
    texts = {
        "my/pos/b.txt": "2",
        "my/pos/a.txt": "1",
        "my/neg/a.txt": "0",
        "my/pos/._a.txt": "\xff",
    }
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as packed:
        for name, content in (texts | {"__MACOSX/my/neg/a.txt": "\xff"}).items():
            packed.writestr(name, content)
    assert labelled.read_folder(tmp_path / "mine.zip") == {1: [b"1", b"2"], 0: [b"0"]}


def test_what_a_mac_leaves_in_a_folder_is_passed_over(tmp_path):
    for name in ("pos/a.txt", "neg/a.txt", "pos/._a.txt", "neg/.DS_Store"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path / name, b"\xff" if "/." in name else b"x")
    assert labelled.read_folder(tmp_path) == {1: [b"x"], 0: [b"x"]}


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
    texts = labelled.read_table(write(tmp_path / "a.csv", file.getvalue()))
    assert texts == {int(label): [t.encode() for t, one in rows if one == label] for label in "01"}


@given(content=st.one_of(st.binary(max_size=60), FIELD.map(str.encode)), has_header=st.booleans())
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_raise_nothing_but_our_error(content, has_header, tmp_path):
    path = write(tmp_path / "a.csv", b"text,label\n" * has_header + content)
    with contextlib.suppress(InputError):
        labelled.read_table(path)
