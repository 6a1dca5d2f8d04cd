"""Nothing in, everything of Keras' public API that a recorder listens to out.

This is the one list: classes and functions are found by walking the public modules, methods and
properties are named. A test holds it against the Keras that is installed.
"""

import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pyreg.port import check

# Of these classes people derive their own; what is derived is recorded by its methods.
BASES = {
    "keras.Operation",
    "keras.Variable",
    "keras.KerasTensor",
    "keras.Layer",
    "keras.Loss",
    "keras.Metric",
    "keras.Optimizer",
    "keras.Initializer",
    "keras.Regularizer",
    "keras.Quantizer",
    "keras.DTypePolicy",
    "keras.Function",
    "keras.callbacks.Callback",
    "keras.constraints.Constraint",
}

# Answers about Keras itself, which change nothing: they are not recorded.
QUESTIONS = (
    "keras.backend.",
    "keras.config.",
    "keras.tree.",
    "keras.distribution.",
    "keras.saving.get_",
    "keras.version",
    "keras.device",
    "keras.utils.is_keras_tensor",
    "keras.utils.is_interactive_logging_enabled",
    "keras.ops.is_tensor",
    "keras.ops.shape",
    "keras.ops.convert_to_numpy",
)
# Settings among them that do change results.
SETTINGS = (
    "keras.config.set_floatx",
    "keras.config.set_dtype_policy",
    "keras.config.set_image_data_format",
    "keras.config.set_epsilon",
    "keras.config.enable_unsafe_deserialization",
    "keras.backend.clear_session",
    "keras.backend.set_floatx",
    "keras.backend.set_image_data_format",
)

METHODS: dict[str, tuple[str, ...]] = {
    "keras.Model": (
        "compile",
        *check.METHODS,
        "load_weights",
        "export",
        "summary",
        "get_layer",
        "reset_metrics",
    ),
    "keras.Sequential": ("add", "pop"),
    "keras.layers.Layer": ("__call__", "get_weights", "set_weights"),
    "keras.layers.Normalization": ("adapt",),
    "keras.layers.Discretization": ("adapt",),
    "keras.layers.TextVectorization": ("adapt", "get_vocabulary", "set_vocabulary"),
    "keras.layers.StringLookup": ("adapt", "get_vocabulary", "set_vocabulary"),
    "keras.layers.IntegerLookup": ("adapt", "get_vocabulary", "set_vocabulary"),
    "keras.layers.RNN": ("reset_state",),
    "keras.metrics.Metric": ("update_state", "reset_state", "result"),
    "keras.losses.Loss": ("__call__",),
    "keras.Variable": ("assign",),
}

PROPERTIES = {
    "keras.layers.Layer": ("trainable",),
    "keras.optimizers.Optimizer": ("learning_rate",),
}

# Operators between tensors -> as Python writes them.
OPERATORS = {
    "__add__": "{0} + {1}",
    "__radd__": "{1} + {0}",
    "__sub__": "{0} - {1}",
    "__rsub__": "{1} - {0}",
    "__mul__": "{0} * {1}",
    "__rmul__": "{1} * {0}",
    "__truediv__": "{0} / {1}",
    "__rtruediv__": "{1} / {0}",
    "__matmul__": "{0} @ {1}",
    "__pow__": "{0} ** {1}",
    "__neg__": "-{0}",
    "__getitem__": "{0}[{1}]",
}


@dataclass(frozen=True)
class Hook:
    """One thing to listen to.

    Attributes:
        path: how a Keras user writes it.
        places: modules and names under which it is found (functions), or its class (others).
        kind: see `recording.Call`.
        name: of the method or property.
    """

    path: str
    kind: Literal["class", "function", "method", "property", "operator"]
    target: Any
    places: tuple[tuple[Any, str], ...] = ()
    name: str = ""


def hooks() -> list[Hook]:
    """Everything a recorder listens to in the Keras of this process."""
    return [*_classes_and_functions(), *_methods(), *_properties(), *_operators()]


def public_symbols() -> dict[str, Any]:
    """Every public class and function, by each path it is found under."""
    import keras

    found: dict[str, Any] = {}
    seen: set[str] = set()
    waiting: list[tuple[str, types.ModuleType]] = [("keras", keras)]
    while waiting:
        path, module = waiting.pop(0)
        for name, value in sorted(vars(module).items()):
            if name.startswith("_"):
                continue
            if isinstance(value, types.ModuleType):
                if _is_public(value) and value.__name__ not in seen:
                    seen.add(value.__name__)
                    waiting.append((f"{path}.{name}", value))
            elif _is_of_keras(value):
                found[f"{path}.{name}"] = value
    return found


def shortest_paths(symbols: dict[str, Any]) -> dict[int, str]:
    """The path a Keras user would write, by the object's id.

    Aliases in small letters (`keras.initializers.zeros`), old names and long ways stand back.
    """
    best: dict[int, str] = {}
    for path, value in symbols.items():
        known = best.get(id(value))
        if known is None or _rank(path, value) < _rank(known, value):
            best[id(value)] = path
    return best


def resolve(path: str) -> Any:
    """The object that a path such as `keras.layers.Dense` names."""
    value: Any = sys.modules["keras"]
    for name in path.split(".")[1:]:
        value = getattr(value, name)
    return value


def _rank(path: str, value: Any) -> tuple[Any, ...]:
    name = path.rpartition(".")[2]
    own_name = getattr(value, "__name__", name)
    return ("legacy" in path, path.count("."), name != own_name, len(path), path)


def _is_public(module: types.ModuleType) -> bool:
    return module.__name__.startswith("keras.") and not module.__name__.startswith("keras.src")


def _is_of_keras(value: Any) -> bool:
    return isinstance(value, (type, types.FunctionType)) and value.__module__.startswith("keras")


def _classes_and_functions() -> Iterator[Hook]:
    symbols = public_symbols()
    paths = shortest_paths(symbols)
    places: dict[int, list[tuple[Any, str]]] = {}
    for path, value in symbols.items():
        module, _, name = path.rpartition(".")
        places.setdefault(id(value), []).append((resolve(module), name))
    bases = {id(symbols[path]) for path in BASES}
    for value in {id(value): value for value in symbols.values()}.values():
        path = paths[id(value)]
        if id(value) in bases or _is_question(path):
            continue
        if not isinstance(value, type):
            yield Hook(path, "function", value, tuple(places[id(value)]))
        elif not issubclass(value, BaseException):
            yield Hook(path, "class", value)


def _is_question(path: str) -> bool:
    return path.startswith(QUESTIONS) and path not in SETTINGS


def _methods() -> Iterator[Hook]:
    for path, names in METHODS.items():
        for name in names:
            yield Hook(f"{path}.{name}", "method", resolve(path), name=name)


def _properties() -> Iterator[Hook]:
    for path, names in PROPERTIES.items():
        for name in names:
            yield Hook(f"{path}.{name}", "property", resolve(path), name=name)


def _operators() -> Iterator[Hook]:
    tensor = resolve("keras.KerasTensor")
    for name in OPERATORS:
        yield Hook(f"keras.KerasTensor.{name}", "operator", tensor, name=name)
