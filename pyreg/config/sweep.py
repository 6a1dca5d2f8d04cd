"""A setting and its values in, a model for each value out."""

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from pyreg.config.network import Model
from pyreg.config.section import Section
from pyreg.config.settings import Setting, not_whole, too_deep, with_settings

MOST_SETTINGS = 2  # a curve has one axis, a heat map two
MOST_MODELS = 1000


class Sweep(Section):
    """Models that differ in one setting, or in two at once: drawn as a curve, or as a heat map."""

    over: dict[Setting, Annotated[list[float], Field(min_length=2)]] = Field(
        min_length=1,
        max_length=MOST_SETTINGS,
        description="One setting or two, and the values each takes. units: of every hidden layer; "
        "depth: number of hidden layers; l1, l2, dropout: as of a model; learning_rate: as of its "
        "optimizer.",
    )
    model: Model = Field(
        Model(units=[16, 16]), description="The network whose settings the values replace."
    )

    @model_validator(mode="after")
    def _whole_numbers(self) -> "Sweep":
        for setting, values in self.over.items():
            if wrong := not_whole(setting, values):
                raise ValueError(f"over.{setting}: got {wrong[0]}, expected whole numbers")
            if problem := too_deep(setting, values):
                raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def _each_model_has_a_name(self) -> "Sweep":
        number = math.prod(map(len, self.over.values()))
        if number > MOST_MODELS:
            raise ValueError(f"over: got {number:,} models, expected up to {MOST_MODELS:,}")
        for setting, values in self.over.items():
            shown = [f"{value:g}" for value in values]
            if len(set(shown)) < len(shown):
                twice = next(text for text in shown if shown.count(text) > 1)
                raise ValueError(
                    f"over.{setting}: got {twice} twice, and models are named by their values in "
                    "six digits; give each value once"
                )
        return self

    def points(self, name: str) -> Iterator[tuple[str, Mapping[str, float]]]:
        """The name of each model of the sweep called `name`, and its values of the settings."""
        for values in itertools.product(*self.over.values()):
            text = "x".join(f"{value:g}" for value in values)
            yield f"{name}-{text}", dict(zip(self.over, values, strict=True))

    def models(self, name: str) -> dict[str, dict[str, Any]]:
        """The sweep's models by name, as they would stand in a study's file."""
        return {model: with_settings(self.model, values) for model, values in self.points(name)}
