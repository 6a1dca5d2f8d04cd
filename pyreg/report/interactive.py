"""Exact runs' histories in, curves that show their values under the pointer out."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from bokeh.core.types import ID
from bokeh.embed import json_item
from bokeh.models import BasicTicker, CDSView, ColumnDataSource, HoverTool, IndexFilter, Row
from bokeh.models.annotations import Legend, Title
from bokeh.models.renderers import GlyphRenderer
from bokeh.plotting import figure
from bokeh.resources import Resources
from bokeh.settings import PrioritizedSetting, settings

from pyreg.config import Study
from pyreg.figures import looks
from pyreg.wording import _
from pyreg.wording.measures import measure

# The figures' shapes -> Bokeh's words for them.
MARKERS = {
    "o": "circle",
    "^": "triangle",
    "s": "square",
    "D": "diamond",
    "v": "inverted_triangle",
    "P": "plus",
    "X": "x",
    "<": "star",  # a hexagon looks like a circle
}
MOST_POINTS = 25
LEGEND_COLUMNS = 3  # fit a phone
LEGEND_ROW = 23  # pixels
FONT = "system-ui, sans-serif"
WRAP = ":host { flex-wrap: wrap; gap: 1rem; }"  # one below the other on a phone


for _setting in vars(type(settings)).values():  # whatever a bokeh.yaml in the home says
    if isinstance(_setting, PrioritizedSetting) and _setting.default is not None:
        _setting.set_value(_setting.default)


def library() -> str:
    """Bokeh's JavaScript, whole, so that the page asks no network."""
    return Resources(mode="inline", components=["bokeh"]).js_raw[0]


def curves(study: Study, histories: Mapping[str, pd.DataFrame], target: str) -> str:
    """Draw every model's curves, a plot per metric; its legend hides a model in all plots.

    Args:
        study: whose models look here as they do in its figures.
        histories: model -> its history, columns `records.HISTORY_COLUMNS`.
        target: id of the element of the page that they are drawn in.

    Returns:
        JSON for `Bokeh.embed.embed_item`, the same text for the same histories.
    """
    look = looks.model_look(study)
    axis: Any = "log" if study.task == "regression" else "linear"  # as in the figures
    plots = [_plot(histories, metric, look, axis) for metric in study.metrics]
    for same in zip(*(plot.renderers for plot in plots), strict=True):
        _hide_together(same)
    layout = Row(children=[*plots], sizing_mode="stretch_width", stylesheets=[WRAP])
    return _renumbered(json.dumps(json_item(layout, ID(target))))


def _plot(
    histories: Mapping[str, pd.DataFrame], metric: str, look: looks.Look, axis: Any
) -> figure:
    plot = figure(
        title=Title(text=measure(metric).title, text_font=FONT),
        height=350 + LEGEND_ROW * -(-len(histories) // LEGEND_COLUMNS),
        min_width=300,
        sizing_mode="stretch_width",
        x_axis_label=_("Epoch"),
        y_axis_type=axis,
        tools="",  # dragging scrolls the page
        toolbar_location=None,
    )
    source = ColumnDataSource(_columns(histories, metric))
    lines = {model: _lines(plot, source, model, look) for model in histories}
    plot.add_layout(_legend({look.names[model]: drawn for model, drawn in lines.items()}), "above")
    plot.add_tools(_hover(plot, source, {model: look.names[model] for model in histories}))
    plot.xaxis.axis_label_text_font = FONT
    plot.xaxis.axis_label_text_font_style = "normal"
    plot.xaxis.ticker = BasicTicker(min_interval=1)  # whole epochs
    plot.axis.minor_tick_line_color = None
    plot.outline_line_color = None
    return plot


def _lines(
    plot: figure, source: ColumnDataSource, model: str, look: looks.Look
) -> list[GlyphRenderer]:
    """Training dashed, validation solid with points, as many as can be told apart."""
    epochs = range(len(source.data["epoch"]))
    some = CDSView(filter=IndexFilter(indices=[*epochs[:: -(-len(epochs) // MOST_POINTS)]]))
    style: dict[str, Any] = {"source": source, "color": look.colours[model]}
    marker = MARKERS[look.shapes[model]]
    training, validation = f"{model} training", f"{model} validation"
    return [
        plot.line("epoch", training, line_dash="dashed", **style),
        plot.line("epoch", validation, line_width=2, **style),
        plot.scatter("epoch", validation, marker=marker, size=7, view=some, **style),
    ]


def _legend(lines: Mapping[str, list[GlyphRenderer]]) -> Legend:
    return Legend(
        items=list(lines.items()),
        ncols=LEGEND_COLUMNS,
        click_policy="hide",
        location="left",
        border_line_color=None,
        margin=0,
        padding=0,  # type: ignore[arg-type]
        label_text_font=FONT,
    )


def _hover(plot: figure, source: ColumnDataSource, names: Mapping[str, str]) -> HoverTool:
    """All models' values at the epoch under the pointer, wherever it is; never hidden."""
    anchor = plot.line("epoch", f"{next(iter(names))} validation", source=source, alpha=0)
    rows = [
        (name, f"@{{{model} validation}}{{0.0000}} (@{{{model} training}}{{0.0000}})")
        for model, name in names.items()
    ]
    return HoverTool(
        renderers=[anchor],
        mode="vline",
        tooltips=[(_("epoch"), _("@epoch: validation (training)")), *rows],
    )


def _columns(histories: Mapping[str, pd.DataFrame], metric: str) -> dict[str, Any]:
    """By epoch: `epoch`, and `<model> training` and `<model> validation` of each model."""
    both = pd.concat(histories.values())
    both = both[both["metric"] == metric]
    both = both.assign(column=both["model"] + " " + both["data"])
    by_epoch = both.pivot(index="epoch", columns="column", values="value").reset_index()
    return {str(name): values.tolist() for name, values in by_epoch.items()}


def _hide_together(renderers: Iterable[GlyphRenderer]) -> None:
    first, *others = renderers
    for other in others:
        first.js_link("visible", other, "visible")
        other.js_link("visible", first, "visible")


def _renumbered(item: str) -> str:
    """Bokeh counts its ids through the whole process; count this page's from 1."""
    numbers: dict[str, str] = {}
    return re.sub(
        r'"p\d+"', lambda match: numbers.setdefault(match[0], f'"p{len(numbers) + 1}"'), item
    )
