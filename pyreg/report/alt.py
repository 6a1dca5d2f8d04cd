"""A figure's data in, what it shows in words out, for those who do not see it."""

from collections.abc import Callable

import pandas as pd

from pyreg.config.tasks import MEASURES
from pyreg.figures.catalogue import Entry
from pyreg.figures.searches import BEST, JUDGED


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
        f"{name}, {_name(metric)}: {_course(curve)}"
        for (name, metric), curve in table.groupby([told, "metric"], sort=False)
    ]
    return f"Curves over {epochs} epochs. " + "; ".join(parts) + "."


def _name(metric: object) -> str:
    return MEASURES[str(metric)].name.lower()


def _course(curve: pd.DataFrame) -> str:
    """How one model's two curves of one metric end, and where validation was best."""
    last = curve.loc[curve.groupby("data")["epoch"].idxmax()].set_index("data")["value"]
    course = f"training ends at {last['training']:.3f}, validation at {last['validation']:.3f}"
    for best in curve[curve["best"]].itertuples():  # none where the run diverged
        course += f", its best {best.value:.3f} at epoch {best.epoch}"
    return course


def _sweep(entry: Entry, table: pd.DataFrame) -> str:
    metric = table["metric"].iloc[0]
    best = table[(table["quantity"] == "validation, best epoch") & (table["metric"] == metric)]
    parts = [f"{row.model} {row.value:.3f}" for row in best.itertuples()]
    return (
        f"{len(entry.models)} networks that differ in one or two settings. Best validation "
        f"{_name(metric)} of each: {', '.join(parts)}."
    )


def _search(entry: Entry, table: pd.DataFrame) -> str:
    values = table.groupby(["held_out", "quantity"], sort=False)["value"].last()
    parts = [
        f"{held_out.replace('-', ' ')} {values[held_out, BEST]:.3f} promised, "
        f"{values[held_out, JUDGED]:.3f} judged"
        for held_out in table["held_out"].unique()
    ]
    return (
        f"A search's {table['trial'].max()} trials in their order, a panel for each set of samples "
        f"that is held out. Loss of the best network: {'; '.join(parts)}."
    )


def _roc(entry: Entry, table: pd.DataFrame) -> str:
    found = table[table["false_positive_rate"] >= 0.1].groupby("model", sort=False).first()
    rates = [f"{model} {rate:.2f}" for model, rate in found["true_positive_rate"].items()]
    return (
        "ROC curves, a panel per model. True positive rate where a tenth of the negative samples "
        f"are called positive: {', '.join(rates)}."
    )


def _confusion(entry: Entry, table: pd.DataFrame) -> str:
    right = table[table["label"] == table["called"]]
    parts = [
        _called_rightly(str(model), rows) for model, rows in right.groupby("model", sort=False)
    ]
    return f"Confusion matrices. Samples called rightly: {'; '.join(parts)}."


def _called_rightly(model: str, rows: pd.DataFrame) -> str:
    """Both shares of two classes; of more classes the greatest and the least."""
    if len(rows) == 2:
        shares = [f"{row.share:.0%} of the {row.label} ones" for row in rows.itertuples()]
        return f"{model} {' and '.join(shares)}"
    best, *_, worst = rows.sort_values("share", ascending=False, kind="stable").to_dict("records")
    return (
        f"{model} {best['share']:.0%} of class {best['label']} at best, "
        f"{worst['share']:.0%} of class {worst['label']} at worst"
    )


def _final_metrics(entry: Entry, table: pd.DataFrame) -> str:
    last = table[table["quantity"] == "last epoch"]
    medians = last.groupby(["metric", "model"], sort=False)["value"].median().reset_index()
    parts = [
        f"{_name(row['metric'])} of {row['model']} {row['value']:.3f}"
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
    "search": _search,
    "roc": _roc,
    "confusion": _confusion,
    "final-metrics": _final_metrics,
    "claims": _claims,
    "python-r": _python_r,
}
