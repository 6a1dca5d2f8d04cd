"""Networks that were trained on made-up reviews, in words, or on drawn images, and saved."""

import io

import numpy as np
import pytest
from PIL import Image

from pyreg import config, data, files
from pyreg.data import encoding
from pyreg.engines import keras as keras_engine
from pyreg.records.layout import Layout, ReplicateSet, RunKey
from pyreg.records.replicates import write_replicates
from pyreg.records.run import write_run
from pyreg.replicates import any_model

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
    own = {"source": "folder", "path": str(folder / "own"), "num_words": NUM_WORDS, **settings}
    return run(folder, {"models": {"baseline": model}, "data": own})


def run(folder, settings):
    """The study's data and its one run."""
    study = config.load({"epochs": 10, "batch_size": 20, **settings})
    layout = Layout(folder / "results")
    data.save_dataset(layout.data.folder, data.load(study.data))
    dataset = data.read_dataset(layout.data.folder)
    encoded = layout.data.encoded
    encoding.save_encoded(encoded, dataset, study.data.num_words, 1, study.data.sequences)
    write_run(layout.run(KEY).folder, keras_engine.train(study, KEY, layout.data.folder))
    return layout


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("study"), MULTI_HOT)


def of_seeds(layout, first, last):
    """The record of some more seeds, their networks kept."""
    settings = files.read_json(layout.run(KEY).info)["config"]
    models = {"baseline": settings.pop("model")}
    kept = config.load({**settings, "models": models, "save_models": True})
    key = ReplicateSet("baseline", "per-epoch")
    record = layout.batch(key, (first, last))
    seeds = range(first, last + 1)
    runs = any_model.train(kept, key.model, key.shuffle, seeds, layout.data.encoded)
    write_replicates(record.folder, runs)
    return record


@pytest.fixture(scope="session")
def many(results):
    return of_seeds(results, 1, 3)


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


SHAPES = ["bar <b>", "left", "top"]  # names of folders are their owner's
NUM_IMAGES = 24  # of each


def pixels_of(number, shape=0, size=(8, 6)):
    """A noisy image, 8 high and 6 wide, with a bright row, left half or top."""
    height, width = size
    pixels = np.random.default_rng([7, number, shape]).integers(0, 90, size)
    where = np.s_[height // 2], np.s_[:, : width // 2], np.s_[: height // 2]
    pixels[where[shape]] += 160
    return pixels.astype(np.uint8)


def png(pixels, **more):
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, **{"format": "PNG", **more})
    return content.getvalue()


@pytest.fixture(scope="session")
def of_images(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    for number, name in enumerate(SHAPES):
        (folder / "own" / name).mkdir(parents=True)
        for i in range(NUM_IMAGES):
            (folder / "own" / name / f"{i:02}.png").write_bytes(png(pixels_of(i, number)))
    layers = [
        {"kind": "reshape"},
        {"kind": "conv_2d", "filters": 4, "kernel_size": 3},
        {"kind": "flatten"},
    ]
    model = {"layers": layers, "units": [], "optimizer": {"learning_rate": 0.02}}
    own = {"source": "images", "path": str(folder / "own")}
    return run(folder, {"models": {"baseline": model}, "data": own})


@pytest.fixture(scope="session")
def image_network(of_images):
    from pyreg.serving import network

    return network.load(of_images.run(KEY).folder)
