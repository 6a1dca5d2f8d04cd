"""A network's settings in, the words out that figures and report tell it by."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pyreg.config import EarlyStopping, Model, Optimizer, Study
from pyreg.config.layers import Layer
from pyreg.config.settings import Setting
from pyreg.wording.language import N_, _, counted

SETTINGS: dict[Setting, str] = {
    "units": N_("Units of each hidden layer"),
    "depth": N_("Hidden layers"),
    "l1": N_("L1 factor"),
    "l2": N_("L2 factor"),
    "dropout": N_("Dropout rate"),
    "learning_rate": N_("Learning rate"),
}
NORMALIZATIONS = {
    "batch": N_("batch normalization"),
    "layer": N_("layer normalization"),
    "group": N_("group normalization"),
    "instance": N_("instance normalization"),
}
OPTIONS = {
    "learning_rate": N_("learning rate"),
    "momentum": N_("momentum"),
    "weight_decay": N_("weight decay"),
}
MONITORED = {
    "loss": N_("loss"),
    "accuracy": N_("accuracy"),
    "binary_crossentropy": N_("binary cross-entropy"),
    "sparse_categorical_crossentropy": N_("categorical cross-entropy"),
    "mean_squared_error": N_("mean squared error"),
    "mean_absolute_error": N_("mean absolute error"),
}

_ARRANGE = ("reshape", "flatten")  # they learn nothing and drop nothing


def named(study: Study, model: str) -> str:
    """A model's name as its study wants it shown."""
    return study.figures.names.get(model, model)


def describe(study: Study, models: Sequence[str]) -> str:
    """What sets models apart, as `baseline: 2 x 16 units; smaller: 2 x 4 units`."""
    return "; ".join(f"{named(study, name)}: {in_words(study.models[name])}" for name in models)


def in_words(model: Model) -> str:
    """A network, as `2 x 16 units, L2 0.001`; what is the default is left out."""
    return ", ".join(_parts(model))


def spoken(setting: Setting) -> str:
    """A setting within a sentence, as `hidden layers` or `L2 factor`."""
    title = _(SETTINGS[setting])
    return title if title[1].isdigit() else title[0].lower() + title[1:]


def _parts(model: Model) -> Iterator[str]:
    yield from (_layer(layer) for layer in model.layers if layer.kind not in _ARRANGE)
    if model.units or not model.layers:
        yield _layers(model.units)
    if set(model.activations) - {"relu"}:
        yield _each(model.activation)
    if model.is_penalized:
        yield _penalties(model)
    if any(model.dropouts):
        yield _("dropout {rate}").format(rate=_each(model.dropout))
    if model.normalization != "none":
        yield _normalization(model)
    if model.optimizer != Optimizer():
        yield _optimizer(model.optimizer)
    if model.half:
        yield _("half {number} of the samples").format(number=model.half)
    if model.weights:
        origin = model.weights_of or Path(str(model.weights)).name
        yield _("first layers of {origin}").format(origin=origin)
    if model.early_stopping:
        yield _early_stopping(model.early_stopping)


def _layer(layer: Layer) -> str:
    """As `conv 2d (32, 3, padding same)`, in Keras' words; what must be given without its name."""
    given = layer.model_dump(exclude={"kind"}, exclude_defaults=True)
    must = {name for name, field in type(layer).model_fields.items() if field.is_required()}
    settings = [str(value) for name, value in given.items() if name in must]
    settings += [_setting(name, value) for name, value in given.items() if name not in must]
    kind = layer.kind.replace("_", " ")
    return f"{kind} ({', '.join(settings)})" if settings else kind


def _setting(name: str, value: Any) -> str:
    name = name.replace("_", " ")
    if isinstance(value, bool):
        return name if value else f"not {name}"
    return f"{name} {value}"


def _layers(units: Sequence[int]) -> str:
    if not units:
        return _("no hidden layer")
    alike = len(set(units)) == 1
    layers = f"{len(units)} × {units[0]}" if alike else _each(list(units))
    return _("{layers} units").format(layers=layers)


def _penalties(model: Model) -> str:
    if isinstance(model.l1, list) or isinstance(model.l2, list):
        factors = ", ".join(map(_penalty, model.penalties))
        return _("penalties by layer: {factors}").format(factors=factors)
    penalty = _penalty((model.l1, model.l2))
    if model.penalized == "all":
        return _("{penalty} on all layers").format(penalty=penalty)
    return penalty


def _penalty(factors: tuple[float, float]) -> str:
    both = zip(("L1", "L2"), factors, strict=True)
    return " + ".join(f"{name} {factor:g}" for name, factor in both if factor) or _("none")


def _normalization(model: Model) -> str:
    name = _(NORMALIZATIONS[model.normalization])
    if model.normalization != "group":
        return name
    groups = counted("{number} group", "{number} groups", model.groups)
    return f"{name} ({groups.format(number=model.groups)})"


def _optimizer(optimizer: Optimizer) -> str:
    given = optimizer.model_dump(exclude={"name"}, exclude_none=True)
    settings = ", ".join(f"{_(OPTIONS[name])} {value:g}" for name, value in given.items())
    return f"{optimizer.name} ({settings})" if settings else optimizer.name


def _early_stopping(stopping: EarlyStopping) -> str:
    text = (
        _("early stopping (validation {monitor}, patience {patience}, best weights restored)")
        if stopping.restore_best_weights
        else _("early stopping (validation {monitor}, patience {patience})")
    )
    return text.format(monitor=_(MONITORED[stopping.monitor]), patience=stopping.patience)


def _each(setting: Any) -> str:
    """One value for all layers, or `0.5 + 0.2` for the first and the second."""
    values = setting if isinstance(setting, list) else [setting]
    return " + ".join(str(value) if isinstance(value, str) else f"{value:g}" for value in values)
