"""Predictions in, ROC curves and confusion matrices out."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.figures import looks, predictions, theme
from pyreg.figures.catalogue import Entry
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing
from pyreg.wording import N_, _, whole
from pyreg.wording.captions import lines_sentence, runs_phrase, samples
from pyreg.wording.networks import named

# Narrowest and widest panel of a ROC curve or of a matrix of two classes, and of more classes.
PANEL_SIDES, MATRIX_SIDES = (30, 42), (55, 80)  # mm
RATES: dict[str, Any] = {"breaks": [0, 0.5, 1], "labels": ["0", "0.5", "1"]}
AXES = 12  # mm that the axes of one row of panels take
CALLED = {
    True: N_("After training; called positive above a probability of 0.5."),
    False: N_("After training; called by the likeliest class."),
}
CLASSES = {"negative": N_("negative"), "positive": N_("positive")}


def draw_roc(entry: Entry, results: Results) -> Drawing:
    """A ROC curve per model, the baseline's dotted beside it in every panel."""
    study, models = results.study, entry.models
    table = _per_model(predictions.roc, models, results)
    across = theme.panels_across(study, len(models), PANEL_SIDES[0])
    area = (
        _("Area: under the curve, median and middle 80 %.")
        if study.replicates > 1
        else _("Area: under the curve.")
    )
    return page(
        _roc_layers(table, study) + p9.facet_wrap("model", ncol=across),
        table,
        results,
        title=_("ROC curves on the validation {samples}").format(samples=samples(study)),
        subtitle=_("After training. Dotted: {model}.").format(model=named(study, models[0])),
        notes=f"{lines_sentence(study)} {area}",
        panels_height=_panels_height(study, len(models), across, PANEL_SIDES[1]),
        look=theme.without_legend(),
    )


def draw_confusion(entry: Entry, results: Results) -> Drawing:
    """A confusion matrix per model; each row of a matrix adds up to 100 %."""
    study, models = results.study, entry.models
    is_binary = study.task == "binary"
    narrowest, widest = PANEL_SIDES if is_binary else MATRIX_SIDES
    table = _per_model(predictions.confusion, models, results)
    across = theme.panels_across(study, len(models), narrowest)
    notes = (
        _("Means over {runs}. Per cent: of the {samples} in a row.")
        if study.replicates > 1
        else _("From {runs}. Per cent: of the {samples} in a row.")
    )
    return page(
        _confusion_layers(table, study) + p9.facet_wrap("model", ncol=across),
        table,
        results,
        title=_("Confusion matrices on the validation {samples}").format(samples=samples(study)),
        subtitle=_(CALLED[is_binary]),
        notes=notes.format(runs=runs_phrase(study), samples=samples(study)),
        panels_height=_panels_height(study, len(models), across, widest),
        look=theme.without_legend(panel_grid=p9.element_blank()),
    )


def _per_model(
    score: Callable[..., pd.DataFrame], models: tuple[str, ...], results: Results
) -> pd.DataFrame:
    """The tables that `score` makes of each model's predictions, one below the other."""
    return pd.concat(
        score(*results.predictions(model, results.study.shuffle)).assign(model=model)
        for model in models
    )


def _roc_layers(table: pd.DataFrame, study: Study) -> p9.ggplot:
    look = looks.model_look(study)
    drawn = table.assign(model=look.categories(table))
    reference = table[table["model"] == next(iter(study.models))].drop(columns="model")
    areas = drawn.drop_duplicates("model").assign(text=lambda rows: rows.apply(_area_text, axis=1))
    plot = (
        p9.ggplot(drawn, p9.aes("false_positive_rate", "true_positive_rate"))
        + p9.geom_abline(slope=1, intercept=0, color="#CCCCCC", size=0.3)
        + p9.geom_line(data=reference, color="#777777", size=0.35, linetype="dotted")
        + p9.geom_line(p9.aes(color="model"), size=0.5)
        + p9.geom_text(
            p9.aes(label="text"),
            areas,
            x=0.98,
            y=0.04,
            ha="right",
            va="bottom",
            size=theme.points(study, theme.INSIDE),
            family=study.figures.font,
            lineheight=1.3,
        )
    )
    if (table["num_runs"] > 1).any():
        plot += p9.geom_ribbon(p9.aes(ymin="low", ymax="high", fill="model"), alpha=0.25)
    return (
        plot
        + look.scales()
        + p9.scale_x_continuous(name=_("False positive rate"), limits=(0, 1), **RATES)
        + p9.scale_y_continuous(name=_("True positive rate"), limits=(0, 1), **RATES)
    )


def _area_text(row: pd.Series) -> str:
    area = _("area {area}").format(area=f"{row['area']:.4f}")
    if row["num_runs"] == 1:
        return area
    ends = _("{low} to {high}").format(low=f"{row['area_low']:.4f}", high=f"{row['area_high']:.4f}")
    return f"{area}\n({ends})"


def _confusion_layers(table: pd.DataFrame, study: Study) -> p9.ggplot:
    look = looks.model_look(study)
    is_binary = study.task == "binary"
    classes = {name: _(CLASSES[name]) if is_binary else name for name in table["label"].unique()}
    words = list(classes.values())
    drawn = table.assign(
        model=look.categories(table),
        label=pd.Categorical(table["label"].map(classes), words[::-1]),  # the first one on top
        called=pd.Categorical(table["called"].map(classes), words),
        text=table.apply(_share_and_count if is_binary else _per_cent, axis=1),
        dark=table["share"] > 0.5,
    )
    size = theme.points(study, theme.INSIDE if is_binary else theme.TINY)
    return (
        p9.ggplot(drawn, p9.aes("called", "label", fill="share"))
        + p9.geom_tile(color="white", size=0.8)
        + p9.geom_text(
            p9.aes(label="text", color="dark"),
            size=size,
            family=study.figures.font,
            lineheight=1.3,
        )
        + p9.scale_color_manual({False: "black", True: "white"}, guide=None)
        + p9.scale_fill_gradient(low="#F2F5F8", high="#0B4F7D", limits=(0, 1), guide=None)
        + p9.labs(
            x=_("The network calls it"),
            y=_("The review is") if study.data.holds_reviews else _("The sample is"),
        )
    )


def _share_and_count(row: pd.Series) -> str:
    return f"{100 * row['share']:.1f} %\n{whole(row['count'])}"


def _per_cent(row: pd.Series) -> str:
    """Whole per cent, which is what a small tile has room for; nothing for nearly nothing."""
    return f"{100 * row['share']:.0f}" if row["share"] >= 0.005 else ""


def _panels_height(study: Study, num_models: int, across: int, widest: float) -> float:
    """Square panels, as wide as the page allows, but no poster."""
    side = min((theme.width(study) - 2 * AXES) / across, widest)
    return -(-num_models // across) * side
