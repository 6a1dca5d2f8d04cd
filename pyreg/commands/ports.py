"""List what the study's ported scripts came to in one table."""

import argparse
from pathlib import Path

from pyreg.commands import common

HELP = "list the verdicts of ported scripts in one table"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verdicts", nargs="+", metavar="PORT_JSON", type=Path)
    parser.add_argument("--output", required=True, help="the .csv file to write")


def run(arguments: argparse.Namespace) -> None:
    from pyreg import files
    from pyreg.port.verdict import Verdict, table

    verdicts = {
        path.parent.name: Verdict.model_validate(files.read_json(path))
        for path in arguments.verdicts
    }
    files.write_csv(arguments.output, table(verdicts))
    num_same = sum(verdict.level == "identical" for verdict in verdicts.values())
    common.say(f"ports: {num_same} of {len(verdicts)} scripts give the same in R and Python")
