"""The table of a network's smaller forms in, size against accuracy out."""

from pathlib import Path

import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.figures import theme
from pyreg.figures.save import Drawing, Words, save

HEIGHT = 75  # mm
NAME = "size-and-accuracy"


def draw(table: pd.DataFrame, study: Study, folder: Path) -> None:
    """Write size-and-accuracy.pdf, .svg and .png, with the drawn data and the words around them."""
    first = table["accuracy"].iloc[0]
    drawn = table.assign(
        low=first + table["difference_low"],
        high=first + table["difference_high"],
        kilobytes=table["bytes_packed"] / 1000,
    )
    words = Words(
        "A network made smaller",
        "Validation accuracy against the size of the packed file, without the optimizer's state",
        "Bars: intervals of 95 % of the difference to the original, by paired answers; dashed: the "
        "original.",
    )
    plot = (
        p9.ggplot(drawn, p9.aes("kilobytes", "accuracy"))
        + p9.geom_hline(yintercept=first, linetype="dashed", size=0.3)
        + p9.geom_linerange(p9.aes(ymin="low", ymax="high"), size=0.4)
        + p9.geom_point(size=1.2)
        + p9.geom_text(
            p9.aes(label="form"), size=theme.points(study), ha="left", va="bottom", nudge_x=0.006
        )
        + p9.scale_x_log10(expand=(0.05, 0, 0.2, 0))
        + p9.labs(
            x="kB, packed", y="", title=words.title, subtitle=words.subtitle, caption=words.caption
        )
        + theme.theme(study, HEIGHT)
    )
    save(Drawing(plot, drawn, words), folder, NAME, ("pdf", "svg", "png"))
