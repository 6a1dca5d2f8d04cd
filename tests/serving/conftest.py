"""A network that was trained on made-up reviews, in words, and saved."""

import numpy as np
import pytest

from pyreg import config, data
from pyreg.data import encoding
from pyreg.engines import keras as keras_engine
from pyreg.records.layout import Layout, RunKey
from pyreg.records.run import write_run

OPINIONS = {"pos": ["great", "lovely", "superb"], "neg": ["boring", "awful", "dull"]}
FILLING = ["the", "a", "film", "actor", "plot", "scene", "music", "story", "was", "and", "of", "it"]
FILLING += ["with", "no", "one", "saw"]
NUM_WORDS = 28  # 24 words: those below, and two numbers; the others are cut
NUM_REVIEWS = 60  # with each label
KEY = RunKey("python", "baseline", "per-epoch", 1)


def texts_of(label):
    generator = np.random.default_rng([3, len(label), ord(label[0])])
    for number in range(NUM_REVIEWS):
        words = [*generator.choice(FILLING, 8), *generator.choice(OPINIONS[label], 2), f"{number}"]
        yield " ".join(generator.permutation(words))


@pytest.fixture(scope="session")
def texts():
    """The validation texts: of each label the second half."""
    return {label: list(texts_of(label))[NUM_REVIEWS // 2 :] for label in OPINIONS}


MULTI_HOT = {"units": [8], "optimizer": {"learning_rate": 0.02}}
RECURRENT = {
    "layers": [
        {"kind": "embedding", "input_dim": NUM_WORDS, "output_dim": 6},
        {"kind": "gru", "units": 6},
    ],
    "units": [],
    "optimizer": {"learning_rate": 0.03},
}


def trained(folder, model, **settings):
    """A study's folder with its data and one run."""
    for label in OPINIONS:
        (folder / "own" / label).mkdir(parents=True)
        for number, text in enumerate(texts_of(label)):
            (folder / "own" / label / f"{number:03}.txt").write_text(text)
    own = {"source": "folder", "path": str(folder / "own"), "num_words": NUM_WORDS}
    study = config.load(
        {
            "models": {"baseline": model},
            "epochs": 10,
            "batch_size": 20,
            "data": {**own, **settings},
        }
    )
    layout = Layout(folder / "results")
    data.save_dataset(layout.data.folder, data.load(study.data))
    dataset = data.read_dataset(layout.data.folder)
    encoded = layout.data.encoded
    encoding.save_encoded(encoded, dataset, NUM_WORDS, 1, study.data.sequences)
    write_run(layout.run(KEY).folder, keras_engine.train(study, KEY, layout.data.folder))
    return layout


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("study"), MULTI_HOT)


@pytest.fixture(scope="session")
def of_sequences(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sequences")
    return trained(folder, RECURRENT, encoding="sequences", maxlen=9)


@pytest.fixture(scope="session")
def run_folder(results):
    return results.run(KEY).folder


@pytest.fixture(scope="session")
def network(run_folder):
    from pyreg.serving import network

    return network.load(run_folder)
