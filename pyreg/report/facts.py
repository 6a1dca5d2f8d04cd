"""A study's records and tables in, the rows of the report's own tables out."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pyreg.config import Study
from pyreg.figures import predictions
from pyreg.figures.results import Results
from pyreg.wording import N_, amounts, networks, recorded

EXPONENT = re.compile(r"e-(?=\d)")  # is never broken in two
P_VALUE = re.compile(r"(?<=\bp )[\d.e-]+")
SCORES = {
    "precision": N_("Precision"),
    "recall": N_("Recall"),
    "f1": N_("F1"),
    "accuracy": N_("Accuracy"),
    "auc": N_("Area under ROC"),
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
            "network": networks.in_words(model),
            **weights(results.weights(name)),
            "results": by_metric[name],
        }
        for name, model in study.models.items()
    ]


def weights(arrays: list[np.ndarray]) -> dict[str, float]:
    """How many weights there are, and the L2 norm of the kernels; missing where none were kept."""
    if not arrays:
        return {"num_weights": math.nan, "norm": math.nan}
    kernels = [array.astype(np.float64) for array in arrays if array.ndim > 1]
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
    return {
        name: results.exact_history("python", name, study.shuffle) for name in study.single_models
    }


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


def scores_by_run(results: Results) -> dict[str, pd.DataFrame]:
    """Model -> a row per run, columns `SCORES`; only where there are two classes."""
    study = results.study
    if study.task != "binary":
        return {}
    return {
        name: predictions.scores(*results.predictions(name, study.shuffle)) for name in study.models
    }


def scores(results: Results) -> dict[str, dict[Any, Any]]:
    """Model -> score -> median, least and greatest over its runs; what no run has is missing.

    `count` of them have it, of `size` in all.
    """
    return {
        name: table.agg(["median", "min", "max", "count", "size"]).to_dict()
        for name, table in scores_by_run(results).items()
    }


def penalties(study: Study, exact: Mapping[str, pd.DataFrame]) -> list[dict[str, Any]]:
    """For each penalized model: the last val_loss beside the loss without penalties in it."""
    models, unpenalized = study.models, study.metrics[0]
    lasts = {name: spread(history) for name, history in exact.items() if models[name].is_penalized}
    return [
        {
            "name": name,
            "loss": last["validation_loss"]["median"],
            "unpenalized": last[f"validation_{unpenalized}"]["median"],
        }
        for name, last in lasts.items()
    ]


def notes(study: Study, agreement: pd.DataFrame) -> Iterator[tuple[Any, str]]:
    """Each row of agreement.csv that reached less than equal bits, and what is to be said of it.

    The reason of a tolerance, which is the same for all, stands beside the tolerance itself.
    """
    reasons = [f"; {tolerance.reason}" for tolerance in study.tolerances.values()]
    for row in agreement[agreement["note"].notna()].itertuples():
        if row.level != "not-run":
            note = str(row.note)
            for reason in reasons:
                note = note.removesuffix(reason)
            note = P_VALUE.sub(lambda found: amounts.p_value(float(found[0])), recorded(note))
            yield row, EXPONENT.sub("e\N{NON-BREAKING HYPHEN}", note)
