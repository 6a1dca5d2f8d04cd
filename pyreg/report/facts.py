"""A study's records and tables in, the rows of the report's own tables out."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pandas as pd

from pyreg import files, plan
from pyreg.config import Model, Study
from pyreg.environment import environment_fields, in_words
from pyreg.figures.results import Results
from pyreg.report.answers import BACKENDS

ENGINES = {
    "python": "Python",
    "r": "R",
    "base-r": "Plain R",
    "python-replicates": "Replicates",
    **{engine: f"On {name}" for engine, name in BACKENDS.items()},
}


def model_rows(study: Study, metrics: pd.DataFrame) -> list[dict[str, Any]]:
    """Each model with its settings, its number of weights and its exact run's results.

    Args:
        metrics: metrics.csv: a row per run and metric.
    """
    exact = metrics[
        (metrics["engine"] == "python")
        & (metrics["shuffle"] == study.shuffle)
        & (metrics["seed"] == study.seed)
    ]
    results: dict[Any, Any] = {
        name: rows.set_index("metric").to_dict("index") for name, rows in exact.groupby("model")
    }
    return [
        {
            "name": name,
            "settings": model,
            "num_weights": num_weights(model, study.data.num_words),
            **results[name],
        }
        for name, model in study.models.items()
    ]


def num_weights(model: Model, num_words: int) -> int:
    """Kernel and bias entries of all layers, the last one a single unit."""
    sizes = [num_words, *model.units, 1]
    return sum((before + 1) * after for before, after in pairwise(sizes))


def spread(histories: pd.DataFrame) -> dict[str, Any]:
    """Last epoch's results over the seeds: median, least and greatest.

    Returns:
        num_runs, and `training_accuracy`, `validation_binary_crossentropy`, ... -> the three.
    """
    last = histories[histories["epoch"] == histories["epoch"].max()]
    by_name = last.groupby(last["data"] + "_" + last["metric"])["value"]
    values = by_name.agg(["median", "min", "max"]).to_dict("index")
    return {"num_runs": histories["seed"].nunique(), **values}


def exact_histories(results: Results) -> dict[str, pd.DataFrame]:
    """Model -> the history of its exact Python run."""
    study = results.study
    histories = {
        name: results.exact_history("python", name, study.shuffle) for name in study.single_models
    }
    return {name: history for name, history in histories.items() if history is not None}


def spreads(results: Results) -> dict[str, dict[str, Any]]:
    """Model -> the spread of its replicates; empty where the study has none."""
    study = results.study
    if study.replicates < 2:
        return {}
    return {name: spread(results.histories(name, study.shuffle)) for name in study.single_models}


def frozen_shuffles(results: Results) -> dict[str, dict[str, dict[str, Any]]]:
    """Model -> shuffle -> spread, for the models that ran with both ways of shuffling."""
    study = results.study
    if study.shuffle != "per-epoch":
        return {}
    return {
        model: {name: spread(results.histories(model, name)) for name in ("per-epoch", "keras")}
        for model in study.keras_shuffle_models
    }


def penalties(results: Results) -> list[dict[str, Any]]:
    """For each penalized model: the last val_loss beside the cross-entropy that is part of it."""
    models = results.study.models
    lasts = {
        name: spread(history)
        for name, history in exact_histories(results).items()
        if models[name].l1 or models[name].l2
    }
    return [
        {
            "name": name,
            "loss": last["validation_loss"]["median"],
            "crossentropy": last["validation_binary_crossentropy"]["median"],
        }
        for name, last in lasts.items()
    ]


def environment(results: Results) -> pd.DataFrame:
    """What the runs ran on: a row per field, a column per engine.

    An engine's runs that differ in a field show all their values.
    """
    infos = pd.json_normalize(list(_infos(results)))
    fields = environment_fields(infos.columns)
    return pd.DataFrame(
        {
            title: {field: _values(infos.loc[infos["engine"] == engine, field]) for field in fields}
            for engine, title in ENGINES.items()
            if (infos["engine"] == engine).any()
        }
    )


def in_double(results: Results) -> float | None:
    """How far plain R's history values are from Keras' where both compute in double."""
    measured = [info["keras_in_double"] for info in _infos(results) if "keras_in_double" in info]
    return max((apart["history"] for apart in measured), default=None)


def _infos(results: Results) -> Iterator[dict[str, Any]]:
    """run.json of every exact run and every batch of replicates that is there."""
    study = results.study
    folders = [key.folder(results.folder) for key in plan.runs(study, with_r=True)]
    folders += [
        folder
        for one in [*plan.replicate_sets(study), *plan.backend_sets(study)]
        for folder in plan.batch_folders(study, one, results.folder)
    ]
    for folder in folders:
        if (folder / "run.json").exists():
            yield files.read_json(folder / "run.json")


def _values(column: pd.Series) -> str:
    return "; ".join(dict.fromkeys(in_words(value) for value in column.dropna())) or "–"
