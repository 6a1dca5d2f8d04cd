"""A study's records and tables in, the rows of the report's own tables out."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from pyreg.agreement.environment import environment_fields, in_words
from pyreg.figures import describe, predictions
from pyreg.figures.results import Results
from pyreg.report.answers import BACKENDS
from pyreg.study import plan

ENGINES = {
    "python": "Python",
    "r": "R",
    "base-r": "Plain R",
    "python-replicates": "Replicates",
    **{engine: f"On {name}" for engine, name in BACKENDS.items()},
}


def model_rows(results: Results) -> list[dict[str, Any]]:
    """Each model in words, with its weights and its exact run's results by metric."""
    study, metrics = results.study, results.whole_table("metrics")
    exact = metrics[
        (metrics["engine"] == "python")
        & (metrics["shuffle"] == study.shuffle)
        & (metrics["seed"] == study.seed)
    ]
    by_metric: dict[Any, Any] = {
        name: rows.set_index("metric").to_dict("index") for name, rows in exact.groupby("model")
    }
    return [
        {
            "name": name,
            "network": describe.in_words(model),
            **weights(results.weights(name)),
            "results": by_metric[name],
        }
        for name, model in study.models.items()
    ]


def weights(arrays: list[np.ndarray]) -> dict[str, float]:
    """How many weights there are, and the L2 norm of the kernels; missing where none were kept."""
    if not arrays:
        return {"num_weights": math.nan, "norm": math.nan}
    kernels = [array.astype(np.float64) for array in arrays if array.ndim == 2]
    return {
        "num_weights": sum(array.size for array in arrays),
        "norm": math.sqrt(sum(float((kernel**2).sum()) for kernel in kernels)),
    }


def spread(histories: pd.DataFrame) -> dict[Any, Any]:
    """Results over the seeds at each run's own last epoch: median, least and greatest.

    Returns:
        num_runs, and `training_accuracy`, `validation_binary_crossentropy`, ... -> the three.
    """
    in_order = histories.sort_values("epoch", kind="stable")
    last = in_order.groupby(["seed", "metric", "data"]).tail(1)
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


def scores(results: Results) -> dict[str, dict[Any, Any]]:
    """Model -> score -> median, least and greatest over its runs; only where there are two classes.

    Scores that no run has are missing.
    """
    study = results.study
    if study.task != "binary":
        return {}
    tables = {
        name: predictions.scores(*results.predictions(name, study.shuffle)) for name in study.models
    }
    return {name: table.agg(["median", "min", "max"]).to_dict() for name, table in tables.items()}


def penalties(results: Results) -> list[dict[str, Any]]:
    """For each penalized model: the last val_loss beside the loss without penalties in it."""
    models, unpenalized = results.study.models, results.study.metrics[0]
    lasts = {
        name: spread(history)
        for name, history in exact_histories(results).items()
        if models[name].is_penalized
    }
    return [
        {
            "name": name,
            "loss": last["validation_loss"]["median"],
            "unpenalized": last[f"validation_{unpenalized}"]["median"],
        }
        for name, last in lasts.items()
    ]


def environment(results: Results) -> pd.DataFrame:
    """What the runs ran on: a row per field, a column per engine.

    An engine's runs that differ in a field show all their values.
    """
    found = pd.json_normalize(list(infos(results)))
    fields = environment_fields(found.columns)
    return pd.DataFrame(
        {
            title: {field: _values(found.loc[found["engine"] == engine, field]) for field in fields}
            for engine, title in ENGINES.items()
            if (found["engine"] == engine).any()
        }
    )


def in_double(results: Results) -> float | None:
    """How far plain R's history values are from Keras' where both compute in double."""
    measured = [info["keras_in_double"] for info in infos(results) if "keras_in_double" in info]
    return max((apart["history"] for apart in measured), default=None)


def infos(results: Results) -> Iterator[dict[str, Any]]:
    """run.json of every exact run and every batch of replicates that is there."""
    study = results.study
    records = [results.layout.run(key) for key in plan.runs(study, with_r=True)]
    for one in [*plan.replicate_sets(study), *plan.backend_sets(study)]:
        records += plan.batches(study, results.layout, one)
    for record in records:
        if record.info.exists():
            yield results.info(record)


def _values(column: pd.Series) -> str:
    return "; ".join(dict.fromkeys(in_words(value) for value in column.dropna())) or "–"
