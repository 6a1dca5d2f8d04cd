"""Histories in, plots of training and validation over the epochs out."""

import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.figures import looks, tables, theme
from pyreg.figures.catalogue import Entry
from pyreg.figures.grid import Grid
from pyreg.figures.looks import Look
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing
from pyreg.wording import _
from pyreg.wording.captions import lines_sentence
from pyreg.wording.measures import measure
from pyreg.wording.networks import describe, named

PANEL_HEIGHT = 46  # mm
SMALL_HEIGHT = 32  # mm, in the grid of all models
MARKS_PER_BREAK = 6  # of the epoch axis, in epochs: more would hide whether a line is dashed


def draw_all_models(entry: Entry, results: Results) -> Drawing:
    """Every model's training and validation curves, in panels of their own."""
    study = results.study
    table = tables.curves(_histories(entry, results))
    look = looks.model_look(study)
    kinds: dict[str, str] = {metric: measure(metric).title for metric in study.metrics}
    grid = Grid(
        study,
        units=look.names,
        kinds=kinds,
        title=lambda model, metric: f"{look.names[model]}\n{kinds[metric]}",
        row_height=SMALL_HEIGHT,
    )
    placed = grid.placed(table.assign(unit=table["model"], kind=table["metric"]))
    return page(
        _layers(placed, look, study, at_most=2)
        + grid.facets(placed)
        + p9.guides(color=False, shape=False, fill=False),
        table,
        results,
        title=_("Training and validation"),
        subtitle=describe(study, entry.models),
        notes=_notes(study, table),
        panels_height=grid.height,
        look=grid.look,
    )


def draw_comparison(entry: Entry, results: Results) -> Drawing:
    """The baseline and the models that change the same settings of it."""
    study = results.study
    baseline, *others = (named(study, model) for model in entry.models)
    return _draw(
        results,
        _histories(entry, results),
        looks.model_look(study).only(entry.models),
        title=_("{baseline} against {others}").format(
            baseline=baseline, others=_(" and ").join(others)
        ),
        subtitle=describe(study, entry.models),
    )


def draw_frozen_shuffle(entry: Entry, results: Results) -> Drawing:
    """A plain seeded fit, which repeats one order of the samples, beside a new order per epoch."""
    study, (model,) = results.study, entry.models
    return _draw(
        results,
        pd.concat([results.histories(model, shuffle) for shuffle in looks.SHUFFLES]),
        looks.shuffle_look(study, model),
        title=_("{model}: what a seed does to the shuffle").format(model=named(study, model)),
        subtitle=_(
            "per-epoch: a new order each epoch; keras: a plain seeded fit, one order repeated"
        ),
    )


def _histories(entry: Entry, results: Results) -> pd.DataFrame:
    shuffle = results.study.shuffle
    return pd.concat([results.histories(model, shuffle) for model in entry.models])


def _draw(
    results: Results, histories: pd.DataFrame, look: Look, title: str, subtitle: str
) -> Drawing:
    study = results.study
    table = tables.curves(histories)
    across = theme.metrics_across(study)
    drawn = table.assign(panel=theme.metric_panels(table))
    return page(
        _layers(drawn, look, study) + p9.facet_wrap("panel", ncol=across, scales="free_y"),
        table,
        results,
        title=title,
        subtitle=subtitle,
        notes=_notes(study, table),
        panels_height=PANEL_HEIGHT * -(-len(study.metrics) // across),
    )


def _notes(study: Study, table: pd.DataFrame) -> str:
    notes = _(
        "{lines} Circle: best validation epoch. Training values are means over the epoch, while "
        "the weights change; validation follows it. {loss} without penalties."
    ).format(lines=lines_sentence(study), loss=measure(study.metrics[0]).name)
    if not any(study.models[name].early_stopping for name in table["model"].unique()):
        return notes
    ends = (
        _("A curve ends where its run was stopped early.")
        if study.replicates < 2
        else _("A curve ends where more than half of its runs were stopped early.")
    )
    return f"{notes} {ends}"


def _layers(table: pd.DataFrame, look: Look, study: Study, at_most: int = 5) -> p9.ggplot:
    by = look.column
    drawn = table.assign(**{"data": looks.data_categories(table), by: look.categories(table)})
    plot = p9.ggplot(drawn, p9.aes("epoch", "value", color=by, linetype="data"))
    if (table["num_runs"] > 1).any():
        band = p9.aes(ymin="low", ymax="high", fill=by)
        plot += p9.geom_ribbon(band, alpha=0.2, color="none", show_legend=False)
    plot += p9.geom_line(size=0.5)
    epochs = table["epoch"].max()
    if epochs <= MARKS_PER_BREAK * at_most or looks.is_plot_history(study):
        plot += theme.marks(study, look)
    best = drawn[drawn["best"]]
    plot += p9.geom_point(
        data=best, shape="o", size=2.6, stroke=0.5, fill="none", show_legend=False
    )
    return (
        plot
        + look.scales()
        + theme.value_axis(study)
        + looks.data_lines()
        + theme.epoch_axis(epochs, at_most)
    )
