"""A network's settings in, the words out that figures and report tell it by."""

from collections.abc import Iterator, Sequence
from typing import Any

from pyreg.config import EarlyStopping, Model, Optimizer, Study


def describe(study: Study, models: Sequence[str]) -> str:
    """What sets models apart, as `baseline: 2 x 16 units; smaller: 2 x 4 units`."""
    return "; ".join(f"{name}: {in_words(study.models[name])}" for name in models)


def in_words(model: Model) -> str:
    """A network, as `2 x 16 units, L2 0.001`; what is the default is left out."""
    return ", ".join(_parts(model))


def _parts(model: Model) -> Iterator[str]:
    yield _layers(model.units)
    if set(model.activations) - {"relu"}:
        yield _each(model.activation)
    if model.is_penalized:
        yield _penalties(model)
    if any(model.dropouts):
        yield f"dropout {_each(model.dropout)}"
    if model.normalization != "none":
        groups = f" ({model.groups} groups)" if model.normalization == "group" else ""
        yield f"{model.normalization} normalization{groups}"
    if model.optimizer != Optimizer():
        yield _optimizer(model.optimizer)
    if model.early_stopping:
        yield _early_stopping(model.early_stopping)


def _layers(units: Sequence[int]) -> str:
    if not units:
        return "no hidden layer"
    return f"{len(units)} × {units[0]} units" if len(set(units)) == 1 else f"{_each(units)} units"


def _penalties(model: Model) -> str:
    if isinstance(model.l1, list) or isinstance(model.l2, list):
        return "penalties by layer: " + ", ".join(map(_penalty, model.penalties))
    penalty = _penalty((model.l1, model.l2))
    return f"{penalty} on all layers" if model.penalized == "all" else penalty


def _penalty(factors: tuple[float, float]) -> str:
    named = zip(("L1", "L2"), factors, strict=True)
    return " + ".join(f"{name} {factor:g}" for name, factor in named if factor) or "none"


def _optimizer(optimizer: Optimizer) -> str:
    given = optimizer.model_dump(exclude={"name"}, exclude_none=True)
    settings = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in given.items())
    return f"{optimizer.name} ({settings})" if settings else optimizer.name


def _early_stopping(stopping: EarlyStopping) -> str:
    best = ", best weights restored" if stopping.restore_best_weights else ""
    monitor = stopping.monitor.replace("_", " ")
    return f"early stopping (validation {monitor}, patience {stopping.patience}{best})"


def _each(setting: Any) -> str:
    """One value for all layers, or `0.5 + 0.2` for the first and the second."""
    values = setting if isinstance(setting, list) else [setting]
    return " + ".join(str(value) if isinstance(value, str) else f"{value:g}" for value in values)
