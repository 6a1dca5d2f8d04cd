"""Python objects in, handles for R out; an object is kept as long as R holds its handle."""

from itertools import count
from typing import Any

import numpy as np

from pyreg.rbridge.calls import bridge
from pyreg.rbridge.rinterface import RObject, ri

# R does not see how large the objects behind its handles are: after so many bytes it is asked to
# collect. A handle counts for 256 KiB at least, as not every object tells its size.
MOST_UNSEEN = 2**28
LEAST_SIZE = 2**18

_kept: dict[int, Any] = {}
_numbers = count(1)
_unseen = 0


def wrap(value: Any) -> RObject:
    """A handle of R class `python_object`; `$` and calls on it reach `value`."""
    _collect(value.nbytes if isinstance(value, np.ndarray) else 0)
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
    released = bridge.environment["released"]
    for number in list(released.keys()):
        _kept.pop(int(number), None)
        del released[number]


def _collect(size: int) -> None:
    global _unseen
    _unseen += max(size, LEAST_SIZE)
    if _unseen > MOST_UNSEEN:
        _unseen = 0
        ri.baseenv["gc"]()
        sweep()
