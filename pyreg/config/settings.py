"""Values of a few settings and a network in, the network with those values out."""

from collections.abc import Mapping
from typing import Any, Literal

from pyreg.config.network import MOST_LAYERS, Model

Setting = Literal["units", "depth", "l1", "l2", "dropout", "learning_rate"]
WHOLE_NUMBERS: tuple[Setting, ...] = ("units", "depth")


def not_whole(setting: str, values: list[float]) -> list[float]:
    """The values that the setting cannot take because it counts something."""
    return [value for value in values if setting in WHOLE_NUMBERS and value != int(value)]


def too_deep(setting: str, values: list[float]) -> str | None:
    """What is wrong with depths, before so many layers are made of them."""
    wrong = [value for value in values if not 1 <= value <= MOST_LAYERS]
    if setting == "depth" and wrong:
        return f"over.depth: got {wrong[0]:g}, expected 1 to {MOST_LAYERS} hidden layers"
    return None


def with_settings(model: Model, values: Mapping[str, float]) -> dict[str, Any]:
    """The network with some settings replaced, as it would stand in a study's file.

    Args:
        values: setting -> value. units: of every hidden layer; depth: number of hidden layers.
    """
    settings = model.model_dump(exclude_defaults=True)
    layers = model.units
    if "units" in values:
        layers = [int(values["units"])] * len(layers)
    if "depth" in values:
        layers = layers[:1] * int(values["depth"])
    if "learning_rate" in values:
        optimizer = settings.get("optimizer", {})
        settings["optimizer"] = {**optimizer, "learning_rate": values["learning_rate"]}
    replaced = {name: values[name] for name in ("l1", "l2", "dropout") if name in values}
    return {**settings, **replaced, "units": layers}
