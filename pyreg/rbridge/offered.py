"""What R asks of Python in, an R list with the value or the failure out."""

import builtins
import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from pyreg.rbridge import calls, interrupts, objects
from pyreg.rbridge.convert import named_list, to_python, view
from pyreg.rbridge.rinterface import RObject


def request(operation: Any, /, *arguments: Any) -> RObject:
    """Do what `python(operation, ...)` in R/bridge.R asks for.

    Never raises: an exception that leaves a function called by R would end the process.
    """
    try:
        with interrupts.python_in_charge():
            objects.sweep()
            return named_list({"value": OPERATIONS[operation[0]](*arguments)})
    except BaseException as error:
        return named_list({"failure": calls.hand_to_r(error)})


def _import(name: RObject) -> Any:
    return importlib.import_module(to_python(name))


def _builtin(name: RObject) -> Any:
    return getattr(builtins, to_python(name))


def _get(target: RObject, name: RObject) -> Any:
    return getattr(to_python(target), to_python(name))


def _set(target: RObject, name: RObject, value: RObject) -> None:
    setattr(to_python(target), to_python(name), to_python(value))


def _item(target: RObject, key: RObject) -> Any:
    return to_python(target)[to_python(key)]


def _call(target: RObject, arguments: RObject, named: RObject) -> Any:
    return to_python(target)(*to_python(arguments), **dict(to_python(named)))


def _names(target: RObject) -> list[str]:
    return [name for name in dir(to_python(target)) if not name.startswith("_")]


def _describe(target: RObject) -> str:
    return repr(to_python(target))


def _array(value: RObject, dtype: RObject) -> RObject:
    """An R vector, matrix or array as a C-ordered NumPy array that stays in Python."""
    shaped = view(value)
    return objects.wrap(np.array(shaped, dtype=to_python(dtype) or shaped.dtype, order="C"))


OPERATIONS: dict[str, Callable[..., Any]] = {
    "import": _import,
    "builtin": _builtin,
    "get": _get,
    "set": _set,
    "item": _item,
    "call": _call,
    "names": _names,
    "describe": _describe,
    "array": _array,
}
