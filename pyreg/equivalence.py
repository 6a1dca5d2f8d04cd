"""Two sets of runs in; out whether their final results are the same for all that matters.

Two one-sided tests (Schuirmann 1987) on the difference of means, with Welch's degrees of freedom:
equivalent if the difference is above the lower and below the upper margin, each at 5 per cent.
A difference that is merely not significant is no equivalence: few runs leave it undecided.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from pyreg.config import Margins
from pyreg.metrics import summarize

LEVEL = 0.05
MIN_RUNS = 3
KEYS = ["model", "shuffle", "metric"]
COLUMNS = [
    *KEYS,
    "left",
    "right",
    "num_left",
    "num_right",
    "estimate",
    "ci_low",
    "ci_high",
    "margin",
    "p_value",
    "verdict",
    "note",
]


def compare(left: pd.DataFrame, right: pd.DataFrame, margins: Margins) -> pd.DataFrame:
    """Compare two sets of runs by their validation results at the last epoch.

    The sets are taken as independent. Where equal seeds make their runs alike, the interval is
    wider than it need be: the error is on the side of not calling them equivalent.

    Args:
        left, right: histories, columns `records.HISTORY_COLUMNS`, each of one engine.
        margins: how far apart the means may be without mattering.

    Returns:
        A row per model, shuffle and metric that both sets have. estimate: mean of left minus
        mean of right; ci_low, ci_high: its 90 per cent interval, the one that belongs to the
        test; verdict: `equivalent`, `different` (the interval lies outside the margins) or
        `undecided`, with the reason in note.
    """
    lefts, rights = (dict(iter(summarize(history).groupby(KEYS))) for history in (left, right))
    rows = [
        {
            **dict(zip(KEYS, names, strict=True)),
            "left": runs["engine"].iloc[0],
            "right": rights[names]["engine"].iloc[0],
            **tost(
                runs["last_validation"].to_numpy(),
                rights[names]["last_validation"].to_numpy(),
                getattr(margins, str(names[-1])),
            ),
        }
        for names, runs in lefts.items()
        if names in rights
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def agreement_row(table: pd.DataFrame) -> Mapping[str, Any]:
    """One row of agreement.csv for one model and shuffle of `compare`'s table.

    `equivalent` takes every metric. Anything else is `different`: the level says what was
    shown, and the note whether a difference was shown or only too few runs were made.
    """
    first = table.iloc[0]
    reached = bool((table["verdict"] == "equivalent").all())
    return {
        **{name: first[name] for name in ("model", "shuffle", "left", "right")},
        "level": "equivalent" if reached else "different",
        "note": "; ".join(sentence(row) for row in table.to_dict("records")),
    }


def tost(left: np.ndarray, right: np.ndarray, margin: float) -> Mapping[str, Any]:
    """The two one-sided tests of one metric.

    Args:
        left, right: one result per run.
        margin: the largest difference of means that does not matter, in the metric's unit.
    """
    estimate = float(np.mean(left) - np.mean(right))
    known = {"num_left": len(left), "num_right": len(right), "estimate": estimate, "margin": margin}
    if min(len(left), len(right)) < MIN_RUNS or not math.isfinite(estimate):
        note = f"takes {MIN_RUNS} finite results on either side"
        return {**known, "verdict": "undecided", "note": note}
    error, freedom = _welch(left, right)
    half = error * float(stats.t.ppf(1 - LEVEL, freedom))
    p_value = max(
        _tail(margin - abs(estimate), error, freedom), _tail(margin + abs(estimate), error, freedom)
    )
    return {
        **known,
        "ci_low": estimate - half,
        "ci_high": estimate + half,
        "p_value": p_value,
        **_verdict(p_value, abs(estimate) - half > margin, num_needed(left, right, margin)),
    }


def num_needed(left: np.ndarray, right: np.ndarray, margin: float) -> int:
    """Runs on either side that would show equivalence four times in five, were there no difference.

    The normal approximation (Chow, Shao and Wang 2008), from the spread of these runs.
    """
    variance = (np.var(left, ddof=1) + np.var(right, ddof=1)) / 2
    quantiles = stats.norm.ppf(1 - LEVEL) + stats.norm.ppf(0.9)
    return max(MIN_RUNS, math.ceil(2 * variance * (quantiles / margin) ** 2))


def _welch(left: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Standard error of the difference of means, and its degrees of freedom."""
    parts = np.array([np.var(left, ddof=1) / len(left), np.var(right, ddof=1) / len(right)])
    if not parts.any():  # runs without any spread, as of one seed repeated
        return 0.0, float(len(left) + len(right) - 2)
    weights = parts**2 / np.array([len(left) - 1, len(right) - 1])
    return float(np.sqrt(parts.sum())), float(parts.sum() ** 2 / weights.sum())


def _tail(distance: float, error: float, freedom: float) -> float:
    """How likely chance alone puts the estimate this far inside a margin."""
    if error == 0:
        return float(distance <= 0)
    return float(stats.t.sf(distance / error, freedom))


def _verdict(p_value: float, outside: bool, needed: int) -> Mapping[str, str]:
    if p_value < LEVEL:
        return {"verdict": "equivalent", "note": ""}
    if outside:
        return {"verdict": "different", "note": "the whole interval lies outside the margins"}
    note = f"with this spread it takes about {needed} runs on either side"
    return {"verdict": "undecided", "note": note}


def sentence(row: Mapping[Any, Any]) -> str:
    counts = f"{row['num_left']} and {row['num_right']} runs"
    sentence = f"{row['metric']}: {row['verdict']} within {row['margin']:g} ({counts}, "
    sentence += f"difference {row['estimate']:.2g}, p {row['p_value']:.2g})"
    return sentence + (f", {row['note']}" if row["note"] else "")
