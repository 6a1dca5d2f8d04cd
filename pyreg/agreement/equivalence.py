"""Two sets of runs in; out whether their final results are the same for all that matters.

Two one-sided t tests (Schuirmann 1987) on the difference of means: equivalent if the difference is
above the lower and below the upper margin, each at 5 per cent. A difference that is merely not
significant is no equivalence: few runs leave it undecided.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from scipy import stats

from pyreg.config import Margins
from pyreg.statistics.metrics import summarize

LEVEL = 0.05
MIN_RUNS = 3
KEYS = ["model", "shuffle", "metric"]
COLUMNS = [
    *KEYS,
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


def compare(left: pd.DataFrame, right: pd.DataFrame, margins: Margins) -> pd.DataFrame:
    """Compare two sets of runs by their validation results at the last epoch.

    Sets of the same seeds are compared seed by seed: such runs share their batch order, and
    mostly their initial weights too, so that nearly all of their spread cancels.

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
            **tost(_results(runs), _results(rights[names]), getattr(margins, str(names[-1]))),
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
    return {
        **{name: first[name] for name in ("model", "shuffle", "left", "right")},
        "level": "equivalent" if verdict(table) == "equivalent" else "different",
        "note": "; ".join(sentence(row) for row in table.to_dict("records")),
    }


def verdict(table: pd.DataFrame) -> str:
    """The worst verdict of any metric: one difference is enough, and equivalence takes all."""
    found = set(table["verdict"])
    return next(word for word in ("different", "undecided", "equivalent") if word in found)


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
    if min(len(left), len(right)) < MIN_RUNS or not math.isfinite(estimate):
        note = f"takes {MIN_RUNS} finite results on either side"
        return {**known, "verdict": "undecided", "note": note}
    variances = [float((left - right).var())] if paired else [float(left.var()), float(right.var())]
    error, freedom = _welch(variances, [len(left), len(right)])
    half = error * float(stats.t.ppf(1 - LEVEL, freedom))
    distances = (margin - abs(estimate), margin + abs(estimate))
    p_value = max(_tail(distance, error, freedom) for distance in distances)
    return {
        **known,
        "ci_low": estimate - half,
        "ci_high": estimate + half,
        "p_value": p_value,
        **_verdict(p_value, abs(estimate) - half > margin, num_needed(sum(variances), margin)),
    }


def num_needed(variance: float, margin: float) -> int:
    """Runs on either side that would show equivalence four times in five, were there no difference.

    The normal approximation (Chow, Shao and Wang 2008).

    Args:
        variance: of the difference of two runs, one from either side.
    """
    quantiles = stats.norm.ppf(1 - LEVEL) + stats.norm.ppf(0.9)
    return max(MIN_RUNS, math.ceil(variance * (quantiles / margin) ** 2))


def _results(runs: pd.DataFrame) -> pd.Series:
    return runs.set_index("seed")["last_validation"].astype(float).sort_index()


def _welch(variances: Sequence[float], counts: Sequence[int]) -> tuple[float, float]:
    """Standard error of the difference of means, and its degrees of freedom.

    One variance, that of paired differences, gives Student's n - 1.
    """
    parts = [variance / count for variance, count in zip(variances, counts, strict=False)]
    if not any(parts):  # no spread, as of one run repeated
        return 0.0, float(sum(counts) - 2)
    weights = sum(part**2 / (count - 1) for part, count in zip(parts, counts, strict=False))
    return math.sqrt(sum(parts)), sum(parts) ** 2 / weights


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
    counts += " of the same seeds" if row["paired"] else ""
    sentence = f"{row['metric']}: {row['verdict']} within {row['margin']:g} ({counts}, "
    sentence += f"difference {row['estimate']:.2g}, p {row['p_value']:.2g})"
    return sentence + (f", {row['note']}" if row["note"] else "")
