"""Two runs' records in, the verdict on how far they agree out; a table of them for a study."""

import pandas as pd

from pyreg.agreement import diff, equivalence
from pyreg.config import Study, Tolerance
from pyreg.records.layout import Layout, ReplicateSet, RunKey
from pyreg.records.replicates import read_histories
from pyreg.records.run import Run, read_run
from pyreg.study import plan

COLUMNS = [
    "model",
    "shuffle",
    "seed",
    "left",
    "right",
    "level",
    "first_difference",
    "max_abs_diff_history",
    "max_abs_diff_weights",
    "max_abs_diff_predictions",
    "note",
]


def agreement(study: Study, layout: Layout, r_missing: str | None) -> pd.DataFrame:
    """Compare every pair of runs, and of sets of replicates, of the study's plan.

    Args:
        layout: where the runs' records lie.
        r_missing: why the R engines did not run; None if they did.

    Returns:
        One row per pair, columns `COLUMNS`.
    """
    rows = []
    for left, right in plan.comparisons(study):
        reason = plan.why_not_run(study, right, r_missing)
        if reason:
            rows.append(_not_run(left, right, reason))
        else:
            tolerance = study.tolerances.get("base-r") if right.engine == "base-r" else None
            left_run = read_run(layout.run(left).folder)
            right_run = read_run(layout.run(right).folder)
            rows.append(compare(left_run, right_run, tolerance))
    rows += [_compare_backend(study, one, layout) for one in plan.backend_sets(study)]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"seed": "Int64"})


def _compare_backend(study: Study, replicates: ReplicateSet, layout: Layout) -> dict[str, object]:
    """A set of replicates on another backend against TensorFlow's: no bits, but equivalence."""
    first = ReplicateSet(replicates.model, replicates.shuffle)
    if not plan.is_installed(replicates.backend):
        names = {"model": first.model, "shuffle": first.shuffle}
        note = f"Keras' backend {replicates.backend} is not installed here"
        engines = {"left": first.engine, "right": replicates.engine}
        return {**names, **engines, "level": "not-run", "note": note}
    left, right = (read_histories(plan.batches(study, layout, one)) for one in (first, replicates))
    return dict(equivalence.agreement_row(equivalence.compare(left, right, study.margins)))


def compare(left: Run, right: Run, tolerance: Tolerance | None = None) -> dict[str, object]:
    """One row of agreement.csv: the highest level that the two runs reach.

    `bit-identical`: every link of the chain and every history value. `within-tolerance`: every
    stored difference at most the tolerance, which is only given where bits cannot match.
    Anything else is `different`, with the first link that differs; so are histories one of which
    lacks values of the other, as what is not there was not compared.
    """
    difference = diff.first_difference(left, right)
    history = diff.history_difference(left, right)
    last = min(len(left.chain.weights), len(right.chain.weights))
    weights = diff.weights_difference(left, right, last)
    predictions = diff.predictions_difference(left, right)
    row = {
        **_names(left.key, right.key),
        "first_difference": difference.link if difference else None,
        "max_abs_diff_history": history,
        "max_abs_diff_weights": weights,
        "max_abs_diff_predictions": predictions,
    }
    if diff.history_of_one_alone(left, right):
        note = f"{left.key} and {right.key} differ in the {diff.OF_ONE_ALONE}; run both anew"
        link = difference.link if difference else diff.OF_ONE_ALONE
        return {**row, "first_difference": link, "level": "different", "note": note}
    if difference is None and history == 0:
        return {**row, "level": "bit-identical", "note": None}
    sentence = diff.sentence(left, right, difference)
    in_double = max(right.info.get("keras_in_double", {}).values(), default=None)
    if tolerance and _within(tolerance, history, weights, predictions, in_double):
        return {**row, "level": "within-tolerance", "note": _note(tolerance, last, in_double)}
    return {**row, "level": "different", "note": sentence}


def _within(
    tolerance: Tolerance,
    history: float | None,
    weights: float | None,
    predictions: float | None,
    in_double: float | None,
) -> bool:
    """Whether what could be compared is close enough; nothing compared is not close."""
    if tolerance.double is not None and (in_double is None or in_double > tolerance.double):
        return False
    measured = [
        (history, tolerance.history),
        (weights, tolerance.weights),
        (predictions, tolerance.predictions),
    ]
    known = [(value, bound) for value, bound in measured if value is not None]
    return history is not None and all(value <= bound for value, bound in known)


def _note(tolerance: Tolerance, num_epochs: int, in_double: float | None) -> str:
    measured = "" if in_double is None else f"; against Keras in double up to {in_double:.1g} apart"
    return f"over {num_epochs} epoch{'s' * (num_epochs > 1)}{measured}; {tolerance.reason}"


def _not_run(left: RunKey, right: RunKey, reason: str) -> dict[str, object]:
    return {**_names(left, right), "level": "not-run", "note": reason}


def _names(left: RunKey, right: RunKey) -> dict[str, object]:
    return {
        "model": left.model,
        "shuffle": left.shuffle,
        "seed": left.seed,
        "left": left.engine,
        "right": right.engine,
    }
