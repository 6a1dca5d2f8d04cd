"""This machine in, out whether the R engines can run on it and, if not, why."""

import importlib.util
import os
import shutil
import subprocess
import sys

from pyreg.rbridge.environment import for_r

# Loading libR is what fails when R and rpy2 do not fit each other, and a failed load can end
# the process that tries: another process tries.
PROBE = "import rpy2.rinterface"
TIMEOUT_SECONDS = 60


def available() -> tuple[bool, str]:
    """Tell whether R can be used, without starting it.

    Returns:
        True and the R that would be used, or False and the reason with its remedy.
    """
    home = r_home()
    if home is None:
        return False, "R was not found; install it (Debian, Ubuntu: apt-get install r-base-core)"
    if importlib.util.find_spec("rpy2") is None:
        return False, "the Python package rpy2 is missing; install pyreg with its dependencies"
    problem = _probe(home)
    if problem:
        return False, (
            f"rpy2 cannot load R from {home}: {problem}; "
            "rpy2-rinterface 3.6.5 fits R 4.2 to 4.5, later ones need R 4.5 or later"
        )
    return True, f"R in {home}"


def r_home() -> str | None:
    """R's home folder as `R_HOME` or `R RHOME` names it; None without R."""
    if os.environ.get("R_HOME"):
        return os.environ["R_HOME"]
    if shutil.which("R") is None:
        return None
    answer = subprocess.run(
        ["R", "RHOME"], capture_output=True, text=True, check=False, env=for_r()
    )
    lines = [line for line in answer.stdout.splitlines() if not line.startswith("WARNING")]
    return lines[0].strip() if answer.returncode == 0 and lines else None


def cffi_mode() -> str:
    """How rpy2 is to load libR: through its compiled extension where that was built.

    rpy2 would find out by itself, but prints a notice that reads like an error.
    """
    compiled = importlib.util.find_spec("_rinterface_cffi_api") is not None
    return os.environ.get("RPY2_CFFI_MODE") or ("ANY" if compiled else "ABI")


def _probe(home: str) -> str | None:
    """What went wrong when another Python loaded libR; None if nothing did."""
    environment = {**for_r(), "R_HOME": home, "RPY2_CFFI_MODE": cffi_mode()}
    try:
        subprocess.run(
            [sys.executable, "-P", "-c", PROBE],  # -P: an rpy2.py in this folder is not meant
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=TIMEOUT_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines()
        return lines[-1] if lines else f"loading it ended with exit status {error.returncode}"
    except subprocess.TimeoutExpired:
        return f"loading it took more than {TIMEOUT_SECONDS} s"
    return None
