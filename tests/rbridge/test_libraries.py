"""Scripts that say `library(keras)`: the older package's spellings, and what became of them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pyreg.rbridge import available

FOUND, REASON = available()
pytestmark = [pytest.mark.r, pytest.mark.skipif(not FOUND, reason=REASON)]

SCRIPTS = Path(__file__).parent / "keras2.R"
PROGRAM = """
import json, sys
from pyreg.engines import runtime
runtime.set_up("cpu")
from pyreg.rbridge import front_end, session
front_end.offer_libraries(even_installed=True)
session.evaluate(f"source('{sys.argv[1]}'); NULL")
def as_json(value):
    return value.tolist() if hasattr(value, "tolist") else str(value)
given = {}
for name in session.evaluate("names(scripts)"):
    try:
        given[name] = session.evaluate(f"scripts${name}()")
    except Exception as error:
        given[name] = f"{type(error).__name__}: {error}"
print(json.dumps([given, session.call("old_spellings")], default=as_json))
"""

EXPECTED = {
    "metrics_keep_their_old_name": [["acc", "loss"], True, 2],
    "classes_and_probabilities": [True, True],
    "generators_are_r_functions": [8, 2, 10],  # 2 x (3 + 1) batches drawn, no more
    "the_learning_rate_has_two_names": [pytest.approx(0.01), 0.5],
    "a_custom_loss_of_the_backend": True,
    "texts": [[[1, 2], 4], [2, 10], 1, [2, 10]],
    "saving": [True, True, True, ["model.hdf5", "weights.weights.h5"]],
    "r6_callback": [8, 2],
    "r6_layer": [[20, 2], "last", 1],
    "a_model_of_one_s_own": [20, 2],
    "arguments_that_changed_their_names": [[[1, 0, 0], [0, 1, 0]], "epoch", 0.25],
    "images": [[2, 6, 6, 3], 0.5],
    "what_is_gone_says_so": "keras 2: k_gradients() is gone; use tf$GradientTape()",
    "names_with_their_package": ["float32", "float32", 3],
    "what_is_not_installed_is_named": [
        "library(notThere): the R package 'notThere' is not installed; "
        'install.packages("notThere")',
        False,
        True,
    ],
    "seeds_of_tensorflow": True,
    "datasets": 2,
    "python_from_r": [[2, 4], 3, 2, 2, 3, [1, 2]],
    "context_managers": [6, 27],
    "nothing_is_left_in_the_workspace": [],
    "the_backend": [
        [3, 7, 11],
        [2, 2],
        3.5,
        [2, 3],
        [[2, 3, 4], [2, 4, 4]],
        [1, 3, 5, 1, 3, 5],
        [[35, 44], [44, 56]],
        1,
        1e-7,
    ],
}


@pytest.fixture(scope="module")
def given():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, SCRIPTS], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", EXPECTED)
def test_an_old_script_runs(given, name):
    assert given[0][name] == EXPECTED[name]


def test_layers_have_the_kinds_that_they_became(given):
    kinds = [name.rstrip("_0123456789") for name in given[0]["layers_that_changed_their_names"]]
    assert kinds == ["embedding", "lstm", "activation", "dense", "leaky_re_lu", "re_lu"]


def test_what_became_of_old_spellings_is_told_once_each(given):
    told = given[1]
    assert told["predict_classes()"] == "predict() and the class of the largest probability"
    assert told["optimizer_rmsprop(lr = )"] == "learning_rate"
    assert told["optimizer_rmsprop(decay = )"] == "a learning_rate_schedule_*()"
    assert told["optimizer$lr"] == "optimizer$learning_rate"
    assert told["layer_cudnn_lstm()"] == "layer_lstm()"
    assert "layer_dense()" not in told
