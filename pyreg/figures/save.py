"""A drawing in, its PDF, PNG, SVG and CSV out, byte for byte the same every time."""

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
import plotnine as p9

from pyreg import files

PNG_DPI = 300


@dataclass(frozen=True)
class Drawing:
    """A figure before it is written: the plot, and the table that holds all it shows."""

    plot: p9.ggplot
    table: pd.DataFrame


def save(drawing: Drawing, folder: str | Path, name: str) -> None:
    """Write NAME.pdf, NAME.png, NAME.svg and NAME.csv: all of them, or none.

    Fonts are embedded (PDF: TrueType; SVG: outlines). Nothing in the files tells when or where
    they were made, unless SOURCE_DATE_EPOCH sets the date.
    """
    settings: Any = {
        "pdf.fonttype": 42,
        "svg.fonttype": "path",
        "svg.hashsalt": name,  # ids differ between the figures of one report
        "figure.max_open_warning": 0,
    }
    with mpl.rc_context(settings), files.atomic_folder(folder) as temporary:
        figure = drawing.plot.draw()
        try:
            for extension in ["pdf", "png", "svg"]:
                content = io.BytesIO()  # a file's name would end up in the SVG
                figure.savefig(
                    content, format=extension, dpi=PNG_DPI, metadata=_metadata(extension, name)
                )
                (temporary / f"{name}.{extension}").write_bytes(content.getvalue())
        finally:
            mpl.pyplot.close(figure)
        files.write_csv(temporary / f"{name}.csv", drawing.table)


def _metadata(extension: str, title: str) -> dict[str, Any]:
    if extension == "png":
        return {"Software": None, "Title": title}
    # Left out, matplotlib takes the date from SOURCE_DATE_EPOCH; None leaves the date out.
    date_key = {"pdf": "CreationDate", "svg": "Date"}[extension]
    dated = {} if "SOURCE_DATE_EPOCH" in os.environ else {date_key: None}
    return {"Title": title, **dated}
