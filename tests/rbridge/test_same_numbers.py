"""The scripts of verbs.R: the same numbers with the bridge's verbs as with R's keras3."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from pyreg.rbridge import available

FOUND, REASON = available()
pytestmark = [pytest.mark.r, pytest.mark.skipif(not FOUND, reason=REASON)]

SCRIPTS = Path(__file__).parent / "verbs.R"
NAMES = re.findall(r"^  (\w+) = function\(\) \{", SCRIPTS.read_text(), re.MULTILINE)

WITH_KERAS3 = """
  suppressPackageStartupMessages(library(keras3))
  source(commandArgs(TRUE)[[1]])
  given <- sapply(names(scripts), run_script, simplify = FALSE)
  jsonlite::write_json(given, commandArgs(TRUE)[[2]])
"""


@pytest.fixture(scope="module")
def r():
    from pyreg.rbridge import front_end, session

    front_end.use("bridge")
    session.evaluate(f"source('{SCRIPTS}'); NULL")
    return session


def numbers(r, name):
    given = r.call("run_script", name)
    return [given] if isinstance(given, str) else given


@pytest.fixture(scope="module")
def with_keras3(tmp_path_factory):
    path = tmp_path_factory.mktemp("keras3") / "numbers.json"
    one_thread = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    done = subprocess.run(
        ["Rscript", "-e", WITH_KERAS3, SCRIPTS, path],
        env={**os.environ, **one_thread, "RETICULATE_PYTHON": sys.executable},
        capture_output=True,
        text=True,
    )
    if "there is no package called" in done.stderr:
        pytest.skip("R's keras3 is not installed")
    assert done.returncode == 0, done.stderr
    return json.loads(path.read_text())


@pytest.mark.parametrize("name", NAMES)
def test_every_script_gives_numbers(r, name):
    given = numbers(r, name)
    assert given
    assert np.isfinite([float(one) for one in given if one != "NA"]).all()


@pytest.mark.keras3
@pytest.mark.parametrize("name", NAMES)
def test_keras3_gives_the_very_numbers(r, with_keras3, name):
    assert numbers(r, name) == with_keras3[name]


def test_sequences_of_every_kind_are_padded(r):
    padded = "pad_sequences(list(array(1:3), 4, integer(), list(5, 6), c(a = 7, b = 8)), 2)"
    assert r.evaluate(padded).tolist() == [[2, 3], [0, 4], [0, 0], [5, 6], [7, 8]]


def test_arguments_draw_their_seeds_before_the_model_that_is_piped_in(r):
    """As with keras3: R evaluates a pipe's last call first, and in it the model last."""

    def weights(last_first):
        keras.utils.set_random_seed(1)
        makers = [keras.initializers.RandomNormal, keras.initializers.HeUniform]
        if last_first:
            he_uniform, normal = makers[1](), makers[0]()
        else:
            normal, he_uniform = makers[0](), makers[1]()
        layers = [keras.layers.Dense(4, kernel_initializer=normal)]
        layers += [keras.layers.Dense(2, kernel_initializer=he_uniform)]
        model = keras.Sequential([keras.Input((3,)), *layers])
        return np.concatenate([w.ravel(order="F") for w in model.get_weights()])

    in_r = np.array(numbers(r, "explicit_initializers"), dtype=float)
    assert np.array_equal(in_r, weights(last_first=True))
    assert not np.array_equal(in_r, weights(last_first=False))
    assert np.array_equal(in_r, np.array(numbers(r, "magrittr"), dtype=float))
