"""R functions in, Python functions and classes of Python's out that call them."""

import types
from collections.abc import Callable, Sequence
from typing import Any

from pyreg.rbridge import objects
from pyreg.rbridge.convert import python_function, to_argument, to_python
from pyreg.rbridge.rinterface import RObject

PYTHONS_NAMES = {"initialize": "__init__", "finalize": "__del__"}


def _named_function(function: RObject, name: RObject) -> RObject:
    """An R function under a name, as losses and metrics are reported by theirs."""
    made = to_argument(function)
    if isinstance(made, types.FunctionType):
        made.__name__ = made.__qualname__ = to_python(name)
    return objects.wrap(made)


def _counted_function(function: RObject, is_method: RObject) -> RObject:
    """R's `function(epoch, logs)`, for which epochs and batches count from 1."""
    skipped = int(to_python(is_method))

    def counted(*arguments: Any, **named: Any) -> None:
        before, (index, *logs) = arguments[:skipped], arguments[skipped:]
        logs += named.values()
        _update(logs, function_in_r(*before, index + 1, *logs))

    function_in_r = to_argument(function)
    return objects.wrap(counted)


def _logging_function(function: RObject) -> RObject:
    """R's `function(logs)`; a named list that it returns goes into the logs."""

    def logging(*arguments: Any, **named: Any) -> None:
        told = [*arguments, *named.values()]
        _update(told[-1:], function_in_r(*told))

    function_in_r = to_argument(function)
    return objects.wrap(logging)


def _update(logs: Sequence[Any], result: Any) -> None:
    if logs and isinstance(logs[0], dict) and isinstance(result, dict):
        logs[0].update(result)


def _class(name: RObject, bases: RObject, members: RObject, module: RObject) -> type:
    """A class whose methods are R functions that take the object as their first argument."""
    space: dict[str, Any] = {"__module__": to_python(module)}
    for key, member in dict(to_argument(members)).items():
        space[key] = _method(member, key) if callable(member) else member
    return types.new_class(
        to_python(name), tuple(to_argument(bases)), exec_body=lambda body: body.update(space)
    )


def _method(member: Any, name: str) -> Any:
    if name == "__init__" and hasattr(member, "in_r"):
        member = python_function(member.in_r, returns=False)  # Python wants None of it
    if isinstance(member, types.FunctionType):
        member.__name__ = member.__qualname__ = name
    return member


def _property(getter: RObject) -> RObject:
    return objects.wrap(property(to_argument(getter)))


def _class_method(function: RObject) -> RObject:
    return objects.wrap(classmethod(to_argument(function)))


def _super(cls: RObject, held: RObject) -> RObject:
    return objects.wrap(super(to_argument(cls), to_argument(held)))


def _super_get(of: RObject, name: RObject) -> Any:
    wanted = to_python(name)
    return getattr(to_argument(of), PYTHONS_NAMES.get(wanted, wanted))


OPERATIONS: dict[str, Callable[..., Any]] = {
    "named function": _named_function,
    "counted function": _counted_function,
    "logging function": _logging_function,
    "class": _class,
    "property": _property,
    "class method": _class_method,
    "super": _super,
    "super get": _super_get,
}
