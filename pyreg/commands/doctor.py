"""Check what a study needs of this machine, a line each: ok, note, or problem and its remedy.

Exit code 0 unless something is a problem."""

import argparse

HELP = "check this machine, and say what to do"


def configure(parser: argparse.ArgumentParser) -> None:
    del parser  # no arguments


def run(arguments: argparse.Namespace) -> None:
    from pyreg import doctor
    from pyreg.errors import ComparisonError

    del arguments
    num_problems = 0
    for finding in doctor.examine():
        print(finding, flush=True)
        num_problems += finding.level == "problem"
    if num_problems:
        raise ComparisonError(f"{num_problems} of these is a problem; mend it as its line says")
