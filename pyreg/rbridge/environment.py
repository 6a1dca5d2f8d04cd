"""This process's environment in, the one that any R starts with out: no profiles, one locale.

A user's or a site's profile may print, stop, mask functions or set variables, and R's locale goes
into the files it writes. What numbers are made of must not depend on either. Where R finds its
packages does: `R_LIBS`, `R_LIBS_USER` and `R_LIBS_SITE` stay as they are.
"""

import os
import sys

# Set to nothing, R reads no such file; unset, it would look for one in the usual places.
PROFILES = ("R_PROFILE", "R_PROFILE_USER", "R_ENVIRON", "R_ENVIRON_USER")
LEFT_OUT = ("R_DEFAULT_PACKAGES",)
LOCALE = {"LC_ALL": "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8", "LANGUAGE": "en"}


def for_r() -> dict[str, str]:
    """The environment of an R process."""
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return {**kept, **dict.fromkeys(PROFILES, ""), **LOCALE}


def adopt() -> None:
    """Make it this process's own, for the R that is to start inside."""
    for name in LEFT_OUT:
        os.environ.pop(name, None)
    os.environ.update(for_r())
