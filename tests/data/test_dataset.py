import json
import os
import time
from dataclasses import replace

import numpy as np
import pytest

from data.making import TEXTS, imdb_arrays, object_array, write_folder, write_npz, write_tar
from pyreg import config, data, files
from pyreg.data import reading, sources, synthetic, word_index
from pyreg.data.prepared import content_digest
from pyreg.errors import InputError

# By counts in the training texts: film 2, good 3, a 2, bad 1, fun 1, br 1; ties by appearance.
COUNTED = {"good": 1, "a": 2, "film": 3, "br": 4, "fun": 5, "bad": 6}
# Keras' own ranks may order words of one count otherwise, and know more words.
KERAS = {"good": 1, "film": 2, "a": 3, "bad": 4, "fun": 5, "br": 6, "unseen": 7}


def load(source, path, **more):
    return data.load(config.Data(source=source, path=str(path), **more))


def ranks_of(source, path):
    """Ranks by half and review, in the order of the file."""
    found = replace_source(source, path)
    return [[half[i].tolist() for i in range(len(half))] for half in reading.read(found)]


def replace_source(source, path):
    from pyreg.data.origin import Origin

    return Origin(sources.SOURCES[source], path)


def pin_word_index(folder, ranks, monkeypatch):
    """Write `ranks` as imdb_word_index.json, pinned as Keras' own."""
    path = folder / "imdb_word_index.json"
    path.write_text(json.dumps(ranks))
    monkeypatch.setattr(
        word_index, "WORD_INDEX", replace(sources.WORD_INDEX, sha256=files.digest_file(path))
    )


def ranked(texts, ranks):
    return [[ranks[word] for word in text.split() if word in ranks] for text in texts]


TRAIN_WORDS = ["a good good film", "good br fun", "a bad film", ""]
TEST_WORDS = ["good unseen fun", "bad bad"]


def test_raw_text_is_ranked_by_keras_word_index_beside_it(tmp_path, monkeypatch):
    pin_word_index(tmp_path, KERAS, monkeypatch)
    path = write_tar(tmp_path / "aclImdb_v1.tar.gz")
    expected = [ranked(TRAIN_WORDS, KERAS), ranked(TEST_WORDS, KERAS)]
    assert ranks_of("stanford", path) == expected
    assert expected[1] == [[1, 7, 5], [4, 4]]
    folder = write_folder(tmp_path / "aclImdb", TEXTS)
    assert ranks_of("stanford", folder) == expected


def test_without_it_words_are_ranked_by_their_counts_and_that_is_said(tmp_path, capsys):
    path = write_tar(tmp_path / "aclImdb_v1.tar.gz")
    expected = [ranked(TRAIN_WORDS, COUNTED), ranked(TEST_WORDS, COUNTED)]
    assert ranks_of("stanford", path) == expected
    assert expected[1] == [[1, 5], [6, 6]]  # "unseen" is not in the training texts
    assert "words are ranked by their counts" in capsys.readouterr().err
    notice = load("stanford", path).provenance["notice"]
    assert "equally frequent words are ranked by first appearance" in notice


def test_npz_and_raw_text_have_one_digest(tmp_path, monkeypatch):
    pin_word_index(tmp_path, KERAS, monkeypatch)
    raw = load("stanford", write_tar(tmp_path / "a.tar.gz")).provenance
    stored = write_npz(
        tmp_path / "imdb.npz",
        x_train=object_array(ranked(TRAIN_WORDS, KERAS)),
        y_train=imdb_arrays()["y_train"][[0, 2, 1, 3]],
        x_test=object_array(ranked(TEST_WORDS, KERAS)),
        y_test=imdb_arrays()["y_test"][[1, 0]],
    )
    assert load("file", stored).provenance["content_digest"] == raw["content_digest"]


def test_own_reviews_take_their_vocabulary_from_the_training_half(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        'text,label\n"Bad, bad",0\nfine film,1\nawful film film film,0\n"fine, new",1\nbad,0\nfine,1\n'
    )
    # Trained on: fine film | bad bad. Validated on: fine new, fine | awful film film film, bad.
    assert ranks_of("csv", path) == [[[2, 3], [1, 1]], [[2], [2], [3, 3, 3], [1]]]
    dataset = load("csv", path)
    assert (len(dataset.train), len(dataset.validation)) == (2, 4)
    assert "your own reviews" in dataset.provenance["notice"]
    assert dataset.provenance["citation"] is None


def test_a_folder_of_the_same_reviews_gives_the_same(tmp_path):
    texts = {
        "pos/1.txt": b"fine film",
        "pos/2.txt": b"fine",
        "neg/1.txt": b"bad",
        "neg/2.txt": b"film",
    }
    assert ranks_of("folder", write_folder(tmp_path, texts)) == [[[1, 2], [3]], [[1], [2]]]


def test_a_file_of_other_content_is_never_called_the_lesson_s(tmp_path):
    provenance = load("file", write_npz(tmp_path / "imdb.npz")).provenance
    assert provenance["is_lesson_data"] is False
    assert "numbers are not the lesson's" in provenance["notice"]
    assert (provenance["licence"], provenance["citation"], provenance["url"]) == (
        "unknown",
        None,
        None,
    )


def test_the_lesson_s_content_is_told_by_its_digest(tmp_path, monkeypatch):
    from pyreg.data import provenance as story

    path = write_npz(tmp_path / "copied.npz")
    digest = load("file", path).provenance["content_digest"]
    monkeypatch.setattr(story, "LESSON_DIGEST", digest)
    provenance = load("file", path).provenance
    assert provenance["is_lesson_data"] is True
    assert provenance["notice"] is None
    assert provenance["file"] == "copied.npz"
    assert provenance["citation"] == sources.MAAS_2011
    cut = load("file", path, num_reviews=8).provenance
    assert cut["is_lesson_data"] is False
    assert cut["notice"] == (
        "Only the first 8 reviews of each half are used. The numbers are not the lesson's."
    )


def test_a_cached_download_says_where_and_when_it_came_from(tmp_path, monkeypatch):
    from pyreg.data import cache

    cache.folder().mkdir(parents=True)
    path = write_npz(cache.folder() / "imdb.npz")
    noon = time.mktime((2024, 2, 29, 12, 0, 0, 0, 0, -1))
    os.utime(path, (noon, noon))
    pinned = replace(sources.SOURCES["keras"], sha256=files.digest_file(path))
    monkeypatch.setitem(sources.SOURCES, "keras", pinned)
    provenance = data.load(config.Data(source="auto")).provenance
    assert provenance["source"] == "keras"
    assert provenance["url"] == pinned.urls[0]
    assert provenance["fetched"] == "2024-02-29"


def test_num_reviews_keeps_the_first_of_each_half(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("text,label\n" + "good film,1\nbad film,0\n" * 20)
    whole, cut = load("csv", path), load("csv", path, num_reviews=9)
    assert len(cut.train) == len(cut.validation) == 9
    assert [cut.train[i].tolist() for i in range(9)] == [whole.train[i].tolist() for i in range(9)]
    assert set(cut.train.labels) == {0, 1}
    assert cut.provenance["num_train"] == 9
    assert cut.provenance["content_digest"] == whole.provenance["content_digest"]


def test_num_words_cuts_and_the_digest_does_not_notice(tmp_path):
    path = write_npz(tmp_path / "imdb.npz")
    few, many = load("file", path, num_words=10), load("file", path, num_words=100_000)
    assert few.train.indices.max() < 10
    assert many.train.indices.max() == 70_003
    assert few.provenance["content_digest"] == many.provenance["content_digest"]


@pytest.mark.parametrize("num_samples", [7, 10, 1000, 1797])
@pytest.mark.parametrize("share", [0.1, 0.2, 0.3, 0.7])
def test_validation_is_split_off_as_keras_does(num_samples, share):
    from keras.src.trainers.data_adapters.array_slicing import train_validation_split

    wanted = config.Synthetic(num_features=2, num_train=num_samples, num_validation=0)
    dataset = data.load(config.Data(source="random", synthetic=wanted, validation_split=share))
    drawn, _ = synthetic.draw("random", wanted)
    expected = train_validation_split((drawn.values, drawn.labels), validation_split=share)
    for half, (values, labels) in zip((dataset.train, dataset.validation), expected, strict=True):
        assert np.array_equal(half.values, values)
        assert np.array_equal(half.labels, labels)
    assert dataset.provenance["num_validation"] == len(dataset.validation)


def test_a_split_that_leaves_nothing_to_train_on():
    wanted = config.Synthetic(num_features=2, num_train=3, num_validation=0)
    with pytest.raises(InputError, match=r"got 0.9 of 3 training samples.*smaller share"):
        data.load(config.Data(source="random", synthetic=wanted, validation_split=0.9))


def test_a_split_of_reviews_is_said_and_is_not_the_lesson(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("text,label\n" + "good film,1\nbad film,0\n" * 20)
    whole, cut = load("csv", path), load("csv", path, validation_split=0.25)
    assert [cut.train[i].tolist() for i in range(15)] == [
        whole.train[i].tolist() for i in range(15)
    ]
    assert (len(cut.train), len(cut.validation)) == (15, 5)
    assert cut.provenance["notice"].startswith("The last 25% of the training samples")


def test_a_cross_validation_s_sizes_are_those_of_each_run(tmp_path):
    path = write_npz(tmp_path / "imdb.npz")
    plain, folded = load("file", path), load("file", path, folds=3)
    num_train = len(plain.train)
    assert len(folded.train) == num_train  # each run takes its own folds
    assert folded.provenance["num_validation"] == num_train // 3
    assert folded.provenance["num_train"] == num_train - num_train // 3
    assert "another of 3 folds" in folded.provenance["notice"]
    with pytest.raises(InputError, match="folds for"):
        load("file", path, folds=num_train + 1)


def test_permuted_labels_are_said_but_change_no_data(tmp_path):
    path = write_npz(tmp_path / "imdb.npz")
    plain, permuted = load("file", path), load("file", path, permute_labels=True)
    assert np.array_equal(plain.train.labels, permuted.train.labels)  # each run permutes its own
    assert "nothing to learn" in permuted.provenance["notice"]


@pytest.mark.imdb
def test_the_canonical_file_and_the_raw_text_hold_the_same_reviews(imdb_path):
    archive = imdb_path.with_name("aclImdb_labelled.tar.gz")
    if not archive.exists():
        pytest.skip("no raw text beside imdb.npz")
    begin = time.process_time()
    raw = reading.read(replace_source("stanford", archive))
    assert time.process_time() - begin < 25
    assert content_digest(*raw) == sources.LESSON_DIGEST
    assert load("file", imdb_path).provenance["is_lesson_data"] is True


@pytest.mark.imdb
def test_the_ordinary_path_is_small(imdb_path):
    """In a process of its own, so that its peak memory is its own (seconds: `make bench`)."""
    import subprocess
    import sys

    code = (
        "import pathlib, re;"
        "from pyreg import config, data; from pyreg.data import encoding;"
        f"dataset = data.load(config.Data(source='file', path={str(imdb_path)!r}));"
        "halves = [encoding.multi_hot(h, 5000) for h in (dataset.train, dataset.validation)];"
        # Not getrusage: its peak begins with that of the process that started this one.
        "status = pathlib.Path('/proc/self/status').read_text();"
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 600  # MB


def test_a_language_without_blanks_between_words_is_refused(tmp_path):
    rows = [f"糟糕的电影浪费时间第{n}次,{n % 2}" for n in range(8)]
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    with pytest.raises(InputError, match="none of its 4 validation reviews holds a word"):
        load("csv", path)
    path.write_text("text,label\n" + ",0\n,1\n" * 4)
    with pytest.raises(InputError, match="none of its 4 training reviews holds a word"):
        load("csv", path)


def test_how_many_reviews_hold_no_known_word_is_said(tmp_path, capsys):
    rows = ["film,0", "film,1", "film,0", "film,1", "kino,0", "film,1", "film,0", "film,1"]
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(["text,label", *rows]))
    said = "0 of 4 training reviews and 1 of 4 validation reviews hold no word that is kept."
    assert load("csv", path).provenance["notice"].endswith(said)
    assert capsys.readouterr().err == f"WARNING: {said}\n"


def test_labels_of_one_s_own_are_a_setting(tmp_path):
    path = tmp_path / "stars.csv"
    path.write_text("text,label\n" + "a bad film,1\na good film,5\na film,3\n" * 4)
    labels = config.Labels(negative=[1, 2], positive=[4, 5], left_out=[3])
    found = load("csv", path, labels=labels)
    assert (found.provenance["num_train"], found.provenance["num_validation"]) == (4, 4)
