"""Histories in, the tables that are drawn out; pandas, no drawing."""

from typing import Any

import pandas as pd

from pyreg.config.tasks import GREATER_IS_BETTER
from pyreg.statistics.metrics import summarize

QUANTITIES = {  # of `metrics.summarize`, by the name that a reader sees
    "last_validation": "last epoch",
    "best_validation": "best epoch",
    "gap": "gap",
}
BAND = (0.1, 0.9)  # the middle 80 % of the replicates: ten of them cannot show 95 %

_CURVE = ["model", "shuffle", "metric", "data", "epoch"]


def curves(histories: pd.DataFrame) -> pd.DataFrame:
    """Median and band over the runs, for every model, metric and epoch that half of them reached.

    Those that early stopping leaves running are not like the rest: a curve through the few that
    are left would be another curve.

    Args:
        histories: `history.csv` of any number of runs.

    Returns:
        columns model, shuffle, metric, data, epoch, value (the median), low and high (quantiles
        `BAND`), num_runs, and best: the epoch of the median curve's best validation value.
    """
    compared = _compared(histories)
    by_epoch = compared[_is_reached(compared)].groupby(_CURVE, sort=False)["value"]
    table = summed(by_epoch)
    return table.assign(best=_is_best(table))


def summed(grouped: Any) -> pd.DataFrame:
    """Of each group of runs' values: the median, the ends of `BAND`, the number of runs."""
    return grouped.agg(
        value="median",
        low=lambda values: values.quantile(BAND[0]),
        high=lambda values: values.quantile(BAND[1]),
        num_runs="count",  # of those that did not diverge
    ).reset_index()


def engine_difference(python: pd.DataFrame, other: pd.DataFrame | None) -> pd.DataFrame:
    """Both engines' histories, and Python minus the other one.

    Returns:
        columns metric, data, epoch, engine (python, r or `difference`) and value.
    """
    columns = ["metric", "data", "epoch", "engine", "value"]
    parts = [python] if other is None else [python, other, _difference(python, other)]
    table = pd.concat([part[columns] for part in parts], ignore_index=True)
    return _compared(table).reset_index(drop=True)


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


def _compared(histories: pd.DataFrame) -> pd.DataFrame:
    """Without the loss, to which Keras adds each model's penalty."""
    return histories[histories["metric"] != "loss"]


def _is_reached(histories: pd.DataFrame) -> pd.Series:
    """True where at least half of a model's runs have not ended before the epoch."""
    num_reached = histories.groupby(_CURVE)["seed"].transform("size")
    num_runs = num_reached.groupby([histories[key] for key in _CURVE[:-1]]).transform("max")
    return 2 * num_reached >= num_runs


def _difference(python: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    keys = ["metric", "data", "epoch"]
    both = python.merge(other, on=keys, suffixes=("", "_other"), validate="one_to_one")
    return both.assign(engine="difference", value=both["value"] - both["value_other"])


def _is_best(table: pd.DataFrame) -> pd.Series:
    """True at the best validation epoch (the first of equals) of each model and metric."""
    # Where greater is better, turn it round: then the minimum is the best of any metric.
    badness = table["value"].mask(table["metric"].isin(GREATER_IS_BETTER), -table["value"])
    validation = badness[table["data"] == "validation"].dropna()
    keys = [table.loc[validation.index, key] for key in ["model", "shuffle", "metric"]]
    best = validation.groupby(keys).idxmin()
    return pd.Series(table.index.isin(best), index=table.index)
