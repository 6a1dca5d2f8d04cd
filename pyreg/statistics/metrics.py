"""Histories in, each run's results at its last and at its best epoch out: metrics.csv."""

import numpy as np
import pandas as pd

from pyreg.config import Study
from pyreg.config.tasks import GREATER_IS_BETTER
from pyreg.errors import InputError
from pyreg.records.layout import Layout, RunKey
from pyreg.records.replicates import read_histories
from pyreg.records.run import read_history
from pyreg.study import plan

RUN = ["model", "engine", "shuffle", "seed"]
COLUMNS = [
    *RUN,
    "metric",
    "last_training",
    "last_validation",
    "gap",
    "best_validation",
    "best_epoch",
]


def collect(study: Study, layout: Layout) -> pd.DataFrame:
    """metrics.csv: the study's exact runs, of every engine that ran, and its replicates.

    Args:
        layout: where the study's records lie.

    Returns:
        One row per run and metric, columns `COLUMNS`, in the order of the study's plan.

    Raises:
        InputError: a Python run or a batch of replicates is missing.
    """
    keys = plan.runs(study, with_r=True)
    exact = [_read(key, layout) for key in keys]
    histories = [history for history in exact if history is not None]
    sets = [*plan.replicate_sets(study), *plan.backend_sets(study)]
    present = [one for one in sets if plan.is_installed(one.backend)]
    replicates = read_histories(
        batch for one in present for batch in plan.batches(study, layout, one)
    )
    table = pd.concat([*histories, replicates], ignore_index=True)
    return summarize(table)[COLUMNS]


def summarize(history: pd.DataFrame) -> pd.DataFrame:
    """Sum each run up in one row per metric.

    The last epoch is the run's own: early stopping may end one sooner than another. The gap is
    how much worse the value is on validation than on training data, so it grows with overfitting
    for every metric. The best epoch, counted from 1, is the first with the run's best validation
    value of that metric: highest accuracy, lowest cross-entropy or error.

    Args:
        history: columns `records.HISTORY_COLUMNS`, any number of runs.

    Returns:
        Columns `COLUMNS`, then best_training and best_gap: the values at the best epoch.
        Missing where a run diverged: a best epoch among numbers that are none is none.
    """
    # Not the loss, which includes each model's own penalty.
    compared = history[history["metric"] != "loss"].sort_values("epoch", kind="stable")
    rows = [
        {**dict(zip([*RUN, "metric"], names, strict=True)), **_results(run, str(names[-1]))}
        for names, run in compared.groupby([*RUN, "metric"], sort=False)
    ]
    table = pd.DataFrame(rows, columns=[*COLUMNS, "best_training", "best_gap"])
    return table.astype({"best_epoch": "Int64"})


def _results(run: pd.DataFrame, metric: str) -> dict[str, float | None]:
    training, validation = (
        run.loc[run["data"] == data, "value"].to_numpy() for data in ("training", "validation")
    )
    sign = -1 if metric in GREATER_IS_BETTER else 1  # of what is worse
    gap = sign * (validation - training)
    diverged = np.isnan([training, validation]).any()
    best = -1 if diverged else int(np.argmin(sign * validation))
    at_best = [np.nan if diverged else values[best] for values in (validation, training, gap)]
    return {
        "last_training": training[-1],
        "last_validation": validation[-1],
        "gap": gap[-1],
        "best_validation": at_best[0],
        "best_epoch": None if diverged else best + 1,
        "best_training": at_best[1],
        "best_gap": at_best[2],
    }


def _read(key: RunKey, layout: Layout) -> pd.DataFrame | None:
    """A run's history; None for an R engine that did not run."""
    path = layout.run(key).history
    if not path.exists() and key.engine != "python":
        return None
    try:
        return read_history(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"cannot read {path} ({reason}); run `snakemake --cores all`, which trains what is "
            "missing"
        ) from None
