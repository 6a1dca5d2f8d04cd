import json
import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from data.making import write_npz
from pyreg import config, data, files
from pyreg.commands import replicate, train
from pyreg.data import dataset, sources, vocabulary_file, word_index
from pyreg.data.encoding import multi_hot
from pyreg.data.image_input import ImageInput
from pyreg.errors import InputError
from pyreg.records.layout import RunKey


def test_own_texts_read_back_as_the_rows_they_were_trained_as(tmp_path):
    texts = {"pos": ["good film, good fun", "good rare"], "neg": ["bad Film", "a bad unseen film"]}
    for label, of_label in texts.items():
        (tmp_path / "own" / label).mkdir(parents=True)
        for number, one in enumerate(of_label):
            (tmp_path / "own" / label / f"{number}.txt").write_text(one)
    settings = config.Data(source="folder", path=str(tmp_path / "own"), num_words=7)
    found = data.load(settings)
    data.save_dataset(tmp_path / "data", found)
    words = vocabulary_file.read(vocabulary_file.of_run(tmp_path / "data", settings))
    assert words.words == ["good", "film", "fun", "bad"]
    by_label = dict(zip(found.validation.labels, multi_hot(found.validation, 7, 1), strict=True))
    for label, text in [(1, "good rare"), (0, "a bad unseen film")]:
        assert np.array_equal(words.encode(words.reviews([text]))[0], by_label[label])


def test_imdb_s_words_are_keras_index_beside_it_and_only_of_the_lesson_s_data(
    tmp_path, monkeypatch
):
    path = write_npz(tmp_path / "imdb.npz")
    index = tmp_path / "imdb_word_index.json"
    index.write_text(json.dumps({"b": 2, "a": 1}))
    monkeypatch.setattr(
        word_index, "WORD_INDEX", replace(sources.WORD_INDEX, sha256=files.digest_file(index))
    )
    settings = config.Data(source="file", path=str(path), num_words=5000)
    assert data.load(settings).vocabulary["words"] is None  # other reviews, other words
    digest = data.load(settings).provenance["content_digest"]
    monkeypatch.setattr(dataset, "LESSON_DIGEST", digest)
    assert data.load(settings).vocabulary["words"] == ["a", "b"]
    index.write_text("{}")
    assert data.load(settings).vocabulary["words"] is None


def test_weights_for_other_words_are_refused_and_where_none_are_told_nothing_is_said(tmp_path):
    def begun_with(folder, num_words=9):
        words = {"kind": "embedding", "input_dim": 9, "output_dim": 2}
        model = {"layers": [words], "units": [], "weights": str(tmp_path / folder / "b.keras")}
        settings = {"encoding": "sequences", "num_words": num_words}
        return config.load({"data": settings, "models": {"a": model}})

    ours = tmp_path / "ours"
    for name, words in {"ours": [*"abcde"], "same": [*"abcdx"], "other": ["b"]}.items():
        files.write_json(tmp_path / name / "vocabulary.json", {"words": words})
    for silent in ({"samples": "numbers"}, {"words": None}, []):
        files.write_json(tmp_path / "silent" / "vocabulary.json", silent)
        vocabulary_file.require_same_words(begun_with("silent"), "a", ours)
    for fitting in ("same", "none"):
        vocabulary_file.require_same_words(begun_with(fitting, num_words=4), "a", ours)
    refused = r"other/b.keras .*number 1 is 'b', expected 'a'; name"
    for engine in train.ENGINES:
        key = RunKey(engine, "a", "per-epoch", 1)
        with pytest.raises(InputError, match=refused):
            train.train_and_write(begun_with("other"), key, ours, tmp_path / "run")
    with pytest.raises(InputError, match=refused):
        replicate.train_and_write(
            begun_with("other"), "a", "per-epoch", range(1, 2), ours / "encoded.npz", tmp_path
        )


def test_samples_that_are_no_reviews_tell_their_shape():
    pixels = data.Samples(np.zeros((2, 8, 8), np.uint8), np.zeros(2, np.uint8), 16, 10)
    told = {"samples": "numbers", "shape": [8, 8], "scale": 16, "num_classes": 10}
    assert vocabulary_file.describe(pixels, None) == told
    named = vocabulary_file.describe(pixels, None, ["a", "b"])
    assert named == {**told, "classes": ["a", "b"]}
    assert vocabulary_file.read(named) == ImageInput((8, 8), ["a", "b"])


def test_own_folders_of_images_name_the_classes_in_the_order_of_the_labels(tmp_path):
    for name in ("zebra", "ant", os.fsdecode(b"b\xff")):
        (tmp_path / name).mkdir()
        for number in range(2):
            Image.new("L", (4, 3)).save(tmp_path / name / f"{number}.png")
    found = data.load(config.Data(source="images", path=str(tmp_path)))
    assert found.vocabulary["classes"] == ["ant", "b\ufffd", "zebra"]
    assert found.vocabulary["shape"] == [3, 4]
    data.save_dataset(tmp_path / "data", found)
    assert files.read_json(tmp_path / "data" / "vocabulary.json") == found.vocabulary


def test_digits_are_named_and_numbers_that_were_drawn_are_not():
    assert data.load(config.Data(source="digits")).vocabulary["classes"] == list("0123456789")
    drawn = config.Data(
        source="random", synthetic={"num_train": 9, "num_validation": 9, "num_features": 2}
    )
    assert "classes" not in data.load(drawn).vocabulary


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"samples": "numbers", "shape": [200]}, "trained on numbers"),
        ({"samples": "numbers", "shape": [8, 8]}, "classes of its images are not known"),
        ({"samples": "reviews", "words": None}, "imdb_word_index.json"),
    ],
)
def test_what_cannot_be_asked_in_texts_says_why(content, message):
    with pytest.raises(InputError, match=message):
        vocabulary_file.read(content)


WHOLE = {"samples": "reviews", "words": ["a"], "num_words": 7, "column_base": 1}


def test_a_vocabulary_is_read_back_with_its_sequences():
    assert vocabulary_file.read(WHOLE).sequences is None
    told = {**WHOLE, "sequences": [9, "pre", "post"]}
    assert vocabulary_file.read(told).sequences == (9, "pre", "post")


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {"samples": "reviews", "words": "a b"},
        {"samples": "reviews", "words": []},
        {"samples": "numbers"},
        {"samples": "numbers", "shape": [8, 0], "classes": ["a", "b"]},
        {"samples": "numbers", "shape": [8, 8], "classes": [1, 2]},
        {**WHOLE, "sequences": []},
        {**WHOLE, "sequences": [9, "pre"]},
        {**WHOLE, "sequences": ["9", "pre", "pre"]},
        {**WHOLE, "sequences": [9, "pre", "left"]},
    ],
)
def test_a_damaged_vocabulary_is_none(content):
    with pytest.raises(ValueError, match=r"it|unpack"):
        vocabulary_file.read(content)
