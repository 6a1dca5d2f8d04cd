"""Predictions in, ROC curves and confusion matrices out."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.figures import tables, theme
from pyreg.figures.caption import lines_sentence, runs_phrase
from pyreg.figures.catalogue import Entry
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing

NARROWEST_PANEL = 30  # mm
WIDEST_PANEL = 42
RATES: dict[str, Any] = {"breaks": [0, 0.5, 1], "labels": ["0", "0.5", "1"]}
AXES = 12  # mm that the axes of one row of panels take


def draw_roc(entry: Entry, results: Results) -> Drawing:
    """A ROC curve per model, the baseline's dotted beside it in every panel."""
    study, models = results.study, entry.models
    table = _per_model(tables.roc, models, results)
    across = theme.panels_across(study, len(models), NARROWEST_PANEL)
    plot = page(
        _roc_layers(table, study) + p9.facet_wrap("model", ncol=across),
        results,
        title="ROC curves on the validation reviews",
        subtitle=f"After the last epoch. Dotted: {models[0]}.",
        notes=f"{lines_sentence(study)} Area: under the curve{_of_areas(study)}.",
        panels_height=_panels_height(study, len(models), across),
    )
    return Drawing(plot + p9.theme(legend_position="none"), table)


def draw_confusion(entry: Entry, results: Results) -> Drawing:
    """A confusion matrix per model; each row of a matrix adds up to 100 %."""
    study, models = results.study, entry.models
    table = _per_model(tables.confusion, models, results)
    across = theme.panels_across(study, len(models), NARROWEST_PANEL)
    plot = page(
        _confusion_layers(table, study) + p9.facet_wrap("model", ncol=across),
        results,
        title="Confusion matrices on the validation reviews",
        subtitle="After the last epoch; called positive above a probability of 0.5.",
        notes=f"{'Means over' if study.replicates > 1 else 'From'} {runs_phrase(study)}. "
        "Per cent: of the reviews in a row.",
        panels_height=_panels_height(study, len(models), across),
    )
    return Drawing(plot + p9.theme(legend_position="none", panel_grid=p9.element_blank()), table)


def _per_model(
    score: Callable[..., pd.DataFrame], models: tuple[str, ...], results: Results
) -> pd.DataFrame:
    """The tables that `score` makes of each model's predictions, one below the other."""
    return pd.concat(
        score(*results.predictions(model, results.study.shuffle)).assign(model=model)
        for model in models
    )


def _roc_layers(table: pd.DataFrame, study: Study) -> p9.ggplot:
    look = theme.model_look(study)
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
            size=5.6,
            lineheight=1.3,
        )
    )
    if (table["num_runs"] > 1).any():
        plot += p9.geom_ribbon(p9.aes(ymin="low", ymax="high", fill="model"), alpha=0.25)
    return (
        plot
        + look.scales()
        + p9.scale_x_continuous(name="False positive rate", limits=(0, 1), **RATES)
        + p9.scale_y_continuous(name="True positive rate", limits=(0, 1), **RATES)
    )


def _of_areas(study: Study) -> str:
    return ", median and middle 80 %" if study.replicates > 1 else ""


def _area_text(row: pd.Series) -> str:
    if row["num_runs"] == 1:
        return f"area {row['area']:.4f}"
    return f"area {row['area']:.4f}\n({row['area_low']:.4f} to {row['area_high']:.4f})"


def _confusion_layers(table: pd.DataFrame, study: Study) -> p9.ggplot:
    look = theme.model_look(study)
    drawn = table.assign(
        model=look.categories(table),
        label=pd.Categorical(table["label"], ["positive", "negative"]),  # negative on top
        text=[
            f"{100 * s:.1f} %\n{n:,.0f}"
            for s, n in zip(table["share"], table["count"], strict=True)
        ],
        dark=table["share"] > 0.5,
    )
    return (
        p9.ggplot(drawn, p9.aes("called", "label", fill="share"))
        + p9.geom_tile(color="white", size=0.8)
        + p9.geom_text(p9.aes(label="text", color="dark"), size=6, lineheight=1.3)
        + p9.scale_color_manual({False: "black", True: "white"}, guide=None)
        + p9.scale_fill_gradient(low="#F2F5F8", high="#0B4F7D", limits=(0, 1), guide=None)
        + p9.labs(x="The network calls it", y="The review is")
    )


def _panels_height(study: Study, num_models: int, across: int) -> float:
    """Square panels, as wide as the page allows, but no poster."""
    side = min((theme.width(study) - 2 * AXES) / across, WIDEST_PANEL)
    return -(-num_models // across) * side
