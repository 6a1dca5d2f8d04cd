"""Networks in words."""

import pytest

from pyreg import config
from pyreg.wording import networks


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"units": [16, 16]}, "2 × 16 units"),
        ({"units": [128, 64], "dropout": 0.3}, "128 + 64 units, dropout 0.3"),
        ({"units": []}, "no hidden layer"),
        ({"units": [4], "l1": 0.01, "l2": 0.001}, "1 × 4 units, L1 0.01 + L2 0.001"),
        ({"units": [4], "l2": 1e-5, "penalized": "all"}, "1 × 4 units, L2 1e-05 on all layers"),
        (
            {"units": [8, 4], "activation": ["relu", "tanh"], "dropout": [0.5, 0.2]},
            "8 + 4 units, relu + tanh, dropout 0.5 + 0.2",
        ),
        (
            {"layers": [{"kind": "conv_2d", "filters": 8, "kernel_size": 3}, {"kind": "flatten"},
                        {"kind": "lstm", "units": 2, "recurrent_dropout": 0.5, "bidirectional": True}],
             "units": []},
            "conv 2d (8, 3), lstm (2, recurrent dropout 0.5, bidirectional)",
        ),
        (
            {"layers": [{"kind": "embedding", "input_dim": 9, "output_dim": 1, "trainable": False}],
             "units": []},
            "embedding (9, 1, not trainable)",
        ),
        ({"units": [4], "normalization": "batch"}, "1 × 4 units, batch normalization"),
        (
            {"units": [4], "normalization": "group", "groups": 2},
            "1 × 4 units, group normalization (2 groups)",
        ),
        ({"units": [4], "optimizer": {"name": "adadelta"}}, "1 × 4 units, adadelta"),
        (
            {"units": [4], "optimizer": {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9}},
            "1 × 4 units, sgd (learning rate 0.1, momentum 0.9)",
        ),
        (
            {"units": [4], "early_stopping": {"patience": 3, "restore_best_weights": True}},
            "1 × 4 units, early stopping (validation loss, patience 3, best weights restored)",
        ),
    ],
)  # fmt: skip
def test_a_network_in_words_tells_what_is_not_the_default(settings, words):
    assert networks.in_words(config.Model(**settings)) == words


def test_models_go_by_the_names_that_their_study_gives_them():
    models = {"a": {"units": [2]}, "b": {"units": [2], "dropout": 0.5}}
    study = config.load({"models": models, "figures": {"names": {"b": "With dropout"}}})
    assert networks.describe(study, ["a", "b"]) == (
        "a: 1 × 2 units; With dropout: 1 × 2 units, dropout 0.5"
    )
