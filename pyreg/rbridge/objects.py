"""Python objects in, handles for R out; an object is kept as long as R holds its handle."""

from itertools import count
from typing import Any

from pyreg.rbridge.calls import bridge
from pyreg.rbridge.rinterface import RObject, ri

MOST_UNCOLLECTED = 1000  # R does not see how large the objects behind its handles are

_kept: dict[int, Any] = {}
_numbers = count(1)


def wrap(value: Any) -> RObject:
    """A handle of R class `python_object`; `$` and calls on it reach `value`."""
    sweep()
    if len(_kept) % MOST_UNCOLLECTED == MOST_UNCOLLECTED - 1:
        ri.baseenv["gc"]()
        sweep()
    number = next(_numbers)
    _kept[number] = value
    return bridge.environment["new_python_object"](
        ri.IntSexpVector([number]), ri.BoolSexpVector([callable(value)])
    )


def look_up(number: int) -> Any:
    """The object behind a handle."""
    return _kept[number]


def unwrap(handle: RObject) -> Any:
    """The object behind `attr(x, "handle")`."""
    return look_up(handle["number"][0])


def sweep() -> None:
    """Let go of what R has let go of.

    R's finalizers only note the numbers: they run wherever R collects garbage, and a call into
    Python from there could find rpy2 in the middle of its work.
    """
    environment = bridge.environment
    for number in environment["released"]:
        _kept.pop(number, None)
    environment["released"] = ri.IntSexpVector([])
