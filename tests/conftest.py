"""Fixtures that several test modules share; Keras is set up once, on the CPU, one thread."""

import gc
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from pyreg.data import Dataset, Reviews
from pyreg.engines import runtime

runtime.set_up("cpu")

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser):
    parser.addoption(
        "--fuzz-seconds", type=float, default=5, help="for each kind of damaged files (5)"
    )
    parser.addoption(
        "--each", action="store_true", help="try every variation of the environment by itself"
    )


def pytest_collection_modifyitems(config, items):
    """Leave out what is tried together elsewhere, unless asked for; files that take long go first.

    A file is one process's, as its fixtures are costly: a long one at the end would be waited for.
    """
    if not config.getoption("--each"):
        left_out = [item for item in items if item.get_closest_marker("each")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish():
    """What is loaded by now stays. Keras and statsmodels collect garbage whenever they are called,
    which takes a third of a second among all of TensorFlow's objects."""
    gc.freeze()


@pytest.fixture(scope="session")
def imdb_path() -> Path:
    """The canonical imdb.npz, where this machine has it."""
    path = Path(os.environ.get("PYREG_IMDB") or ROOT.parent / "shared" / "data" / "imdb.npz")
    if not path.exists():
        pytest.skip("no canonical imdb.npz here: name one with PYREG_IMDB")
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A headless Chromium that logs errors and requests."""
    webdriver = pytest.importorskip("selenium.webdriver")
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (program and driver):
        pytest.skip("no chromium and chromedriver here: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    flags = (
        "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking "
        "disable-component-update disable-sync"
    )
    for flag in flags.split():
        options.add_argument(f"--{flag}")
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield browser
    browser.quit()


def reviews_of(sequences: list[list[int]], labels: list[int] | None = None) -> Reviews:
    """Flat reviews from lists typed by hand."""
    lengths = [len(sequence) for sequence in sequences]
    return Reviews(
        indices=np.array([index for sequence in sequences for index in sequence], dtype=np.int32),
        offsets=np.array([0, *np.cumsum(lengths)], dtype=np.int64),
        labels=np.array(labels or [0] * len(sequences), dtype=np.uint8),
    )


def learnable_reviews(num_reviews: int, num_words: int, seed: int) -> Reviews:
    """Random reviews whose label shows in their words, so that a network has something to learn."""
    generator = np.random.RandomState(seed)
    labels = generator.randint(0, 2, num_reviews)
    sequences = [
        [1, *generator.randint(2, num_words, 12), *(generator.randint(2, 12, 4) + 10 * label)]
        for label in labels
    ]
    return reviews_of(sequences, [int(label) for label in labels])


@pytest.fixture(scope="session")
def small_dataset() -> Dataset:
    """96 + 64 made-up reviews of 40 words."""
    return Dataset(
        train=learnable_reviews(96, 40, seed=1),
        validation=learnable_reviews(64, 40, seed=2),
        provenance={
            "source": "test",
            "description": "96 + 64 made-up reviews",
            "notice": "made up for a test",
            "is_lesson_data": False,
            "num_train": 96,
            "num_validation": 64,
        },
    )
