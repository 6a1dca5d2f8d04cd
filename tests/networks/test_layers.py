"""Each kind of layer: built as Keras has it, and by hand where a hand can follow."""

import typing

import keras
import numpy as np
import pytest

from pyreg import config, networks
from pyreg.config import layers as described
from pyreg.config.tasks import TASKS
from pyreg.errors import InputError
from pyreg.networks.layers import LAYERS

RESHAPE = {"kind": "reshape", "target_shape": [4, 4, 1]}
WORDS = {"kind": "embedding", "input_dim": 5, "output_dim": 3}


def model_of(*layers, num_inputs=16, **settings):
    spec = config.Model.model_validate({"layers": list(layers), "units": [], **settings})
    return networks.build(spec, num_inputs, 1, TASKS["binary"])


def outputs_of(model, inputs):
    """What the last layer but the output gives."""
    part = keras.Model(model.inputs, model.layers[-2].output)
    return part.predict(np.asarray(inputs, dtype="float32"), verbose=0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def kinds():
    classes = typing.get_args(typing.get_args(described.Layer)[0])
    return {
        kind for one in classes for kind in typing.get_args(one.model_fields["kind"].annotation)
    }


def test_every_kind_that_can_be_described_can_be_built():
    assert kinds() == {*LAYERS, "transformer_encoder"}


IMAGE = np.arange(16.0).reshape(4, 4)  # 0 1 2 3 / 4 5 6 7 / ...
KERNEL = np.array([[1.0, 0.0], [0.0, -2.0]])


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        # Top left minus twice bottom right: 0 - 2 * 5 = -10, one less with each step to the right.
        ({}, [[-10, -11, -12], [-14, -15, -16], [-18, -19, -20]]),
        ({"strides": 2}, [[-10, -12], [-18, -20]]),
        ({"padding": "same", "strides": 3}, [[-10, 3], [12, 15]]),  # zeros right and below
        ({"activation": "relu"}, [[0, 0, 0]] * 3),
    ],
)
def test_a_convolution_by_hand(settings, expected):
    conv = {"kind": "conv_2d", "filters": 1, "kernel_size": 2, "activation": "linear"}
    model = model_of(RESHAPE, conv | settings, {"kind": "flatten"})
    model.layers[1].set_weights([KERNEL.reshape(2, 2, 1, 1), np.zeros(1)])
    assert outputs_of(model, IMAGE.reshape(1, 16)).tolist() == [np.ravel(expected).tolist()]


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ({"kind": "max_pooling_2d"}, [5, 7, 13, 15]),
        ({"kind": "average_pooling_2d"}, [2.5, 4.5, 10.5, 12.5]),
        ({"kind": "max_pooling_2d", "pool_size": 3, "strides": 1}, [10, 11, 14, 15]),
        ({"kind": "global_average_pooling_2d"}, [7.5]),
        ({"kind": "global_max_pooling_2d"}, [15]),
    ],
)
def test_pooling_by_hand(pooling, expected):
    ends = [] if pooling["kind"].startswith("global") else [{"kind": "flatten"}]
    model = model_of(RESHAPE, pooling, *ends)
    assert outputs_of(model, IMAGE.reshape(1, 16))[0].tolist() == expected


def states(cell, inputs, size):
    """A recurrent layer's output: its state after the last word."""
    state = (np.zeros(size), np.zeros(size))
    for x in inputs:
        state = cell(x, *state)
    return state[0]


def test_a_simple_recurrent_step_by_hand():
    model = model_of(WORDS, {"kind": "simple_rnn", "units": 2}, num_inputs=3)
    vectors, (kernel, recurrent, bias) = (layer.get_weights() for layer in model.layers[:2])

    def cell(x, h, _):
        return np.tanh(x @ kernel + h @ recurrent + bias), _

    words = [[1, 4, 4], [0, 0, 2]]
    expected = [states(cell, vectors[0][sequence], 2) for sequence in words]
    assert outputs_of(model, words) == pytest.approx(np.array(expected), abs=1e-6)


def test_a_step_of_an_lstm_by_hand():
    model = model_of(WORDS, {"kind": "lstm", "units": 2}, num_inputs=3)
    vectors, (kernel, recurrent, bias) = (layer.get_weights() for layer in model.layers[:2])
    assert bias.tolist() == [0, 0, 1, 1, 0, 0, 0, 0]  # Keras starts with open forget gates

    def cell(x, h, c):
        take, forget, new, give = np.split(x @ kernel + h @ recurrent + bias, 4)
        c = sigmoid(forget) * c + sigmoid(take) * np.tanh(new)
        return sigmoid(give) * np.tanh(c), c

    words = [[1, 4, 4], [0, 0, 2]]
    expected = [states(cell, vectors[0][sequence], 2) for sequence in words]
    assert outputs_of(model, words) == pytest.approx(np.array(expected), abs=1e-6)


def test_a_masked_sequence_is_read_without_its_padding():
    lstm = {"kind": "lstm", "units": 2}
    short, long = ([[4, 2]], [[0, 0, 4, 2]])
    masked = [
        model_of(WORDS | {"mask_zero": True}, lstm, num_inputs=len(s[0])) for s in (short, long)
    ]
    read = [outputs_of(model, s) for model, s in zip(masked, (short, long), strict=True)]
    assert np.array_equal(*read)
    unmasked = model_of(WORDS, lstm, num_inputs=4)
    assert not np.array_equal(outputs_of(unmasked, long), read[1])


def test_two_directions_are_side_by_side():
    model = model_of(WORDS, {"kind": "gru", "units": 2, "bidirectional": True}, num_inputs=3)
    assert outputs_of(model, [[1, 2, 3]]).shape == (1, 4)


@pytest.mark.parametrize("where", ["dropout", "recurrent_dropout"])
def test_dropout_in_a_recurrent_layer_is_there_in_training_alone(where):
    model = model_of(WORDS, {"kind": "lstm", "units": 8, where: 0.5}, num_inputs=6)
    words = np.tile([[1, 2, 3, 4, 1, 2]], (20, 1))  # each sequence has a mask of its own
    assert np.ptp(model(words)) < 1e-6
    assert np.ptp(model(words, training=True)) > 1e-4


def test_spatial_dropout_drops_whole_filters():
    layer = LAYERS["spatial_dropout_2d"](rate=0.5, seed=1)
    kept = np.asarray(layer(np.ones((3, 4, 4, 20), "float32"), training=True))
    per_filter = kept.reshape(3, 16, 20)
    assert (per_filter == per_filter[:, :1]).all()
    assert set(np.unique(kept)) == {0.0, 2.0}


AUGMENTATIONS = [
    {"kind": "random_flip"},
    {"kind": "random_translation", "height_factor": 0.5, "width_factor": 0.5},
    {"kind": "random_rotation", "factor": 0.2},
]


@pytest.mark.parametrize("augmentation", AUGMENTATIONS, ids=lambda one: one["kind"])
def test_augmentation_changes_images_in_training_alone(augmentation):
    model = model_of(RESHAPE, augmentation, {"kind": "flatten"})
    images = np.tile(IMAGE.reshape(1, 16), (20, 1)).astype("float32")
    assert np.array_equal(outputs_of(model, images), images)
    in_training = np.asarray(model.layers[1](images.reshape(-1, 4, 4, 1), training=True))
    assert not np.array_equal(in_training.reshape(-1, 16), images)


def test_penalties_are_on_the_layer_s_kernel():
    conv = {"kind": "conv_2d", "filters": 1, "kernel_size": 2, "l2": 0.5, "activation": "linear"}
    model = model_of(RESHAPE, conv, {"kind": "flatten"})
    model.layers[1].set_weights([KERNEL.reshape(2, 2, 1, 1), np.ones(1)])
    assert [float(loss) for loss in model.losses] == [0.5 * (1 + 4)]
    assert config.Model.model_validate({"layers": [conv], "units": []}).is_penalized
    assert not config.Model.model_validate({"layers": [RESHAPE], "units": []}).is_penalized


def test_images_take_the_shape_of_the_data_unless_one_is_given():
    spec = config.Model.model_validate({"layers": [{"kind": "reshape"}, RESHAPE], "units": []})
    shapes = [layer.target_shape for layer in spec.for_images((2, 8, 1)).layers]
    assert shapes == [[2, 8, 1], [4, 4, 1]]


def test_a_layer_that_does_not_fit_is_one_message():
    with pytest.raises(InputError, match="layers: max_pooling_2d does not take what"):
        model_of({"kind": "max_pooling_2d"})
    with pytest.raises(InputError, match="layers: conv_2d does not take"):
        model_of(RESHAPE, {"kind": "conv_2d", "filters": 1, "kernel_size": 5})


ENCODER = {"kind": "transformer_encoder", "num_heads": 1, "key_dim": 2, "units": 4}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ({"kind": "cropping_1d", "cropping": [4, 0]}, "must be smaller than the input length"),
        ({"kind": "max_pooling_1d", "pool_size": 5}, "output size would be zero or negative"),
    ],
    ids=["all is cropped", "larger than its input"],
)
def test_the_reason_is_told_where_the_call_of_a_layer_fails(kind, reason):
    with pytest.raises(InputError, match=reason):
        model_of({"kind": "reshape", "target_shape": [4, 4]}, kind, {"kind": "flatten"})


# Keras takes them when the network is built, and fails at the first batch, or takes a batch of
# sequences for one image and moves samples away from their labels.
@pytest.mark.parametrize("rows", [[], [{"kind": "reshape", "target_shape": [4, 4]}]])
@pytest.mark.parametrize("augmentation", AUGMENTATIONS, ids=lambda one: one["kind"])
def test_what_is_no_image_is_not_augmented(augmentation, rows):
    with pytest.raises(InputError, match=f"{augmentation['kind']} does not take"):
        model_of(*rows, augmentation, {"kind": "flatten"})


def test_an_encoder_takes_sequences():
    with pytest.raises(InputError, match=r"transformer_encoder does not take .* found ndim=2"):
        model_of(ENCODER)


@pytest.mark.parametrize(
    ("layers", "got"),
    [
        ([RESHAPE], "4 x 4 x 1"),
        ([RESHAPE, {"kind": "conv_2d", "filters": 3, "kernel_size": 3}], "2 x 2 x 1"),
        ([WORDS], "16 x 1"),
        ([WORDS, {"kind": "lstm", "units": 2, "return_sequences": True}], "16 x 1"),
    ],
)
def test_a_network_gives_one_row_for_each_sample(layers, got):
    with pytest.raises(InputError, match=f"gives {got} values for each sample, expected 1; let"):
        model_of(*layers)


def test_a_reshape_of_what_is_no_image_needs_its_sizes():
    with pytest.raises(InputError, match=r"reshape does not take .*target_shape"):
        model_of({"kind": "reshape"})


def test_layers_come_before_the_hidden_ones():
    model = model_of(RESHAPE, {"kind": "flatten"}, units=[3], dropout=0.5)
    names = [type(layer).__name__ for layer in model.layers]
    assert names == ["Reshape", "Flatten", "Dense", "Dropout", "Dense"]


AVERAGE = {"kind": "global_average_pooling_1d"}


def layer_of(model, kind):
    return next(layer for layer in model.layers if type(layer).__name__ == kind)


def test_each_word_gets_the_vector_of_its_position_too():
    model = model_of(WORDS | {"positions": True}, AVERAGE, num_inputs=3)
    words, places = (
        layer.get_weights()[0] for layer in model.layers if type(layer).__name__ == "Embedding"
    )
    assert (words.shape, places.shape) == ((5, 3), (3, 3))
    expected = np.mean([words[4] + places[0], words[4] + places[1], words[0] + places[2]], axis=0)
    assert outputs_of(model, [[4, 4, 0]])[0] == pytest.approx(expected, abs=1e-6)


def normalized(x):
    return (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(
        x.var(axis=-1, keepdims=True) + 0.001  # Keras' epsilon
    )


def test_attention_by_hand():
    model = model_of(WORDS, ENCODER, AVERAGE, num_inputs=4)
    attention = layer_of(model, "MultiHeadAttention")
    first, second, _ = (layer for layer in model.layers if type(layer).__name__ == "Dense")
    x = layer_of(model, "Embedding").get_weights()[0][[1, 4, 4, 2]]

    query, q0, key, k0, value, v0, out, o0 = (w.squeeze() for w in attention.get_weights())
    scores = (x @ query + q0) @ (x @ key + k0).T / np.sqrt(2)
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    attended = shares @ (x @ value + v0) @ out + o0
    x = normalized(x + attended)
    (kernel, bias), (back, shift) = first.get_weights(), second.get_weights()
    x = normalized(x + np.maximum(x @ kernel + bias, 0) @ back + shift)
    assert outputs_of(model, [[1, 4, 4, 2]])[0] == pytest.approx(x.mean(axis=0), abs=1e-5)


def test_attention_without_positions_knows_no_order():
    words, turned = [[1, 2, 3, 4]], [[4, 3, 2, 1]]
    model = model_of(WORDS, ENCODER, AVERAGE, num_inputs=4)
    assert outputs_of(model, words) == pytest.approx(outputs_of(model, turned), abs=1e-6)
    placed = model_of(WORDS | {"positions": True}, ENCODER, AVERAGE, num_inputs=4)
    assert np.abs(outputs_of(placed, words) - outputs_of(placed, turned)).max() > 1e-4


@pytest.mark.parametrize(("where", "num_layers"), [("dropout", 2), ("attention_dropout", 0)])
def test_dropout_in_an_encoder(where, num_layers):
    model = model_of(WORDS, ENCODER | {where: 0.5}, AVERAGE, num_inputs=4)
    kinds_there = [type(layer).__name__ for layer in model.layers]
    assert kinds_there.count("Dropout") == num_layers
    words = np.tile([[1, 2, 3, 4]], (20, 1))
    assert np.ptp(model(words)) < 1e-6
    assert np.ptp(model(words, training=True)) > 1e-4
