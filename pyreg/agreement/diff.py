"""Two runs' records in, the first link of their chains that differs and by how much out."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyreg.agreement.distance import largest_difference
from pyreg.records.run import Chain, Run

NUM_EPOCHS = "number of epochs"
OF_ONE_ALONE = "values that the history holds"
# Two runs of one command differ in the first three; the others are results.
NOT_ENVIRONMENT = ("times", "files", "data.fetched", "keras_in_double", "constant_predictions")
# Not every record tells these: earlier ones did not, and only TensorFlow knows of oneDNN.
NOT_ALWAYS_TOLD = ("keras", "variables", "onednn")


@dataclass(frozen=True)
class Difference:
    """Where two runs part, and how far apart they are there.

    Attributes:
        link: the first link of the chain that differs, as `Chain.links` names it.
        epoch: the first epoch that shows the difference.
        history: largest absolute difference of that epoch's history values.
        weights: largest absolute difference of a weight after that epoch (before the first
            one where initial weights differ); None where not both runs stored them.
        predictions: largest absolute difference of a final probability; None where the runs
            have different reviews or numbers of epochs.
        environment: field of run.json, with dots -> its two values, where they differ.
    """

    link: str
    epoch: int
    history: float | None
    weights: float | None
    predictions: float | None
    environment: Mapping[str, tuple[Any, Any]]


def first_difference(left: Run, right: Run) -> Difference | None:
    """Walk both chains from the data to the predictions; None if every known link is equal.

    A link that one of the runs cannot know (the batch order inside a plain `fit`) is passed over.
    """
    link = _first_differing_link(left.chain, right.chain)
    if link is None:
        return None
    epoch = _epoch_of(link, left, right)
    weights = weights_difference(left, right, 0) if link == "initial weights" else None
    return Difference(
        link=link,
        epoch=epoch,
        history=history_difference(left, right, epoch),
        weights=weights_difference(left, right, epoch) if weights is None else weights,
        predictions=predictions_difference(left, right),
        environment=environment_difference(left.info, right.info),
    )


def sentence(left: Run, right: Run, difference: Difference | None) -> str:
    """The answer in one sentence: where they part, how far apart, what their environments say."""
    pair = f"{left.key} and {right.key}"
    if difference is None:
        return f"{pair} are bit-identical in every link, from the data to the predictions."
    where = f"{pair} first differ in the {difference.link}"
    if difference.link == NUM_EPOCHS:
        where += f" ({len(left.chain.weights)} and {len(right.chain.weights)})"
    apart = ", ".join(_distances(difference)) or "nothing stored can be compared"
    return f"{where}: {apart}; {_environments(difference.environment)}."


def history_difference(left: Run, right: Run, epoch: int | None = None) -> float | None:
    """Largest absolute difference of the values both histories hold, of one epoch or of all."""
    names = ["epoch", "metric", "data"]
    both = left.history.merge(right.history, on=names, suffixes=("_left", "_right"))
    if epoch is not None:
        both = both[both["epoch"] == epoch]
    return largest_difference(both["value_left"].to_numpy(), both["value_right"].to_numpy())


def history_of_one_alone(left: Run, right: Run) -> bool:
    """Whether one history has values, of epochs that both runs reached, that the other has not."""
    reached = min(len(left.chain.weights), len(right.chain.weights))
    told = [
        set(zip(rows["epoch"], rows["metric"], rows["data"], strict=True))
        for rows in (run.history[run.history["epoch"] <= reached] for run in (left, right))
    ]
    return told[0] != told[1]


def weights_difference(left: Run, right: Run, epoch: int) -> float | None:
    """Largest absolute difference of a weight after `epoch`; None unless both stored them."""
    pairs = list(itertools.zip_longest(left.weights.get(epoch, []), right.weights.get(epoch, [])))
    if not pairs or any(np.shape(a) != np.shape(b) for a, b in pairs):
        return None
    return max(largest_difference(a, b) or 0.0 for a, b in pairs)


def predictions_difference(left: Run, right: Run) -> float | None:
    """Largest absolute difference of a final probability; None where not of the same epoch."""
    if len(left.chain.weights) != len(right.chain.weights):
        return None
    return largest_difference(left.predictions, right.predictions)


def environment_difference(
    left: Mapping[str, Any], right: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """The fields of two run.json that differ, nested ones named with dots; times are left out."""
    untold = [name for name in NOT_ALWAYS_TOLD if left.get(name) is None or right.get(name) is None]
    a, b = (
        dict(_flatten({k: v for k, v in info.items() if k not in untold})) for info in (left, right)
    )
    return {
        name: (a.get(name), b.get(name))
        for name in a | b
        if a.get(name) != b.get(name) and not name.startswith(NOT_ENVIRONMENT)
    }


def _first_differing_link(left: Chain, right: Chain) -> str | None:
    for a, b in itertools.zip_longest(left.links(), right.links()):
        if a is None or b is None or a[0] != b[0]:  # one run ends before the other
            return NUM_EPOCHS
        if a[1] != b[1] and None not in (a[1], b[1]):
            return a[0]
    return None


def _epoch_of(link: str, left: Run, right: Run) -> int:
    """The first epoch that a difference in this link can show in."""
    if link.startswith("weights after epoch "):
        return int(link.rsplit(" ", 1)[1])
    if link in (NUM_EPOCHS, "predictions"):
        return min(len(left.chain.weights), len(right.chain.weights))
    return 1


def _flatten(info: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in info.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _distances(difference: Difference) -> Iterator[str]:
    named = [
        (f"the history of epoch {difference.epoch}", difference.history),
        ("the weights there", difference.weights),
        ("the final predictions", difference.predictions),
    ]
    for name, value in named:
        if value is not None:
            yield f"{name} {'equal' if value == 0 else f'up to {value:.2g} apart'}"


def _environments(fields: Mapping[str, tuple[Any, Any]]) -> str:
    if not fields:
        return "their environments are the same"
    listed = ", ".join(f"{name} ({_brief(a)} | {_brief(b)})" for name, (a, b) in fields.items())
    return f"their environments differ in {listed}"


def _brief(value: Any) -> str:
    return "none" if value is None else str(value)
