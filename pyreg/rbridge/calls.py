"""An R function and R objects in, its R result out; R's errors become Python's."""

import re
import sys
import threading
from collections.abc import Iterable
from typing import Any

from pyreg.errors import PyregError
from pyreg.rbridge import interrupts
from pyreg.rbridge.rinterface import RObject, embedded, ri


class RError(PyregError):
    """An error of R's. The message is R's, with the R call that failed where R names it."""


class _Bridge:
    """R's half of the bridge: the environment that R/bridge.R was sourced into."""

    environment: RObject
    request: RObject  # R holds only a pointer to this function
    raised: BaseException | None = None  # the last Python exception handed to R
    thread: int  # the one that R was started in, and the only one it may run in


bridge = _Bridge()


def call(function: RObject, arguments: Iterable[tuple[str | None, RObject]]) -> RObject:
    """Call `function(name = value, ...)` in R; a name may be None.

    Args:
        function: an R function, or the name of one as an R string.
        arguments: pairs of a name or None and a value.

    Raises:
        RError: R reported an error.
        KeyboardInterrupt: Ctrl-C came while R was at work.
        BaseException: the very exception that Python raised inside R, if R let it pass.
    """
    if threading.get_ident() != bridge.thread:
        raise RError(
            "an R function was called from a thread of Python's or TensorFlow's own, but R runs in "
            "one thread only; write what runs there, such as the function of a dataset's map(), "
            "with Keras' own operations"
        )
    guarded = bridge.environment["guarded_call"]
    with interrupts.r_in_charge():
        try:
            answer = guarded.rcall([(None, function), *arguments], ri.globalenv)
        except embedded.RRuntimeError as error:  # stop() of a condition that is no error
            raise RError(re.sub(r"^Error( in .*?)? ?: *", "", str(error)).strip()) from None
    if answer.names[0] == "value":
        return answer[0]
    raise _failure(*(value[0] for value in answer[0]))


def hand_to_r(error: BaseException) -> dict[str, Any]:
    """What R is told of a Python exception; it is kept, in case R lets it pass."""
    bridge.raised = error
    text = str(error)
    name = type(error).__name__
    return {
        "message": f"{name}: {text}" if text else name,
        "type": name,
        "interrupt": isinstance(error, KeyboardInterrupt),
        "number": id(error),
    }


def _failure(message: str, interrupt: bool, number: int) -> BaseException:
    raised, bridge.raised = bridge.raised, None
    if raised is not None and id(raised) == number:
        return raised
    return KeyboardInterrupt() if interrupt else RError(message)


def to_log(text: str) -> None:
    """Where R's messages and warnings go: they belong to the log, not to the output."""
    print(text, end="", file=sys.stderr, flush=True)
