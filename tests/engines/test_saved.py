import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import keras
import numpy as np
import pytest

from pyreg import config, data, files
from pyreg.data import encoding
from pyreg.engines import keras as keras_engine
from pyreg.engines import saved
from pyreg.records.layout import RecordFolder, RunKey
from pyreg.records.run import read_run, write_run

STUDY = config.load(
    {
        "models": {"baseline": {"units": [4, 4], "l2": 0.01, "dropout": 0.5}},
        "epochs": 2,
        "batch_size": 40,
        "data": {"num_words": 40, "column_base": 1},
    }
)
KEY = RunKey("python", "baseline", "per-epoch", 1)
WORDS = {"samples": "reviews", "words": ["good", "bad"]}
LOAD = """
import sys
from pyreg.engines import runtime
runtime.set_up("cpu")
import keras, numpy as np
from pyreg.data.encoding import read_encoded
x = read_encoded(sys.argv[2]).x_validation
np.save(sys.argv[3], keras.saving.load_model(sys.argv[1]).predict(x, batch_size=40, verbose=0))
"""


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory, small_dataset):
    folder = tmp_path_factory.mktemp("data")
    data.save_dataset(folder, replace(small_dataset, vocabulary=WORDS))
    encoding.save_encoded(folder / "encoded.npz", small_dataset, 40, 1)
    return folder


@pytest.fixture(scope="module")
def run(data_folder):
    return keras_engine.train(STUDY, KEY, data_folder)


@pytest.fixture(scope="module")
def record(tmp_path_factory, run):
    folder = tmp_path_factory.mktemp("record")
    write_run(folder, run)
    return RecordFolder(folder)


def test_a_record_holds_the_network_and_its_words_with_their_digests(record):
    digests = files.read_json(record.chain)["files"]
    assert digests["model.keras"] == files.digest_file(record.model)
    assert digests["vocabulary.json"] == files.digest_file(record.vocabulary)
    words = files.read_json(record.vocabulary)
    assert words == {**WORDS, "num_words": 40, "column_base": 1}
    assert {path.name for path in record.of_keras_run} == {
        path.name for path in record.folder.iterdir()
    }


def test_a_fresh_process_predicts_what_is_recorded(record, run, data_folder, tmp_path):
    found = tmp_path / "predictions.npy"
    command = [sys.executable, "-W", "error::UserWarning:keras", "-c", LOAD]
    subprocess.run([*command, record.model, data_folder / "encoded.npz", found], check=True)
    assert np.array_equal(np.load(found)[:, 0], run.predictions)


def test_a_run_again_saves_the_same_bytes_whatever_was_built_before(run, data_folder):
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    again = keras_engine.train(STUDY, KEY, data_folder)
    assert again.model == run.model
    assert keras_engine.train(STUDY, replace(KEY, seed=2), data_folder).model != run.model


def test_the_file_says_nothing_of_when_and_where_it_was_made(record):
    with zipfile.ZipFile(record.model) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert json.loads(archive.read("metadata.json"))["date_saved"] == saved.DATE
        text = archive.read("config.json").decode()
    assert set(saved.SHARED_OBJECT.findall(text)) == {('"shared_object_id": ', "1")}


def test_training_goes_on_from_where_the_file_was_saved(record, run):
    loaded = keras.saving.load_model(record.model)
    assert int(loaded.optimizer.iterations) == STUDY.epochs * 3  # of 96 reviews, 40 at a time
    assert all(map(np.array_equal, loaded.get_weights()[:2], run.weights[2][:2]))


def test_a_record_without_a_network_is_still_one(record, run, tmp_path):
    write_run(tmp_path, replace(run, model=None, vocabulary=None))
    assert {path.name for path in tmp_path.iterdir()} == {p.name for p in record.of_run}
    assert read_run(tmp_path).chain == run.chain
