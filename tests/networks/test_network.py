import functools

import keras
import numpy as np
import pytest

from pyreg import config, networks
from pyreg.config.tasks import TASKS

GROUPED = {"group": {"groups": 2}}


def build(spec, num_inputs, seed=1, task="binary", num_outputs=1):
    return networks.build(spec, num_inputs, seed, TASKS[task], num_outputs)


def spec_of(**settings):
    return config.Model.model_validate(settings)


def layers_of(model):
    return [type(layer).__name__ for layer in model.layers]


@pytest.mark.parametrize(
    ("spec", "num_parameters", "layers"),
    [
        # 5000*16+16 + 16*16+16 + 16+1
        ({"units": [16, 16]}, 80_305, ["Dense", "Dense", "Dense"]),
        ({"units": [4, 4]}, 20_029, ["Dense", "Dense", "Dense"]),
        ({"units": [512, 512]}, 2_823_681, ["Dense", "Dense", "Dense"]),
        (
            {"units": [16, 16], "dropout": 0.6},
            80_305,
            ["Dense", "Dropout", "Dense", "Dropout", "Dense"],
        ),
    ],
)
def test_the_lesson_s_networks_have_the_parameters_it_prints(spec, num_parameters, layers):
    model = build(config.Model(**spec), 5000)
    assert model.count_params() == num_parameters
    assert layers_of(model) == layers


def test_the_penalty_is_on_both_hidden_kernels_and_not_on_the_output():
    model = build(config.Model(units=[16, 16], l2=0.001), 50)
    factors = [getattr(layer.kernel_regularizer, "l2", None) for layer in model.layers]
    assert factors[:2] == [pytest.approx(0.001)] * 2
    assert factors[2] is None


@pytest.mark.parametrize(
    ("penalties", "kind"),
    [({"l1": 0.1}, "L1"), ({"l2": 0.1}, "L2"), ({"l1": 0.1, "l2": 0.1}, "L1L2")],
)
def test_each_penalty_is_keras_own(penalties, kind):
    model = build(config.Model(units=[2], **penalties), 5)
    assert type(model.layers[0].kernel_regularizer).__name__ == kind


def test_it_is_compiled_as_in_the_lesson():
    model = build(config.Model(units=[2]), 5)
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.001)
    assert model.loss == "binary_crossentropy"


def test_the_seed_decides_the_weights_whatever_was_built_before():
    spec = config.Model(units=[3])
    first = build(spec, 5, 1).get_weights()
    build(spec, 5, 2)
    again = build(spec, 5, 1).get_weights()
    other = build(spec, 5, 2).get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_what_is_given_per_layer_goes_to_its_layer():
    spec = spec_of(units=[3, 2, 2], activation=["tanh", "relu", "elu"], dropout=[0.5, 0.0, 0.2])
    model = build(spec, 5)
    assert layers_of(model) == ["Dense", "Dropout", "Dense", "Dense", "Dropout", "Dense"]
    dense = [layer for layer in model.layers if hasattr(layer, "units")]
    assert [layer.activation.__name__ for layer in dense] == ["tanh", "relu", "elu", "sigmoid"]
    assert [layer.rate for layer in model.layers if hasattr(layer, "rate")] == [0.5, 0.2]


def test_all_kernels_are_penalized_where_that_is_asked_for():
    model = build(spec_of(units=[3, 2], l1=0.01, penalized="all"), 5)
    assert [float(layer.kernel_regularizer.l1) for layer in model.layers] == pytest.approx(
        [0.01] * 3
    )


def test_each_layer_may_have_a_penalty_of_its_own():
    factors = {"l1": [0.01, 0.0, 0.01], "l2": [0.0, 0.01, 0.01]}
    model = build(spec_of(units=[3, 2], penalized="all", **factors), 5)
    kinds = [type(layer.kernel_regularizer).__name__ for layer in model.layers]
    assert kinds == ["L1", "L2", "L1L2"]


def test_no_hidden_layer_is_a_linear_model():
    model = build(spec_of(units=[], l2=3.0, penalized="all"), 5, task="regression")
    assert layers_of(model) == ["Dense"]
    assert model.layers[0].activation.__name__ == "linear"
    assert model.loss == "mean_squared_error"


def test_a_multiclass_model_gives_a_distribution_over_the_classes():
    model = build(spec_of(units=[3]), 5, task="multiclass", num_outputs=4)
    predictions = model.predict(np.eye(5), verbose=0)
    assert predictions.shape == (5, 4)
    assert predictions.sum(axis=1) == pytest.approx(np.ones(5))
    assert model.loss == "sparse_categorical_crossentropy"


@pytest.mark.parametrize(
    ("kind", "weights"),
    # Kernel and bias, then scale and shift of each unit; moving mean and variance for batch.
    [("batch", 6), ("layer", 4), ("group", 4), ("instance", 4)],
)
def test_normalization_stands_between_the_affine_map_and_its_activation(kind, weights):
    model = build(spec_of(units=[4], normalization=kind, **GROUPED.get(kind, {})), 5)
    assert layers_of(model)[0::2] == ["Dense", "Activation"]
    assert "Normalization" in layers_of(model)[1]
    assert model.layers[0].activation.__name__ == "linear"
    assert len(model.layers[0].weights) + len(model.layers[1].weights) == weights


def normalized(kind, z):
    """What a fresh network's normalization makes of the affine map's outputs z."""
    layer = build(
        spec_of(units=[z.shape[1]], normalization=kind, **GROUPED.get(kind, {})), 5
    ).layers[1]
    return keras.ops.convert_to_numpy(layer(z.astype("float32"), training=True))


@pytest.mark.parametrize(
    ("kind", "shape", "axis"),
    [
        ("batch", (6, 4), 0),  # over the samples of the batch
        ("layer", (6, 4), 1),  # over the units
        ("group", (6, 2, 2), 2),  # over the units of each group
    ],
)
def test_each_normalization_averages_over_its_own_axis(kind, shape, axis):
    z = np.random.RandomState(1).normal(2, 3, (6, 4))
    parts = z.reshape(shape)
    mean, variance = parts.mean(axis, keepdims=True), parts.var(axis, keepdims=True)
    expected = ((parts - mean) / np.sqrt(variance + 0.001)).reshape(6, 4)
    assert normalized(kind, z) == pytest.approx(expected, abs=1e-4)


def test_instance_normalization_of_single_numbers_leaves_nothing_of_them():
    """The trap: a dense layer's unit is one number, and a number minus its own mean is 0."""
    z = np.random.RandomState(1).normal(2, 3, (6, 4))
    assert (normalized("instance", z) == 0).all()
    model = build(spec_of(units=[4], normalization="instance"), 5)
    predictions = model.predict(np.random.RandomState(1).normal(size=(6, 5)), verbose=0)
    assert np.ptp(predictions) == 0


@pytest.mark.parametrize(
    ("optimizer", "kind", "expected"),
    [
        ({}, "Adam", {"learning_rate": 0.001, "weight_decay": None}),
        ({"learning_rate": 0.01}, "Adam", {"learning_rate": 0.01}),
        ({"name": "adamw"}, "AdamW", {"learning_rate": 0.001, "weight_decay": 0.004}),
        ({"name": "adamw", "weight_decay": 0.1}, "AdamW", {"weight_decay": 0.1}),
        ({"name": "sgd", "momentum": 0.9}, "SGD", {"learning_rate": 0.01, "momentum": 0.9}),
        ({"name": "rmsprop", "momentum": 0.5}, "RMSprop", {"rho": 0.9, "momentum": 0.5}),
        ({"name": "adadelta", "learning_rate": 1.0}, "Adadelta", {"learning_rate": 1.0}),
    ],
)
def test_an_optimizer_is_keras_own_with_what_is_given(optimizer, kind, expected):
    built = build(spec_of(units=[2], optimizer=optimizer), 5).optimizer
    assert type(built).__name__ == kind
    settings = built.get_config()
    assert {name: settings[name] for name in expected} == pytest.approx(expected)


def test_a_model_that_asks_for_nothing_is_never_stopped():
    assert networks.callbacks(spec_of(units=[2])) == []


@pytest.mark.parametrize(("monitor", "mode"), [("loss", "min"), ("accuracy", "max")])
def test_early_stopping_watches_the_validation_value(monitor, mode):
    asked = {"monitor": monitor, "patience": 2, "restore_best_weights": True}
    (callback,) = networks.callbacks(spec_of(units=[2], early_stopping=asked))
    assert (callback.monitor, callback.mode) == (f"val_{monitor}", mode)
    assert (callback.patience, callback.restore_best_weights) == (2, True)


@pytest.mark.parametrize(
    ("task", "num_outputs"), [("binary", 1), ("multiclass", 3), ("regression", 1)]
)
def test_with_its_variables_created_training_is_the_same_and_traced_once(task, num_outputs):
    traced, histories, weights = [], [], []

    def noted(step, data):
        traced[-1] += 1
        return step(data)

    x = np.random.RandomState(1).rand(20, 5).astype(np.float32)
    y = np.arange(20)[:, np.newaxis] % (2 if task == "binary" else 3)
    for is_created in (True, False):
        model = build(spec_of(units=[4], dropout=0.5), 5, task=task, num_outputs=num_outputs)
        if is_created:
            networks.create_variables(model)
        traced.append(0)
        model.train_step = functools.partial(noted, model.train_step)
        histories.append(model.fit(x, y, epochs=2, batch_size=8, verbose=0).history)
        weights.append(model.get_weights())
    assert traced[0] == 1 < traced[1]
    assert histories[0] == histories[1]
    for mine, plain in zip(*weights, strict=True):
        np.testing.assert_array_equal(mine, plain)
