"""A model's specification and seeds in, TensorFlow's initial weights for them out, anywhere.

Each backend draws other numbers from a seed. A comparison of their arithmetic starts them from the
same weights: those of the exact runs, which TensorFlow drew. It does so in a process of its own,
as a process has one backend.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np

from pyreg import config, files
from pyreg.config.tasks import TASKS
from pyreg.records.arrays import read_arrays


def are_drawn_elsewhere() -> bool:
    """Whether a run takes TensorFlow's draws, as it trains on another backend and has TensorFlow.

    Where it has not, as on a machine with a GPU for JAX alone, it starts from its backend's own.
    """
    import keras  # not above: run as a program, this module sets Keras up itself

    return keras.backend.backend() != "tensorflow" and find_spec("tensorflow") is not None


def drawn_by_tensorflow(
    spec: config.Model,
    num_inputs: int,
    seeds: Sequence[int],
    task: config.Task = "binary",
    num_outputs: int = 1,
) -> list[list[np.ndarray]]:
    """For each seed, the weights in the order of `keras.Model.get_weights`."""
    with files.temporary_folder("pyreg-initial-weights") as folder:
        path = folder / "weights.npz"
        numbers = (num_inputs, num_outputs, *seeds)
        arguments = [str(path), spec.model_dump_json(), task, *map(str, numbers)]
        subprocess.run(
            # -P: a keras.py in the current folder is no module of ours.
            [sys.executable, "-P", "-m", __name__, *arguments],
            check=True,
            env={**os.environ, "KERAS_BACKEND": "tensorflow"},
        )
        weights = list(read_arrays(path).values())
    per_seed = len(weights) // len(seeds)
    return [weights[start : start + per_seed] for start in range(0, len(weights), per_seed)]


def _main(path: str, spec: str, task: config.Task, *numbers: str) -> None:
    from pyreg.engines import runtime

    runtime.set_up("cpu")
    from pyreg import networks

    num_inputs, num_outputs, *seeds = map(int, numbers)
    built = config.Model.model_validate_json(spec)
    singles = [networks.build(built, num_inputs, s, TASKS[task], num_outputs) for s in seeds]
    np.savez(path, *(weights for single in singles for weights in single.get_weights()))


if __name__ == "__main__":
    _main(*sys.argv[1:])  # type: ignore[arg-type]
