"""Exports: what other programs read is what the records hold."""

import shutil
import sqlite3
import subprocess
import sys
from importlib.util import find_spec

import keras
import numpy as np
import pytest
from made_up_results import full_study, write_results

from pyreg import cli, config, files
from pyreg.export import tensorboard
from pyreg.records.layout import Layout, RunKey


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    study = full_study()
    folder = write_results(study, tmp_path_factory.mktemp("study"))
    files.write_text(folder / "config.yaml", config.dump(study))
    files.write_text(folder / "report.html", "<p>A report.</p>")
    files.write_text(folder / ".snakemake" / "x", "not of the results")
    assert cli.main(["export", "ro-crate", "--results", str(folder)]) == 0
    return Layout(folder)


def values(folder):
    """Step, tag and value of each event, by TensorFlow's own reading."""
    tf = pytest.importorskip("tensorflow")
    from tensorflow.core.util.event_pb2 import Event

    (path,) = folder.iterdir()
    first, *events = map(Event.FromString, tf.data.TFRecordDataset(str(path)).as_numpy_iterator())
    assert first.file_version == "brain.Event:2"
    return [(e.step, v.tag, v.simple_value) for e in events for v in e.summary.value]


def test_tensorboard_reads_every_value_of_every_run(layout, capsys, tmp_path):
    command = ["export", "tensorboard", "--results", str(layout.folder)]
    assert cli.main([*command, "--output-dir", str(tmp_path)]) == 0
    runs = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("*/*/*/*"))
    assert f"tensorboard: {len(runs)} runs" in capsys.readouterr().out
    assert {"python/l2/per-epoch/seed-1", "r/l2/per-epoch/seed-1"} <= set(runs)
    assert "python-replicates/l2/per-epoch/seed-2" in runs
    history = files.read_csv(layout.run(RunKey("r", "l2", "per-epoch", 1)).history)
    for data, part in [("training", "train"), ("validation", "validation")]:
        expected = [
            (row.epoch - 1, f"epoch_{row.metric}", pytest.approx(row.value, rel=1e-6))
            for row in history[history["data"] == data].itertuples()
        ]
        assert values(tmp_path / "r/l2/per-epoch/seed-1" / part) == expected


@pytest.mark.skipif(not find_spec("mlflow"), reason="MLflow is not installed here")
def test_mlflow_holds_every_value_of_every_run(layout, tmp_path):
    # In a process of its own: `statistics` is a folder of tests in this one.
    command = [sys.executable, "-P", "-m", "pyreg", "export", "mlflow", "--results"]
    command += [str(layout.folder), "--output-dir", str(tmp_path)]
    for _ in range(2):  # the second in the place of the first
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    database = sqlite3.connect(tmp_path / "mlflow.db")
    runs = dict(database.execute("SELECT name, run_uuid FROM runs"))
    assert f"mlflow: {len(runs)} runs" in done.stdout
    run = (runs["r/l2/per-epoch/seed-1"],)
    params = dict(database.execute("SELECT key, value FROM params WHERE run_uuid = ?", run))
    assert params == {"engine": "r", "model": "l2", "shuffle": "per-epoch", "seed": "1"}
    found = set(
        database.execute("SELECT key, step + 1, value FROM metrics WHERE run_uuid = ?", run)
    )
    history = files.read_csv(layout.run(RunKey("r", "l2", "per-epoch", 1)).history)
    prefix = history["data"].map({"training": "", "validation": "val_"})
    expected = zip(prefix + history["metric"], history["epoch"], history["value"], strict=True)
    assert found == set(expected)


def test_without_mlflow_one_message(layout, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    assert cli.main(["export", "mlflow", "--results", str(layout.folder)]) == 2
    assert 'MLflow is not installed here; pip install "mlflow>=3"' in capsys.readouterr().err


def test_a_crate_names_each_file_once_and_nothing_that_is_not_there(layout):
    crate = files.read_json(layout.folder / "ro-crate-metadata.json")
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    assert len(graph) == len(crate["@graph"])
    found = {
        path.relative_to(layout.folder).as_posix()
        for path in layout.folder.rglob("*")
        if path.is_file() and ".snakemake" not in path.parts
    }
    parts = {part["@id"] for part in graph["./"]["hasPart"]}
    assert parts == found - {"ro-crate-metadata.json"}
    history = graph["runs/python/l2/per-epoch/seed-1/history.csv"]
    path = layout.folder / history["@id"]
    assert history["sha256"] == files.digest_file(path)
    assert (history["contentSize"], history["encodingFormat"]) == (
        str(path.stat().st_size),
        "text/csv",
    )


def test_a_crate_has_what_its_specification_asks_for(layout):
    crate = files.read_json(layout.folder / "ro-crate-metadata.json")
    assert crate["@context"] == "https://w3id.org/ro/crate/1.1/context"
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert {"name", "description", "datePublished", "license"} <= graph["./"].keys()
    assert set(references(crate["@graph"])) <= {*graph, "https://w3id.org/ro/crate/1.1"}


def references(value):
    """The ids of other entities that a value names."""
    if isinstance(value, list):
        for one in value:
            yield from references(one)
    elif isinstance(value, dict):
        if set(value) == {"@id"}:
            yield value["@id"]
        for one in value.values():
            yield from references(one)


def test_crates_twice_are_the_same(layout):
    path = layout.folder / "ro-crate-metadata.json"
    before = path.read_bytes()
    assert cli.main(["export", "ro-crate", "--results", str(layout.folder)]) == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize("what", ["tensorboard", "ro-crate"])
def test_a_study_that_is_not_there_is_one_message(tmp_path, capsys, what):
    assert cli.main(["export", what, "--results", str(tmp_path / "none")]) == 2
    assert str(tmp_path / "none") in capsys.readouterr().err


@pytest.mark.parametrize("what", ["tensorboard", "mlflow"])
def test_an_output_that_can_be_no_folder_is_refused_first(layout, tmp_path, capsys, what):
    (tmp_path / "file").write_text("mine")
    command = ["export", what, "--results", str(layout.folder), "--output-dir"]
    for place in ("file", "file/below"):
        assert cli.main([*command, str(tmp_path / place)]) == 2
        assert "file is a file" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "mine"


def test_a_full_disk_leaves_no_event_file(layout, tmp_path, capsys, monkeypatch):
    tf = pytest.importorskip("tensorflow")
    write, written = tensorboard._write_events, []

    def full(folder, *rest):
        if len(written) == 3:
            raise tf.errors.ResourceExhaustedError(None, None, f"{folder}; No space left on device")
        written.append(write(folder, *rest))

    monkeypatch.setattr(tensorboard, "_write_events", full)
    command = ["export", "tensorboard", "--results", str(layout.folder)]
    assert cli.main([*command, "--output-dir", str(tmp_path / "out")]) == 3
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert "memory" not in said
    assert list(tmp_path.iterdir()) == []


def test_one_damaged_run_leaves_no_event_file_of_the_others(layout, tmp_path, capsys):
    copy = shutil.copytree(layout.folder, tmp_path / "study")
    for path in copy.glob("replicates/*/*/*/history.csv"):
        path.write_text(path.read_text()[:-20])
    command = ["export", "tensorboard", "--results", str(copy)]
    assert cli.main([*command, "--output-dir", str(tmp_path / "events")]) == 2
    assert not (tmp_path / "events").exists()


@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_a_crate_without_the_source_of_its_samples_is_one_message(
    layout, tmp_path, capsys, content
):
    copy = Layout(shutil.copytree(layout.folder, tmp_path / "study"))
    copy.data.provenance.unlink()
    if content is not None:
        copy.data.provenance.write_text(content)
    assert cli.main(["export", "ro-crate", "--results", str(copy.folder)]) == 2
    assert "does not say where the samples come from" in capsys.readouterr().err


def chain(*layers):
    return keras.Sequential([keras.Input((16,)), *layers, keras.layers.Dense(3, "softmax")])


@pytest.mark.parametrize("kind", ["reviews", "images", "sequences"])
def test_keras_2_reads_a_network_and_predicts_the_same(kind, tmp_path, capsys):
    tf_keras = pytest.importorskip("tf_keras")
    layers = keras.layers
    model = {
        "reviews": lambda: chain(
            layers.Dense(4, "relu", kernel_regularizer=keras.regularizers.L2(0.001)),
            layers.Dropout(0.6),
        ),
        "images": lambda: chain(
            layers.Reshape((4, 4, 1)),
            layers.Conv2D(2, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
        ),
        "sequences": lambda: chain(
            layers.Embedding(9, 2),
            layers.Bidirectional(layers.LSTM(2, return_sequences=True)),
            layers.LayerNormalization(),
            layers.GRU(2),
        ),
    }[kind]()
    model.save(tmp_path / "model.keras")
    command = ["export", "keras2", "--run", str(tmp_path), "--output-dir", str(tmp_path / "old")]
    assert cli.main(command) == 0
    assert "model.h5, model.json, model.weights.h5" in capsys.readouterr().out
    x = np.random.default_rng(1).integers(0, 9, (5, 16)).astype("float32")
    expected = pytest.approx(model.predict(x, verbose=0), abs=1e-6)
    apart = tf_keras.models.model_from_json((tmp_path / "old" / "model.json").read_text())
    apart.load_weights(tmp_path / "old" / "model.weights.h5")
    assert apart.predict(x, verbose=0) == expected
    both = tf_keras.models.load_model(tmp_path / "old" / "model.h5", compile=False)
    assert both.predict(x, verbose=0) == expected


def test_what_keras_2_cannot_be_told_is_one_message(tmp_path, capsys):
    entered = keras.Input((2,))
    model = keras.Model(entered, keras.layers.Add()([entered, entered]))
    model.save(tmp_path / "model.keras")
    command = ["export", "keras2", "--output-dir", str(tmp_path / "old")]
    assert cli.main([*command, "--run", str(tmp_path)]) == 2
    assert "whose layers are no plain chain" in capsys.readouterr().err
    assert cli.main([*command, "--run", str(tmp_path / "missing")]) == 2
    assert "missing is no folder that is there" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert cli.main([*command, "--run", str(tmp_path / "empty")]) == 2
    assert "holds no model.keras" in capsys.readouterr().err
    assert cli.main(command) == 2
    assert "expected --run RUN and --output-dir FOLDER" in capsys.readouterr().err
    assert not (tmp_path / "old").exists()
