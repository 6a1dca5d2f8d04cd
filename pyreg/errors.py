"""The errors a user can mend, each with the exit code it ends the command with."""

from collections.abc import Iterator
from contextlib import contextmanager


class PyregError(Exception):
    """Base of pyreg's own errors: the message is all the user sees, never a traceback.

    By itself a fault of the system's: R failed, the disk is full, a copy was damaged on the way.
    """

    exit_code = 3


class InputError(PyregError):
    """Bad input or configuration. The message says what was got, expected, and how to mend it."""

    exit_code = 2


class ComparisonError(PyregError):
    """A comparison or verification was made and did not come out as it must: a verdict."""

    exit_code = 1


@contextmanager
def refusing(what: str, remedy: str) -> Iterator[None]:
    """Within the block, damaged bytes raise whatever they happen to mean: make one message of it.

    Raises:
        InputError: `what`, the reason in brackets, and the remedy. Our own errors, and a lack of
            memory, stay as they are.
    """
    try:
        yield
    except (PyregError, MemoryError):
        raise
    except Exception as error:
        raise InputError(f"{what} ({error!s:.200}); {remedy}") from None
