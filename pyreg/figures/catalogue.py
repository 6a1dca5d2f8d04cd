"""A study in, the names of its figures out; light, because the Snakefile asks for them."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyreg.config import Model, Study

# Of every figure, besides the study's formats: what the report is made of, exactly the drawn data,
# and the words around the picture.
ALWAYS = ["svg", "csv", "txt"]

# What a group of models changes -> the word its figure is known by.
_GROUP_NAMES = {"units": "capacity"}
# Settings that only say more of another one.
_DETAILS = ("penalized", "groups")


@dataclass(frozen=True)
class Entry:
    """One figure of a study.

    Attributes:
        name: stem of its files.
        kind: which drawing it is: a key of `pyreg.figures.draw.DRAWINGS`.
        models: the models drawn, the baseline first.
    """

    name: str
    kind: str
    models: tuple[str, ...]


def names(study: Study) -> list[str]:
    """Names of the study's figures, in the order of the report; decided by the config alone."""
    return [entry.name for entry in entries(study)]


def formats(study: Study) -> list[str]:
    """Endings of each figure's files."""
    return [*ALWAYS, *study.figures.formats]


def entries(study: Study) -> list[Entry]:
    """The study's figures, in the order of the report."""
    return list(_entries(study))


def groups(study: Study) -> dict[str, tuple[str, ...]]:
    """The models compared in one figure: those that change the same settings of the baseline.

    The lesson's five become capacity (smaller, bigger), l2 and dropout. A model that changes
    two settings at once belongs to a group of its own kind, `capacity-l2` for example.

    Returns:
        group name -> models, the baseline (the study's first model) first.
    """
    baseline, *others = study.single_models
    found: dict[str, tuple[str, ...]] = {}
    for model in others:
        changed = _changed_settings(study.models[baseline], study.models[model])
        told = [key for key in changed if key not in _DETAILS] or changed
        names = [_GROUP_NAMES.get(key, key.replace("_", "-")) for key in told]
        group = "-".join(names) or "same"
        found[group] = (*found.get(group, (baseline,)), model)
    return found


def linear_pair(study: Study) -> tuple[str, ...]:
    """A linear regression with L1 alone and one with L2 alone; nothing if one is missing."""
    if study.task != "regression":
        return ()
    linear = {
        name: model.penalties[0]
        for name, model in study.models.items()
        if not model.units and not model.layers
    }
    with_l1 = [name for name, (l1, l2) in linear.items() if l1 and not l2]
    with_l2 = [name for name, (l1, l2) in linear.items() if l2 and not l1]
    return (with_l1[0], with_l2[0]) if with_l1 and with_l2 else ()


def _entries(study: Study) -> Iterator[Entry]:
    every = study.single_models
    yield Entry("curves", "curves", every)
    for group, models in groups(study).items():
        yield Entry(f"compare-{group}", "compare", models)
    for name, sweep in study.sweeps.items():
        yield Entry(f"sweep-{name}", "sweep", tuple(model for model, _ in sweep.points(name)))
    if pair := linear_pair(study):
        yield Entry("norms", "norms", pair)
    if study.search:
        yield Entry("search", "search", ())
    if study.replicates:
        yield Entry("final-metrics", "final-metrics", every)
        if study.claims:
            yield Entry("claims", "claims", every)
    if study.task == "binary":
        yield Entry("roc", "roc", every)
    if study.task != "regression":
        yield Entry("confusion", "confusion", every)
    for model in study.compress:
        yield Entry(f"compression-{model}", "compression", (model,))
    if study.shuffle == "per-epoch":
        for model in study.keras_shuffle_models:
            yield Entry(f"frozen-shuffle-{model}", "frozen-shuffle", (model,))
    if study.r != "off":
        yield Entry("python-r", "python-r", every)


def _changed_settings(baseline: Model, model: Model) -> list[str]:
    return [key for key, value in model if value != getattr(baseline, key)]
