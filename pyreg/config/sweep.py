"""A setting and its values in, a model for each value out."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from pyreg.config.network import Model
from pyreg.config.section import Section

Setting = Literal["units", "depth", "l1", "l2", "dropout"]
MOST_SETTINGS = 2  # a curve has one axis, a heat map two


class Sweep(Section):
    """Models that differ in one setting, or in two at once: drawn as a curve, or as a heat map."""

    over: dict[Setting, Annotated[list[float], Field(min_length=2)]] = Field(
        min_length=1,
        max_length=MOST_SETTINGS,
        description="One setting or two, and the values each takes. units: of every hidden layer; "
        "depth: number of hidden layers; l1, l2, dropout: as of a model.",
    )
    model: Model = Field(
        Model(units=[16, 16]), description="The network whose settings the values replace."
    )

    @model_validator(mode="after")
    def _whole_numbers(self) -> "Sweep":
        for setting in ("units", "depth"):
            wrong = [value for value in self.over.get(setting, []) if value != int(value)]
            if wrong:
                raise ValueError(f"over.{setting}: got {wrong[0]}, expected whole numbers")
        return self

    def points(self, name: str) -> Iterator[tuple[str, Mapping[str, float]]]:
        """The name of each model of the sweep called `name`, and its values of the settings."""
        for values in itertools.product(*self.over.values()):
            text = "x".join(f"{value:g}" for value in values)
            yield f"{name}-{text}", dict(zip(self.over, values, strict=True))

    def models(self, name: str) -> dict[str, dict[str, Any]]:
        """The sweep's models by name, as they would stand in a study's file."""
        return {model: self._settings(values) for model, values in self.points(name)}

    def _settings(self, values: Mapping[str, float]) -> dict[str, Any]:
        layers = self.model.units
        if "units" in values:
            layers = [int(values["units"])] * len(layers)
        if "depth" in values:
            layers = layers[:1] * int(values["depth"])
        others = {name: value for name, value in values.items() if name not in ("units", "depth")}
        return {**self.model.model_dump(exclude_defaults=True), **others, "units": layers}
