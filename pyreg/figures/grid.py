"""Units and kinds of curves in, a grid with a panel for each of both, as the page allows, out.

A unit (a model, a pair of runs) is a column where the page is wide enough, so that a kind of value
has one axis for all; else it is a row, and the axes of a kind are made equal.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.figures import theme
from pyreg.figures.page import letters

NARROWEST = 27  # mm of a unit's column
ACROSS = {1: 2, 2: 4}  # panels side by side, by the page's columns, where units are no columns
LOW = {1: 0.45, 2: 0.7}  # of a panel's height there
AXIS = 6  # mm that a row's own axis and title take there
SIDE, GAP = 10, 6  # mm that axes and what parts two panels take


@dataclass(frozen=True)
class Grid:
    """A grid of panels.

    Attributes:
        units: key -> its title above a column.
        kinds: key -> its title beside a row.
        title: of a single panel of a unit and a kind.
        row_height: mm of a panel.
    """

    study: Study
    units: Mapping[str, str]
    kinds: Mapping[str, str]
    title: Callable[[str, str], str]
    row_height: float

    @property
    def is_wide(self) -> bool:
        """Whether units are columns."""
        return theme.width(self.study) / NARROWEST >= len(self.units)

    @property
    def height(self) -> float:
        """Of all panels together, in mm."""
        if self.is_wide:
            return len(self.kinds) * self.row_height
        num_rows = -(-len(self.units) * len(self.kinds) // self._across)
        panel = LOW[self.study.figures.columns] * self.row_height
        return num_rows * (panel + theme.scaled(self.study, AXIS))

    @property
    def panel_width(self) -> float:
        """About so wide is a panel, in mm."""
        if self.is_wide:
            return (theme.inner_width(self.study) - SIDE) / len(self.units) - GAP
        return theme.inner_width(self.study) / self._across - SIDE

    @property
    def look(self) -> p9.theme:
        """What is special in the grid's theme."""
        text: Any = {"size": theme.points(self.study, theme.INSIDE), "weight": "normal"}
        if not self.is_wide:
            return p9.theme(strip_text=p9.element_text(**text), panel_spacing_y=0.025)
        turned = p9.element_text(**text, ha="center", va="center", ma="center", angle=-90)
        return p9.theme(strip_text_y=turned, panel_spacing_x=0.015, panel_spacing_y=0.02)

    def placed(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table with its panels.

        Args:
            table: with the columns unit and kind, keys of `units` and `kinds`.
        """
        font = letters(self.study, theme.INSIDE)
        if self.is_wide:
            kinds = {key: font.wrapped(text, self.row_height) for key, text in self.kinds.items()}
            return table.assign(
                unit=_categories(table["unit"], self.units), kind=_categories(table["kind"], kinds)
            )
        titles = {
            (unit, kind): font.wrapped(self.title(unit, kind), self.panel_width)
            for unit in self.units
            for kind in self.kinds
        }
        keys = zip(table["unit"], table["kind"], strict=True)
        panel = pd.Categorical([titles[key] for key in keys], list(titles.values()))
        return table.assign(panel=panel)

    def facets(self, table: pd.DataFrame) -> list[Any]:
        """The panels, and what makes their axes equal.

        Args:
            table: the `placed` one that holds all values.
        """
        if self.is_wide:
            return [p9.facet_grid("kind ~ unit", scales="free_y")]
        return [p9.facet_wrap("panel", ncol=self._across, scales="free_y"), *self._even(table)]

    @property
    def _across(self) -> int:
        return ACROSS[self.study.figures.columns]

    def _even(self, table: pd.DataFrame) -> Sequence[Any]:
        """Nothing to be seen, at the ends of each kind's values in all of its panels."""
        ends = table.groupby("kind", observed=True)["value"].agg(["min", "max"])
        panels = table.drop_duplicates("panel")[["panel", "kind", "epoch"]]
        rows = [panels.assign(value=panels["kind"].map(ends[end])) for end in ends.columns]
        return [p9.geom_blank(p9.aes("epoch", "value"), pd.concat(rows), inherit_aes=False)]


def _categories(values: pd.Series, titles: Mapping[str, str]) -> pd.Series:
    return pd.Series(pd.Categorical(values.map(titles), list(titles.values())), values.index)
