"""A results folder as a finished study leaves it, with made-up numbers; for report and verify."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd

from pyreg import config, files
from pyreg.agreement import pairs
from pyreg.config.tasks import GREATER_IS_BETTER
from pyreg.data.sources import LESSON_DIGEST
from pyreg.records.layout import Layout, RecordFolder, ReplicateSet, RunKey
from pyreg.records.run import Chain, Run, history_table, write_run
from pyreg.search import table as search_table
from pyreg.statistics import metrics
from pyreg.study import plan

NUM_FEATURES = 4  # of samples that are no reviews
# What every run says of the validation samples, and what is true.
PREDICTIONS = {
    "binary": (
        np.array([0.1, 0.4, 0.35, 0.8], dtype=np.float32),
        np.array([0, 0, 1, 1], dtype=np.uint8),
    ),
    "multiclass": (
        np.array([[0.7, 0.2, 0.1], [0.6, 0.3, 0.1], [0, 1, 0], [0.3, 0.3, 0.4]], dtype=np.float32),
        np.array([0, 1, 1, 2], dtype=np.uint8),
    ),
    "regression": (np.array([0.1, 0.4], dtype=np.float32), np.array([0.2, 0.4], dtype=np.float32)),
}
LINEAR = {
    "source": "linear",
    "synthetic": {"num_features": NUM_FEATURES, "num_train": 6, "num_validation": 2},
}
MODELS = {"baseline": {"units": [16, 16]}, "l2": {"units": [16, 16], "l2": 0.001}}
CLAIM = {
    "id": "l2-improves",
    "claim": "L2 improves validation results",
    "source": "the lesson",
    "metric": "binary_crossentropy",
    "left": "l2",
    "right": "baseline",
    "direction": "less",
}
SEARCH = {"over": {"units": [4, 256], "l2": [1e-6, 1e-2]}, "trials": 4, "folds": 2}
TOLERANCES = {
    "base-r": {"history": 0.01, "weights": 1, "predictions": 1, "reason": "single and double"},
    "device": {"history": 1e-4, "weights": 1, "predictions": 1, "reason": "another processor"},
}
PROVENANCE = {
    "source": "keras",
    "description": "IMDB as Keras' load_data reads it",
    "url": "https://example.org/imdb.npz",
    "file": "imdb.npz",
    "sha256": "ab" * 32,
    "content_digest": LESSON_DIGEST,
    "licence": "none stated",
    "citation": "Maas et al. (2011)",
    "num_train": 25000,
    "num_validation": 25000,
    "is_lesson_data": True,
    "notice": None,
}
FRONT_ENDS = {
    "python": "Keras from Python",
    "r": "pyreg bridge",
    "base-r": "plain R",
    "python-replicates": "Keras from Python, stacked",
}


def bare_study(**changes) -> config.Study:
    """One model, no R, no replicates, no claims."""
    return config.load({"models": {"only": {"units": [3]}}, "epochs": 2, "r": "off", **changes})


def full_study(**changes) -> config.Study:
    """Two models with everything that a study can have."""
    settings = {
        "models": MODELS,
        "epochs": 3,
        "replicates": 4,
        "replicate_batch": 3,
        "keras_shuffle_models": ["baseline"],
        "claims": [CLAIM],
        "search": SEARCH,
        "tolerances": TOLERANCES,
        "my_runs": [{"file": "mine.csv", "model": "baseline"}],
        "ports": ["scripts/*.R"],
        "compress": ["l2"],
    }
    return config.load({**settings, **changes})


def stopping_study(data: dict) -> config.Study:
    """Two models on data that are no reviews, one of them with runs that stop early."""
    models = {
        "plain": {"units": [3]},
        "stops": {"units": [3], "l2": 0.01, "early_stopping": {"patience": 1}},
    }
    settings = {"data": data, "models": models, "epochs": 3, "replicates": 4, "replicate_batch": 3}
    return config.load({**settings, "tolerances": TOLERANCES, "base_r": False})


def write_results(study: config.Study, folder: Path, r_missing: str | None = None) -> Path:
    """Write runs, replicates and tables; every number follows from model, epoch and seed."""
    for key in plan.runs(study, with_r=r_missing is None):
        write_run(Layout(folder).run(key).folder, run_of(study, key))
    for one in [*plan.replicate_sets(study), *plan.backend_sets(study)]:
        for first, last in plan.replicate_batches(study):
            _write_replicates(study, folder, one, range(first, last + 1))
    files.write_text(folder / "config.yaml", config.dump(study))
    files.write_json(folder / "data" / "provenance.json", PROVENANCE)
    agreement = pairs.agreement(study, Layout(folder), r_missing)
    files.write_csv(folder / "tables" / "agreement.csv", agreement)
    files.write_csv(folder / "tables" / "metrics.csv", metrics.collect(study, Layout(folder)))
    if study.claims:
        files.write_csv(folder / "tables" / "claims.csv", claims_table())
    if study.search:
        write_search(study, folder)
    if study.my_runs:
        files.write_csv(folder / "tables" / "my_runs.csv", my_runs_table())
    for model in study.compress:
        files.write_csv(Layout(folder).compressed(model).table, compression_table())
    if study.ports:
        files.write_csv(folder / "tables" / "ports.csv", ports_table())
    return folder


def sealed(folder: Path) -> None:
    """Make what was changed in a record's folder what was written there in the first place."""
    record = RecordFolder(folder)
    index = record.chain if record.chain.exists() else record.info
    content = files.read_json(index)
    kept = [path for path in folder.iterdir() if path != index]
    digests = {path.name: files.digest_file(path) for path in sorted(kept)}
    files.write_json(index, {**content, "files": digests})


def run_of(study: config.Study, key: RunKey) -> Run:
    epochs = 1 if key.engine == "base-r" else num_epochs(study, key)
    predictions, labels = PREDICTIONS[study.task]
    links = [f"{key.model} {key.shuffle} {key.seed} {n}" for n in range(1, epochs + 1)]
    if key.engine == "base-r":
        links = ["in double"]
    return Run(
        key=key,
        history=_history(study, key)[lambda table: table["epoch"] <= epochs],
        info={**info_of(key), "constant_predictions": False},
        chain=Chain("data", "encoding", "initial", "order", links, links[-1]),
        predictions=predictions,
        labels=labels,
        weights={epochs: weights_of(study, key.model)},
    )


def weights_of(study: config.Study, model: str) -> list[np.ndarray]:
    """Kernels full of 0.5 and biases of 9."""
    num_inputs = study.data.num_words if study.data.holds_reviews else NUM_FEATURES
    num_outputs = 3 if study.task == "multiclass" else 1
    sizes = itertools.pairwise([num_inputs, *study.models[model].units, num_outputs])
    return [
        array
        for before, after in sizes
        for array in (np.full((before, after), 0.5, np.float32), np.full(after, 9, np.float32))
    ]


def num_epochs(study: config.Study, key: RunKey) -> int:
    """Every other run of a model with early stopping ends one epoch sooner."""
    stops = study.models[key.model].early_stopping is not None
    return study.epochs - (stops and key.seed % 2)


def info_of(key: RunKey) -> dict:
    info = {
        **vars(key),
        "config": {},
        "versions": {"python": "3.11.2", "numpy": "2.4.6"},
        "backend": "tensorflow",
        "device": "cpu",
        "device_name": "some processor",
        "threads": 1,
        "cpu": {"model": "some processor", "features": ["avx", "fma"]},
        "onednn": True,
        "platform": "Linux x86_64",
        "front_end": FRONT_ENDS.get(key.engine, FRONT_ENDS["python"]),
        "data": PROVENANCE,
        "times": {"started": "2026-01-01T00:00:00+00:00", "seconds": 1.5},
    }
    if key.engine == "base-r":
        info["keras_in_double"] = {"history": 2e-16, "weights": 0.0, "predictions": 0.0}
    return info


def claims_table() -> pd.DataFrame:
    """The claim at the last and at the best epoch."""
    row = {
        **{"id": "l2-improves", "claim": CLAIM["claim"], "source": CLAIM["source"]},
        **{"metric": CLAIM["metric"], "left": "l2", "right": "baseline"},
        **{"estimate": -0.2, "ci_low": -0.3, "ci_high": -0.1, "num_seeds": 4, "verdict": "holds"},
        **{"quantity": "validation", "direction": "less", "margin": 0.0, "p_adjusted": 0.004},
        **{"smallest_detectable": 0.05, "note": None},
    }
    return pd.DataFrame([{**row, "at": "last"}, {**row, "at": "best", "estimate": -0.25}])


def write_search(study: config.Study, folder: Path) -> None:
    """Four trials a search, the third the best; folds judge 0.36 and 0.4, validation 0.5."""
    for number, held_out in enumerate(study.search.held_out_sets):
        values = [0.5, np.inf, 0.3 + number / 100, 0.4]
        made = pd.DataFrame({"trial": [1, 2, 3, 4], "units": [8, 16, 100, 200], "l2": 0.0012345})
        made = made.assign(epochs=3, value=values)
        files.write_csv(folder / "search" / held_out / "trials.csv", made)
        best = {
            **{"held_out": held_out, "trial": 3, "settings": {"units": 100, "l2": 0.0012345}},
            **{"epochs": 3, "naive": values[2], "num_train": 12500, "num_held_out": 12500},
            "values": {metric: [0.36, 0.4, 0.5][number] for metric in study.metrics},
        }
        files.write_json(folder / "search" / held_out / "best.json", best)
    found = search_table.assemble(study, Layout(folder))
    files.write_csv(folder / "tables" / "search.csv", found)


def compression_table() -> pd.DataFrame:
    """8 bits change nothing, a cut half costs one to three points of accuracy."""
    same = {"bytes": 345_000, "zeros": 0.0, "accuracy": 0.87, "ms_one": 0.5, "ms_batch": 4.0}
    same |= {"difference_low": 0.0, "difference_high": 0.0, "changed": 0.0}
    cut = {"accuracy": 0.85, "difference_low": -0.03, "difference_high": -0.01, "changed": 0.05}
    forms = [
        {"form": "original", "bytes_packed": 301_000},
        {"form": "int8", "bytes_packed": 74_000, "kept": "conv2d, gru"},
        {"form": "pruned-50", "bytes_packed": 181_000, **cut},
    ]
    return pd.DataFrame([{**same, **one} for one in forms])


def ports_table() -> pd.DataFrame:
    row = {
        "name": "xor",
        "script": "xor.R",
        "level": "identical",
        "calls": "1 fit",
        "num_arrays": 2,
        "num_own_arrays": 1,
        "num_not_ported": 0,
        "sentence": "identical: 1 fit; 1 of 2 arrays is R's own",
    }
    return pd.DataFrame([row])


def my_runs_table() -> pd.DataFrame:
    row = {
        "file": "mine.csv",
        "model": "baseline",
        "verdict": "identical",
        "cause": None,
        "max_abs_diff": 0.0,
        "sentence": "mine.csv (3 epochs) is identical to our run.",
        "agrees": True,
    }
    return pd.DataFrame([row])


def _history(study: config.Study, key: RunKey) -> pd.DataFrame:
    epochs = np.arange(1, num_epochs(study, key) + 1)
    shift = key.seed / 1000 + list(study.models).index(key.model) / 10
    validation = 0.5 + 0.05 * (epochs - 2) ** 2 + shift
    history = {"loss": 0.7 - 0.1 * epochs + shift, "val_loss": validation + 0.25}
    for metric in study.metrics:
        if metric in GREATER_IS_BETTER:
            history[metric] = 0.7 + 0.05 * epochs
            history[f"val_{metric}"] = 0.8 + 0.01 * epochs - shift / 10
        else:
            history[metric] = 0.6 - 0.1 * epochs + shift
            history[f"val_{metric}"] = validation
    return history_table(history, key)


def _write_replicates(study: config.Study, folder: Path, one: ReplicateSet, seeds: range) -> None:
    keys = [RunKey(one.engine, one.model, one.shuffle, seed) for seed in seeds]
    batch = Layout(folder).batch(one, (seeds[0], seeds[-1])).folder
    files.write_csv(batch / "history.csv", pd.concat([_history(study, key) for key in keys]))
    info = {**info_of(keys[0]), "seeds": list(seeds), "constant_predictions": [False] * len(keys)}
    files.write_json(batch / "run.json", info)
    predictions, labels = PREDICTIONS[study.task]
    stacked = np.stack([predictions] * len(keys))
    np.savez(batch / "predictions.npz", validation=stacked, seeds=np.array(seeds), labels=labels)
    sealed(batch)
