import io
import json
import shutil

import keras
import numpy as np
import pandas as pd
import pytest

from pyreg import cli, config, data
from pyreg.compression import compress, exports, forms, measures
from pyreg.data import encoding
from pyreg.engines import keras as keras_engine
from pyreg.engines import saved
from pyreg.errors import InputError
from pyreg.records.layout import Layout, RunKey
from pyreg.records.run import write_run
from pyreg.study import parts

KEY = RunKey("python", "baseline", "per-epoch", 1)


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory, small_dataset):
    layout = Layout(tmp_path_factory.mktemp("study"))
    study = {
        "models": {"baseline": {"units": [32], "dropout": 0.2}},
        "epochs": 3,
        "batch_size": 40,
        "data": {"num_words": 40},
    }
    layout.config.write_text(json.dumps(study))
    data.save_dataset(layout.data.folder, small_dataset)
    encoding.save_encoded(layout.data.encoded, small_dataset, 40, 1)
    folder = layout.run(KEY).folder
    write_run(folder, keras_engine.train(config.load(layout.config), KEY, layout.data.folder))
    return folder


@pytest.fixture(scope="module")
def load(run_folder):
    return lambda: keras.saving.load_model(run_folder / "model.keras")


@pytest.fixture(scope="module")
def samples(run_folder):
    return encoding.read_encoded(Layout(run_folder.parents[4]).data.encoded)


def kernels(model):
    return [np.asarray(one) for one in model.trainable_weights if len(one.shape) > 1]


def test_pruning_cuts_the_smallest_weights_of_each_kernel(load, samples):
    before = kernels(load())
    after = kernels(forms.pruned(load, 0.75, samples, epochs=0, batch_size=40, seed=1))
    for old, new in zip(before, after, strict=True):
        kept = new != 0
        assert kept.mean() == 0.25
        assert np.array_equal(new[kept], old[kept])
        assert np.abs(old[kept]).min() >= np.abs(old[~kept]).max()


def test_biases_are_not_cut_though_those_of_a_gru_have_two_axes(samples):
    def recurrent():
        return keras.Sequential([keras.Input((3, 2)), keras.layers.GRU(4, bias_initializer="ones")])

    model = forms.pruned(recurrent, 0.75, samples, epochs=0, batch_size=40, seed=1)
    shares = {weight.name: np.mean(np.asarray(weight) == 0) for weight in model.weights}
    assert shares == {"kernel": 0.75, "recurrent_kernel": 0.75, "bias": 0}
    assert measures.share_of_zeros(model) == 0.75


def test_what_is_cut_stays_cut_while_the_rest_learns(load, samples):
    cut = kernels(forms.pruned(load, 0.75, samples, epochs=0, batch_size=40, seed=1))
    trained = kernels(forms.pruned(load, 0.75, samples, epochs=2, batch_size=40, seed=1))
    for before, after in zip(cut, trained, strict=True):
        assert np.array_equal(before == 0, after == 0)
        learned = before[before != 0] != after[before != 0]
        assert learned.mean() > 0.5  # a unit that is never active learns nothing


def test_the_same_seed_prunes_to_the_same_bytes(load, samples):
    def bytes_of(seed):
        model = forms.pruned(load, 0.5, samples, epochs=1, batch_size=40, seed=seed)
        return saved.without_optimizer(model)

    assert bytes_of(1) == bytes_of(1) != bytes_of(2)


def test_quantized_weights_are_whole_numbers_near_the_old_ones(load, samples):
    model = forms.quantized(load, "int8")
    types = {weight.dtype for weight in model.layers[0].weights}
    assert "int8" in types
    x = samples.x_validation
    assert model.predict(x, verbose=0) == pytest.approx(load().predict(x, verbose=0), abs=0.02)


def test_layers_that_keras_cannot_quantize_are_told():
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Embedding(9, 2),
            layers.Conv1D(3, 2, name="convolution"),
            layers.GRU(2, name="gru"),
            layers.BatchNormalization(),
            layers.Dense(1),
        ]
    )
    assert forms.unquantized(forms.quantized(lambda: model, "int8")) == [
        "convolution",
        "gru/gru_cell",
    ]


def test_the_optimizer_s_state_is_left_out_of_the_file_and_not_of_the_model(load):
    model = load()
    content = saved.without_optimizer(model)
    assert len(content) < len(saved.as_bytes(model))
    assert int(model.optimizer.iterations) == 9


def test_the_interval_is_that_of_paired_answers():
    y = np.array([1, 1, 1, 1, 0, 0, 0, 0])
    original = np.array([[0.9], [0.9], [0.9], [0.1], [0.1], [0.1], [0.1], [0.9]])  # 6 right
    better = original.copy()
    better[3] = 0.9  # one more
    low, high = measures.difference(better, original, y)
    gained = np.array([0, 0, 0, 1, 0, 0, 0, 0])
    half = 1.96 * gained.std(ddof=1) / np.sqrt(8)
    assert (low, high) == pytest.approx((1 / 8 - half, 1 / 8 + half))
    assert measures.difference(original, original, y) == (0, 0)


def test_classes_are_the_likeliest():
    assert measures.classes(np.array([[0.5], [0.51]])).tolist() == [0, 1]
    assert measures.classes(np.array([[0.2, 0.5, 0.3]])).tolist() == [1]


def test_what_is_neither_smaller_nor_faster_is_said():
    row = {"bytes_packed": 100, "ms_one": 1.0, "accuracy": 0.9, "changed": 0.0, "kept": ""}
    table = pd.DataFrame(
        [
            {"form": "original", **row, "difference_low": 0.0, "difference_high": 0.0},
            {"form": "same", **row, "difference_low": -0.1, "difference_high": 0.1},
            {"form": "worse", **row, "bytes_packed": 50, "ms_one": 2.0}
            | {"difference_low": -0.2, "difference_high": -0.1, "kept": "conv2d"},
        ]
    )
    same, worse = compress.sentences(table)
    assert "packed not smaller, one sample not faster" in same
    assert "as accurate as far as" in same
    assert "packed 2.0 times smaller, one sample 2.0 times slower" in worse
    assert "less accurate" in worse
    assert "Keras cannot quantize conv2d" in worse
    assert "cannot" not in same


def test_the_command_leaves_networks_table_and_figure(run_folder, tmp_path, capsys):
    output = tmp_path / "small"
    arguments = ["--epochs", "1", "--export", "litert,onnx"]
    assert cli.main(["compress", str(run_folder), "--output-dir", str(output), *arguments]) == 0
    table = pd.read_csv(output / "compression.csv")
    names = ["original", "int8", "int4", "pruned-50", "pruned-80", "pruned-90", "pruned-95"]
    assert table["form"].tolist() == [*names, "litert", "onnx"]
    assert len(capsys.readouterr().out.splitlines()) == 8
    first = table.iloc[0]
    assert (first["changed"], first["difference_low"], first["difference_high"]) == (0, 0, 0)
    assert table["zeros"].iloc[3:7].tolist() == pytest.approx([0.5, 0.8, 0.9, 0.95], abs=0.01)
    packed = table["bytes_packed"].tolist()
    assert packed[1] < packed[0]
    assert packed[3:7] == sorted(packed[3:7], reverse=True)
    assert table["changed"].iloc[7:].tolist() == [0, 0]
    sizes = [(output / f"{name}.keras").stat().st_size for name in names]
    sizes += [(output / name).stat().st_size for name in ("litert.tflite", "onnx.onnx")]
    assert sizes == table["bytes"].tolist()
    for name in names:
        assert keras.saving.load_model(output / f"{name}.keras").count_params()
    assert {path.suffix for path in output.glob("size-and-accuracy.*")} >= {
        ".csv",
        ".pdf",
        ".png",
        ".svg",
    }


@pytest.mark.parametrize("name", ["onnx", "litert"])
def test_an_exported_network_gives_the_same_answers_to_one_and_to_many(
    load, samples, tmp_path, name
):
    network = exports.exported(load(), name, tmp_path)
    x = samples.x_validation
    expected = load().predict(x, verbose=0)
    for part in (slice(0, 1), slice(None), slice(0, 1)):
        assert network.predict_on_batch(x[part]) == pytest.approx(expected[part], abs=1e-6)


@pytest.mark.parametrize("name", ["onnx", "litert"])
def test_a_recurrent_network_is_exported_to_the_same_answers(tmp_path, name):
    layers = [
        keras.layers.Embedding(20, 3),
        keras.layers.Bidirectional(keras.layers.GRU(2, return_sequences=True)),
        keras.layers.LSTM(2),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
    model = keras.Sequential([keras.Input((5,)), *layers])
    x = np.random.default_rng(1).integers(0, 20, (7, 5)).astype(np.float32)
    expected = model.predict(x, verbose=0)
    network = exports.exported(model, name, tmp_path)
    for part in (slice(0, 1), slice(None)):
        assert network.predict_on_batch(x[part]) == pytest.approx(expected[part], abs=1e-6)


def test_a_format_that_cannot_hold_the_network_is_told_and_left_out(load, tmp_path, monkeypatch):
    def fail(_model, name, folder):
        exports.path_of(name, folder).write_text("half a file")
        raise RuntimeError("no such operation\nand more")

    monkeypatch.setattr(exports, "exported", fail)
    told = []
    assert [*compress._exported(["onnx"], load, None, tmp_path, told.append)] == []
    assert told == ["onnx: left out, as it cannot hold this network (no such operation)"]
    assert not [*tmp_path.iterdir()]


def test_a_format_whose_packages_are_missing_is_one_message(
    run_folder, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("pyreg.commands.common.find_spec", lambda name: None)
    arguments = ["compress", str(run_folder), "--output-dir", str(tmp_path / "small")]
    assert cli.main([*arguments, "--export", "litert"]) == 2
    assert "ai_edge_litert is not installed here, which litert needs" in capsys.readouterr().err


def test_a_study_s_step_compresses_alike_and_leaves_the_figure_to_the_workflow(
    run_folder, tmp_path, monkeypatch
):
    study = config.load(Layout(run_folder.parents[4]).config)
    monkeypatch.setattr("sys.stdin", io.StringIO(parts.of_run(study, "baseline")))
    arguments = ["compress", "--config", "-", str(run_folder), "--epochs", "0"]
    assert cli.main([*arguments, "--output-dir", str(tmp_path / "small")]) == 0
    left = {path.suffix for path in (tmp_path / "small").iterdir()}
    assert left == {".keras", ".csv"}


def test_a_folder_without_a_network_is_one_message(run_folder, tmp_path):
    copy = shutil.copytree(run_folder, tmp_path / "a" / "b" / "c" / "d" / "e" / "run")
    with pytest.raises(InputError, match=r"lies in no study's results; expected the folder of a"):
        compress.study_of(copy)
    (copy / "model.keras").unlink()
    with pytest.raises(InputError, match=r"holds no model\.keras; expected the folder of a"):
        compress.study_of(copy)
    study = compress.study_of(run_folder)
    with pytest.raises(InputError, match=r"holds no model\.keras; expected the folder of a"):
        compress.compress(tmp_path, study, tmp_path / "small", 1)
    assert not (tmp_path / "small").exists()


def test_what_cannot_be_written_is_refused_before_the_work(run_folder, tmp_path, capsys):
    (tmp_path / "file").write_text("kept")
    for output in ("file", "file/below"):
        assert cli.main(["compress", str(run_folder), "--output-dir", str(tmp_path / output)]) == 2
        assert "is a file" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "kept"
    assert cli.main(["compress", str(run_folder), "--output-dir", str(run_folder)]) == 2
    assert (
        "is an input here, expected another place to write to; name one" in capsys.readouterr().err
    )
