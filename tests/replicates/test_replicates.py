import dataclasses
import json
import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest
from keras import ops
from scipy import stats

from pyreg import cli, config, data, files
from pyreg.agreement import equivalence
from pyreg.data import encoding
from pyreg.engines import keras as keras_engine
from pyreg.errors import InputError
from pyreg.records.layout import Layout, RunKey
from pyreg.records.replicates import read_histories, read_replicates, write_replicates
from pyreg.records.run import HISTORY_COLUMNS
from pyreg.replicates import any_model, initial, order, words
from pyreg.replicates import train as replicates
from pyreg.replicates.adam import CompiledAdam
from pyreg.study import plan

# What summing a first layer in another order may do to an epoch's mean. Measured on 2,500 of the
# lesson's reviews: up to 6e-8, and 8e-4 at least with a learning rate of 2 per cent more. One review
# that is called otherwise, as on another processor, would be 4e-4 of accuracy.
FIRST_EPOCH = 5e-4

SPECS = {
    "baseline": {"units": [4, 4]},
    "l2": {"units": [4, 4], "l2": 0.01},
    "dropout": {"units": [4, 4], "dropout": 0.5},
    "wide": {"units": [40, 40], "l1": 0.001},  # wide enough for the other sparse kernel
    "per-layer": {
        "units": [4, 3],
        "activation": ["tanh", "elu"],
        "dropout": [0.0, 0.4],
        "l2": 0.01,
        "penalized": "all",
        "optimizer": {"learning_rate": 0.01},
    },
}
# What stacking would change: trained one after the other.
UNSTACKED = {
    "linear": {"units": []},
    "layered": {"units": [4], "layers": [{"kind": "layer_normalization"}]},
    "masked": {
        "units": [4],
        "layers": [
            {"kind": "reshape", "target_shape": [8, 5]},
            {"kind": "dropout", "rate": 0.3},
            {"kind": "gru", "units": 3, "dropout": 0.2, "recurrent_dropout": 0.2},
        ],
    },
    "halved": {"units": [4], "half": 2},
    "normalized": {"units": [4], "normalization": "batch", "dropout": 0.3},
    "decayed": {"units": [4], "optimizer": {"weight_decay": 0.1}},
    "sgd": {"units": [4], "optimizer": {"name": "sgd", "momentum": 0.9}},
    "stopped": {"units": [4], "optimizer": {"learning_rate": 0.3}, "early_stopping": {}},
}


@pytest.fixture(scope="module")
def study():
    return config.load({"models": SPECS, "epochs": 3, "batch_size": 40, "data": {"num_words": 40}})


@pytest.fixture(scope="module")
def folder(tmp_path_factory, small_dataset):
    path = tmp_path_factory.mktemp("data")
    encoding.save_encoded(path / "encoded.npz", small_dataset, 40, 1)
    (path / "provenance.json").write_text(json.dumps(small_dataset.provenance))
    return path


@pytest.fixture(scope="module")
def together(study, folder):
    """Seeds 1 to 4 of each model, trained together once for all tests."""
    return {model: replicate(study, folder, model) for model in SPECS}


def replicate(study, folder, model, seeds=range(1, 5), shuffle="per-epoch"):
    return replicates.train(study, model, shuffle, seeds, folder / "encoded.npz")


def single(study, folder, model, seed, shuffle="per-epoch"):
    return keras_engine.train(study, RunKey("python", model, shuffle, seed), folder)


def values(history, seed):
    keys = ["metric", "data", "epoch"]
    return history[history["seed"] == seed].sort_values(keys)["value"].to_numpy()


@pytest.mark.parametrize("model", SPECS)
def test_a_replicate_is_its_seed_s_single_run(study, folder, together, model):
    run = together[model]
    for position, seed in [(0, 1), (2, 3)]:
        alone = single(study, folder, model, seed)
        assert run.info["initial_weights"][position] == alone.chain.initial_weights
        assert values(run.history, seed) == pytest.approx(values(alone.history, seed), abs=2e-6)
        assert run.predictions[position] == pytest.approx(alone.predictions, abs=2e-6)


@pytest.fixture(scope="module")
def unstacked(study):
    settings = {**study.model_dump(), "models": {**SPECS, **UNSTACKED}, "epochs": 10}
    return config.load(settings)


@pytest.mark.parametrize("model", UNSTACKED)
def test_what_cannot_be_stacked_is_trained_alone_bit_for_bit(unstacked, folder, model):
    assert not any_model.can_be_stacked(unstacked, model)
    run = any_model.train(unstacked, model, "per-epoch", [1, 2], folder / "encoded.npz")
    for position, seed in enumerate([1, 2]):
        alone = single(unstacked, folder, model, seed)
        assert run.info["initial_weights"][position] == alone.chain.initial_weights
        assert values(run.history, seed).tolist() == values(alone.history, seed).tolist()
        assert run.predictions[position].tolist() == alone.predictions.tolist()
    assert set(run.history["engine"]) == {"python-replicates"}


def test_runs_of_one_record_may_end_at_different_epochs(unstacked, folder):
    run = any_model.train(unstacked, "stopped", "per-epoch", range(1, 6), folder / "encoded.npz")
    assert run.history.groupby("seed")["epoch"].max().nunique() > 1


def test_each_replicate_has_its_own_permuted_labels(study, folder, tmp_path):
    data = {"num_words": 40, "permute_labels": True}
    permuted = config.load({**study.model_dump(), "data": data, "epochs": 1})
    run = any_model.train(permuted, "baseline", "per-epoch", [1, 2], folder / "encoded.npz")
    for position, seed in enumerate([1, 2]):
        alone = single(permuted, folder, "baseline", seed)
        assert run.labels[position].tolist() == alone.labels.tolist()
        assert values(run.history, seed).tolist() == values(alone.history, seed).tolist()
    assert run.labels[0].tolist() != run.labels[1].tolist()
    write_replicates(tmp_path / "replicates", run)
    assert np.array_equal(read_replicates(tmp_path / "replicates").labels, run.labels)


@pytest.mark.parametrize("model", ["dropout", "wide"])
def test_each_replicate_of_a_cross_validation_has_its_own_folds(study, folder, model):
    folded = config.load({**study.model_dump(), "data": {"num_words": 40, "folds": 3}})
    assert any_model.can_be_stacked(folded, model)
    run = any_model.train(folded, model, "per-epoch", [1, 2, 4], folder / "encoded.npz")
    for position, seed in enumerate([1, 2, 4]):
        alone = single(folded, folder, model, seed)
        assert values(run.history, seed) == pytest.approx(values(alone.history, seed), abs=2e-6)
        assert run.predictions[position] == pytest.approx(alone.predictions, abs=2e-6)
        assert run.labels[position].tolist() == alone.labels.tolist()
    assert run.labels.shape == run.predictions.shape


@pytest.mark.parametrize("model", SPECS)
def test_what_can_be_stacked_is(study, model):
    assert any_model.can_be_stacked(study, model)


def test_only_reviews_are_stacked():
    digits = config.load({"data": {"source": "digits"}, "models": {"baseline": {"units": [4]}}})
    assert not any_model.can_be_stacked(digits, "baseline")


def test_with_keras_own_shuffle_too(study, folder):
    run = replicate(study, folder, "baseline", [2], shuffle="keras")
    alone = single(study, folder, "baseline", 2, "keras")
    assert values(run.history, 2) == pytest.approx(values(alone.history, 2), abs=2e-6)


@pytest.mark.parametrize("model", SPECS)
def test_results_do_not_depend_on_how_replicates_are_batched(study, folder, together, model):
    parts = [replicate(study, folder, model, seeds) for seeds in ([1], [2, 3, 4])]
    for seed in (1, 2, 3, 4):
        part = parts[seed > 1]
        assert values(part.history, seed).tolist() == values(together[model].history, seed).tolist()
    joined = np.concatenate([part.predictions for part in parts])
    assert joined.tolist() == together[model].predictions.tolist()


def test_replicates_differ_in_weights_order_and_masks(together):
    run = together["dropout"]
    assert len(set(run.info["initial_weights"])) == 4
    assert len({tuple(row) for row in run.predictions.tolist()}) == 4


def test_the_record_reads_back_equal(together, tmp_path):
    run = together["baseline"]
    write_replicates(tmp_path / "replicates", run)
    read = read_replicates(tmp_path / "replicates")
    assert read.history.equals(run.history)
    assert read.history.columns.tolist() == HISTORY_COLUMNS
    assert set(read.history["engine"]) == {"python-replicates"}
    assert read.predictions.dtype == np.float32
    assert read.predictions.shape == (4, 64)
    assert read.seeds.tolist() == [1, 2, 3, 4]
    assert np.array_equal(read.labels, run.labels)
    assert {"config", "versions", "threads", "data_digest", "times"} <= set(read.info)
    assert read.info["constant_predictions"] == [False] * 4


def test_predictions_give_the_last_epoch_s_validation_accuracy(together):
    run = together["baseline"]
    last = run.history.query("epoch == 3 and data == 'validation' and metric == 'accuracy'")
    counted = np.mean((run.predictions > 0.5) == run.labels, axis=1)
    assert last["value"].to_numpy() == pytest.approx(counted)


@pytest.mark.parametrize(("model", "within"), [("per-layer", 2e-6), ("layered", 0), ("linear", 0)])
def test_networks_that_are_kept_give_the_recorded_predictions(
    unstacked, folder, tmp_path, model, within
):
    kept = config.load({**unstacked.model_dump(), "epochs": 2, "save_models": True})
    run = any_model.train(kept, model, "per-epoch", [3, 5, 8], folder / "encoded.npz")
    write_replicates(tmp_path / "kept", run)
    networks = keras.saving.load_model(tmp_path / "kept" / "model.keras")
    rows = encoding.read_encoded(folder / "encoded.npz").x_validation
    found = networks.predict(rows, batch_size=kept.batch_size, verbose=0)
    assert found.shape == (64, 3, 1)
    assert pytest.approx(run.predictions, abs=within) == found[:, :, 0].T
    (one,) = networks.get_layer("seed-5").predict(rows[:1], verbose=0)
    assert one == pytest.approx(found[0, 1], abs=1e-6)
    # Trained anew and not kept: none is left that this record does not tell of.
    write_replicates(tmp_path / "kept", dataclasses.replace(run, model=None))
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {
        "history.csv", "predictions.npz", "run.json"
    }  # fmt: skip


def test_networks_are_kept_only_where_the_study_says_so(together):
    assert (together["baseline"].model, together["baseline"].vocabulary) == (None, None)


def test_a_damaged_record_is_named(tmp_path):
    with pytest.raises(InputError, match="not a complete record of replicates"):
        read_replicates(tmp_path)


def test_histories_of_all_batches_are_one_table(together, tmp_path):
    run = together["baseline"]
    settings = {"models": {"baseline": {"units": [4]}}, "replicates": 4, "replicate_batch": 2}
    study = config.load(settings)
    for first in (1, 3):
        history = run.history[run.history["seed"].isin([first, first + 1])]
        folder = tmp_path / f"replicates/baseline/per-epoch/seeds-{first}-{first + 1}"
        files.write_csv(folder / "history.csv", history)
    layout, (one,) = Layout(tmp_path), plan.replicate_sets(study)
    history = read_histories(plan.batches(study, layout, one))
    pd.testing.assert_frame_equal(history, run.history)
    (folder / "history.csv").unlink()
    with pytest.raises(InputError, match="seeds-3-4"):
        read_histories(plan.batches(study, layout, one))


MATRIX = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 0]], dtype=np.uint8)


def test_the_block_diagonal_by_hand():
    # Replicate 1 sees reviews 0 and 2, replicate 2 reviews 1 and 0; its columns start at 3.
    batch = words.SparseWords([MATRIX]).batch(np.array([[0, 1], [2, 0]]))
    assert batch["words"].tolist() == [[0, 0], [0, 2], [2, 4], [3, 3], [3, 5]]


def test_halves_are_numbered_through():
    both = words.SparseWords([MATRIX[:1], MATRIX[1:]])
    assert both.batch(np.array([[1]]))["words"].tolist() == [[0, 1]]


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("units", [4, words.COORDINATES_BELOW])
def test_dense_and_sparse_words_give_numpy_s_product_and_gradient(units, shared):
    import tensorflow as tf

    generator = np.random.RandomState(1)
    matrix = (generator.rand(30, 50) < 0.2).astype(np.uint8)
    rows = np.arange(12)[:, np.newaxis] if shared else generator.randint(0, 30, (12, 3))
    kernel = generator.normal(size=(3, 50, units)).astype(np.float32)
    upstream = generator.normal(size=(3, 12, units)).astype(np.float32)
    own = np.stack([matrix[column] for column in np.broadcast_to(rows, (12, 3)).T]).astype(float)
    for kind in (words.DenseWords, words.SparseWords):
        reviews = kind([matrix])
        variable = tf.Variable(kernel)
        batch = {name: tf.constant(part) for name, part in reviews.batch(rows).items()}
        with tf.GradientTape() as tape:
            product = reviews.matmul(batch, variable)
            total = tf.reduce_sum(product * upstream)
        gradient = tf.convert_to_tensor(tape.gradient(total, variable))
        assert product.numpy() == pytest.approx(own @ kernel, abs=1e-4)
        assert gradient.numpy() == pytest.approx(own.transpose(0, 2, 1) @ upstream, abs=1e-4)


@pytest.mark.parametrize("units", [1, 4, 16])
@pytest.mark.parametrize("num_replicates", [1, 2, 10])
def test_products_of_shared_reviews_have_the_bits_of_single_ones(units, num_replicates):
    import tensorflow as tf

    generator = np.random.RandomState(1)
    reviews = words.SparseWords([(generator.rand(40, 900) < 0.2).astype(np.uint8)])
    batch = {
        name: tf.constant(part) for name, part in reviews.batch(np.arange(40)[:, None]).items()
    }
    kernels = generator.normal(size=(num_replicates, 900, units)).astype(np.float32)
    together = reviews.matmul(batch, tf.constant(kernels)).numpy()
    single = [reviews.matmul(batch, tf.constant(kernel[None])).numpy()[0] for kernel in kernels]
    assert (together == np.stack(single)).all()


@pytest.mark.parametrize("shape", [(2, 30, 4), (2, 1000, 1000)])
def test_compiled_adam_makes_keras_own_steps(shape):
    generator = np.random.RandomState(1)
    start, gradients = generator.normal(size=shape), generator.normal(size=(3, *shape))
    results = []
    for optimizer in (keras.optimizers.Adam(), CompiledAdam()):
        variable = keras.Variable(start)
        for gradient in gradients:
            optimizer.apply([ops.cast(gradient, "float32")], [variable])
        results.append(ops.convert_to_numpy(variable))
    assert results[1] == pytest.approx(results[0], abs=1e-6)  # XLA may fuse a multiply and an add


def test_keras_order_repeats_itself_as_the_seeded_fit_does():
    drawn = order.keras_order(num_reviews=70, epochs=3, seed=5)
    assert drawn.shape == (3, 70)
    assert (drawn == drawn[0]).all()
    assert sorted(drawn[0].tolist()) == list(range(70))
    assert drawn[0].tolist() != order.keras_order(70, 1, seed=6)[0].tolist()


def command(folder, output, *arguments):
    fixed = ["--config", str(folder / "config.yaml"), "--encoded", str(folder / "encoded.npz")]
    return ["replicate", *fixed, "--output", str(output), *arguments]


@pytest.fixture
def saved_study(study, unstacked, folder):
    saved = unstacked.model_copy(update={"epochs": study.epochs})
    (folder / "config.yaml").write_text(config.dump(saved))
    return folder


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "large", "--seeds", "1-2"], "got model 'large'"),
        (["--model", "baseline", "--seeds", "2-1"], "the first not larger"),
        (["--model", "baseline", "--seeds", "ten"], "got --seeds ten"),
    ],
)
def test_wrong_arguments_are_named(saved_study, tmp_path, capsys, arguments, message):
    assert cli.main(command(saved_study, tmp_path / "out", *arguments)) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("model", ["l2", "sgd"])
def test_on_jax_a_replicate_makes_the_same_steps(saved_study, tmp_path, model):
    pytest.importorskip("jax")
    arguments = ["--model", model, "--seeds", "1-2", "--backend", "jax"]
    line = [sys.executable, "-m", "pyreg", *command(saved_study, tmp_path / "jax", *arguments)]
    subprocess.run(line, check=True, capture_output=True)
    study = config.load(saved_study / "config.yaml")
    ours = any_model.train(study, model, "per-epoch", [1, 2], saved_study / "encoded.npz")
    run = read_replicates(tmp_path / "jax")
    assert run.info["backend"] == "jax"
    assert set(run.history["engine"]) == {"python-replicates-jax"}
    assert run.info["initial_weights"] == ours.info["initial_weights"]
    assert run.history["value"].tolist() == pytest.approx(ours.history["value"].tolist(), abs=1e-5)
    assert run.predictions == pytest.approx(ours.predictions, abs=1e-5)


@pytest.mark.parametrize("model", ["baseline", "sgd"])
def test_on_jax_keras_shuffle_is_refused(saved_study, tmp_path, model):
    pytest.importorskip("jax")
    arguments = ["--model", model, "--seeds", "1", "--backend", "jax", "--shuffle", "keras"]
    line = [sys.executable, "-m", "pyreg", *command(saved_study, tmp_path / "jax", *arguments)]
    done = subprocess.run(line, capture_output=True, text=True)
    assert done.returncode == 2
    assert "expected tensorflow" in done.stderr


@pytest.fixture(scope="module")
def imdb(imdb_path, tmp_path_factory):
    folder = tmp_path_factory.mktemp("imdb")
    settings = config.Data(source="file", path=str(imdb_path), num_reviews=2500)
    dataset = data.load(settings)
    encoding.save_encoded(folder / "encoded.npz", dataset, settings.num_words, settings.column_base)
    (folder / "provenance.json").write_text(json.dumps(dataset.provenance))
    return folder


@pytest.mark.slow
@pytest.mark.imdb
@pytest.mark.parametrize("units", [16, 512])
def test_on_the_lesson_s_data_the_first_epoch_agrees(imdb, units):
    study = config.load({"models": {"baseline": {"units": [units, units]}}, "epochs": 1})
    together = replicate(study, imdb, "baseline", seeds=[1, 2])
    for seed in (1, 2):
        alone = single(study, imdb, "baseline", seed)
        difference = values(together.history, seed) - values(alone.history, seed)
        assert np.abs(difference).max() < FIRST_EPOCH


@pytest.mark.slow
@pytest.mark.imdb
def test_on_the_lesson_s_data_final_results_have_the_same_distribution(imdb):
    """Twice the learning rate on a tenth of the reviews: overfitted as on all of them."""
    network = {"units": [16, 16], "optimizer": {"learning_rate": 0.002}}
    study = config.load({"models": {"baseline": network}})
    together = replicate(study, imdb, "baseline", seeds=range(1, 11)).history
    alone = pd.concat(single(study, imdb, "baseline", s).history for s in range(11, 21))
    for half in ("training", "validation"):
        final = f"epoch == 20 and data == '{half}' and metric == 'binary_crossentropy'"
        left, right = (history.query(final)["value"] for history in (together, alone))
        assert stats.ks_2samp(left, right).pvalue > 0.01
    assert "different" not in set(equivalence.compare(together, alone, study.margins)["verdict"])


def test_without_tensorflow_another_backend_draws_by_itself(monkeypatch):
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    assert initial.are_drawn_elsewhere()
    monkeypatch.setattr(initial, "find_spec", lambda name: None)
    assert not initial.are_drawn_elsewhere()
