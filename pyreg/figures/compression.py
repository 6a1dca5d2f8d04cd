"""The table of a network's smaller forms in, size against accuracy out."""

from pathlib import Path

import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.figures import theme
from pyreg.figures.catalogue import Entry
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing, Words, our_settings, save
from pyreg.wording import _
from pyreg.wording.captions import samples
from pyreg.wording.forms import form
from pyreg.wording.networks import named

HEIGHT = 58  # mm
NAME = "size-and-accuracy"


def draw_compression(entry: Entry, results: Results) -> Drawing:
    """A model of the study in smaller forms."""
    study, (model,) = results.study, entry.models
    drawn = _drawn(results.compressed(model))
    return page(
        _plot(drawn, study),
        drawn,
        results,
        title=_("{model} made smaller").format(model=named(study, model)),
        subtitle=_(
            "Accuracy on the validation {samples} against the size of the packed file, without the "
            "optimizer's state"
        ).format(samples=samples(study)),
        notes=_(
            "Bars: intervals (95 %) of the difference to the original, by paired answers; dashed: "
            "the original."
        ),
        panels_height=HEIGHT,
    )


def draw(table: pd.DataFrame, study: Study, folder: Path) -> None:
    """Write size-and-accuracy.pdf, .svg and .png, with the drawn data and the words around them."""
    drawn = _drawn(table)
    words = Words(
        "A network made smaller",
        "Validation accuracy against the size of the packed file, without the optimizer's state",
        "Bars: intervals (95 %) of the difference to the original, by paired answers; dashed: the "
        "original.",
    )
    labels = p9.labs(title=words.title, subtitle=words.subtitle, caption=words.caption)
    height = HEIGHT + theme.scaled(study, 17)
    plot = _plot(drawn, study) + labels + theme.theme(study, height)
    with our_settings():
        save(Drawing(plot, drawn, words), folder, NAME, ("pdf", "svg", "png"))


def _drawn(table: pd.DataFrame) -> pd.DataFrame:
    first = table["accuracy"].iloc[0]
    return table.assign(
        low=first + table["difference_low"],
        high=first + table["difference_high"],
        kilobytes=table["bytes_packed"] / 1000,
    )


def _plot(drawn: pd.DataFrame, study: Study) -> p9.ggplot:
    first = drawn["accuracy"].iloc[0]
    # A label stands on its point's side of the line.
    sides = (drawn["accuracy"] < first).map({True: "top", False: "bottom"})
    labelled = drawn.assign(label=drawn["form"].map(form), side=sides)
    return (
        p9.ggplot(labelled, p9.aes("kilobytes", "accuracy"))
        + p9.geom_hline(yintercept=first, linetype="dashed", size=0.3)
        + p9.geom_linerange(p9.aes(ymin="low", ymax="high"), size=0.4)
        + p9.geom_point(size=1.2)
        + p9.geom_text(
            p9.aes(label="label", va="side"), size=theme.points(study), ha="left", nudge_x=0.006
        )
        + p9.scale_x_log10(expand=(0.05, 0, 0.2, 0))
        + p9.labs(x=_("kB, packed"), y="")
    )
