"""A plot and its words in, a drawing of the right size with its words around it out."""

from collections.abc import Sequence

import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.figures import theme
from pyreg.figures.letters import Letters, require
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing, Words
from pyreg.wording.captions import caption

LEGEND_AND_AXIS = 17  # mm


def page(
    plot: p9.ggplot,
    table: pd.DataFrame,
    results: Results,
    *,
    title: str,
    subtitle: str,
    notes: str,
    panels_height: float,
    look: p9.theme | None = None,
    heights: Sequence[float] = (),
) -> Drawing:
    """Put title, subtitle and caption around a plot, wrapped to the width of its page.

    Args:
        table: all that is drawn.
        notes: what is drawn, and from which seeds, in sentences; the caption adds data and code.
        panels_height: of all rows of panels together, in mm.
        look: what is special in this figure's theme.
        heights: of the rows of panels, as ratios; none: they are equally high.
    """
    study = results.study
    require(study.figures.font)
    words = Words(title, subtitle, caption(study, results.provenance, notes))
    height = panels_height + theme.scaled(study, LEGEND_AND_AXIS)
    if study.figures.texts:
        wrapped, added = _wrapped(words, study)
        plot, height = plot + p9.labs(**wrapped), height + added
    plot += theme.theme(study, height)
    return Drawing(plot if look is None else plot + look, table, words, tuple(heights))


def letters(study: Study, size: float = 1.0, weight: str = "normal") -> Letters:
    """The study's font at one of its sizes."""
    return Letters(study.figures.font, theme.points(study, size), weight)


def _wrapped(words: Words, study: Study) -> tuple[dict[str, str], float]:
    """The words in lines that fit the page, and the height in mm that they take."""
    fonts = {
        "title": letters(study, theme.TITLE, "bold"),
        "subtitle": letters(study),
        "caption": letters(study, theme.CAPTION),
    }
    wrapped = {
        name: font.wrapped(getattr(words, name), theme.inner_width(study))
        for name, font in fonts.items()
    }
    return wrapped, sum(font.height(wrapped[name]) for name, font in fonts.items())
