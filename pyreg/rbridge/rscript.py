"""A script of R/ and its arguments in, its standard output out, in an R process of its own."""

import shutil
import subprocess
from pathlib import Path

from pyreg.errors import InputError, PyregError
from pyreg.rbridge.environment import for_r
from pyreg.study.code import R_FOLDER


def run_script(script: str, *arguments: str | Path) -> str:
    """Run `Rscript R/<script> ARGUMENTS...`, without any profile.

    Raises:
        InputError: there is no Rscript.
        PyregError: the script failed; the message is R's own.
    """
    rscript = shutil.which("Rscript")
    if rscript is None:
        raise InputError(
            "no Rscript on the PATH, expected R 4.1 or later; install R (conda: r-base, "
            "Debian: r-base-core), or set `r: off` and `base_r: false` in the configuration"
        )
    command = [rscript, str(R_FOLDER / script), *(str(a) for a in arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, env=for_r()
    )
    if done.returncode != 0:
        raise PyregError(f"R/{script} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
