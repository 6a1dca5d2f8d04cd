"""A figure's data in, what it shows in words out, for those who do not see it."""

from collections.abc import Callable

import pandas as pd

from pyreg.figures.catalogue import Entry

METRICS = {"binary_crossentropy": "cross-entropy", "accuracy": "accuracy"}


def alt(entry: Entry, table: pd.DataFrame) -> str:
    """Describe a figure.

    Args:
        table: the figure's CSV, which holds exactly the drawn data.
    """
    return DESCRIPTIONS[entry.kind](entry, table)


def _curves(entry: Entry, table: pd.DataFrame) -> str:
    epochs = table["epoch"].max()
    told = "shuffle" if entry.kind == "frozen-shuffle" else "model"
    parts = [
        f"{name}, {METRICS[str(metric)]}: {_course(curve, epochs)}"
        for (name, metric), curve in table.groupby([told, "metric"], sort=False)
    ]
    return f"Curves over {epochs} epochs. " + "; ".join(parts) + "."


def _course(curve: pd.DataFrame, epochs: int) -> str:
    """How one model's two curves of one metric end, and where validation was best."""
    last = curve[curve["epoch"] == epochs].set_index("data")["value"]
    course = f"training ends at {last['training']:.3f}, validation at {last['validation']:.3f}"
    for best in curve[curve["best"]].itertuples():  # none where the run diverged
        course += f", its best {best.value:.3f} at epoch {best.epoch}"
    return course


def _sweep(entry: Entry, table: pd.DataFrame) -> str:
    best = table[(table["quantity"] == "validation, best epoch") & (table["metric"] != "accuracy")]
    parts = [f"{row.model} {row.value:.3f}" for row in best.itertuples()]
    return (
        f"{len(entry.models)} networks that differ in one or two settings. Best validation "
        f"{METRICS.get(str(best['metric'].iloc[0]), 'loss')} of each: {', '.join(parts)}."
    )


def _roc(entry: Entry, table: pd.DataFrame) -> str:
    found = table[table["false_positive_rate"] >= 0.1].groupby("model", sort=False).first()
    rates = [f"{model} {rate:.2f}" for model, rate in found["true_positive_rate"].items()]
    return (
        "ROC curves, a panel per model. True positive rate where a tenth of the negative reviews "
        f"are called positive: {', '.join(rates)}."
    )


def _confusion(entry: Entry, table: pd.DataFrame) -> str:
    right = table[table["label"] == table["called"]]
    parts = [f"{row.model} {row.share:.0%} of the {row.label} ones" for row in right.itertuples()]
    return f"Confusion matrices. Reviews called rightly: {', '.join(parts)}."


def _final_metrics(entry: Entry, table: pd.DataFrame) -> str:
    last = table[table["quantity"] == "last epoch"]
    medians = last.groupby(["metric", "model"], sort=False)["value"].median().reset_index()
    parts = [
        f"{METRICS[row['metric']]} of {row['model']} {row['value']:.3f}"
        for row in medians.to_dict("records")
    ]
    return f"Every run's final results as points. Medians at the last epoch: {', '.join(parts)}."


def _claims(entry: Entry, table: pd.DataFrame) -> str:
    parts = [
        f"{row.id} at the {row.at} epoch {row.estimate:.3f} "
        f"({row.ci_low:.3f} to {row.ci_high:.3f}), {row.verdict}"
        for row in table.itertuples()
    ]
    return f"Each claim's estimate with its interval: {'; '.join(parts)}."


def _python_r(entry: Entry, table: pd.DataFrame) -> str:
    differences = table[table["engine"] == "difference"]["value"].abs()
    if differences.empty:
        return f"Python's curves of {entry.models[0]} alone: R did not run."
    return (
        f"Python's curves of {entry.models[0]} as lines, R's values as rings on them, and below "
        f"Python minus R: at most {differences.max():.2g} apart."
    )


DESCRIPTIONS: dict[str, Callable[[Entry, pd.DataFrame], str]] = {
    "curves": _curves,
    "compare": _curves,
    "frozen-shuffle": _curves,
    "sweep": _sweep,
    "roc": _roc,
    "confusion": _confusion,
    "final-metrics": _final_metrics,
    "claims": _claims,
    "python-r": _python_r,
}
