"""Snakemake's arguments in, the study made; alone in this folder, or it says who is at work there.

A killed snakemake leaves its lock behind. It is taken away where nobody holds it any more, and only
there: taking away the lock of one that runs would let two write the same files.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from pyreg import config, files
from pyreg.errors import InputError, PyregError

LOCKS = Path(".snakemake/locks")


def main(arguments: list[str]) -> int:
    """Returns snakemake's exit code, or that of the one message why it was not started."""
    parser = argparse.ArgumentParser(prog="make", add_help=False)
    parser.add_argument("--configfile")
    study = parser.parse_known_args(arguments)[0].configfile
    try:
        if study:
            config.load(study)  # before snakemake reads it in its own way
        with files.locked(Path(), wait=False):
            return _run(arguments, ["--configfile", study] if study else [])
    except InputError as error:
        print(f"make: {error}", file=sys.stderr)
        return error.exit_code
    except BlockingIOError:
        print(_busy(["another `make`"]), file=sys.stderr)
        return PyregError.exit_code


def _run(arguments: list[str], study: list[str]) -> int:
    at_work = [*_at_work()]
    if at_work:
        print(_busy(at_work), file=sys.stderr)
        return PyregError.exit_code
    if LOCKS.is_dir() and any(LOCKS.iterdir()):
        subprocess.run(["snakemake", "--unlock", "--quiet", "all", *study], check=False)
    return subprocess.run(["snakemake", *arguments], check=False).returncode


def _at_work() -> Iterator[str]:
    """Every snakemake in this folder, in words."""
    here = Path.cwd()
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            is_snakemake = "snakemake" in [Path(word).name for word in words[:2]]
            is_module = words[1:3] == ["-m", "snakemake"]
            if (is_snakemake or is_module) and Path(process.cwd()) == here:
                started = time.strftime("%H:%M:%S", time.localtime(process.create_time()))
                yield f"process {process.pid} (started {started}: {' '.join(words)[:80]})"
        except psutil.Error:  # ended meanwhile, or another user's
            continue


def _busy(who: list[str]) -> str:
    return (
        f"make: {' and '.join(who)} is at work in {Path.cwd()}; wait for it, or end it and run the "
        "same command again"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
