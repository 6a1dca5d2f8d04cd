"""Histories and predictions in, the tables that are drawn out; pandas and NumPy, no drawing."""

import numpy as np
import pandas as pd

from pyreg.metrics import summarize

METRICS = ["binary_crossentropy", "accuracy"]  # never `loss`: Keras adds the L2 penalty to it
QUANTITIES = {  # of `metrics.summarize`, by the name that a reader sees
    "last_validation": "last epoch",
    "best_validation": "best epoch",
    "gap": "gap",
}
BAND = (0.1, 0.9)  # the middle 80 % of the replicates: ten of them cannot show 95 %

NO_CURVE = (np.array([0.0, 1.0]), np.array([np.nan, np.nan]))  # of runs that diverged

_CURVE = ["model", "shuffle", "metric", "data", "epoch"]


def curves(histories: pd.DataFrame) -> pd.DataFrame:
    """Median and band over the runs, for every model, metric and epoch.

    Args:
        histories: `history.csv` of any number of runs.

    Returns:
        columns model, shuffle, metric, data, epoch, value (the median), low and high (quantiles
        `BAND`), num_runs, and best: the epoch of the median curve's best validation value.
    """
    drawn = histories[histories["metric"].isin(METRICS)]
    by_epoch = drawn.groupby(_CURVE, sort=False)["value"]
    table = by_epoch.agg(
        value="median",
        low=lambda values: values.quantile(BAND[0]),
        high=lambda values: values.quantile(BAND[1]),
        num_runs="count",  # of those that did not diverge
    ).reset_index()
    return table.assign(best=_is_best(table))


def engine_difference(python: pd.DataFrame, other: pd.DataFrame | None) -> pd.DataFrame:
    """Both engines' histories, and Python minus the other one.

    Returns:
        columns metric, data, epoch, engine (python, r or `difference`) and value.
    """
    columns = ["metric", "data", "epoch", "engine", "value"]
    parts = [python] if other is None else [python, other, _difference(python, other)]
    table = pd.concat([part[columns] for part in parts], ignore_index=True)
    return table[table["metric"].isin(METRICS)].reset_index(drop=True)


def roc(probabilities: np.ndarray, labels: np.ndarray, num_points: int = 201) -> pd.DataFrame:
    """ROC curves of several runs on one grid of false positive rates.

    Args:
        probabilities: float array (num_runs, num_reviews).
        labels: array (num_reviews,), 0 or 1.

    Returns:
        columns false_positive_rate, true_positive_rate (the median), low, high; and the same in
        every row: area (the median of the areas under the runs' curves), area_low, area_high
        and num_runs.
    """
    # Denser towards 0, where the curve is steep; 0 twice, for the step up from the origin.
    grid = np.append(0, np.linspace(0, 1, num_points) ** 2)
    runs = [_roc_points(run, labels) for run in _finite(probabilities)] or [NO_CURVE]
    levels = [BAND[0], 0.5, BAND[1]]
    rates = np.stack([np.interp(grid, *run) for run in runs])
    rates[:, 0] = 0
    low, median, high = np.quantile(rates, levels, axis=0)
    areas = np.quantile([np.trapezoid(true, false) for false, true in runs], levels)
    return pd.DataFrame(
        {
            "false_positive_rate": grid,
            "true_positive_rate": median,
            "low": low,
            "high": high,
            "area": areas[1],
            "area_low": areas[0],
            "area_high": areas[2],
            "num_runs": len(_finite(probabilities)),
        }
    )


def confusion(probabilities: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """How many negative and positive reviews were called what, averaged over the runs.

    As Keras' accuracy counts: called positive when the probability exceeds 0.5.

    Returns:
        columns label, called (negative or positive), count (mean over runs), share (of the
        label's reviews), num_runs.
    """
    called = _finite(probabilities) > 0.5
    rows = []
    for label, name in enumerate(["negative", "positive"]):
        of_label = called[:, labels == label]
        for verdict, word in [(False, "negative"), (True, "positive")]:
            share = float((of_label == verdict).mean()) if of_label.size else np.nan
            rows.append((name, word, share * of_label.shape[1], share, len(called)))
    return pd.DataFrame(rows, columns=["label", "called", "count", "share", "num_runs"])


def final_metrics(histories: pd.DataFrame) -> pd.DataFrame:
    """Each run's validation results at the last and at the best epoch, and its last gap.

    Returns:
        columns model, seed, metric, quantity (a value of `QUANTITIES`) and value.
    """
    return (
        summarize(histories)
        .rename(columns=QUANTITIES)
        .melt(["model", "seed", "metric"], list(QUANTITIES.values()), "quantity")
    )


def _difference(python: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    keys = ["metric", "data", "epoch"]
    both = python.merge(other, on=keys, suffixes=("", "_other"), validate="one_to_one")
    return both.assign(engine="difference", value=both["value"] - both["value_other"])


def _is_best(table: pd.DataFrame) -> pd.Series:
    """True at the best validation epoch (the first of equals) of each model and metric."""
    # Accuracy is better when greater: turn it round, and the minimum is the best of either.
    badness = table["value"].where(table["metric"] != "accuracy", -table["value"])
    validation = badness[table["data"] == "validation"].dropna()
    keys = [table.loc[validation.index, key] for key in ["model", "shuffle", "metric"]]
    best = validation.groupby(keys).idxmin()
    return pd.Series(table.index.isin(best), index=table.index)


def _finite(probabilities: np.ndarray) -> np.ndarray:
    """The runs that did not diverge."""
    return probabilities[np.isfinite(probabilities).all(axis=1)]


def _roc_points(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """False and true positive rates at every threshold, from (0, 0) to (1, 1)."""
    order = np.argsort(-probabilities, kind="stable")
    positive = labels[order] == 1
    # Equal probabilities are one threshold: only the last of each run of equals counts.
    ends = np.append(np.flatnonzero(np.diff(probabilities[order])), len(order) - 1)
    true = np.concatenate([[0], np.cumsum(positive)[ends]])
    false = np.concatenate([[0], np.cumsum(~positive)[ends]])
    return false / max(false[-1], 1), true / max(true[-1], 1)
