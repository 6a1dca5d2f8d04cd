"""Encoded samples and what is held out of a search in; its trials and their judged best out.

Nested cross-validation: the samples that judge the best network take no part in choosing it. A
search that was judged by what it chose by would be judged too well (Cawley and Talbot 2010).
"""

import hashlib
import importlib.metadata
import json
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import pandas as pd

from pyreg import config, files
from pyreg.config.search import VALIDATION
from pyreg.data import encoding, folds
from pyreg.data.encoding import Encoded
from pyreg.engines import keras as keras_engine
from pyreg.engines import runtime
from pyreg.errors import InputError
from pyreg.records.layout import RunKey, SearchFolder
from pyreg.records.run import encoding_digest
from pyreg.search import trials
from pyreg.search.trials import Outcome, Trial
from pyreg.study.code import code_of


class Samples(NamedTuple):
    """Who sees what of a search.

    inner: what each trial trains on, and the part of the pool that chooses between them.
    judged: the whole pool, and what is held out of it to judge the best trial.
    """

    inner: Encoded
    judged: Encoded


def run(study: config.Study, held_out: str, encoded: Path, folder: Path) -> trials.Trial:
    """Search, judge the best network, and write trials.csv and best.json into `folder`.

    Args:
        study: settings; they have a search.
        held_out: one of the search's `held_out_sets`.
        encoded: the file `pyreg encode` wrote.
        folder: the journal of the trials stands beside it, as `<folder>.journal`.

    Returns:
        the best trial.

    Raises:
        InputError: the study has no such search, the samples cannot be read or are too few, or no
            trial came to a number.
    """
    search = searched(study, held_out)
    data = encoding.read_for_seed(encoded, study.data, study.seed)
    samples = split(data, search.folds, held_out, study.seed)

    def tried(number: int, settings: Mapping[str, float]) -> Outcome:
        outcome = evaluate(study, samples.inner, search.network(settings), f"trial-{number}")
        _tell(study, held_out, Trial(number, settings, outcome), search.trials)
        return outcome

    journal = SearchFolder(folder).journal
    made = trials.run(search, study.seed, journal, identity(study, samples.inner), tried)
    best = trials.best(made)
    if not np.isfinite(best.outcome.value):
        raise InputError(
            f"held out {held_out}: got no number from any of {len(made)} trials, as the weights "
            "of all ran away; search lower learning rates"
        )
    values = judge(study, samples.judged, search.network(best.settings), best.outcome.epochs)
    with files.atomic_folder(folder) as temporary:
        written = SearchFolder(temporary)
        files.write_csv(written.trials, trials_table(search, made))
        files.write_json(
            written.best,
            {
                "held_out": held_out,
                "trial": best.number,
                "settings": {setting: best.settings[setting] for setting in search.over},
                "epochs": best.outcome.epochs,
                "naive": best.outcome.value,
                "values": _numbers(values),
                "num_train": len(samples.judged.x_train),
                "num_held_out": len(samples.judged.x_validation),
                "config": study.settings_of_search(),
                **_environment(),
            },
        )
    return best


def searched(study: config.Study, held_out: str) -> config.Search:
    """The study's search, if it has one that holds this out."""
    search = study.require_search()
    known = search.held_out_sets
    if held_out not in known:
        raise InputError(
            f"got {held_out} to hold out, expected one of {', '.join(known)}; name one of those"
        )
    return search


def split(data: Encoded, num_folds: int, held_out: str, seed: int) -> Samples:
    """Tell apart what chooses a network and what judges it.

    Args:
        held_out: `fold-K`, a fold of the training samples; or `validation`, the validation samples.
    """
    judged = data
    if held_out != VALIDATION:
        fold = int(held_out.removeprefix("fold-"))
        judged = encoding.split_rows(
            data, *folds.fold_rows(len(data.x_train), num_folds, fold, seed)
        )
    # The folds of the pool, which is smaller, are others than those of all training samples.
    inner = encoding.split_rows(judged, *folds.fold_rows(len(judged.x_train), num_folds, 1, seed))
    return Samples(inner, judged)


def identity(study: config.Study, inner: Encoded) -> str:
    """SHA-256 of all that a trial depends on; how many there are is no part of it."""
    settings = study.settings_of_search()
    del settings["search"]["trials"]
    parts = {
        **settings,
        "samples": encoding_digest(inner.x_train, inner.x_validation),
        "labels": files.digest_arrays(inner.y_train, inner.y_validation),
        "code": [files.digest_file(path) for path in code_of(__name__)],
        "environment": _environment(),
    }
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def evaluate(study: config.Study, inner: Encoded, network: config.Model, name: str) -> Outcome:
    """Train a network and find its best epoch by the inner validation loss without penalties."""
    history = _fitted(study, inner, network, name)
    losses = np.asarray(history[f"val_{study.metrics[0]}"], dtype=np.float64)
    losses = np.where(np.isfinite(losses), losses, np.inf)  # diverged
    epoch = int(np.argmin(losses))
    return Outcome(float(losses[epoch]), epoch + 1)


def judge(
    study: config.Study, judged: Encoded, network: config.Model, epochs: int
) -> dict[str, float]:
    """Train a network for a known number of epochs, and judge it in each of the study's metrics.

    Early stopping is left out: it would watch the samples that judge.
    """
    whole = network.model_copy(update={"early_stopping": None})
    history = _fitted(study.model_copy(update={"epochs": epochs}), judged, whole, "best")
    return {metric: history[f"val_{metric}"][-1] for metric in study.metrics}


def trials_table(search: config.Search, tried: list[Trial]) -> pd.DataFrame:
    """A row per trial: trial, a column per setting, epochs, value."""
    rows = [
        {
            "trial": trial.number,
            **{setting: trial.settings[setting] for setting in search.over},
            "epochs": trial.outcome.epochs,
            "value": trial.outcome.value,
        }
        for trial in tried
    ]
    return pd.DataFrame(rows)


def _tell(study: config.Study, held_out: str, trial: Trial, num_trials: int) -> None:
    """One line for the log."""
    shown = ", ".join(f"{name} {value:.4g}" for name, value in trial.settings.items())
    print(
        f"held out {held_out}: trial {trial.number}/{num_trials}  {shown.replace('_', ' ')}  "
        f"{study.metrics[0]} {trial.outcome.value:.4f} at epoch {trial.outcome.epochs}",
        file=sys.stderr,
    )


def _numbers(values: Mapping[str, float]) -> dict[str, float | None]:
    """JSON knows no NaN."""
    return {name: value if np.isfinite(value) else None for name, value in values.items()}


def _fitted(
    study: config.Study, data: Encoded, network: config.Model, name: str
) -> Mapping[str, list[float]]:
    """Keras' history of one network on these samples; what it leaves in memory is given back."""
    key = RunKey("python", name, study.shuffle, study.seed)
    of_one = study.model_copy(update={"models": {name: network}})
    # TensorFlow wonders why it is asked for so many networks.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    model = keras_engine.build(of_one, key, data)
    history = keras_engine.fit(of_one, key, data, model, tells_epochs=False).history
    keras.utils.clear_session()
    return history


def _environment() -> dict[str, Any]:
    found = runtime.describe()
    return {
        **found,
        "versions": {**found["versions"], "optuna": importlib.metadata.version("optuna")},
    }
