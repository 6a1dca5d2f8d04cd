"""A Keras that others drive in, the calls they made of its public API out.

Nothing here knows R: whoever makes the calls (R through reticulate or through rpy2, or a test),
calls that come from Keras itself are not noted, nor those made while Keras is at work on one.
"""

import functools
import inspect
import operator
import random
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pyreg.port import hooks
from pyreg.port.arrays import ArrayStore
from pyreg.port.check import METHODS, SAVE, bounded, defining_class, outcome
from pyreg.port.hooks import Hook
from pyreg.port.recording import (
    Array,
    Batches,
    Call,
    Items,
    Kind,
    Made,
    Place,
    Plain,
    Public,
    RFunction,
    Table,
    Unknown,
    Value,
)

LONG = 20  # numbers in a list from which it is an array that came as a list
INSIDE = ("keras.", "tensorflow.")
# Objects that are reached through others: attributes, and attributes that are lists.
PARTS = ("input", "output", "optimizer", "learning_rate", "layer", "cell")
LISTS = ("layers", "inputs", "outputs", "weights")
KINDS: dict[str, Kind] = {
    "class": "make",
    "function": "function",
    "method": "method",
    "property": "set",
    "operator": "operator",
}


class Recorder:
    """Notes calls while it listens.

    Attributes:
        calls: in the order in which they were made.
        arrays: what they were given and gave.
        functions: functions of R's that were handed to Keras.
        batches: what each generator gave: the values of each batch.
    """

    def __init__(
        self,
        locate: Callable[[], Place] = lambda: Place(0),
        on_call: Callable[[Call], None] = lambda call: None,
        max_epochs: int | None = None,
    ) -> None:
        self.calls: list[Call] = []
        self.arrays = ArrayStore()
        self.functions: list[Any] = []
        self.batches: list[list[Value]] = []
        self.objects: dict[int, Any] = {}  # kept, so that an id stays one object's
        self._made: dict[int, Made] = {}
        self._paths: dict[int, str] = {}
        self._generators: dict[int, int] = {}
        self.num_steps: dict[int, int] = {}  # of datasets: batches of an epoch
        self._locate = locate
        self._on_call = on_call
        self._max_epochs = max_epochs
        self._depth = 0
        self._thread = threading.current_thread()

    def listen(self) -> None:
        """Put the hooks into the Keras of this process, for good."""
        self._paths = hooks.shortest_paths(hooks.public_symbols())
        for hook in hooks.hooks():
            _INSTALL[hook.kind](self, hook)

    def made_with_id(self, number: int) -> Made | None:
        """Which call made the object with this id."""
        return self._made.get(number)

    # Hooks ---------------------------------------------------------------------------------------

    def is_listening(self) -> bool:
        """Whether a call of the caller's caller comes from outside of Keras."""
        if self._depth or threading.current_thread() is not self._thread:
            return False
        caller: Any = sys._getframe(2)
        while caller.f_code.co_name == "__setattr__":  # Keras', on behalf of who sets a property
            caller = caller.f_back
        return not caller.f_globals.get("__name__", "").startswith(INSIDE)

    def run(
        self, hook: Hook, original: Callable[..., Any], owner: Any, args: tuple, kwargs: dict
    ) -> Any:
        """Make the call, and note it if it succeeds."""
        place = self._locate()
        if hook.name in METHODS:
            args = tuple(self._listened(value) for value in args)
            kwargs = {name: self._listened(value) for name, value in kwargs.items()}
        call = Call(
            number=len(self.calls),
            kind=KINDS[hook.kind],
            target=hook.name or hook.path,
            owner=None if owner is None or hook.kind == "class" else self.value_of(owner),
            args=tuple(self.value_of(value) for value in args),
            kwargs={name: self.value_of(value) for name, value in kwargs.items()},
            place=place,
        )
        self.calls.append(call)
        self._on_call(call)
        before = random.getstate()
        if hook.name == "fit":
            kwargs = bounded(kwargs, self._max_epochs)
        self._depth += 1
        try:
            result = original(*(() if owner is None else (owner,)), *args, **kwargs)
        except BaseException:
            self.calls.pop()
            raise
        else:
            call.draws = random.getstate() != before
            value = owner if hook.kind == "class" and owner is not None else result
            self._note_result(call, value, ())
            call.returns = type(value).__name__
            method = "save" if hook.path in SAVE else hook.name
            if method in METHODS:
                given = (owner, *args) if owner is not None else args
                model = given[0] if given else kwargs["model"]
                call.outcome = outcome(method, model, value)
        finally:
            self._depth -= 1
        return result

    def know(self, alias: Any, path: str) -> None:
        """Another object that is to be written as a public one."""
        self._paths[id(alias)] = path

    def _listened(self, batches: Any) -> Any:
        """A generator, or a dataset that draws, that notes what it gives; others as they are."""
        draw = getattr(batches, "draw_epoch", None)
        if draw is None and not isinstance(batches, Iterator):
            return batches
        number = len(self.batches)
        self.batches.append([])
        if draw is not None:
            return self._listened_dataset(batches, draw, number)

        def listened() -> Iterator:
            for batch in batches:
                self.batches[number].append(self.value_of(batch))
                yield batch

        generator = listened()
        self.objects[id(generator)] = generator
        self._generators[id(generator)] = number
        return generator

    def _listened_dataset(self, dataset: Any, draw: Callable[[], list], number: int) -> Any:
        def listened() -> list:
            batches = draw()
            self.batches[number] += [self.value_of(batch) for batch in batches]
            return batches

        dataset.draw_epoch = listened
        self.objects[id(dataset)] = dataset
        self._generators[id(dataset)] = number
        self.num_steps[number] = dataset.num_batches
        return dataset

    # Values --------------------------------------------------------------------------------------

    def value_of(self, value: Any) -> Value:
        """The value as plain data; an array is kept once for each content."""
        if value is None or isinstance(value, (bool, int, float, str)):
            return Plain(value)
        if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
            return Plain(value.item())
        if id(value) in self._made:
            return self._made[id(value)]
        if isinstance(value, np.ndarray):
            return Array(self.arrays.keep(value))
        if isinstance(value, (list, tuple)):
            return self._list_of_a_model(value) or self._items(value)
        if isinstance(value, dict):
            return Table(tuple((key, self.value_of(item)) for key, item in value.items()))
        return self._object(value)

    def _list_of_a_model(self, value: list | tuple) -> Made | None:
        """`model.inputs`, where a list holds just these."""
        if not value or isinstance(value[0], (bool, int, float, str, list, np.ndarray)):
            return None
        for key, made in reversed(self._made.items()):
            for name in ("inputs", "outputs"):
                known = _list_of(self.objects[key], name)
                if len(known) == len(value) and all(map(operator.is_, known, value)):
                    whole = self.objects[key]
                    if (
                        hasattr(whole, "layers")
                        and len(value) > 0
                        and id(value[0]) not in self._made
                    ):
                        return Made(made.call, (*made.path, name))
        return None

    def _items(self, value: list | tuple) -> Value:
        if len(value) > LONG:
            array = _as_array(value)
            if array is not None:
                return Array(self.arrays.keep(array))
        kind: Any = "tuple" if isinstance(value, tuple) else "list"
        return Items(kind, tuple(self.value_of(item) for item in value))

    def _object(self, value: Any) -> Value:
        if id(value) in self._generators:
            return Batches(self._generators[id(value)])
        public = self._paths.get(id(value))
        if public:
            return Public(public)
        part = self._part(value)
        if part:
            return part
        if callable(value) and not hasattr(value, "get_config"):
            self.functions.append(value)
            return RFunction(len(self.functions) - 1)
        if hasattr(value, "numpy"):
            return Array(self.arrays.keep(np.asarray(value.numpy())))
        return Unknown(f"{type(value).__module__}.{type(value).__qualname__}")

    def _part(self, value: Any) -> Made | None:
        """Where an object is found in one that was made, as a layer is in a model."""
        for key, made in reversed(self._made.items()):
            whole = self.objects[key]
            for name in PARTS:
                if getattr(whole, name, None) is value:
                    return Made(made.call, (*made.path, name))
            for name in LISTS:
                for i, item in enumerate(_list_of(whole, name)):
                    if item is value:
                        return Made(made.call, (*made.path, name, i))
        return None

    # Results -------------------------------------------------------------------------------------

    def _note_result(self, call: Call, value: Any, path: tuple[str | int, ...]) -> None:
        if value is None or isinstance(value, (bool, int, float, str, np.generic)):
            return
        if isinstance(value, np.ndarray):
            call.result[path] = self.arrays.keep(value)
        elif isinstance(value, (list, tuple)):
            for i, item in enumerate(value[:LONG]):
                self._note_result(call, item, (*path, i))
        elif isinstance(value, dict):
            for name, item in list(value.items())[:LONG]:
                self._note_result(call, item, (*path, name))
        else:
            self.objects[id(value)] = value
            if call.target == "get_layer":  # from here on it is what the model gave
                self._made[id(value)] = Made(call.number, path)
            self._made.setdefault(id(value), Made(call.number, path))
            if path == () and hasattr(value, "numpy") and not hasattr(value, "assign"):
                call.result[path] = self.arrays.keep(np.asarray(value.numpy()))


def _as_array(value: list | tuple) -> np.ndarray | None:
    """A list of numbers as an array, a list of sequences as an array of them; None for others."""
    first = value[0]
    if all(isinstance(item, (bool, int, float, np.number)) for item in value):
        return np.array(value)
    if all(isinstance(item, str) for item in value):
        return np.array(value, dtype=object)
    if isinstance(first, (list, np.ndarray)):
        array = np.empty(len(value), dtype=object)
        array[:] = value if all(isinstance(item, list) for item in value) else [*map(list, value)]
        return array
    return None


def _list_of(whole: Any, name: str) -> list:
    try:
        value = getattr(whole, name, None)
    except (AttributeError, ValueError):  # a model that is not built has no inputs
        return []
    return value if isinstance(value, list) else []


# Installing hooks --------------------------------------------------------------------------------


def _on_class(recorder: Recorder, hook: Hook) -> None:
    """Listen to the making of objects of a class, not of classes derived from it."""
    cls, original = hook.target, hook.target.__init__

    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        if type(self) is cls and recorder.is_listening():
            recorder.run(hook, original, self, args, kwargs)
        else:
            original(self, *args, **kwargs)

    __init__.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
    cls.__init__ = __init__
    if hook.path == "keras.Model":
        _on_functional_model(recorder, hook)


def _on_functional_model(recorder: Recorder, hook: Hook) -> None:
    """`keras.Model(inputs, outputs)` makes an object of a class that is not public."""
    cls, original = hook.target, hook.target.__new__

    def __new__(made: type, *args: Any, **kwargs: Any) -> Any:  # noqa: N807
        functional = made is cls and (len(args) > 1 or "outputs" in kwargs)
        if functional and recorder.is_listening():
            make = functools.partial(original, made)
            return recorder.run(hook, make, None, args, kwargs)
        return original(made, *args, **kwargs)

    cls.__new__ = __new__


def _on_function(recorder: Recorder, hook: Hook) -> None:
    original = hook.target

    @functools.wraps(original)
    def function(*args: Any, **kwargs: Any) -> Any:
        if recorder.is_listening():
            return recorder.run(hook, original, None, args, kwargs)
        return original(*args, **kwargs)

    recorder.know(function, hook.path)
    for module, name in hook.places:
        setattr(module, name, function)


def _on_method(recorder: Recorder, hook: Hook) -> None:
    original = getattr(hook.target, hook.name)
    owner = defining_class(hook.target, hook.name)

    @functools.wraps(original)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if recorder.is_listening():
            return recorder.run(hook, original, self, args, kwargs)
        return original(self, *args, **kwargs)

    setattr(owner, hook.name, method)


def _on_property(recorder: Recorder, hook: Hook) -> None:
    known = inspect.getattr_static(hook.target, hook.name)

    def fset(self: Any, value: Any) -> None:
        if recorder.is_listening():
            recorder.run(hook, known.fset, self, (value,), {})
        else:
            known.fset(self, value)

    setattr(hook.target, hook.name, property(known.fget, fset, known.fdel, known.__doc__))


_INSTALL: dict[str, Callable[[Recorder, Hook], None]] = {
    "class": _on_class,
    "function": _on_function,
    "method": _on_method,
    "property": _on_property,
    "operator": _on_method,
}
