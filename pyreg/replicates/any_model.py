"""A model and many seeds in, its runs out: stacked where that is possible, else one by one."""

from collections.abc import Sequence
from pathlib import Path

from pyreg import config
from pyreg.records.replicates import Replicates
from pyreg.replicates import single
from pyreg.replicates import train as stacked


def train(
    study: config.Study, model: str, shuffle: str, seeds: Sequence[int], encoded: str | Path
) -> Replicates:
    """Train one model once per seed; arguments and errors as in `single.train`."""
    trainer = stacked if can_be_stacked(study, model) else single
    return trainer.train(study, model, shuffle, seeds, encoded)


def can_be_stacked(study: config.Study, model: str) -> bool:
    """Whether the model's replicates can train as one model.

    Side by side they must see the same reviews with the same labels, mix nothing within a layer,
    have an optimizer that treats every weight by itself, and end together.
    """
    spec = study.models[model]
    return (
        study.data.is_multi_hot
        and not study.data.permute_labels
        and not spec.layers
        and spec.half is None
        and bool(spec.units)
        and spec.normalization == "none"
        and spec.optimizer.name == "adam"
        and not spec.optimizer.weight_decay
        and spec.early_stopping is None
    )
