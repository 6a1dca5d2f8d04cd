"""A study's settings in, the one look of all its figures out: sizes, axes, theme."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
import plotnine as p9
from matplotlib.ticker import MaxNLocator

from pyreg.config import Study
from pyreg.figures.looks import GREY, Look, is_plot_history
from pyreg.wording import _
from pyreg.wording.measures import NAMES, measure

WIDTHS = {1: 85, 2: 175}  # mm: one and two columns of most journals
MM_PER_INCH = 25.4
MARGIN = 0.012  # of the page, on each side
USUAL_SIZE = 6.5  # points; DejaVu is a large face: as tall as 7.5 points of Helvetica
# Sizes of text, each times that of axes and legends.
TITLE, INSIDE, TINY, CAPTION = 1.3, 0.86, 0.77, 0.8


def width(study: Study) -> float:
    """Width of the study's figures in mm."""
    return WIDTHS[study.figures.columns]


def inner_width(study: Study) -> float:
    """What the page's margins leave of it."""
    return width(study) * (1 - 2 * MARGIN)


def points(study: Study, size: float = 1.0) -> float:
    """A size of text in points."""
    return study.figures.font_size * size


def scaled(study: Study, millimetres: float) -> float:
    """A length that text fills, which was measured at the usual size."""
    return millimetres * study.figures.font_size / USUAL_SIZE


def panels_across(study: Study, num_panels: int, narrowest: float) -> int:
    """How many panels stand side by side: none narrower than `narrowest` mm, rows even."""
    most = max(1, int(width(study) // narrowest))
    num_rows = -(-num_panels // most)
    return -(-num_panels // num_rows)


def metrics_across(study: Study) -> int:
    """The metrics side by side, where there is room and R would not stack them."""
    num_panels = len(study.metrics)
    return 1 if is_plot_history(study) else panels_across(study, num_panels, narrowest=60)


def marks(study: Study, look: Look) -> p9.geom_point:
    """The points of a curve; outlined ones in the look of R's plot(history)."""
    if is_plot_history(study):
        fill = p9.aes(fill=look.column)
        return p9.geom_point(fill, shape="o", color="black", size=1.4, stroke=0.25)
    return p9.geom_point(p9.aes(shape=look.column), size=0.9, stroke=0.2)


def metric_panels(table: pd.DataFrame) -> pd.Series:
    """The panel of each row: its metric by the name that a reader sees."""
    titles = {metric: measure(metric).title for metric in NAMES}
    panels = table["metric"].map(titles)
    return pd.Series(pd.Categorical(panels, [*titles.values()]), table.index)


def value_axis(study: Study) -> p9.scale_y_continuous:
    """The y axis of every curve; errors of a regression fall over powers of ten."""
    scale = p9.scale_y_log10 if study.task == "regression" else p9.scale_y_continuous
    return scale(name="")


def epoch_axis(epochs: int, at_most: int = 5) -> p9.scale_x_continuous:
    """The x axis of every curve: whole epochs, the first and the last among them."""
    return whole_axis(_("Epoch"), epochs, at_most)


def whole_axis(name: str, last: int, at_most: int = 5) -> p9.scale_x_continuous:
    """An x axis that counts from 1, in so many steps at most."""
    step = next(step for step in _round_steps() if last <= at_most * step)
    # A break too near to the last one would run into its label.
    inner = [number for number in range(step, last, step) if last - number > step / 2]
    breaks = sorted({1, *inner, last})
    return p9.scale_x_continuous(name=name, breaks=breaks, minor_breaks=[])


def few_breaks(limits: tuple[float, float]) -> Sequence[float]:
    """Three or four breaks within the limits, for narrow panels.

    plotnine's own breaks may all but one lie outside; it then labels 0.5 as "0".
    """
    low, high = limits
    locator = MaxNLocator(nbins=4, min_n_ticks=3, steps=[1, 2, 2.5, 5, 10])
    inside = [float(value) for value in locator.tick_values(low, high) if low <= value <= high]
    return inside[:: 2 if len(inside) > 4 else 1]


def theme(study: Study, height: float) -> p9.theme:
    """The theme of a figure `height` mm tall."""
    base = _plot_history_theme() if is_plot_history(study) else paper_theme()
    is_wide = study.figures.columns == 2
    return base + p9.theme(
        text=p9.element_text(family=study.figures.font, size=points(study)),
        figure_size=(width(study) / MM_PER_INCH, height / MM_PER_INCH),
        plot_title=p9.element_text(size=points(study, TITLE), weight="bold", ha="left"),
        plot_subtitle=p9.element_text(
            size=points(study), color=GREY, ha="left", margin={"b": 4, "unit": "pt"}
        ),
        plot_caption=p9.element_text(size=points(study, CAPTION), color=GREY, ha="left"),
        plot_title_position="plot",
        plot_caption_position="plot",
        plot_margin=MARGIN,
        legend_position="top",
        legend_justification="left",
        legend_title=p9.element_blank(),
        legend_key=p9.element_blank(),
        legend_key_width=18,
        legend_key_height=8,
        legend_background=p9.element_blank(),
        legend_box_spacing=0.008,
        panel_spacing_x=0.035 if is_wide else 0.06,
        panel_spacing_y=0.03,
        legend_box_just="left",
        legend_box="horizontal" if is_wide else "vertical",
        legend_spacing=12 if is_wide else 3,
    )


def without_legend(**more: Any) -> p9.theme:
    """What a figure's theme changes that has no legend between its subtitle and its panels."""
    subtitle = p9.element_text(margin={"b": 9, "unit": "pt"})
    return p9.theme(legend_position="none", plot_subtitle=subtitle, **more)


def paper_theme() -> p9.theme:
    line = p9.element_line(size=0.35, color="#333333")
    return p9.theme_bw() + p9.theme(
        panel_border=p9.element_blank(),
        panel_grid_minor=p9.element_blank(),
        panel_grid_major=p9.element_line(size=0.3, color="#E3E3E3"),
        axis_line=line,
        axis_ticks=line,
        axis_ticks_minor=p9.element_blank(),
        axis_text=p9.element_text(color="#333333"),
        axis_text_y=p9.element_text(ma="right"),
        strip_background=p9.element_blank(),
        strip_text=p9.element_text(
            weight="bold", ha="left", ma="left", margin={"l": 0, "b": 3, "unit": "pt"}
        ),
    )


def _plot_history_theme() -> p9.theme:
    """ggplot2's grey, as `plot(history)` draws in R."""
    return p9.theme_gray() + p9.theme(
        strip_background=p9.element_blank(), axis_ticks_minor=p9.element_blank()
    )


def _round_steps() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50, ..."""
    magnitude = 1
    while True:
        yield from (magnitude, 2 * magnitude, 5 * magnitude)
        magnitude *= 10
