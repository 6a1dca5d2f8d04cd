"""Weights of a saved network, and layers that training leaves as they are."""

import keras
import numpy as np
import pytest

from pyreg import config, networks
from pyreg.config.tasks import TASKS
from pyreg.errors import InputError

LAYERS = [
    {"kind": "embedding", "input_dim": 9, "output_dim": 4, "positions": True},
    {"kind": "transformer_encoder", "num_heads": 2, "key_dim": 3, "units": 5, "dropout": 0.1},
    {"kind": "simple_rnn", "units": 3, "bidirectional": True},
]
WORDS = np.random.RandomState(0).randint(1, 9, (20, 6))
LABELS = WORDS[:, :1] % 2
HEAD = 4  # kernel and bias of the hidden and of the last layer


def build(layers, seed, units=2, **settings):
    content = {"layers": layers, "units": [units], "dropout": 0.2, **settings}
    spec = config.Model.model_validate(content)
    return networks.build(spec, 6, seed, TASKS["binary"])


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A network, and the file it was saved in."""
    model = build(LAYERS, seed=1, units=7)
    path = tmp_path_factory.mktemp("saved") / "body.keras"
    model.save(path)
    return model, str(path)


def test_the_layers_begin_with_the_saved_weights_and_all_behind_them_with_the_seed_s(saved):
    body, path = saved
    given, anew = build(LAYERS, 2, weights=path).get_weights(), build(LAYERS, 2).get_weights()
    assert all(map(np.array_equal, given[:-HEAD], body.get_weights()[:-HEAD]))
    assert not all(map(np.array_equal, given[:-HEAD], anew[:-HEAD]))
    assert all(map(np.array_equal, given[-HEAD:], anew[-HEAD:]))


@pytest.mark.parametrize("frozen", [(0,), (1, 2)])
def test_what_is_not_trainable_stays_and_all_else_learns(saved, frozen):
    layers = [one | {"trainable": number not in frozen} for number, one in enumerate(LAYERS)]
    model = build(layers, 2, weights=saved[1])
    before = model.get_weights()
    model.fit(WORDS, LABELS, epochs=1, verbose=0)
    # A table of words and one of positions; eight of attention, four of two dense layers and four of
    # two normalizations; kernel, recurrent kernel and bias of both directions.
    sizes = [2, 16, 6]
    told = [one for part, size in enumerate(sizes) for one in [part in frozen] * size] + [False] * 4
    learned = zip(model.weights, before, model.get_weights(), told, strict=True)
    wrong = [w.path for w, old, new, stays in learned if np.array_equal(old, new) != stays]
    # What is added to all keys alike changes no attention: their bias has a gradient of 0.
    assert [path for path in wrong if not path.endswith("key/bias")] == []


def test_batch_normalization_that_is_not_trainable_keeps_its_moments():
    image = [{"kind": "reshape", "target_shape": [3, 2, 1]}]
    image += [{"kind": "batch_normalization", "trainable": False}, {"kind": "flatten"}]
    model = build(image, 1)
    model.fit(WORDS, LABELS, epochs=1, verbose=0)
    assert [w.tolist() for w in model.layers[1].get_weights()] == [[1.0], [0.0], [0.0], [1.0]]


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([LAYERS[0] | {"output_dim": 2}], "number 1 is Embedding 9 x 4, expected Embedding 9 x 2;"),
        (
            [LAYERS[0], LAYERS[2]],
            "number 3 is MultiHeadAttention 4 x 2 x 3.*expected Bidirectional",
        ),
        ([*LAYERS, {"kind": "layer_normalization"}], "number 9 is Dense 6 x 7, 7, expected LayerN"),
    ],
)
def test_a_network_that_begins_otherwise_is_refused(saved, layers, expected):
    with pytest.raises(InputError, match=expected):
        build(layers, 1, weights=saved[1])


def test_a_file_that_is_missing_or_no_network_is_one_message(tmp_path):
    with pytest.raises(InputError, match=r"got .*none.keras, which is not there"):
        build(LAYERS, 1, weights=str(tmp_path / "none.keras"))
    (tmp_path / "damaged.keras").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"damaged.keras cannot be read .*name one"):
        build(LAYERS, 1, weights=str(tmp_path / "damaged.keras"))


def test_a_shorter_network_is_refused(tmp_path):
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1)])
    model.save(tmp_path / "short.keras")
    with pytest.raises(InputError, match="number 1 is Dense 6 x 1, 1, expected Embedding 9"):
        build(LAYERS, 1, weights=str(tmp_path / "short.keras"))
