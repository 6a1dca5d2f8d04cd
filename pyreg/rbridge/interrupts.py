"""Ctrl-C in, an end within moments out, whichever language is at work.

R looks for interrupts while it computes, by way of a callback of rpy2's in which Python runs its
signal handlers; but an exception raised inside rpy2's callbacks can crash the process. Hence: while
Python is in charge Ctrl-C raises KeyboardInterrupt as always; while R is, the handler only tells R,
which then ends its call by itself.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from pyreg.rbridge.rinterface import openrlib

_python_in_charge = True


class _Charge:
    """Who is at work. A class, not a generator: an interrupt finds the switch made or not made."""

    def __init__(self, python: bool) -> None:
        self.python = python

    def __enter__(self) -> None:
        global _python_in_charge
        self.before, _python_in_charge = _python_in_charge, self.python

    def __exit__(self, *exception: object) -> None:
        global _python_in_charge
        _python_in_charge = self.before


def python_in_charge() -> _Charge:
    """While the block runs, Python computes on R's behalf: Ctrl-C raises KeyboardInterrupt."""
    return _Charge(python=True)


@contextmanager
def r_in_charge() -> Iterator[None]:
    """While the block runs, R computes: Ctrl-C interrupts R, then raises KeyboardInterrupt.

    A handler other than Python's own (a job in the background ignores Ctrl-C) is left in place.
    """
    takes_over = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if not takes_over:  # also where R called Python, which now calls R again
        with _Charge(python=False):
            yield
        return
    signal.signal(signal.SIGINT, _on_interrupt)
    try:
        with _Charge(python=False):
            yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _raise_pending()


def _on_interrupt(number: int, frame: FrameType | None) -> None:
    if _python_in_charge:
        raise KeyboardInterrupt
    openrlib.rlib.R_interrupts_pending = 1


def _raise_pending() -> None:
    """Raise what R had no time to notice."""
    if openrlib.rlib.R_interrupts_pending:
        openrlib.rlib.R_interrupts_pending = 0
        raise KeyboardInterrupt
