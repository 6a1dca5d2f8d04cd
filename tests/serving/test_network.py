import shutil

import numpy as np
import pytest

from pyreg import files
from pyreg.data import encoding
from pyreg.errors import InputError
from pyreg.records.run import read_predictions
from pyreg.serving import network as network_module
from serving.conftest import KEY


def answer(network, text, **more):
    (found,) = network.answers([text], **more)
    return found


@pytest.mark.parametrize("study", ["results", "of_sequences"])
def test_raw_texts_give_the_recorded_predictions_bit_for_bit(study, texts, request):
    results = request.getfixturevalue(study)
    network = network_module.load(results.run(KEY).folder)
    every = [text for label in texts.values() for text in label]
    rows = network.vocabulary.encode(network.vocabulary.reviews(every))
    recorded = encoding.read_encoded(results.data.encoded).x_validation
    places = [np.flatnonzero((rows == row).all(axis=1)).tolist() for row in recorded]
    assert all(places)  # raw and prepared texts are encoded alike
    in_order = [every[place[0]] for place in places]
    predictions, _ = read_predictions(results.run(KEY).predictions)
    found = np.array([one.probability for one in network.answers(in_order)], np.float32)
    assert np.array_equal(found, predictions)


def test_a_network_of_sequences_tells_what_its_words_do(of_sequences):
    network = network_module.load(of_sequences.run(KEY).folder)
    found = answer(network, "great film great plot with awful music", explain=True)
    for word, effect in found.effects.items():
        # 29: a word that was seen, and cut, takes the places.
        cut = "great film great plot with awful music".replace(word, "29")
        expected = found.probability - answer(network, cut).probability
        assert effect == pytest.approx(expected, abs=1e-6)
    assert len(found.effects) == 6


def test_it_tells_praise_from_blame(network):
    assert answer(network, "a great, superb film").label == "positive"
    assert answer(network, "A BORING, AWFUL FILM!").label == "negative"


def test_words_are_counted_with_those_that_are_known(network):
    found = answer(network, "The great, great unheard-of film 29")  # 29: seen, and cut
    assert (found.num_words, found.num_known, found.note) == (7, 5, "")


@pytest.mark.parametrize("text", ["", " <>\n", "\ud800"])
def test_a_text_without_a_known_word_has_no_class(network, text):
    found = answer(network, text)
    assert found.label == "unknown"
    assert found.note in ("no words", "only 0 of 1 words are known: another language, or subject?")


def test_another_language_is_said_not_scored(network):
    found = answer(network, "una película muy aburrida, no vale nada")
    assert found.label == "unknown"
    assert found.note == "only 1 of 7 words are known: another language, or subject?"


def test_what_a_word_does_is_what_is_missing_without_it(network):
    text = "great film great plot with awful music"
    found = answer(network, text, explain=True)
    assert set(found.effects) == set(text.split())
    for word, effect in found.effects.items():
        without = " ".join(one for one in text.split() if one != word)
        expected = found.probability - answer(network, without).probability
        assert effect == pytest.approx(expected, abs=1e-6)
    sizes = [abs(effect) for effect in found.effects.values()]
    assert sizes == sorted(sizes, reverse=True)


def test_the_words_that_move_it_most_come_first(network):
    for text, word, sign in [("a great film", "great", 1), ("an awful film", "awful", -1)]:
        first, effect = next(iter(answer(network, text, explain=True).effects.items()))
        assert (first, np.sign(effect)) == (word, sign)


def test_many_texts_are_answered_as_each_alone(network):
    texts = ["great film", "", "awful plot"] * 15  # more than a batch
    together = [one.probability for one in network.answers(texts)]
    assert together == pytest.approx([answer(network, text).probability for text in texts])


@pytest.fixture
def copy(run_folder, tmp_path):
    return shutil.copytree(run_folder, tmp_path / "run")


@pytest.mark.parametrize("name", ["model.keras", "vocabulary.json", "run.json"])
def test_a_file_that_was_changed_is_refused(copy, name):
    (copy / name).write_bytes((copy / name).read_bytes() + b" ")
    with pytest.raises(InputError, match="is not the file that the run left"):
        network_module.load(copy)


@pytest.mark.parametrize("name", ["model.keras", "vocabulary.json"])
def test_a_run_without_a_network_says_where_there_is_one(copy, name):
    (copy / name).unlink()
    with pytest.raises(InputError, match=rf"holds no {name}; expected the folder of a run"):
        network_module.load(copy)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.keras", b"PK"),
        ("vocabulary.json", b"[]"),
        (
            "vocabulary.json",
            b'{"samples": "reviews", "words": ["a"], "num_words": 7, "column_base": 1}',
        ),
    ],
)
def test_a_damaged_network_is_one_message(copy, name, content):
    (copy / name).write_bytes(content)
    chain = files.read_json(copy / "chain.json")
    chain["files"][name] = files.digest_file(copy / name)
    files.write_json(copy / "chain.json", chain)
    with pytest.raises(InputError, match="cannot be read"):
        network_module.load(copy)
