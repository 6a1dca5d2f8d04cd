"""A model's specification and seeds in, TensorFlow's initial weights for them out, anywhere.

Each backend draws other numbers from a seed. A comparison of their arithmetic starts them from the
same weights: those of the exact runs, which TensorFlow drew. It does so in a process of its own,
as a process has one backend.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pyreg import config


def drawn_by_tensorflow(
    spec: config.Model, num_words: int, seeds: Sequence[int]
) -> list[list[np.ndarray]]:
    """For each seed, kernels and biases in the order of `keras.Model.get_weights`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.npz"
        arguments = [spec.model_dump_json(), str(num_words), str(path), *map(str, seeds)]
        subprocess.run(
            [sys.executable, "-m", __name__, *arguments],
            check=True,
            env={**os.environ, "KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": ""},
        )
        with np.load(path, allow_pickle=False) as stored:
            weights = [stored[name] for name in stored.files]
    per_seed = len(weights) // len(seeds)
    return [weights[start : start + per_seed] for start in range(0, len(weights), per_seed)]


def _main(spec: str, num_words: str, path: str, *seeds: str) -> None:
    from pyreg import models

    built = config.Model.model_validate_json(spec)
    np.savez(
        path, *(w for s in seeds for w in models.build(built, int(num_words), int(s)).get_weights())
    )


if __name__ == "__main__":
    _main(*sys.argv[1:])
