"""A study's settings in, the one look of all its figures out: sizes, colours, scales, theme."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotnine as p9
from matplotlib.ticker import MaxNLocator
from mizani.palettes import hue_pal

from pyreg.config import Study
from pyreg.config.tasks import MEASURES

WIDTHS = {1: 85, 2: 175}  # mm: one and two columns of most journals
MM_PER_INCH = 25.4
# Part of matplotlib, so every machine has the same letters, with the same widths.
FONT = "DejaVu Sans"
FONT_SIZE = 6.5  # points; DejaVu is a large face: as tall as 7.5 points of Helvetica
TITLE_SIZE = 8.5
CAPTION_SIZE = 5.2
GREY = "#555555"

# Okabe and Ito's colours, black first for the baseline, ordered so that neighbours also differ
# in lightness; their yellow is too light for lines on white.
COLOURS = ["#000000", "#E69F00", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9"]
SHAPES = ["o", "^", "s", "D", "v", "P", "X", "<"]
DATA_LINES = {"training": "dashed", "validation": "solid"}


@dataclass(frozen=True)
class Look:
    """How the values of one column are told apart: by colour and by shape, never colour alone."""

    column: str
    colours: dict[str, str]
    shapes: dict[str, str]

    def only(self, values: Sequence[str]) -> "Look":
        """The look of some of the values, in their order: what a legend should list."""
        return Look(
            self.column,
            {value: self.colours[value] for value in values},
            {value: self.shapes[value] for value in values},
        )

    def categories(self, table: pd.DataFrame) -> pd.Series:
        """The column with its values in the order of the legend."""
        return pd.Series(pd.Categorical(table[self.column], list(self.colours)), table.index)

    def scales(self) -> list[Any]:
        return [
            p9.scale_color_manual(values=self.colours, name=self.column),
            p9.scale_fill_manual(values=self.colours, name=self.column),
            p9.scale_shape_manual(values=self.shapes, name=self.column),
        ]


def width(study: Study) -> float:
    """Width of the study's figures in mm."""
    return WIDTHS[study.figures.columns]


def panels_across(study: Study, num_panels: int, narrowest: float) -> int:
    """How many panels stand side by side: none narrower than `narrowest` mm, rows even."""
    most = max(1, int(width(study) // narrowest))
    num_rows = -(-num_panels // most)
    return -(-num_panels // num_rows)


def metrics_across(study: Study) -> int:
    """The metrics side by side, where there is room and R would not stack them."""
    num_panels = len(study.metrics)
    return 1 if is_plot_history(study) else panels_across(study, num_panels, narrowest=60)


def model_look(study: Study) -> Look:
    """Every model's colour and shape, the same in every figure."""
    return _look(study, "model", list(study.single_models), COLOURS, SHAPES)


def data_look(study: Study) -> Look:
    """Training and validation, where a figure holds one model only."""
    return _look(study, "data", list(DATA_LINES), ["#E69F00", "#0072B2"], ["^", "o"])


def shuffle_look(study: Study) -> Look:
    """The two ways of shuffling."""
    return _look(study, "shuffle", ["per-epoch", "keras"], ["#0072B2", "#D55E00"], ["o", "D"])


def marks(study: Study, look: Look) -> p9.geom_point:
    """The points of a curve; outlined ones in the look of R's plot(history)."""
    if is_plot_history(study):
        fill = p9.aes(fill=look.column)
        return p9.geom_point(fill, shape="o", color="black", size=1.4, stroke=0.25)
    return p9.geom_point(p9.aes(shape=look.column), size=0.9, stroke=0.2)


def metric_panels(table: pd.DataFrame) -> pd.Series:
    """The panel of each row: its metric by the name that a reader sees."""
    titles = {metric: measure.title for metric, measure in MEASURES.items()}
    panels = table["metric"].map(titles)
    return pd.Series(pd.Categorical(panels, [*titles.values()]), table.index)


def value_axis(study: Study) -> p9.scale_y_continuous:
    """The y axis of every curve; errors of a regression fall over powers of ten."""
    scale = p9.scale_y_log10 if study.task == "regression" else p9.scale_y_continuous
    return scale(name="")


def epoch_axis(epochs: int) -> p9.scale_x_continuous:
    """The x axis of every curve: whole epochs, the first and the last among them."""
    return whole_axis("Epoch", epochs)


def whole_axis(name: str, last: int) -> p9.scale_x_continuous:
    """An x axis that counts from 1."""
    step = next(step for step in _round_steps() if last <= 5 * step)
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
    return [float(value) for value in locator.tick_values(low, high) if low <= value <= high]


def theme(study: Study, height: float) -> p9.theme:
    """The theme of a figure `height` mm tall."""
    base = _plot_history_theme() if is_plot_history(study) else _paper_theme()
    return base + p9.theme(
        text=p9.element_text(family=FONT, size=FONT_SIZE),
        figure_size=(width(study) / MM_PER_INCH, height / MM_PER_INCH),
        plot_title=p9.element_text(size=TITLE_SIZE, weight="bold", ha="left"),
        plot_subtitle=p9.element_text(size=FONT_SIZE, color=GREY, ha="left"),
        plot_caption=p9.element_text(size=CAPTION_SIZE, color=GREY, ha="left"),
        plot_title_position="plot",
        plot_caption_position="plot",
        plot_margin=0.012,
        legend_position="top",
        legend_justification="left",
        legend_title=p9.element_blank(),
        legend_key=p9.element_blank(),
        legend_key_width=18,
        legend_key_height=8,
        legend_background=p9.element_blank(),
        legend_box_spacing=0.008,
        panel_spacing_x=0.035 if study.figures.columns == 2 else 0.06,
        panel_spacing_y=0.03,
        legend_box_just="left",
        legend_box="horizontal" if study.figures.columns == 2 else "vertical",
        legend_spacing=12 if study.figures.columns == 2 else 3,
    )


def is_plot_history(study: Study) -> bool:
    return study.figures.style == "plot-history"


def _paper_theme() -> p9.theme:
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


def _look(
    study: Study, column: str, values: list[str], colours: list[str], shapes: list[str]
) -> Look:
    if is_plot_history(study):
        colours, shapes = list(hue_pal()(len(values))), ["o"]
    return Look(column, _cycle(values, colours), _cycle(values, shapes))


def _cycle(names: list[str], values: Sequence[str]) -> dict[str, str]:
    return {name: values[i % len(values)] for i, name in enumerate(names)}


def _round_steps() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50, ..."""
    magnitude = 1
    while True:
        yield from (magnitude, 2 * magnitude, 5 * magnitude)
        magnitude *= 10
