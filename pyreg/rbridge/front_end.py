"""A wish in, the keras verbs attached in R out: R's own keras3 package, or the bridge's."""

import atexit
import importlib.metadata
import os
import sys
from typing import Literal, NamedTuple

from pyreg.errors import InputError
from pyreg.rbridge import calls, session
from pyreg.rbridge.rscript import R_FOLDER

Wanted = Literal["auto", "keras3", "bridge"]

VERBS = (
    "inst/bridge/verbs.R",
    "inst/bridge/models.R",
    "inst/bridge/training.R",
    "inst/bridge/classes.R",
    "inst/bridge/arrays.R",
    "inst/bridge/pipes.R",
    "inst/bridge/reticulate.R",
    "inst/bridge/tensorflow.R",
    "inst/bridge/keras2.R",
    "R/history.R",
)
LIBRARIES = "inst/bridge/libraries.R"
KERAS3 = "inst/verbs/keras3.csv"
KERAS2 = "inst/verbs/keras2.csv"


class FrontEnd(NamedTuple):
    """What serves the verbs, in words for the record, and the versions it consists of."""

    name: str
    versions: dict[str, str]


def use(wanted: Wanted = "auto") -> FrontEnd:
    """Start R if need be and attach the keras verbs.

    Args:
        wanted: `auto` takes keras3 where it is installed with reticulate 1.42 or later.

    Raises:
        InputError: R is missing, keras3 was asked for and cannot be used, or the bridge was
            asked for and keras3's verbs stand before it.
    """
    os.environ.setdefault("RETICULATE_PYTHON", sys.executable)  # should it look for a Python
    session.start()
    session.source_into_bridge("inst/bridge/front_end.R")
    attached = session.call("is_keras3_attached")
    if wanted == "bridge" and attached:
        raise InputError(
            "the bridge's keras verbs were asked for, but R's keras3 is attached in this process "
            "and its verbs come first; use another process for the bridge"
        )
    problem = None if attached or wanted == "bridge" else session.call("keras3_problem")
    if wanted == "keras3" and problem:
        raise InputError(
            f"R's keras3 was asked for, but {problem}; install keras3 with reticulate 1.42 or later"
        )
    return _bridge() if wanted == "bridge" or problem else _keras3()


def use_if_installed() -> FrontEnd | None:
    """keras3's verbs, where it is installed with a reticulate that will do; None where not."""
    os.environ.setdefault("RETICULATE_PYTHON", sys.executable)
    session.start()
    session.source_into_bridge("inst/bridge/front_end.R")
    return None if session.call("keras3_problem") else _keras3()


def offer_libraries(even_installed: bool = False) -> FrontEnd:
    """Start R if need be, where `library(keras)` in a script gives the bridge's verbs.

    The same holds of keras3, tensorflow, reticulate, tfdatasets, tfruns, magrittr and zeallot, as
    far as they are not installed, and of `keras::layer_dense` and the like.

    Args:
        even_installed: whether the bridge's verbs come before packages that are installed.
    """
    session.start()
    session.source_into_bridge("inst/bridge/front_end.R", *VERBS, LIBRARIES)
    tables = (str(R_FOLDER / KERAS3), str(R_FOLDER / KERAS2))
    session.call("offer_libraries", *tables, even_installed=even_installed)
    return _named_bridge()


def _keras3() -> FrontEnd:
    session.call("attach_keras3")
    atexit.register(calls.bridge.environment["stop_reticulate"])
    names = ["keras3", "reticulate"]
    versions = {name: session.call("version_of", name) for name in names}
    name = f"keras3 {versions['keras3']} (reticulate {versions['reticulate']})"
    return FrontEnd(name, {"R": session.r_version(), **versions})


def _bridge() -> FrontEnd:
    session.source_into_bridge(*VERBS)
    session.call("offer_verbs", str(R_FOLDER / KERAS3))
    return _named_bridge()


def _named_bridge() -> FrontEnd:
    rpy2 = importlib.metadata.version("rpy2")
    return FrontEnd(f"pyreg bridge (rpy2 {rpy2})", {"R": session.r_version()})
