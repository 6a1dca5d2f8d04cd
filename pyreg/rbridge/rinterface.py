"""rpy2's interface to libR, loaded; or, where that fails, one message that says why."""

import os
from typing import Any

from pyreg.errors import InputError
from pyreg.rbridge import environment
from pyreg.rbridge.availability import available, cffi_mode

environment.adopt()  # before rpy2 starts the first R, to ask it where its libraries are
os.environ["RPY2_CFFI_MODE"] = cffi_mode()
try:
    from rpy2 import rinterface as ri
    from rpy2.rinterface_lib import callbacks, embedded, openrlib
except Exception:  # whatever Python, cffi, the loader or rpy2 find wrong: `available` says what
    raise InputError(f"R was asked for, but {available()[1]}") from None

RObject = Any  # rpy2's own types are too few to check against

__all__ = ["RObject", "callbacks", "embedded", "openrlib", "ri"]
