"""A drawing in, its PDF, PNG, SVG and CSV out, byte for byte the same every time."""

import io
import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
import plotnine as p9

from pyreg import files

PNG_DPI = 300
LOCALES = ("C.UTF-8", "en_US.UTF-8")
SETTINGS: Any = {
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "figure.max_open_warning": 0,
    "text.language": "en",  # as the texts are: letters may be shaped by their language
    "text.parse_math": False,  # texts are a study's own words, with whatever signs
}


@dataclass(frozen=True)
class Drawing:
    """A figure before it is written: the plot, and the table that holds all it shows."""

    plot: p9.ggplot
    table: pd.DataFrame


@contextmanager
def our_settings() -> Iterator[None]:
    """Matplotlib as it comes and as we set it, whatever a matplotlibrc says here or in the home."""
    with _english(), mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        yield


@contextmanager
def _english() -> Iterator[None]:
    """Letters are shaped, and ligatures chosen, by the language of the locale: one for all."""
    before = locale.setlocale(locale.LC_CTYPE)
    for name in LOCALES:
        with suppress(locale.Error):  # not on this system
            locale.setlocale(locale.LC_CTYPE, name)
            break
    try:
        yield
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def save(drawing: Drawing, folder: str | Path, name: str) -> None:
    """Write NAME.pdf, NAME.png, NAME.svg and NAME.csv: all of them, or none.

    Fonts are embedded (PDF: TrueType; SVG: outlines). Nothing in the files tells when or where
    they were made, unless SOURCE_DATE_EPOCH sets the date.
    """
    with our_settings(), files.atomic_folder(folder) as temporary:
        mpl.rcParams["svg.hashsalt"] = name  # ids differ between the figures of one report
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
