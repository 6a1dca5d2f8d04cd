"""A plot in, the same plot with its texts and its size out."""

import textwrap

import plotnine as p9

from pyreg.figures import theme
from pyreg.figures.caption import caption
from pyreg.figures.results import Results

LEGEND_AND_AXIS = 17  # mm
LINE = 0.46  # mm a line needs for each point of its size, leading included
MM_PER_LETTER = 0.19  # for each point: DejaVu Sans, on average


def page(
    plot: p9.ggplot,
    results: Results,
    *,
    title: str,
    subtitle: str,
    notes: str,
    panels_height: float,
) -> p9.ggplot:
    """Put title, subtitle and caption around a plot, wrapped to the width of its page.

    Args:
        notes: what is drawn, and from which seeds, in sentences; the caption adds data and code.
        panels_height: of all rows of panels together, in mm.
    """
    study = results.study
    texts = {
        "title": _wrap(title, theme.width(study), theme.TITLE_SIZE),
        "subtitle": _wrap(subtitle, theme.width(study), theme.FONT_SIZE),
        "caption": _wrap(caption(results, notes), theme.width(study), theme.CAPTION_SIZE),
    }
    height = (
        panels_height
        + LEGEND_AND_AXIS
        + _height(texts["title"], theme.TITLE_SIZE)
        + _height(texts["subtitle"], theme.FONT_SIZE)
        + _height(texts["caption"], theme.CAPTION_SIZE)
    )
    return plot + p9.labs(**texts) + theme.theme(study, height)


def _wrap(text: str, width: float, size: float) -> str:
    letters = int(width / (MM_PER_LETTER * size))
    return "\n".join(textwrap.fill(line, letters) for line in text.splitlines())


def _height(text: str, size: float) -> float:
    return LINE * size * (text.count("\n") + 1)
