"""A drawing in, its pictures, words and data out, byte for byte the same every time."""

import io
import locale
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
import plotnine as p9
from matplotlib.figure import Figure

from pyreg import files

DPI = 300  # of formats made of pixels
LOCALES = ("C.UTF-8", "en_US.UTF-8")
SETTINGS: Any = {
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "figure.max_open_warning": 0,
    "text.language": "en",  # of any text: letters may be shaped by their language
    "text.parse_math": False,  # texts are a study's own words, with whatever signs
}


@dataclass(frozen=True)
class Words:
    """What stands around a figure, or in a journal's own caption of it."""

    title: str
    subtitle: str
    caption: str


@dataclass(frozen=True)
class Drawing:
    """A figure before it is written.

    Attributes:
        table: all that the plot shows.
        heights: of its rows of panels, as ratios; none: they are equally high.
    """

    plot: p9.ggplot
    table: pd.DataFrame
    words: Words
    heights: tuple[float, ...] = ()

    def draw(self) -> Figure:
        figure = self.plot.draw()
        if self.heights:
            specification = figure.axes[0].get_subplotspec()
            assert specification is not None
            specification.get_gridspec().set_height_ratios(self.heights)
        return figure


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


def save(drawing: Drawing, folder: Path, name: str, formats: Sequence[str]) -> None:
    """Write NAME.csv, NAME.txt and NAME in each of the formats.

    Fonts are embedded (PDF: TrueType; SVG: outlines). Nothing in the files tells when or where
    they were made, unless SOURCE_DATE_EPOCH sets the date.
    """
    with our_settings():
        mpl.rcParams["svg.hashsalt"] = name  # ids differ between the figures of one report
        figure = drawing.draw()
        try:
            for extension in formats:
                content = io.BytesIO()  # a file's name would end up in the SVG
                figure.savefig(content, format=extension, dpi=DPI, **_options(extension, name))
                (folder / f"{name}.{extension}").write_bytes(content.getvalue())
        finally:
            mpl.pyplot.close(figure)
    files.write_csv(folder / f"{name}.csv", drawing.table)
    words = drawing.words
    text = f"{words.title}\n{words.subtitle}\n\n{words.caption}\n"
    files.write_text(folder / f"{name}.txt", text)


def _options(extension: str, title: str) -> dict[str, Any]:
    """What matplotlib is told about a format besides its name."""
    if extension == "tiff":
        return {"pil_kwargs": {"compression": "tiff_lzw"}}
    if extension == "png":
        return {"metadata": {"Software": None, "Title": title}}
    # Left out, matplotlib takes the date from SOURCE_DATE_EPOCH; None leaves the date out.
    date_key = {"pdf": "CreationDate", "svg": "Date"}[extension]
    dated = {} if "SOURCE_DATE_EPOCH" in os.environ else {date_key: None}
    return {"metadata": {"Title": title, **dated}}
