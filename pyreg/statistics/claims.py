"""Histories over many seeds in, the verdict on each of the lesson's claims out: claims.csv."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy  # imports its parts where they are used: half a second that most steps are spared

from pyreg.config import Claim
from pyreg.statistics.metrics import summarize

MIN_SEEDS = 3
NUM_RESAMPLES = 9999
POWER = 0.8  # of the smallest detectable effect
# Quantity -> where it is found in `metrics.summarize`, at the last and at the best epoch.
QUANTITIES = {
    "validation": {"last": "last_validation", "best": "best_validation"},
    "training": {"last": "last_training", "best": "best_training"},
    "gap": {"last": "gap", "best": "best_gap"},
    "best_epoch": {"best": "best_epoch"},
}
COLUMNS = [
    "id",
    "claim",
    "source",
    "metric",
    "left",
    "right",
    "estimate",
    "ci_low",
    "ci_high",
    "num_seeds",
    "verdict",
    "at",
    "quantity",
    "direction",
    "margin",
    "p_value",
    "p_adjusted",
    "smallest_detectable",
    "pair_correlation",
    "note",
]


def decide(
    claims: Sequence[Claim], history: pd.DataFrame, confidence: float, folds: int | None = None
) -> pd.DataFrame:
    """Decide each claim at the last epoch and at the best one.

    Args:
        history: columns `records.HISTORY_COLUMNS`; runs of one engine and shuffle, each model
            with many seeds.
        confidence: of each interval, and of all verdicts together.
        folds: of the cross-validation that the runs are, if they are one.

    Returns:
        A row per claim and epoch, columns `COLUMNS`. estimate: mean over the seeds of left minus
        right, or of left alone; ci_low, ci_high: its bootstrap interval; verdict: `holds` or
        `does not hold` where the t test against the margin stays significant after Holm's
        correction over all rows, else `undecided`; smallest_detectable: the distance from the
        margin that this many seeds with this spread would have shown four times in five.
    """
    results = summarize(history)
    places = [(claim, at) for claim in claims for at in QUANTITIES[claim.quantity]]
    level = 1 - confidence
    rows = [
        {**claim.model_dump(), "at": at, **_evidence(claim, at, results, level, len(places), folds)}
        for claim, at in places
    ]
    adjusted = holm(np.array([row["p_value"] for row in rows]))
    for row, p_adjusted in zip(rows, adjusted, strict=True):
        row.update(p_adjusted=p_adjusted, verdict=_verdict(row, p_adjusted, level))
    for row in rows:
        row["note"] = _note(row, rows)
    return pd.DataFrame(rows, columns=COLUMNS)


def differences(claim: Claim, at: str, results: pd.DataFrame) -> tuple[np.ndarray, float]:
    """What the claim is about, once per seed that both models have.

    Runs of one seed see their batches in the same order (and start from the same weights where
    their layers have the same shapes), so they are pairs, and are subtracted seed by seed.

    Returns:
        Left minus right, or left alone, one value per seed; and the correlation of left and
        right over the seeds, NaN without pairs: how much the pairing is worth.
    """
    of_metric = results[results["metric"] == claim.metric]
    wide = of_metric.pivot(index="seed", columns="model", values=QUANTITIES[claim.quantity][at])
    names = [claim.left, *([claim.right] if claim.right else [])]
    values = wide.reindex(columns=names).astype(float).to_numpy().T
    of_models = [of_metric.loc[of_metric["model"] == name, "seed"] for name in names]
    values = values[:, np.all([wide.index.isin(seeds) for seeds in of_models], axis=0)]
    if claim.right is None:
        return values[0], math.nan
    varied = values.shape[1] > 1 and np.ptp(values, axis=1).all()
    return values[0] - values[1], float(np.corrcoef(values)[0, 1]) if varied else math.nan


def widening(num_seeds: int, folds: int | None) -> float:
    """How much wider the standard error of a mean over runs of a cross-validation must be.

    Two folds' networks were trained on mostly the same samples, so their results are less apart
    than those on new samples would be. With J runs and k folds the variance of the mean is taken as
    s^2 (1 / J + 1 / (k - 1)) in place of s^2 / J (Nadeau and Bengio 2003,
    https://doi.org/10.1023/A:1024068626366, the corrected resampled t test).

    Returns:
        The ratio of the two standard errors; 1 without folds.
    """
    return math.sqrt(1 + num_seeds / (folds - 1)) if folds else 1.0


def interval(values: np.ndarray, confidence: float) -> tuple[float, float]:
    """Bootstrap interval of the mean: BCa, at the level that makes up for few values.

    Resampling n values has a variance (n - 1) / n too small and knows nothing of Student's t:
    with 10 values a nominal 95 per cent covers 90. The level is raised to that at which the
    normal quantile is sqrt(n / (n - 1)) times t's (Hesterberg 2015, expanded percentiles).

    Args:
        values: float array (num_seeds,), two or more.
    """
    if np.ptp(values) == 0:
        return float(values[0]), float(values[0])
    number = len(values)
    quantile = scipy.stats.t.ppf((1 + confidence) / 2, number - 1) * math.sqrt(
        number / (number - 1)
    )
    found = scipy.stats.bootstrap(
        (values,),
        np.mean,
        confidence_level=1 - 2 * scipy.stats.norm.sf(quantile),
        n_resamples=NUM_RESAMPLES,
        method="BCa",
        rng=np.random.default_rng(0),  # the same table from the same runs
    ).confidence_interval
    return float(found.low), float(found.high)


def p_value(values: np.ndarray, margin: float, wider: float = 1.0) -> float:
    """Two-sided t test that the mean is the margin; a sign test where the values have no spread.

    Args:
        wider: the standard error is so many times that of independent values (`widening`).
    """
    if np.ptp(values) == 0:
        return 1.0 if values[0] == margin else 2.0 ** (1 - len(values))
    statistic = abs(float(scipy.stats.ttest_1samp(values, margin).statistic)) / wider
    return float(2 * scipy.stats.t.sf(statistic, len(values) - 1))


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's (1979) step-down correction; tests that could not be made (NaN) do not count."""
    from statsmodels.stats.multitest import multipletests  # takes a second to import

    adjusted = np.full(len(p_values), np.nan)
    made = np.isfinite(p_values)
    if made.any():
        adjusted[made] = multipletests(p_values[made], method="holm")[1]
    return adjusted


def smallest_detectable(deviation: float, num_seeds: int, level: float) -> float:
    """The true distance from the margin that a two-sided t test finds with probability `POWER`.

    Args:
        deviation: standard deviation over the seeds.
        level: of the test.
    """
    freedom, critical = num_seeds - 1, scipy.stats.t.isf(level / 2, num_seeds - 1)

    def shortfall(noncentrality: float) -> float:
        return float(scipy.stats.nct.sf(critical, freedom, noncentrality)) - POWER

    needed = scipy.optimize.brentq(shortfall, 0, 10 * critical)
    return float(needed) * deviation / math.sqrt(num_seeds)


def _evidence(
    claim: Claim, at: str, results: pd.DataFrame, level: float, num_tests: int, folds: int | None
) -> dict[str, Any]:
    """What the runs say: estimate, interval, test and what the test could have shown."""
    values, correlation = differences(claim, at, results)
    estimate = float(np.mean(values)) if len(values) else math.nan
    evidence = {"num_seeds": len(values), "estimate": estimate, "pair_correlation": correlation}
    if len(values) < MIN_SEEDS or not math.isfinite(estimate):
        return {**evidence, "p_value": math.nan}
    wider = widening(len(values), folds)
    low, high = interval(values, 1 - level)
    deviation = float(np.std(values, ddof=1)) * wider
    return {
        **evidence,
        "ci_low": estimate - (estimate - low) * wider,
        "ci_high": estimate + (high - estimate) * wider,
        "p_value": p_value(values, claim.margin, wider),
        "smallest_detectable": smallest_detectable(deviation, len(values), level / num_tests),
    }


def _verdict(row: Mapping[str, Any], p_adjusted: float, level: float) -> str:
    if not p_adjusted < level:
        return "undecided"
    is_greater = row["estimate"] > row["margin"]
    return "holds" if is_greater == (row["direction"] == "greater") else "does not hold"


def _note(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """Why no test was made, and where the other epoch's verdict differs."""
    notes = []
    if row["num_seeds"] < MIN_SEEDS:
        notes.append(f"a verdict takes {MIN_SEEDS} seeds or more")
    elif not math.isfinite(row["estimate"]):
        notes.append("a run diverged: one of its values is no number")
    notes += [
        f"at the {other['at']} epoch: {other['verdict']}"
        for other in rows
        if other["id"] == row["id"] and other["verdict"] != row["verdict"]
    ]
    return "; ".join(notes)
