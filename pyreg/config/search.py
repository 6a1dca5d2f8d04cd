"""Settings and the ends between which each is drawn in, the networks a search may try out."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, ValidationError, model_validator

from pyreg.config.network import Model
from pyreg.config.section import Section
from pyreg.config.settings import Setting, not_whole, too_deep, with_settings

# Drawn in ratios, as from 4 to 8 units is as far as from 128 to 256; the others evenly.
IN_RATIOS: tuple[Setting, ...] = ("units", "l1", "l2", "learning_rate")
VALIDATION = "validation"  # held out of the last search, whose network is recommended


class Search(Section):
    """The search for the best network, and the folds that tell how good what it finds is."""

    over: dict[Setting, Annotated[list[float], Field(min_length=2, max_length=2)]] = Field(
        min_length=1,
        description="The settings that are searched, and the ends between which each is drawn. "
        "units: of every hidden layer; depth: number of hidden layers; l1, l2, dropout: as of a "
        "model; learning_rate: as of its optimizer. depth and dropout are drawn evenly, the others "
        "in ratios.",
    )
    model: Model = Field(
        Model(units=[16, 16]), description="The network whose settings the values replace."
    )
    trials: int = Field(20, ge=1, le=100_000, description="Networks that each search trains.")
    folds: int = Field(
        3,
        ge=2,
        le=1000,
        description="Parts of the training samples. Each is held out of one search, whose best "
        "network it judges; each search chooses by such a part of what is left to it.",
    )

    @property
    def held_out_sets(self) -> tuple[str, ...]:
        """What judges the best network of each search: `fold-1`, `fold-2`, ..., `validation`."""
        return (*(f"fold-{number}" for number in range(1, self.folds + 1)), VALIDATION)

    def network(self, values: Mapping[str, float]) -> Model:
        """The network with these values of the searched settings."""
        return Model.model_validate(with_settings(self.model, values))

    @model_validator(mode="after")
    def _ends_fit_their_setting(self) -> "Search":
        for setting, ends in self.over.items():
            low, high = ends
            if not low < high:
                raise ValueError(
                    f"over.{setting}: got {low:g} to {high:g}, expected the lower end first; give "
                    "two different ends in that order"
                )
            if wrong := not_whole(setting, ends):
                raise ValueError(f"over.{setting}: got {wrong[0]}, expected whole numbers")
            if setting in IN_RATIOS and low <= 0:
                raise ValueError(
                    f"over.{setting}: got {low:g} as the lower end, expected more than 0, as it is "
                    "drawn in ratios; for none of it leave the setting out"
                )
            if problem := too_deep(setting, ends):
                raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def _ends_make_networks(self) -> "Search":
        if "units" in self.over and self.model.normalization == "group":
            raise ValueError(
                "over.units: got a network with group normalization, whose groups must divide the "
                "units; search other settings, or normalize layers"
            )
        for number in (0, 1):
            values: dict[str, float] = {
                setting: ends[number] for setting, ends in self.over.items()
            }
            try:
                self.network(values)
            except ValidationError as error:
                told = "; ".join(detail["msg"] for detail in error.errors())
                shown = ", ".join(f"{setting} {value:g}" for setting, value in values.items())
                raise ValueError(
                    f"over: got {shown}, which makes no network: {told}; choose other ends"
                ) from None
        return self
