"""A recorded call in, its arguments as a Keras user writes them out: without defaults."""

import csv
import functools
import inspect
from dataclasses import dataclass
from fnmatch import fnmatchcase
from operator import attrgetter
from typing import Any

from pyreg.port import hooks
from pyreg.port.recording import Call, Items, Plain, Value
from pyreg.port.rtree import Call as RCall
from pyreg.port.rtree import Node, names_in
from pyreg.rbridge.front_end import KERAS2
from pyreg.rbridge.rscript import R_FOLDER

# How many arguments stand without their names, beside those that have no default.
POSITIONAL = {
    "keras.layers.Conv1D": 2,
    "keras.layers.Conv2D": 2,
    "keras.layers.Conv3D": 2,
    "keras.layers.MaxPooling1D": 1,
    "keras.layers.MaxPooling2D": 1,
    "keras.layers.MaxPooling3D": 1,
    "keras.layers.AveragePooling1D": 1,
    "keras.layers.AveragePooling2D": 1,
    "keras.layers.UpSampling1D": 1,
    "keras.layers.UpSampling2D": 1,
    "keras.layers.ZeroPadding2D": 1,
    "keras.layers.Cropping2D": 1,
    "keras.layers.Rescaling": 1,
    "keras.layers.LeakyReLU": 1,
    "keras.layers.GaussianNoise": 1,
    "keras.regularizers.L1": 1,
    "keras.regularizers.L2": 1,
    "keras.initializers.Constant": 1,
    "keras.constraints.MaxNorm": 1,
    "keras.models.clone_model": 1,
    "keras.utils.to_categorical": 2,
    "keras.Sequential": 1,
    "fit": 2,
    "evaluate": 2,
    "predict": 1,
    "train_on_batch": 2,
    "test_on_batch": 2,
    "predict_on_batch": 1,
    "keras.Input": 0,
    "keras.layers.Embedding": 2,
    "keras.utils.pad_sequences": 1,
    "keras.utils.normalize": 1,
    "compile": 0,
}
# Whole lists of sizes are tuples to a Python user.
SHAPES = {
    "shape",
    "input_shape",
    "batch_shape",
    "kernel_size",
    "pool_size",
    "strides",
    "padding",
    "target_shape",
    "dilation_rate",
    "size",
    "cropping",
    "dims",
    "axes",
    "image_size",
    "validation_data",
    "output_shape",
}
# What R's verbs add on their own.
ADDED = {
    ("summary", name)
    for name in ("line_length", "expand_nested", "show_trainable", "layer_range", "print_fn")
}
# Defaults that everybody writes.
WRITTEN = {("compile", "optimizer"), ("fit", "epochs")}
# R's name of an argument where it is another than Python's.
R_NAMES = {
    "shape": ("input_shape",),
    "batch_shape": ("batch_input_shape",),
    "function": ("f",),
}
# R's generic functions do not say the names of what they are given.
GENERICS = {
    "fit": ["object", "x", "y"],
    "evaluate": ["object", "x", "y"],
    "predict": ["object", "x"],
    "compile": ["object", "optimizer", "loss", "metrics"],
}


@dataclass(frozen=True)
class Given:
    """One argument: its keyword, None if it stands without; what it is for; the R code of it."""

    name: str | None
    parameter: str
    value: Value
    code: Node | None


def given_arguments(call: Call) -> list[Given]:
    """The arguments of a call that are worth writing, in the order to write them in."""
    parameters = _parameters(call)
    named = _named(call, parameters)
    code = _code_by_name(call.verb)
    kept = {
        name: value
        for name, value in named.items()
        if (call.target, name) not in ADDED
        and (
            (call.target, name) in WRITTEN
            or (value != Plain(None) and names_in(_code_of(name, code)))
            or not _is_default(value, parameters.get(name))
        )
    }
    num_bare = POSITIONAL.get(call.target, _num_required(parameters))
    first = list(parameters)[:num_bare]
    bare = []
    for name in first:
        if name not in kept or parameters[name].kind is inspect.Parameter.KEYWORD_ONLY:
            break
        bare.append(Given(None, name, kept.pop(name), _code_of(name, code)))
    ordered = sorted(kept, key=lambda name: _place(name, code, parameters))
    return [*bare, *(Given(name, name, kept[name], _code_of(name, code)) for name in ordered)]


def _code_of(name: str, code: dict[str, Node]) -> Node | None:
    return next((code[n] for n in (name, *R_NAMES.get(name, ())) if n in code), None)


def _place(name: str, code: dict[str, Node], parameters: dict[str, Any]) -> int:
    """Where R's code has the argument, else behind that."""
    names = list(code)
    return (
        names.index(name) if name in names else len(names) + list(parameters or [name]).count(name)
    )


def _parameters(call: Call) -> dict[str, inspect.Parameter]:
    """What the function takes, `self` left out; nothing for a property."""
    if call.kind in ("set", "operator"):
        return {}
    if call.kind == "method":
        owner = next(
            (path for path, names in hooks.METHODS.items() if call.target in names), "keras.Model"
        )
        function = getattr(hooks.resolve(owner), call.target)
    else:
        function = hooks.resolve(call.target)
        if isinstance(function, type):
            function = attrgetter("__init__")(function)
    found = dict(inspect.signature(function).parameters)
    if call.kind in ("make", "method"):
        found.pop(next(iter(found)))
    return found


def _named(call: Call, parameters: dict[str, inspect.Parameter]) -> dict[str, Value]:
    """All arguments by name; those of `*args` by their number."""
    names = [
        name
        for name, parameter in parameters.items()
        if parameter.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    ]
    positional = dict(zip(names, call.args, strict=False))
    rest = {str(i): value for i, value in enumerate(call.args[len(names) :])}
    return {**positional, **rest, **call.kwargs}


def _num_required(parameters: dict[str, inspect.Parameter]) -> int:
    """How many of the first ones have no default."""
    number = 0
    for parameter in parameters.values():
        if parameter.default is not inspect.Parameter.empty or parameter.kind in (
            inspect.Parameter.VAR_POSITIONAL,
            inspect.Parameter.VAR_KEYWORD,
        ):
            break
        number += 1
    return number


def _is_default(value: Value, parameter: inspect.Parameter | None) -> bool:
    if parameter is None or parameter.default is inspect.Parameter.empty:
        return value == Plain(None)
    default = parameter.default
    if isinstance(value, Plain):
        both_numbers = isinstance(value.value, (int, float)) and isinstance(default, (int, float))
        return value.value == default and (both_numbers or type(value.value) is type(default))
    if isinstance(value, Items) and all(isinstance(item, Plain) for item in value.items):
        plain = [item.value for item in value.items if isinstance(item, Plain)]
        return isinstance(default, (list, tuple)) and plain == list(default)
    return False


def _code_by_name(verb: RCall | None) -> dict[str, Node]:
    """R's code of each argument, by the name that it has today."""
    if verb is None:
        return {}
    found: dict[str, Node] = {}
    head = verb.head or ""
    free = [n for n in GENERICS.get(head, []) if n not in {a.name for a in verb.arguments}]
    for argument in verb.arguments:
        name = argument.name or (free.pop(0) if free else None)
        if name and argument.value is not None:
            found[_today(head, name)] = argument.value
    return found


def _today(verb: str, name: str) -> str:
    """An argument's name of today: `learning_rate` for `lr` of keras 2."""
    names = (new for old, new in _renamed().get(name, []) if fnmatchcase(verb, old))
    return next(names, name)


@functools.cache
def _renamed() -> dict[str, list[tuple[str, str]]]:
    """Arguments that had another name in keras 2: that -> verbs, as a pattern, and today's name."""
    lines = (R_FOLDER / KERAS2).read_text(encoding="utf-8").splitlines()
    found: dict[str, list[tuple[str, str]]] = {}
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        if row["kind"] == "argument" and row["rename"]:
            found.setdefault(row["arguments"], []).append((row["verb"], row["rename"]))
    return found
