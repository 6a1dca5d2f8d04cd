"""Ctrl-C in, an end within moments out, whichever language is at work.

Python handles signals between its own instructions, so never while R computes; and an exception
raised inside rpy2's own callbacks would crash the process. Hence: while Python is in charge Ctrl-C
raises KeyboardInterrupt as always; while R is, R is told, and ends its call by itself.
"""

import os
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
        with _watched(), _Charge(python=False):
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


@contextmanager
def _watched() -> Iterator[None]:
    """Tell R of a Ctrl-C at once: the handler above has to wait until R returns to Python."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(reader,), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(writer)
        watcher.join()
        os.close(reader)


def _watch(reader: int) -> None:
    while numbers := os.read(reader, 16):
        if signal.SIGINT in numbers and not _python_in_charge:
            openrlib.rlib.R_interrupts_pending = 1
