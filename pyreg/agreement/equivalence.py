"""Two sets of runs in; out whether their results are the same for all that matters.

Two one-sided t tests (Schuirmann 1987) on the difference of means: equivalent if the difference is
above the lower and below the upper margin, each at 5 per cent. A difference that is merely not
significant is no equivalence: few runs leave it undecided.

What must be equivalent is the validation curve, by its mean over all epochs. At the last epoch
alone an overfitted network's cross-entropy is mostly noise, other for every order of summation, so
there it is enough that no difference is shown (docs/verdicts.md: the noise, and what is found).
"""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import scipy

from pyreg.config import Margins
from pyreg.errors import InputError

LEVEL = 0.05
MIN_RUNS, MOST_RUNS = 3, 10**9
# Runs of the same seeds part by other arithmetic alone: after one epoch, by a small share of what
# other seeds part by. Measured: 0.06 at most on five processors and backends; with another layout
# of the words, order or rate, 0.8 at least.
SAME_START = 0.25
SETS = ["model", "shuffle", "metric"]
COLUMNS = [
    *SETS,
    "at",
    "left",
    "right",
    "num_left",
    "num_right",
    "paired",
    "estimate",
    "ci_low",
    "ci_high",
    "margin",
    "p_value",
    "verdict",
    "note",
]


def require_whole(history: pd.DataFrame) -> None:
    """Refuse a set of runs in which a value is missing or there twice: another epoch would be taken
    for the last one, or the same run for two.

    Args:
        history: columns `records.HISTORY_COLUMNS`, and `file`, which the message names.

    Raises:
        InputError: the metrics of a run do not all have each of its epochs once.
    """
    for _, run in history.groupby(["model", "engine", "shuffle", "seed"]):
        expected = range(1, run["epoch"].nunique() + 1)
        for (data, metric), values in run.groupby(["data", "metric"]):
            counts = Counter(values["epoch"])
            for epoch in sorted({*expected, *counts}):
                if counts[epoch] != 1:
                    raise InputError(
                        f"{' and '.join(values['file'].unique())}: got {counts[epoch]} values of "
                        f"{data} {metric} in epoch {epoch} with seed {values['seed'].iloc[0]}, "
                        "expected 1 of each metric in each epoch; name whole histories, each once"
                    )


def compare(left: pd.DataFrame, right: pd.DataFrame, margins: Margins) -> pd.DataFrame:
    """Compare two sets of runs by their validation results.

    Sets of the same seeds are compared seed by seed: such runs share their batch order, and
    mostly their initial weights too, so that most of their spread cancels.

    Args:
        left, right: histories, columns `records.HISTORY_COLUMNS`, each of one engine.
        margins: how far apart the means may be without mattering.

    Returns:
        Two rows per model, shuffle and metric that both sets have: `at` is `curve`, the mean over
        all epochs, or `last`, the last epoch. estimate: mean of left minus mean of right; ci_low,
        ci_high: its 90 per cent interval, the one that belongs to the test; verdict: `equivalent`,
        `different` (the interval lies outside the margins, or the runs have other numbers of
        epochs) or `undecided`, with the reason in note.
    """
    lefts, rights = (dict(iter(_results(history).groupby(SETS))) for history in (left, right))
    rows = [
        {
            **dict(zip(SETS, names, strict=True)),
            "at": at,
            "left": runs["engine"].iloc[0],
            "right": rights[names]["engine"].iloc[0],
            **_tested(runs, rights[names], at, getattr(margins, str(names[-1]))),
        }
        for names, runs in lefts.items()
        if names in rights
        for at in ("curve", "last")
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def judge(
    left: pd.DataFrame, right: pd.DataFrame, margins: Margins, metric: str
) -> tuple[pd.DataFrame, str, str]:
    """Whether two sets that claim to be the same runs are: another start alone is a difference.

    Args:
        metric: as for `start_apart`.

    Returns:
        `compare`'s table; `equivalent`, `different` or `undecided`; and what that rests on.
    """
    tests, share = compare(left, right, margins), start_apart(left, right, metric)
    alone = sorted({*left["metric"]} ^ {*right["metric"]})
    if alone:
        return tests, "different", f"one side alone has {', '.join(alone)}"
    if share is not None and not share <= SAME_START:  # not a number is another start too
        return tests, "different", f"{_other_start(share)}; {note(tests)}"
    return tests, verdict(tests), note(tests)


def start_apart(left: pd.DataFrame, right: pd.DataFrame, metric: str) -> float | None:
    """How far apart runs of the same seeds are after their first epoch; at most `SAME_START` if
    it is arithmetic alone that parts them.

    Args:
        metric: the loss without penalties, on training and on validation data.

    Returns:
        The largest difference of two such values, as a share of the seeds' standard deviation;
        None unless the sets share three seeds.
    """
    first, other = (_first_epoch(history, metric) for history in (left, right))
    seeds = first.columns.intersection(other.columns)
    if len(seeds) < MIN_RUNS:
        return None
    apart = (first[seeds] - other[seeds]).abs().max(axis=1, skipna=False)
    share = (apart / first[seeds].std(axis=1)).where(apart != 0, 0.0)
    return float(share.max(skipna=False))


def agreement_row(table: pd.DataFrame) -> Mapping[str, Any]:
    """One row of agreement.csv for one model and shuffle of `compare`'s table.

    `equivalent` takes every metric. Anything else is `different`: the level says what was
    shown, and the note whether a difference was shown or only too few runs were made.
    """
    first = table.iloc[0]
    return {
        **{name: first[name] for name in ("model", "shuffle", "left", "right")},
        "level": "equivalent" if verdict(table) == "equivalent" else "different",
        "note": note(table),
    }


def verdict(table: pd.DataFrame) -> str:
    """The worst verdict of any metric.

    One difference is enough, wherever it is shown; equivalence takes all curves.
    """
    if "different" in set(table["verdict"]):
        return "different"
    of_curves = set(table.loc[table["at"] == "curve", "verdict"])
    return "equivalent" if of_curves == {"equivalent"} else "undecided"


def note(table: pd.DataFrame) -> str:
    """What the verdict rests on: the curves, and a last epoch that is not as its curve."""
    rows = table.to_dict("records")
    curves = {(*(row[name] for name in SETS),): row["verdict"] for row in rows if _is_curve(row)}
    told = [
        row
        for row in rows
        if _is_curve(row) or row["verdict"] != curves[(*(row[name] for name in SETS),)]
    ]
    return "; ".join(map(sentence, told))


def tost(left: pd.Series, right: pd.Series, margin: float) -> Mapping[str, Any]:
    """The two one-sided tests of one metric: paired if the seeds are the same, else Welch's.

    Args:
        left, right: one result per run, indexed by seed.
        margin: the largest difference of means that does not matter, in the metric's unit.
    """
    estimate = float(left.mean(skipna=False) - right.mean(skipna=False))
    paired = left.index.equals(right.index)
    known = {
        "num_left": len(left),
        "num_right": len(right),
        "paired": paired,
        "estimate": estimate,
        "margin": margin,
    }
    with np.errstate(over="ignore"):
        variance = float((left - right).var() if paired else left.var() + right.var())
    if min(len(left), len(right)) < MIN_RUNS or not math.isfinite(estimate + variance):
        reason = f"takes {MIN_RUNS} finite results on either side"
        return {**known, "verdict": "undecided", "note": reason}
    low, high, p_value = _tests(left, right, margin, paired, variance)
    is_outside = low > margin or high < -margin
    return {
        **known,
        "ci_low": low,
        "ci_high": high,
        "p_value": p_value,
        **_verdict(p_value, is_outside, num_needed(variance, margin)),
    }


def num_needed(variance: float, margin: float) -> int:
    """Runs on either side that would show equivalence four times in five, were there no difference.

    The normal approximation (Chow, Shao and Wang 2008).

    Args:
        variance: of the difference of two runs, one from either side.
    """
    quantiles = float(scipy.stats.norm.ppf(1 - LEVEL) + scipy.stats.norm.ppf(0.9))
    needed = variance * (quantiles / margin) * (quantiles / margin)  # which may be infinite
    return max(MIN_RUNS, math.ceil(min(needed, MOST_RUNS)))


def sentence(row: Mapping[Any, Any]) -> str:
    """A row of `compare`'s table."""
    counts = f"{row['num_left']} and {row['num_right']} runs"
    counts += " of the same seeds" if row["paired"] else ""
    where = row["metric"] if _is_curve(row) else f"{row['metric']} at the last epoch"
    sentence = f"{where}: {row['verdict']} within {row['margin']:g} ({counts}, "
    sentence += f"difference {row['estimate']:.2g}, p {row['p_value']:.2g})"
    return sentence + (f", {row['note']}" if row["note"] else "")


def _is_curve(row: Mapping[Any, Any]) -> bool:
    return bool(row["at"] == "curve")


def _results(history: pd.DataFrame) -> pd.DataFrame:
    """A row per run and metric: its validation curve's mean, its last value, its epochs.

    Not of the loss, which includes each model's own penalty.
    """
    compared = history[(history["metric"] != "loss") & (history["data"] == "validation")]
    runs = compared.sort_values("epoch", kind="stable").groupby([*SETS, "engine", "seed"])["value"]
    return pd.DataFrame(
        {
            "curve": runs.agg(lambda values: values.mean(skipna=False)),
            "last": runs.agg(lambda values: values.iloc[-1]),
            "epochs": runs.size(),
        }
    ).reset_index()


def _tested(left: pd.DataFrame, right: pd.DataFrame, at: str, margin: float) -> Mapping[str, Any]:
    """Both tests, unless the runs were trained for other numbers of epochs."""
    one, other = (runs.set_index("seed")[at].astype(float).sort_index() for runs in (left, right))
    found = tost(one, other, margin)
    numbers = [set(runs["epochs"]) for runs in (left, right)]
    # Where training ends early by itself, every run has its own number.
    if all(len(one) == 1 for one in numbers) and numbers[0] != numbers[1]:
        there, here = (one.pop() for one in numbers)
        return {**found, "verdict": "different", "note": f"{there} epochs and {here}"}
    return found


def _tests(
    left: pd.Series, right: pd.Series, margin: float, paired: bool, variance: float
) -> tuple[float, float, float]:
    """The 90 per cent interval of the difference of means, and the larger p of the two tests."""
    difference = float(left.mean() - right.mean())
    if variance == 0:  # no spread, as of one run repeated
        return difference, difference, float(abs(difference) >= margin)
    # Statsmodels takes a second to import, and most commands need none of it.
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW, ttost_ind, ttost_paired

    if paired:
        p_value = ttost_paired(left.to_numpy(), right.to_numpy(), -margin, margin)[0]
        low, high = DescrStatsW((left - right).to_numpy()).tconfint_mean(2 * LEVEL)
    else:
        sides = left.to_numpy(), right.to_numpy()
        p_value = ttost_ind(*sides, -margin, margin, usevar="unequal")[0]
        means = CompareMeans(*map(DescrStatsW, sides))
        low, high = means.tconfint_diff(2 * LEVEL, usevar="unequal")
    return float(low), float(high), float(p_value)


def _verdict(p_value: float, is_outside: bool, needed: int) -> Mapping[str, str]:
    if p_value < LEVEL:
        return {"verdict": "equivalent", "note": ""}
    if is_outside:
        return {"verdict": "different", "note": "the whole interval lies outside the margins"}
    reason = f"with this spread it takes about {needed} runs on either side"
    return {"verdict": "undecided", "note": reason}


def _other_start(share: float) -> str:
    return (
        f"after the first epoch the same seeds lie up to {share:.2g} of the seeds' standard "
        f"deviation apart, where other arithmetic makes {SAME_START} at most"
    )


def _first_epoch(history: pd.DataFrame, metric: str) -> pd.DataFrame:
    """A row for each half of the data, a column per seed."""
    chosen = history[(history["metric"] == metric) & (history["epoch"] == 1)]
    return chosen.pivot(index="data", columns="seed", values="value")
