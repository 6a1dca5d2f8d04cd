import keras
import numpy as np
import pytest

from pyreg import config, models


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
    model = models.build(config.Model(**spec), num_words=5000, seed=1)
    assert model.count_params() == num_parameters
    assert layers_of(model) == layers


def test_the_penalty_is_on_both_hidden_kernels_and_not_on_the_output():
    model = models.build(config.Model(units=[16, 16], l2=0.001), 50, seed=1)
    factors = [getattr(layer.kernel_regularizer, "l2", None) for layer in model.layers]
    assert factors[:2] == [pytest.approx(0.001)] * 2
    assert factors[2] is None


@pytest.mark.parametrize(
    ("penalties", "kind"),
    [({"l1": 0.1}, "L1"), ({"l2": 0.1}, "L2"), ({"l1": 0.1, "l2": 0.1}, "L1L2")],
)
def test_each_penalty_is_keras_own(penalties, kind):
    model = models.build(config.Model(units=[2], **penalties), 5, seed=1)
    assert type(model.layers[0].kernel_regularizer).__name__ == kind


def test_it_is_compiled_as_in_the_lesson():
    model = models.build(config.Model(units=[2]), 5, seed=1)
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.001)
    assert model.loss == "binary_crossentropy"


def test_the_seed_decides_the_weights_whatever_was_built_before():
    spec = config.Model(units=[3])
    first = models.build(spec, 5, seed=1).get_weights()
    models.build(spec, 5, seed=2)
    again = models.build(spec, 5, seed=1).get_weights()
    other = models.build(spec, 5, seed=2).get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
