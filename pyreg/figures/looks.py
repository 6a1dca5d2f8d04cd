"""A study's settings in, how models and the like are told apart in all its figures out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotnine as p9
from mizani.palettes import hue_pal

from pyreg.config import Study
from pyreg.wording import N_, _
from pyreg.wording.networks import named

# Okabe and Ito's colours, black first for the baseline, ordered so that neighbours also differ
# in lightness; their yellow is too light for lines on white. Then three of Tol's "muted" ones.
OKABE_ITO = ["#000000", "#E69F00", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9"]
COLOURS = [*OKABE_ITO, "#882255", "#999933", "#332288"]
SHAPES = ["o", "^", "s", "D", "v", "P", "X", "<"]
DATA = {"training": N_("training"), "validation": N_("validation")}
LINES = {"training": "dashed", "validation": "solid"}
SHUFFLES = ["per-epoch", "keras"]
GREY = "#555555"
KEY_GREY = "#777777"  # of legend keys that stand for all models
REPEATED = "#CC79A7"  # the frozen shuffle beside its model's own colour


@dataclass(frozen=True)
class Look:
    """How the values of one column are told apart: by colour and by shape, never colour alone.

    Attributes:
        names: value -> the word that a reader sees.
    """

    column: str
    names: dict[str, str]
    colours: dict[str, str]
    shapes: dict[str, str]

    def only(self, values: Sequence[str]) -> "Look":
        """The look of some of the values, in their order: what a legend should list."""
        parts = (self.names, self.colours, self.shapes)
        return Look(self.column, *({value: part[value] for value in values} for part in parts))

    def categories(self, table: pd.DataFrame) -> pd.Series:
        """The column in the words that a reader sees, in the order of the legend."""
        return _categories(table[self.column], self.names)

    def scales(self) -> list[Any]:
        colours, shapes = self._by_name(self.colours), self._by_name(self.shapes)
        return [
            p9.scale_color_manual(values=colours, name=self.column),
            p9.scale_fill_manual(values=colours, name=self.column),
            p9.scale_shape_manual(values=shapes, name=self.column),
        ]

    def _by_name(self, values: dict[str, str]) -> dict[str, str]:
        return {name: values[value] for value, name in self.names.items()}


def model_look(study: Study) -> Look:
    """Every model's name, colour and shape, the same in every figure."""
    models = list(study.single_models)
    is_plain = is_plot_history(study)
    colours = _cycle(models, list(hue_pal()(len(models))) if is_plain else COLOURS)
    return Look(
        "model",
        {model: named(study, model) for model in models},
        {model: study.figures.colours.get(model, colours[model]) for model in models},
        _cycle(models, ["o"] if is_plain else SHAPES),
    )


def shuffle_look(study: Study, model: str) -> Look:
    """The two ways of shuffling, the study's own one in the model's colour."""
    return Look(
        "shuffle",
        {shuffle: shuffle for shuffle in SHUFFLES},
        {"per-epoch": model_look(study).colours[model], "keras": REPEATED},
        {"per-epoch": "o", "keras": "o" if is_plot_history(study) else "D"},
    )


def data_categories(table: pd.DataFrame) -> pd.Series:
    """Training and validation in the words that a reader sees."""
    return _categories(table["data"], {value: _(name) for value, name in DATA.items()})


def data_lines() -> list[Any]:
    """Training dashed, validation solid; grey in the legend, where no model's colour belongs."""
    return [
        p9.scale_linetype_manual({_(DATA[value]): line for value, line in LINES.items()}),
        p9.guides(linetype=p9.guide_legend(override_aes={"color": KEY_GREY})),
    ]


def is_plot_history(study: Study) -> bool:
    return study.figures.style == "plot-history"


def _categories(values: pd.Series, names: dict[str, str]) -> pd.Series:
    order = list(dict.fromkeys(names.values()))
    return pd.Series(pd.Categorical(values.map(names), order), values.index)


def _cycle(names: Iterable[str], values: Sequence[str]) -> dict[str, str]:
    return {name: values[i % len(values)] for i, name in enumerate(names)}
