"""What R asks of Python in, an R list with the value or the failure out."""

import builtins
import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from pyreg.rbridge import calls, classes, feeding, interrupts, objects, tensors
from pyreg.rbridge.convert import to_argument, to_python
from pyreg.rbridge.rinterface import RObject
from pyreg.rbridge.to_r import named_list, view


def request(operation: Any, /, *arguments: Any) -> RObject:
    """Do what `python(operation, ...)` in R's bridge.R asks for.

    Never raises: an exception that leaves a function called by R would end the process.
    """
    try:
        with interrupts.python_in_charge():
            objects.sweep()
            return named_list({"value": OPERATIONS[operation[0]](*arguments)})
    except BaseException as error:
        return named_list({"failure": calls.hand_to_r(error)})


# Modules, attributes, items ----------------------------------------------------------------------


def _import(name: RObject) -> Any:
    return importlib.import_module(to_python(name))


def _builtin(name: RObject) -> Any:
    return getattr(builtins, to_python(name))


def _symbol(path: RObject) -> Any:
    return symbol(to_python(path))


def symbol(path: str) -> Any:
    """What a dotted name such as `keras.layers.Dense` stands for, now."""
    first, *rest = path.split(".")
    found = importlib.import_module(first)
    for name in rest:
        found = getattr(found, name)
    return found


def _get(target: RObject, name: RObject) -> Any:
    held, key = to_python(target), to_python(name)
    return held[key] if isinstance(held, dict) and key in held else getattr(held, key)


def _get_or(target: RObject, name: RObject, default: RObject) -> Any:
    return getattr(to_python(target), to_python(name), default)


def _set(target: RObject, name: RObject, value: RObject) -> None:
    """Set an attribute.

    R's `x$a$b <- v` puts `x$a` back into `x` in the end; what is there already stays untouched,
    as it may be a property that cannot be set.
    """
    held, key, new = to_python(target), to_python(name), to_argument(value)
    if getattr(held, key, None) is not new or new is None:
        setattr(held, key, new)


def _item(target: RObject, key: RObject) -> Any:
    return to_python(target)[to_argument(key)]


def _set_item(target: RObject, key: RObject, value: RObject) -> None:
    to_python(target)[to_argument(key)] = to_argument(value)


def _delete(target: RObject, name: RObject) -> None:
    delattr(to_python(target), to_python(name))


def _names(target: RObject) -> list[str]:
    return [name for name in dir(to_python(target)) if not name.startswith("_")]


def _describe(target: RObject) -> str:
    return repr(to_python(target))


def _text(target: RObject) -> str:
    return str(to_python(target))


def _class_names(target: RObject) -> list[str]:
    """Names of the classes of an object, its own first, with the modules they are from."""
    return [f"{one.__module__}.{one.__qualname__}" for one in type(to_python(target)).__mro__]


# Calls -------------------------------------------------------------------------------------------


def _call(target: RObject, arguments: RObject, named: RObject) -> Any:
    function, given = to_argument(target), to_argument(arguments)
    if len(given) == 1 and tensors.grows(given[0], function):
        given[0].add(function)
        return given[0]
    return function(*given, **dict(to_argument(named)))


def _kept_call(target: RObject, arguments: RObject, named: RObject) -> RObject:
    """A call whose result stays in Python even where R has a type for it."""
    return objects.wrap(to_argument(target)(*to_argument(arguments), **dict(to_argument(named))))


def _kept_item(target: RObject, key: RObject) -> RObject:
    return objects.wrap(to_python(target)[to_argument(key)])


_main: dict[str, Any] = {}  # of the Python code that R runs, which is not pyreg's own


def _get_main() -> RObject:
    return objects.wrap(_main)


def _run(code: RObject, local: RObject) -> RObject:
    """Run a program; the names that it defines, in a dict."""
    space = {} if to_python(local) else _main
    exec(to_python(code), space)
    return objects.wrap(space)


def _evaluate(code: RObject) -> Any:
    return eval(to_python(code), _main)


# Objects that stay in Python ---------------------------------------------------------------------


def _array(value: RObject, dtype: RObject) -> RObject:
    """An R vector, matrix or array as a C-ordered NumPy array that stays in Python."""
    if value.typeof.name == "STRSXP":
        return objects.wrap(np.asarray(to_python(value), dtype=object).reshape(_shape(value)))
    shaped = view(value)
    return objects.wrap(np.array(shaped, dtype=to_python(dtype) or shaped.dtype, order="C"))


def _shape(value: RObject) -> tuple[int, ...]:
    try:
        return tuple(value.do_slot("dim"))
    except LookupError:
        return (len(value),)


def _kept(value: RObject) -> RObject:
    """The Python object for an R object, as a handle even where R has a type for it."""
    return objects.wrap(to_argument(value))


def _tuple(items: RObject) -> RObject:
    return objects.wrap(tuple(to_argument(items)))


def _dict(keys: RObject, values: RObject) -> RObject:
    return objects.wrap(dict(zip(to_argument(keys), to_argument(values), strict=True)))


def _value(target: RObject) -> Any:
    return to_python(target)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "import": _import,
    "builtin": _builtin,
    "symbol": _symbol,
    "get": _get,
    "get or": _get_or,
    "set": _set,
    "item": _item,
    "set item": _set_item,
    "delete": _delete,
    "names": _names,
    "describe": _describe,
    "text": _text,
    "class names": _class_names,
    "call": _call,
    "kept call": _kept_call,
    "kept item": _kept_item,
    "main": _get_main,
    "run": _run,
    "evaluate": _evaluate,
    "array": _array,
    "kept": _kept,
    "tuple": _tuple,
    "dict": _dict,
    "value": _value,
    **tensors.OPERATIONS,
    **classes.OPERATIONS,
    **feeding.OPERATIONS,
}
