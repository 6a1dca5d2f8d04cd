"""Histories in, plots of training and validation over the epochs out."""

import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.config.tasks import MEASURES
from pyreg.figures import tables, theme
from pyreg.figures.caption import lines_sentence
from pyreg.figures.catalogue import Entry
from pyreg.figures.describe import describe, in_words
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing
from pyreg.figures.theme import Look

PANEL_HEIGHT = 46  # mm
MOST_MARKS = 30  # with more epochs, marks would hide the lines


def draw_model(entry: Entry, results: Results) -> Drawing:
    """One model's training and validation curves."""
    study = results.study
    (model,) = entry.models
    return _draw(
        results,
        results.histories(model, study.shuffle),
        theme.data_look(study),
        title=f"{model}: training and validation",
        subtitle=in_words(study.models[model]),
    )


def draw_comparison(entry: Entry, results: Results) -> Drawing:
    """The baseline and the models that change the same settings of it."""
    study = results.study
    baseline, *others = entry.models
    return _draw(
        results,
        pd.concat([results.histories(model, study.shuffle) for model in entry.models]),
        theme.model_look(study).only(entry.models),
        title=f"{baseline} against {' and '.join(others)}",
        subtitle=describe(study, entry.models),
    )


def draw_frozen_shuffle(entry: Entry, results: Results) -> Drawing:
    """A plain seeded fit, which repeats one order of the samples, beside a new order per epoch."""
    (model,) = entry.models
    return _draw(
        results,
        pd.concat([results.histories(model, shuffle) for shuffle in ["per-epoch", "keras"]]),
        theme.shuffle_look(results.study),
        title=f"{model}: what a seed does to the shuffle",
        subtitle="per-epoch: a new order each epoch; keras: a plain seeded fit, one order repeated",
    )


def _draw(
    results: Results, histories: pd.DataFrame, look: Look, title: str, subtitle: str
) -> Drawing:
    study = results.study
    table = tables.curves(histories)
    across = theme.metrics_across(study)
    plot = page(
        _layers(table, look, study) + p9.facet_wrap("panel", ncol=across, scales="free_y"),
        results,
        title=title,
        subtitle=subtitle,
        notes=_notes(study, table),
        panels_height=PANEL_HEIGHT * -(-len(study.metrics) // across),
    )
    return Drawing(plot, table)


def _notes(study: Study, table: pd.DataFrame) -> str:
    loss = MEASURES[study.metrics[0]].name
    notes = (
        f"{lines_sentence(study)} Circle: best validation epoch. Training values are means over "
        f"the epoch, while the weights change; validation follows it. {loss} without penalties."
    )
    if not any(study.models[name].early_stopping for name in table["model"].unique()):
        return notes
    if study.replicates < 2:
        return f"{notes} A curve ends where its run was stopped early."
    return f"{notes} A curve ends where more than half of its runs were stopped early."


def _layers(table: pd.DataFrame, look: Look, study: Study) -> p9.ggplot:
    by = look.column
    drawn = table.assign(
        data=pd.Categorical(table["data"], list(theme.DATA_LINES)),
        panel=theme.metric_panels(table),
    )
    drawn[by] = look.categories(table)
    plot = p9.ggplot(drawn, p9.aes("epoch", "value", color=by, linetype="data"))
    if (table["num_runs"] > 1).any():
        band = p9.aes(ymin="low", ymax="high", fill=by)
        plot += p9.geom_ribbon(band, alpha=0.2, color="none", show_legend=False)
    plot += p9.geom_line(size=0.5)
    epochs = table["epoch"].max()
    if epochs <= MOST_MARKS:
        plot += theme.marks(study, look)
    best = drawn[drawn["best"]]
    plot += p9.geom_point(
        data=best, shape="o", size=2.6, stroke=0.5, fill="none", show_legend=False
    )
    return (
        plot
        + look.scales()
        + theme.value_axis(study)
        + p9.scale_linetype_manual(theme.DATA_LINES)
        + theme.epoch_axis(epochs)
    )
