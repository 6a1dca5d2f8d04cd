"""What training many seeds came to in, their record out, however they were trained."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from pyreg.config import Study
from pyreg.data import vocabulary_file
from pyreg.engines import runtime, saved
from pyreg.engines.assembly import are_constant, times_since
from pyreg.records.layout import ReplicateSet, RunKey
from pyreg.records.replicates import Replicates


def run_keys(model: str, shuffle: str, seeds: Sequence[int]) -> list[RunKey]:
    """The runs' keys, their engine named for the backend they are trained on."""
    engine = ReplicateSet(model, shuffle, keras.backend.backend()).engine
    return [RunKey(engine, model, shuffle, seed) for seed in seeds]


def assemble(
    study: Study,
    keys: Sequence[RunKey],
    *,
    history: pd.DataFrame,
    predictions: np.ndarray,
    labels: np.ndarray,
    initial_weights: Sequence[str],
    data_digest: str,
    begin: float,
    networks: Sequence[keras.Model],
    data_folder: Path,
) -> Replicates:
    """Put a record together.

    Args:
        keys: the runs, which differ in their seed alone.
        history, predictions, labels: as in `Replicates`.
        initial_weights: SHA-256 of each run's weights before the first step.
        begin: when training began, as from `time.time`.
        networks: as they were trained, kept where the study says so.
        data_folder: holds what raw samples are read by.
    """
    first, seeds = keys[0], [key.seed for key in keys]
    info = {
        "engine": first.engine,
        "model": first.model,
        "shuffle": first.shuffle,
        "seeds": seeds,
        "config": study.settings_of_run(first.model),
        **runtime.describe(),
        "data_digest": data_digest,
        "initial_weights": list(initial_weights),
        "constant_predictions": [are_constant(of_run) for of_run in predictions],
        "times": times_since(begin),
    }
    record = Replicates(np.asarray(seeds, dtype=np.int64), history, info, predictions, labels)
    if not study.save_models:
        return record
    return replace(
        record,
        model=saved.as_bytes(saved.side_by_side(networks, seeds)),
        vocabulary=vocabulary_file.of_run(data_folder, study.data),
    )
