import json
import os
import signal
import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import ROOT, reviews_of

from pyreg import config, data, networks
from pyreg.config.tasks import TASKS
from pyreg.data import Samples, encoding
from pyreg.data.encoding import Encoded
from pyreg.engines import keras as keras_engine
from pyreg.errors import InputError
from pyreg.rbridge import available
from pyreg.records.layout import RunKey
from pyreg.records.run import read_run, write_run

FOUND, REASON = available()
pytestmark = [pytest.mark.r, pytest.mark.skipif(not FOUND, reason=REASON)]

SPECS = {
    "baseline": {"units": [4, 4]},
    "wide": {"units": [6], "activation": "tanh", "l1": 0.001, "l2": 0.01},
    "dropout": {"units": [4, 4, 3], "dropout": 0.5},
}
# What else the configuration can describe: each trained once in Python and once in R.
STOPPING = {"monitor": "accuracy", "patience": 1, "restore_best_weights": True}
TOOLBOX = {
    "linear": {"units": []},
    "per-layer": {"units": [4, 3], "activation": ["tanh", "elu"], "dropout": [0.0, 0.4]},
    "penalized": {"units": [4, 3], "l1": 0.01, "l2": 0.01, "penalized": "all"},
    "each-penalized": {"units": [4, 3], "l1": [0.01, 0.0], "l2": [0.0, 0.01]},
    "batch": {"units": [4, 4], "normalization": "batch", "dropout": 0.3},
    "layer": {"units": [4, 4], "normalization": "layer", "l2": 0.01},
    "group": {"units": [4, 6], "normalization": "group", "groups": 2},
    "instance": {"units": [4, 4], "normalization": "instance"},
    "adam": {"units": [4], "optimizer": {"learning_rate": 0.01, "weight_decay": 0.1}},
    "adamw": {"units": [4], "optimizer": {"name": "adamw"}},
    "sgd": {"units": [4], "optimizer": {"name": "sgd", "momentum": 0.9, "weight_decay": 0.01}},
    "rmsprop": {"units": [4], "optimizer": {"name": "rmsprop", "momentum": 0.5}},
    "adadelta": {"units": [4], "optimizer": {"name": "adadelta", "learning_rate": 1.0}},
    "stopped": {"units": [4], "optimizer": {"learning_rate": 0.3}, "early_stopping": STOPPING},
}
LESSON = {
    "baseline": {"units": [16, 16]},
    "smaller": {"units": [4, 4]},
    "bigger": {"units": [512, 512]},
    "l2": {"units": [16, 16], "l2": 0.001},
    "dropout": {"units": [16, 16], "dropout": 0.6},
}
SETTINGS = {"models": SPECS, "epochs": 3, "batch_size": 40, "data": {"num_words": 40}}


@pytest.fixture(scope="module")
def r():
    """R with the bridge's verbs and the lesson."""
    from pyreg.rbridge import front_end, session

    front_end.use("bridge")
    session.source("R/lesson.R", "R/build_model.R", "inst/bridge/train_run.R")
    return session


def prepare(folder, dataset, column_base=1):
    data.save_dataset(folder, dataset)
    encoding.save_encoded(folder / "encoded.npz", dataset, 40, column_base)
    return folder


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory, small_dataset):
    return prepare(tmp_path_factory.mktemp("data"), small_dataset)


def pair(settings, model, shuffle, folder):
    from pyreg.engines import r as r_engine

    study = config.load(settings)
    in_python = keras_engine.train(study, RunKey("python", model, shuffle, 7), folder)
    in_r = r_engine.train(study, RunKey("r", model, shuffle, 7), folder, "bridge")
    return in_python, in_r


def assert_same_bits(left, right):
    assert left.chain == right.chain
    assert left.model is not None
    assert left.model == right.model  # the files that Keras saves, byte for byte
    assert np.array_equal(left.history["value"], right.history["value"])
    assert np.array_equal(left.predictions, right.predictions)
    assert left.weights.keys() == right.weights.keys()
    for epoch, weights in left.weights.items():
        assert all(map(np.array_equal, weights, right.weights[epoch]))


@pytest.mark.parametrize("shuffle", ["per-epoch", "keras"])
@pytest.mark.parametrize("model", SPECS)
def test_r_gives_python_s_bits(r, data_folder, model, shuffle):
    assert_same_bits(*pair(SETTINGS, model, shuffle, data_folder))


def test_the_saved_network_predicts_in_r_what_is_recorded(r, data_folder, tmp_path):
    run, _ = pair(SETTINGS, "dropout", "per-epoch", data_folder)
    write_run(tmp_path, run)
    x = encoding.read_encoded(data_folder / "encoded.npz").x_validation
    r.evaluate(
        "ask <- function(path, x, batch_size) load_model(path) |> "
        "predict(x, batch_size = batch_size, verbose = 0)"
    )
    predicted = r.call("ask", str(tmp_path / "model.keras"), x, 40)
    assert np.array_equal(np.ravel(predicted), run.predictions)


@pytest.mark.parametrize("model", TOOLBOX)
def test_r_gives_python_s_bits_with_every_tool(r, data_folder, model):
    settings = {**SETTINGS, "models": {**SPECS, **TOOLBOX}}
    assert_same_bits(*pair(settings, model, "per-epoch", data_folder))


IMAGES = Samples(
    np.random.RandomState(0).randint(0, 256, (60, 8, 8)).astype(np.uint8),
    np.random.RandomState(1).randint(0, 3, 60).astype(np.uint8),
    scale=255,
    num_outputs=3,
)
WORDS = {"kind": "embedding", "input_dim": 40, "output_dim": 6}
RECURRENT = {"units": 4, "dropout": 0.2, "recurrent_dropout": 0.2}
# Networks of other layers by what they are trained on, each layer somewhere.
LAYERED = {
    "images": {
        "convolution": [
            {"kind": "reshape"},
            {"kind": "conv_2d", "filters": 4, "kernel_size": 3, "activation": "linear", "l2": 0.01},
            {"kind": "batch_normalization"},
            {"kind": "activation", "activation": "relu"},
            {"kind": "max_pooling_2d"},
            {"kind": "spatial_dropout_2d", "rate": 0.3},
            {"kind": "conv_2d", "filters": 4, "kernel_size": 2, "strides": 2, "padding": "same"},
            {"kind": "layer_normalization"},
            {"kind": "flatten"},
        ],
        "augmented": [
            {"kind": "reshape"},
            {"kind": "random_flip"},
            {"kind": "random_translation", "height_factor": 0.2, "width_factor": 0.1},
            {"kind": "random_rotation", "factor": 0.1},
            {"kind": "average_pooling_2d", "strides": 1},
            {"kind": "dropout", "rate": 0.2},
            {"kind": "global_max_pooling_2d"},
        ],
    },
    "sequences": {
        "recurrent": [
            WORDS | {"mask_zero": True},
            {"kind": "spatial_dropout_1d", "rate": 0.2},
            {"kind": "gru", **RECURRENT, "bidirectional": True, "return_sequences": True},
            {"kind": "lstm", **RECURRENT, "l1": 0.001},
        ],
        "convolution": [
            WORDS,
            {"kind": "cropping_1d", "cropping": [0, 2]},
            {"kind": "conv_1d", "filters": 4, "kernel_size": 3},
            {"kind": "max_pooling_1d"},
            {"kind": "simple_rnn", **RECURRENT, "return_sequences": True},
            {"kind": "global_average_pooling_1d"},
        ],
        "attention": [
            WORDS | {"positions": True},
            {"kind": "transformer_encoder", "num_heads": 2, "key_dim": 3, "units": 5}
            | {"dropout": 0.2, "attention_dropout": 0.1},
            {"kind": "global_max_pooling_1d"},
        ],
    },
}


@pytest.fixture(scope="module")
def layered(tmp_path_factory, small_dataset):
    """What networks of other layers are trained on: settings of the data, and their folders."""
    folders = {name: tmp_path_factory.mktemp(name) for name in LAYERED}
    halves = IMAGES.take(np.arange(40)), IMAGES.take(np.arange(40, 60))
    data.save_dataset(folders["sequences"], small_dataset)
    data.save_dataset(folders["images"], data.Dataset(*halves, {"source": "test"}))
    words = config.Data(num_words=40, encoding="sequences", maxlen=9)
    for name, folder in folders.items():
        dataset = data.read_dataset(folder)
        sequences = words.sequences if name == "sequences" else None
        encoding.save_encoded(folder / "encoded.npz", dataset, 40, 1, sequences)
    settings = {"sequences": words.model_dump(), "images": {"source": "digits"}}
    return {name: (settings[name], folder) for name, folder in folders.items()}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "model"), [(kind, model) for kind, models in LAYERED.items() for model in models]
)
def test_r_gives_python_s_bits_with_every_layer(r, layered, kind, model):
    settings, folder = layered[kind]
    models = {model: {"layers": LAYERED[kind][model], "units": [4], "dropout": 0.2}}
    study = {"models": models, "epochs": 1, "batch_size": 16, "data": settings}
    assert_same_bits(*pair(study, model, "per-epoch", folder))


def test_r_gives_python_s_bits_with_weights_of_another_network(r, layered, tmp_path):
    settings, folder = layered["sequences"]
    layers = [*LAYERED["sequences"]["attention"][:2]]
    layers += [{"kind": "simple_rnn", "units": 4, "bidirectional": True, "return_sequences": True}]
    pooled = {"kind": "global_max_pooling_1d"}
    body = {"layers": [*layers, pooled], "units": [5], "half": 1}
    frozen = [layer | {"trainable": False} for layer in layers[1:]]
    tuned = {"layers": [layers[0], *frozen, pooled], "units": [4], "half": 2}
    tuned["weights"] = str(tmp_path / "body" / "model.keras")
    models = {"body": body, "tuned": tuned}
    study = {"models": models, "epochs": 1, "batch_size": 16, "data": settings}
    saved = keras_engine.train(config.load(study), RunKey("python", "body", "keras", 7), folder)
    write_run(tmp_path / "body", saved)
    in_python, in_r = pair(study, "tuned", "per-epoch", folder)
    assert_same_bits(in_python, in_r)
    # Of the 24 weights before the hidden layer the two tables alone were trained further.
    before, after = saved.weights[1], in_python.weights[1]
    stays = [np.array_equal(one, other) for one, other in zip(before, after, strict=False)]
    assert stays == [False] * 2 + [True] * 22 + [False] * 4


def test_weights_that_r_cannot_begin_with_are_refused(r, layered, tmp_path):
    from pyreg.engines import r as r_engine

    settings, folder = layered["sequences"]
    layers = LAYERED["sequences"]["recurrent"]
    model = {"layers": layers, "units": [], "weights": str(tmp_path / "w.keras")}
    study = config.load({"models": {"m": model}, "epochs": 1, "data": settings})
    key = RunKey("r", "m", "per-epoch", 7)
    with pytest.raises(InputError, match="which is not there"):
        r_engine.train(study, key, folder, "bridge")
    (tmp_path / "w.keras").write_bytes(b"no network")
    with pytest.raises(InputError, match="cannot be read"):
        r_engine.train(study, key, folder, "bridge")
    keras.Sequential([keras.Input((9,)), keras.layers.Dense(1)]).save(tmp_path / "w.keras")
    with pytest.raises(InputError, match=r"in .*w\.keras number 1 is Dense 9 x 1, 1, expected"):
        r_engine.train(study, key, folder, "bridge")


def test_layers_that_make_no_network_are_refused_before_r_is_asked(r, layered):
    from pyreg.engines import r as r_engine

    settings, folder = layered["sequences"]
    model = {"layers": LAYERED["sequences"]["recurrent"][:1], "units": []}
    study = config.load({"models": {"m": model}, "epochs": 1, "data": settings})
    with pytest.raises(InputError, match="values for each sample, expected 1"):
        r_engine.train(study, RunKey("r", "m", "per-epoch", 7), folder, "bridge")


def test_every_layer_is_among_those_that_r_was_held_against():
    used = {
        one["kind"] for models in LAYERED.values() for layers in models.values() for one in layers
    }
    assert set(networks.LAYERS) - used == {
        "average_pooling_1d",
        "global_average_pooling_2d",
    }


def test_r_stops_where_python_stops(r, data_folder):
    settings = {**SETTINGS, "models": TOOLBOX, "epochs": 30}
    in_python, in_r = pair(settings, "stopped", "per-epoch", data_folder)
    assert_same_bits(in_python, in_r)
    assert len(in_r.chain.weights) < 30


def test_r_gives_python_s_bits_with_permuted_labels(r, data_folder):
    settings = {**SETTINGS, "data": {"num_words": 40, "permute_labels": True}}
    in_python, in_r = pair(settings, "baseline", "per-epoch", data_folder)
    assert_same_bits(in_python, in_r)
    assert np.array_equal(in_python.labels, in_r.labels)
    own, _ = pair(SETTINGS, "baseline", "per-epoch", data_folder)
    assert not np.array_equal(own.labels, in_r.labels)


def test_r_gives_python_s_bits_in_a_cross_validation(r, data_folder):
    settings = {**SETTINGS, "data": {"num_words": 40, "folds": 3}}
    in_python, in_r = pair(settings, "baseline", "per-epoch", data_folder)
    assert_same_bits(in_python, in_r)
    assert np.array_equal(in_python.labels, in_r.labels)
    own, _ = pair(SETTINGS, "baseline", "per-epoch", data_folder)
    assert len(own.labels) != len(in_r.labels)


@pytest.mark.parametrize(
    ("source", "num_outputs"), [("digits", 3), ("linear", 1)], ids=["multiclass", "regression"]
)
def test_r_gives_python_s_bits_on_matrices_it_is_handed(
    r, data_folder, monkeypatch, source, num_outputs
):
    generator = np.random.RandomState(3)
    x = generator.normal(size=(60, 5)).astype(np.float32)
    if source == "linear":
        y = generator.normal(size=(60, 1)).astype(np.float32)
    else:
        y = generator.randint(0, num_outputs, (60, 1)).astype(np.uint8)
    made_up = Encoded(x[:40], y[:40], x[40:], y[40:], "digest", num_outputs)
    monkeypatch.setattr(encoding, "read_encoded", lambda path: made_up)
    drawn = {"synthetic": {"num_features": 5, "num_train": 40, "num_validation": 20}}
    data = {"source": source, **(drawn if source == "linear" else {})}
    models = {"baseline": {"units": [4], "l2": 0.01, "dropout": 0.2}}
    in_python, in_r = pair(
        {"data": data, "models": models, "epochs": 3, "batch_size": 16},
        "baseline",
        "per-epoch",
        data_folder,
    )
    assert_same_bits(in_python, in_r)
    assert in_r.predictions.shape == ((20, 3) if num_outputs == 3 else (20,))


def test_r_gives_python_s_bits_in_python_s_columns(r, small_dataset, tmp_path):
    prepare(tmp_path, small_dataset, column_base=0)
    settings = {**SETTINGS, "data": {"num_words": 40, "column_base": 0}}
    assert_same_bits(*pair(settings, "baseline", "per-epoch", tmp_path))


def test_the_column_base_alone_parts_the_runs_at_the_encoding(r, data_folder):
    settings = {**SETTINGS, "data": {"num_words": 40, "column_base": 0}}
    in_python, in_r = pair(settings, "baseline", "per-epoch", data_folder)  # encoded with base 1
    assert in_python.chain.data == in_r.chain.data
    assert in_python.chain.encoding != in_r.chain.encoding
    assert in_python.chain.initial_weights == in_r.chain.initial_weights
    assert in_python.chain.weights[0] != in_r.chain.weights[0]


def test_one_epoch_leaves_a_complete_record(r, data_folder, tmp_path):
    from pyreg.engines import r as r_engine

    study = config.load({**SETTINGS, "epochs": 1})
    run = r_engine.train(study, RunKey("r", "baseline", "keras", 1), data_folder, "bridge")
    write_run(tmp_path / "run", run)
    info = read_run(tmp_path / "run").info
    assert info["front_end"].startswith("pyreg bridge (rpy2 ")
    assert set(info["versions"]) >= {"R", "rpy2", "keras"}
    assert len(run.history) == 6


def test_r_and_python_encode_alike(r):
    reviews = reviews_of([[1, 3, 3], [], [2]], [1, 0, 1])
    for column_base in (1, 0):
        encoded = r.call(
            "encode_reviews", reviews.indices, reviews.offsets, reviews.labels, 4, column_base
        )
        assert np.array_equal(encoded["x"], encoding.multi_hot(reviews, 4, column_base))
        assert encoded["y"].tolist() == [[1], [0], [1]]


def test_an_index_beyond_the_columns_is_r_s_error_with_the_review(r):
    from pyreg.rbridge.calls import RError

    with pytest.raises(RError, match="review 2 holds word index 9, expected 1 to 4"):
        r.call("encode_reviews", np.array([1, 9]), np.array([0, 1, 2]), np.array([0, 1]), 4, 1)


# The lesson --------------------------------------------------------------------------------------


def network(model):
    """What a network is, whatever names Keras gave its parts."""
    layers = []
    for layer in model.layers:
        settings = layer.get_config()
        kept = {"units", "activation", "rate", "kernel_regularizer"} & set(settings)
        layers.append((type(layer).__name__, {name: settings[name] for name in kept}))
    return layers, model.optimizer.get_config() | {"name": None}, model.loss


@pytest.mark.parametrize("name", LESSON)
def test_the_lesson_and_the_configuration_build_the_same_network(r, name):
    spec = config.Model.model_validate(LESSON[name])
    in_python = networks.build(spec, 40, seed=3, task=TASKS["binary"])
    r.call("set_random_seed", 3)
    lesson = r.evaluate(f"lesson_models()${name}(40) |> lesson_compile()")
    r.call("set_random_seed", 3)
    task = {**vars(TASKS["binary"]), "num_outputs": 1}
    described = r.call("build_model", spec.model_dump(), task, 40)
    from_spec = r.call("compile_model", described, spec.model_dump(), task)
    assert network(lesson) == network(from_spec) == network(in_python)
    assert all(map(np.array_equal, lesson.get_weights(), in_python.get_weights()))
    assert all(map(np.array_equal, from_spec.get_weights(), in_python.get_weights()))


@pytest.fixture
def lesson_history(r, small_dataset):
    """The lesson's l2 network, trained in R as an R user does: `history`, in R's workspace."""
    for half in ("train", "validation"):
        reviews = getattr(small_dataset, half)
        sequences = [reviews[i] for i in range(len(reviews))]
        r.call("assign", half, sequences, envir=r.ri.globalenv)
        r.call("assign", f"y_{half}", reviews.labels, envir=r.ri.globalenv)
    return r.evaluate("""
      history <- lesson_train(
        lesson_models()$l2,
        lesson_encode(train, 40), y_train,
        lesson_encode(validation, 40), y_validation,
        epochs = 3, seed = 5
      )
      as.data.frame(history)
    """)


def test_the_lesson_as_an_r_user_runs_it_is_the_plain_seeded_run(lesson_history, data_folder):
    study = config.load({**SETTINGS, "models": LESSON, "batch_size": 512})
    run = keras_engine.train(study, RunKey("python", "l2", "keras", 5), data_folder)
    rows = ["epoch", "metric", "data"]
    in_r = lesson_history.astype({"metric": str, "data": str}).set_index(rows)["value"]
    assert in_r.to_dict() == run.history.set_index(rows)["value"].to_dict()


# The verbs ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("lesson_history")
def test_a_history_keeps_its_parameters_and_prints_its_last_epoch(r):
    printed = r.evaluate("capture.output(print(history))")
    assert r.evaluate("history$params$epochs") == 3
    assert any("val_binary_crossentropy" in line for line in printed)


def test_predictions_weights_and_evaluation_come_as_r_s_types(r):
    code = """
      set_random_seed(1)
      x <- matrix(c(0, 1, 1, 0, 1, 1), nrow = 3)
      y <- matrix(c(1, 0, 1))
      model <- keras_model_sequential(input_shape = 2) |>
        layer_dense(3, activation = "relu", kernel_regularizer = regularizer_l1(0.1)) |>
        layer_dense(1, activation = "sigmoid") |>
        compile(optimizer = "adam", loss = "binary_crossentropy", metrics = "accuracy")
      list(
        dim(predict(model, x, verbose = 0)),
        lapply(get_weights(model), dim),
        names(evaluate(model, x, y, verbose = 0))
      )
    """
    predictions, weights, metrics = r.evaluate(code)
    assert predictions.tolist() == [3, 1]
    assert [np.atleast_1d(dim).tolist() for dim in weights] == [[2, 3], [3], [3, 1], [1]]
    assert metrics == ["accuracy", "loss"]


def test_a_layer_without_a_model_is_the_layer(r):
    assert r.evaluate("layer_dense(units = 2)").units == 2
    assert r.evaluate("layer_dropout(rate = 0.25)").rate == 0.25
    assert r.evaluate("layer_group_normalization(groups = 4, epsilon = 0.5)").epsilon == 0.5
    assert r.evaluate("regularizer_l1_l2(0.1, 0.2)").l2 == pytest.approx(0.2)


def test_a_mistake_in_a_fit_is_keras_message(r):
    with pytest.raises(ValueError, match="adama"):
        r.evaluate("keras_model_sequential(2) |> layer_dense(1) |> compile(optimizer = 'adama')")


def test_an_r_function_can_be_a_callback_and_its_error_ends_the_fit(r):
    code = """
      model <- keras_model_sequential(2) |> layer_dense(1) |> compile("sgd", "mse")
      seen <- c()
      watch <- function(epoch, logs) {
        seen <<- c(seen, epoch)
        if (epoch == 1) stop("seen enough")
      }
      callback <- import_python("keras.callbacks")$LambdaCallback(on_epoch_end = watch)
      message <- tryCatch(
        fit(model, diag(2), diag(2)[, 1], epochs = 5, callbacks = list(callback), verbose = 0),
        error = conditionMessage
      )
      list(seen, message)
    """
    seen, message = r.evaluate(code)
    assert seen.tolist() == [0, 1]
    assert "seen enough" in message


def test_r_s_own_functions_stay_r_s_and_the_workspace_stays_empty():
    program = """
import json
from pyreg.rbridge import front_end, session
front_end.use("bridge")
session.source("R/lesson.R", "R/build_model.R", "inst/bridge/train_run.R")
code = '''
  r_own <- unlist(lapply(c("base", "stats", "utils", "methods"), getNamespaceExports))
  masked <- function(place) intersect(ls(place, all.names = TRUE), r_own)
  places <- grep("^pyreg:", search(), value = TRUE)
  c(list(left = setdiff(ls(globalenv()), c("r_own", "masked", "places"))),
    sapply(places, masked, simplify = FALSE))
'''
print(json.dumps(session.evaluate(code)))
"""
    found = outcome(program)
    assert found.pop("left") == []
    assert set(found) == {"pyreg:bridge", "pyreg:keras3", "pyreg:functions"}
    assert all(masked == [] for masked in found.values())


# The command line --------------------------------------------------------------------------------


def test_ctrl_c_during_a_fit_ends_the_job_and_leaves_nothing(data_folder, tmp_path):
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({**SETTINGS, "epochs": 5000}))
    command = [sys.executable, "-m", "pyreg.cli", "train", "--engine", "r", "--model", "baseline"]
    command += ["--config", tmp_path / "config.yaml", "--data", data_folder]
    process = subprocess.Popen(
        [*command, "--output", tmp_path / "runs" / "run"],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    log = []
    while "epoch 2/" not in (log or [""])[-1]:
        log.append(process.stderr.readline())
        assert log[-1], "".join(log)
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "interrupted" in rest
    assert "Traceback" not in rest
    assert not (tmp_path / "runs").exists()


def test_r_s_keras3_asked_for_where_it_is_missing_is_refused():
    program = (
        "from pyreg.rbridge import front_end, session; session.start(); "
        "session.evaluate('.libPaths(character())'); front_end.use('keras3')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    if done.returncode == 0:
        pytest.skip("keras3 is installed among R's own packages")
    assert "keras3 was asked for" in done.stderr


# keras3 ------------------------------------------------------------------------------------------


def outcome(program):
    """What a Python of its own prints last, as JSON: keras3 stays attached once it is."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def _keras3():
    program = """
import json
import os
from pyreg.rbridge import session
session.start()
session.source_into_bridge("inst/bridge/front_end.R")
print(json.dumps(session.call("keras3_problem")))
"""
    problem = outcome(program)
    if problem:
        pytest.skip(f"no keras3 here: {problem}")


@pytest.mark.keras3
@pytest.mark.usefixtures("_keras3")
@pytest.mark.parametrize("shuffle", ["per-epoch", "keras"])
def test_keras3_and_the_bridge_give_the_same_bits(r, data_folder, shuffle):
    expected, _ = pair(SETTINGS, "dropout", shuffle, data_folder)
    program = f"""
import json
import os
from pathlib import Path
from pyreg.engines import runtime
runtime.set_up("cpu")
from pyreg import config
from pyreg.engines import r as engine
from pyreg.records.layout import RunKey
study = config.load({SETTINGS!r})
key = RunKey("r", "dropout", {shuffle!r}, 7)
run = engine.train(study, key, Path({str(data_folder)!r}), "keras3")
print(json.dumps([vars(run.chain), run.info["front_end"], list(run.history["value"])]))
"""
    chain, front_end, values = outcome(program)
    assert chain == vars(expected.chain)
    assert front_end.startswith("keras3 ")
    assert values == expected.history["value"].tolist()


@pytest.mark.keras3
@pytest.mark.usefixtures("_keras3")
def test_keras3_can_be_loaded_after_the_bridge_but_the_bridge_not_after_keras3():
    program = """
import json
import os
from pyreg.engines import runtime
runtime.set_up("cpu")
from pyreg.errors import InputError
from pyreg.rbridge import front_end, session
front_end.use("bridge")
session.evaluate("model <- keras_model_sequential(2) |> layer_dense(1)")
front_end.use("keras3")
session.evaluate("NULL -> y; other <- keras_model_sequential(2) |> layer_dense(1)")
try:
    front_end.use("bridge")
    refused = ""
except InputError as error:
    refused = str(error)
code = "c(class(model)[[1]], class(other)[[1]], as.character(length(model$get_weights())))"
print(json.dumps([refused, session.evaluate(code)]))
"""
    refused, classes = outcome(program)
    assert "use another process" in refused
    assert classes == ["python_object", "keras.src.models.sequential.Sequential", "2"]


@pytest.mark.keras3
@pytest.mark.usefixtures("_keras3")
def test_the_lesson_alone_gives_pyreg_s_plain_seeded_run(small_dataset, data_folder, tmp_path):
    halves = {"train": small_dataset.train, "val": small_dataset.validation}
    for name, half in halves.items():
        sequences = [half[i].tolist() for i in range(len(half))]
        (tmp_path / f"{name}.json").write_text(json.dumps([sequences, half.labels.tolist()]))
    code = """
      source(file.path(commandArgs(TRUE)[[1]], "R", "lesson.R"))
      library(keras3)
      lesson_reviews <- function(...) { # instead of a download
        halves <- lapply(
          c("train.json", "val.json"), jsonlite::read_json,
          simplifyVector = TRUE, simplifyMatrix = FALSE
        )
        x <- lapply(halves, function(half) lesson_encode(half[[1]], 40))
        y <- lapply(halves, function(half) half[[2]])
        list(x_train = x[[1]], y_train = y[[1]], x_val = x[[2]], y_val = y[[2]])
      }
      lesson_run("smaller", epochs = 3, seed = 7)
    """
    environment = {**os.environ, "RETICULATE_PYTHON": sys.executable}
    command = ["Rscript", "-e", code, ROOT / "R"]
    subprocess.run(command, env=environment, cwd=tmp_path, check=True)
    study = config.load({**SETTINGS, "models": LESSON, "batch_size": 512})
    run = keras_engine.train(study, RunKey("python", "smaller", "keras", 7), data_folder)
    rows = ["data", "metric", "epoch"]
    expected = run.history.set_index(rows)["value"].to_dict()
    table = pd.read_csv(tmp_path / "lesson" / "smaller.csv").set_index(rows)["value"].to_dict()
    assert table == pytest.approx(expected, rel=1e-14)  # write.csv rounds to 15 digits
