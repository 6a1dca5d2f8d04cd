"""A figure's data in, what it shows in words out, for those who do not see it."""

from collections.abc import Callable

import pandas as pd

from pyreg.figures.catalogue import Entry
from pyreg.figures.norms import SOLUTION
from pyreg.figures.searches import BEST, JUDGED, held_out_in_words
from pyreg.wording import _, recorded
from pyreg.wording.forms import form
from pyreg.wording.levels import word
from pyreg.wording.measures import measure


def alt(entry: Entry, table: pd.DataFrame) -> str:
    """Describe a figure.

    Args:
        table: the figure's CSV, which holds exactly the drawn data.
    """
    return DESCRIPTIONS[entry.kind](entry, table)


def _curves(entry: Entry, table: pd.DataFrame) -> str:
    told = "shuffle" if entry.kind == "frozen-shuffle" else "model"
    parts = [
        f"{name}, {_name(metric)}: {_course(curve)}"
        for (name, metric), curve in table.groupby([told, "metric"], sort=False)
    ]
    return _("Curves over {epochs} epochs. {courses}.").format(
        epochs=table["epoch"].max(), courses="; ".join(parts)
    )


def _name(metric: object) -> str:
    return measure(str(metric)).inside


def _course(curve: pd.DataFrame) -> str:
    """How one model's two curves of one metric end, and where validation was best."""
    last = curve.loc[curve.groupby("data")["epoch"].idxmax()].set_index("data")["value"]
    course = _("training ends at {training}, validation at {validation}").format(
        training=f"{last['training']:.3f}", validation=f"{last['validation']:.3f}"
    )
    best = curve[curve["best"]].to_dict("records")  # none where the run diverged
    parts = [
        _("its best {value} at epoch {epoch}").format(
            value=f"{row['value']:.3f}", epoch=row["epoch"]
        )
        for row in best
    ]
    return ", ".join([course, *parts])


def _sweep(entry: Entry, table: pd.DataFrame) -> str:
    metric = table["metric"].iloc[0]
    best = table[(table["quantity"] == "validation, best epoch") & (table["metric"] == metric)]
    parts = [f"{row['model']} {row['value']:.3f}" for row in best.to_dict("records")]
    return _(
        "{number} networks that differ in one or two settings. Best validation {metric} of each: "
        "{values}."
    ).format(number=len(entry.models), metric=_name(metric), values=", ".join(parts))


def _search(entry: Entry, table: pd.DataFrame) -> str:
    values = table.groupby(["held_out", "quantity"], sort=False)["value"].last()
    parts = [
        _("{samples} {promised} promised, {judged} judged").format(
            samples=held_out_in_words(held_out),
            promised=f"{values[held_out, BEST]:.3f}",
            judged=f"{values[held_out, JUDGED]:.3f}",
        )
        for held_out in table["held_out"].unique()
    ]
    return _(
        "A search's {number} trials in their order, a panel for each set of samples that is held "
        "out. Loss of the best network: {values}."
    ).format(number=table["trial"].max(), values="; ".join(parts))


def _norms(entry: Entry, table: pd.DataFrame) -> str:
    points = table[table["part"] == SOLUTION].set_index("panel")[["first", "second"]]
    parts = [f"{panel} {row['first']:.3f}, {row['second']:.3f}" for panel, row in points.iterrows()]
    return _(
        "Ellipses of equal error over two weights, and a diamond of equal L1 norm and a circle of "
        "equal L2 norm that touch one of them. The weights there: {weights}."
    ).format(weights="; ".join(parts))


def _roc(entry: Entry, table: pd.DataFrame) -> str:
    found = table[table["false_positive_rate"] >= 0.1].groupby("model", sort=False).first()
    rates = [f"{model} {rate:.2f}" for model, rate in found["true_positive_rate"].items()]
    return _(
        "ROC curves, a panel per model. True positive rate where a tenth of the negative samples "
        "are called positive: {rates}."
    ).format(rates=", ".join(rates))


def _confusion(entry: Entry, table: pd.DataFrame) -> str:
    right = table[table["label"] == table["called"]]
    parts = [
        _called_rightly(str(model), rows) for model, rows in right.groupby("model", sort=False)
    ]
    return _("Confusion matrices. Samples called rightly: {shares}.").format(
        shares="; ".join(parts)
    )


def _called_rightly(model: str, rows: pd.DataFrame) -> str:
    """Both shares of two classes; of more classes the greatest and the least."""
    best, *others = rows.sort_values("share", ascending=False, kind="stable").to_dict("records")
    if len(rows) == 2:
        shares = rows.set_index("label")["share"].map("{:.0%}".format)
        return _(
            "{model} {negative} of the negative ones and {positive} of the positive ones"
        ).format(model=model, **shares)
    worst = others[-1]
    return _("{model} {high} of class {best} at best, {low} of class {worst} at worst").format(
        model=model,
        high=f"{best['share']:.0%}",
        best=best["label"],
        low=f"{worst['share']:.0%}",
        worst=worst["label"],
    )


def _final_metrics(entry: Entry, table: pd.DataFrame) -> str:
    last = table[table["quantity"] == "last epoch"]
    medians = last.groupby(["metric", "model"], sort=False)["value"].median().reset_index()
    parts = [
        _("{metric} of {model} {value}").format(
            metric=_name(row["metric"]), model=row["model"], value=f"{row['value']:.3f}"
        )
        for row in medians.to_dict("records")
    ]
    return _("Every run's final results as points. Medians at the last epoch: {values}.").format(
        values=", ".join(parts)
    )


def _claims(entry: Entry, table: pd.DataFrame) -> str:
    parts = [
        _("{claim}, at the {at} epoch: {estimate} ({low} to {high}), {verdict}").format(
            claim=recorded(row["claim"]),
            at=word(row["at"]),
            estimate=f"{row['estimate']:.3f}",
            low=f"{row['ci_low']:.3f}",
            high=f"{row['ci_high']:.3f}",
            verdict=word(row["verdict"]),
        )
        for row in table.to_dict("records")
    ]
    return _("Each claim's estimate with its interval. {claims}.").format(claims="; ".join(parts))


def _python_r(entry: Entry, table: pd.DataFrame) -> str:
    differences = table[table["engine"] == "difference"]
    if differences.empty:
        return _("Python's curves alone, a panel per run: R did not run.")
    pairs = differences.groupby(["model", "shuffle"], sort=False)["value"]
    parts = [f"{' '.join(map(str, pair))} {values.abs().max():.2g}" for pair, values in pairs]
    return _(
        "Python's curves as lines, R's values as rings on them, and Python minus R, for each pair "
        "of runs. Largest differences: {values}."
    ).format(values=", ".join(parts))


def _compression(entry: Entry, table: pd.DataFrame) -> str:
    parts = [
        _("{form} {size} kB, {accuracy}").format(
            form=form(row["form"]),
            size=f"{row['kilobytes']:.0f}",
            accuracy=f"{row['accuracy']:.3f}",
        )
        for row in table.to_dict("records")
    ]
    return _(
        "A network's smaller forms as points, packed size across, validation accuracy up. {values}."
    ).format(values="; ".join(parts))


DESCRIPTIONS: dict[str, Callable[[Entry, pd.DataFrame], str]] = {
    "curves": _curves,
    "compare": _curves,
    "frozen-shuffle": _curves,
    "sweep": _sweep,
    "search": _search,
    "norms": _norms,
    "roc": _roc,
    "confusion": _confusion,
    "final-metrics": _final_metrics,
    "claims": _claims,
    "python-r": _python_r,
    "compression": _compression,
}
