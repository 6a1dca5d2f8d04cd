"""Drawn figures in, pictures that a page carries within itself out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pyreg import files
from pyreg.config import Study
from pyreg.figures.catalogue import Entry, entries
from pyreg.report.alt import alt

# With Bokeh's 1.3 MB this keeps the page below 5 MB, however many models a study has.
MAX_BYTES = 3_200_000
FOLDED = ("curves",)  # folded away: the first to give way
PATH_DATA = re.compile(r'(?<= d=")[^"]+')
DECIMALS = re.compile(r"(\.\d\d)\d+")


@dataclass(frozen=True)
class Picture:
    """A figure on the page.

    Attributes:
        entry: which figure it is.
        alt: what it shows, in words.
        source: data URI; None where the page had no room left.
    """

    entry: Entry
    alt: str
    source: str | None


def pictures(study: Study, folder: Path) -> Iterator[Picture]:
    """The study's figures, as far as they are drawn and there is room.

    Args:
        folder: holds NAME.svg and NAME.csv of each figure.
    """
    room = MAX_BYTES
    for entry in sorted(entries(study), key=lambda entry: entry.kind in FOLDED):
        drawn = folder / f"{entry.name}.svg"
        if not drawn.exists():
            continue
        source = _data_uri(drawn.read_text(encoding="utf-8"))
        words = alt(entry, files.read_csv(folder / f"{entry.name}.csv"))
        if len(source) > room:
            yield Picture(entry, words, None)
            continue
        room -= len(source)
        yield Picture(entry, words, source)


def _data_uri(svg: str) -> str:
    """The drawing as a URI of its own, so that the ids of two drawings never meet.

    Coordinates are cut to a hundredth of a point, far below what a printer shows: half the size.
    """
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = PATH_DATA.sub(lambda data: DECIMALS.sub(r"\1", data[0]), svg)
    svg = re.sub(r"\s*\n\s*", " ", svg[svg.index("<svg") :])
    return "data:image/svg+xml," + quote(svg, safe=" =:/;,()'!?*@$&+-._~")
