"""The errors a user can mend, each with the exit code it ends the command with."""


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
