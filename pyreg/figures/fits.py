"""R's and Python's histories of one fit in, their curves as SVG out."""

import io

import matplotlib as mpl
import pandas as pd
import plotnine as p9

from pyreg.config import Figures
from pyreg.figures import looks, theme
from pyreg.figures.save import our_settings

PANEL = (82, 58)  # mm
NO_METADATA = ("Creator", "Date", "Format", "Type")  # its words would name other places
USUAL = Figures()
COLOURS = {"R": looks.COLOURS[2], "Python": looks.COLOURS[3]}
MOST_CIRCLES = 20  # of a curve: more would hide the line below them


def curves(history: pd.DataFrame) -> str:
    """Draw a fit: R as a line, Python as some circles on it; training dashed, validation solid.

    Args:
        history: columns language ("R", "Python"), metric, data ("training", "validation"),
            epoch (from 1), value.
    """
    across = min(3, history["metric"].nunique())
    rows = -(-history["metric"].nunique() // across)
    in_r, in_python = (history[history["language"] == language] for language in COLOURS)
    in_python = in_python[in_python["epoch"].isin(circled(int(history["epoch"].max())))]
    plot = (
        p9.ggplot(history, p9.aes("epoch", "value", linetype="data", group="data"))
        + p9.geom_line(p9.aes(color="language"), data=in_r, size=0.7)
        + p9.geom_point(p9.aes(color="language"), data=in_python, size=1.6, fill="none")
        + p9.facet_wrap("metric", ncol=across, scales="free_y")
        + p9.scale_color_manual(values=COLOURS, limits=list(COLOURS))
        + p9.scale_linetype_manual(
            values=looks.LINES,
            limits=[data for data in reversed(looks.LINES) if data in set(history["data"])],
        )
        + p9.guides(
            color=p9.guide_legend(
                override_aes={"linetype": ["solid", "none"], "shape": ["none", "o"]}
            )
        )
        + theme.epoch_axis(int(history["epoch"].max()))
        + p9.labs(y="")
        + theme.paper_theme()
        + p9.theme(
            text=p9.element_text(family=USUAL.font, size=USUAL.font_size),
            figure_size=(
                PANEL[0] * across / theme.MM_PER_INCH,
                (PANEL[1] * rows + 18) / theme.MM_PER_INCH,
            ),
            legend_position="top",
            legend_box="vertical",
            legend_title=p9.element_blank(),
            legend_spacing=2,
            legend_box_spacing=0.01,
        )
    )
    with our_settings():
        mpl.rcParams["svg.hashsalt"] = "fit"
        figure = plot.draw()
        try:
            content = io.BytesIO()
            figure.savefig(content, format="svg", metadata=dict.fromkeys(NO_METADATA))
        finally:
            mpl.pyplot.close(figure)
    return content.getvalue().decode()


def circled(num_epochs: int) -> list[int]:
    """The epochs that get a circle: evenly apart, the first and the last among them."""
    step = -(-num_epochs // MOST_CIRCLES)
    return sorted({*range(1, num_epochs + 1, step), num_epochs})
