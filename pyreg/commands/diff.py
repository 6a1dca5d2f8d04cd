"""Tell where two runs part, how far apart they are there, and how their environments differ.

Exit code 0 if every known link of their chains is equal, 1 if one differs."""

import argparse

HELP = "say where two runs first differ"


def configure(parser: argparse.ArgumentParser) -> None:
    for name in ("run_a", "run_b"):
        parser.add_argument(
            name, metavar=name.upper(), help="folder of a run: results/STUDY/runs/.../seed-N"
        )


def run(arguments: argparse.Namespace) -> None:
    from pyreg.agreement import diff
    from pyreg.errors import ComparisonError
    from pyreg.records.run import read_run

    left, right = read_run(arguments.run_a), read_run(arguments.run_b)
    difference = diff.first_difference(left, right)
    print(diff.sentence(left, right, difference))
    if difference is not None:
        raise SystemExit(ComparisonError.exit_code)
