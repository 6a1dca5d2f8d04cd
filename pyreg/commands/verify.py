"""Compare this machine's results with the reference, or any two folders of results.

Exit code 0 if all runs agree bit for bit, within tolerance or statistically; 1 if one does not."""

import argparse
from pathlib import Path

from pyreg.commands import common

HELP = "compare this machine's results with the reference"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--results", default="results/imdb", help="this machine's (%(default)s)")
    parser.add_argument(
        "--against", default="results/reference", help="the reference's (%(default)s)"
    )


def run(arguments: argparse.Namespace) -> None:
    from pyreg.agreement.summary import summary
    from pyreg.agreement.verify import verify
    from pyreg.errors import ComparisonError

    verification = verify(Path(arguments.results), Path(arguments.against))
    common.say(f"{arguments.results} against {arguments.against}: {summary(verification)}")
    if not verification.passed:
        raise SystemExit(ComparisonError.exit_code)
