"""Run records in, the models that say the same of every sample out, with the cause and the repair.

Penalties that are too strong are the usual cause: a ROC curve of such a model is the diagonal.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pyreg.config import Model, Study
from pyreg.report.environment import Infos
from pyreg.wording import N_, _


@dataclass(frozen=True)
class Collapse:
    """A model that learned to ignore its input in some of its runs.

    Attributes:
        repaired: models of the study that use the same means and did not collapse.
    """

    model: str
    num_collapsed: int
    num_runs: int
    cause: str
    repair: str
    repaired: list[str]


@dataclass(frozen=True)
class Cause:
    """What can make a network say the same of every sample.

    Attributes:
        concerns: whether a network has the settings that this is about.
        compares: whether a network uses the same means, so that it may be the repaired one.
    """

    concerns: Callable[[Model], bool]
    compares: Callable[[Model], bool]
    cause: str
    repair: str


def _is_normalized(model: Model) -> bool:
    return model.normalization != "none"


def _has_groups_of_one(model: Model) -> bool:
    is_single = model.normalization == "group" and model.groups in model.units
    return model.normalization == "instance" or is_single


CAUSES = [
    Cause(
        _has_groups_of_one,
        _is_normalized,
        N_(
            "Normalization subtracts from each unit the mean of its group, which is the unit "
            "itself: every number becomes 0, whatever the sample."
        ),
        N_("Normalize the whole layer, or groups of several units."),
    ),
    Cause(
        lambda model: model.is_penalized,
        lambda model: model.is_penalized,
        N_(
            "The penalties pull the kernels to 0 harder than the data pull them away. Only the "
            "biases are left, which know no sample."
        ),
        N_(
            "Make the factors ten to a hundred times smaller, until the kernels' norm is no "
            "longer near 0."
        ),
    ),
    Cause(
        lambda model: True,
        lambda model: False,
        N_(
            "Nothing of the sample comes through: relu units that are 0 for every sample, steps "
            "so long that the weights ran away, or nothing in the data to learn."
        ),
        N_("Lower the learning rate, or try another activation."),
    ),
]


def collapses(study: Study, infos: Infos) -> list[Collapse]:
    """The models that collapsed in some run, as the runs' records say."""
    counts = {name: _count(infos, name, study.shuffle) for name in study.models}
    whole = {name for name, (collapsed, _) in counts.items() if not collapsed}
    return [
        _explain(study.models, name, collapsed, num_runs, whole)
        for name, (collapsed, num_runs) in counts.items()
        if collapsed
    ]


def _count(infos: Infos, model: str, shuffle: str) -> tuple[int, int]:
    """How many of Python's runs of a model collapsed, and how many there are."""
    flags = [
        np.atleast_1d(info.get("constant_predictions", False))
        for info in infos
        if info["engine"].startswith("python")
        and (info["model"], info["shuffle"]) == (model, shuffle)
    ]
    return int(sum(flag.sum() for flag in flags)), sum(map(len, flags))


def _explain(
    models: dict[str, Model], name: str, num_collapsed: int, num_runs: int, whole: set[str]
) -> Collapse:
    cause = next(cause for cause in CAUSES if cause.concerns(models[name]))
    repaired = [other for other in models if other in whole and cause.compares(models[other])]
    return Collapse(name, num_collapsed, num_runs, _(cause.cause), _(cause.repair), repaired)
