"""Compare every pair of runs of the study, Python's against R's, and say how far they agree."""

import argparse
import sys

from pyreg.commands import common

HELP = "compare the study's Python runs with its R runs"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    common.add_results(parser)
    parser.add_argument("--output", required=True, help="the .csv file to write")
    parser.add_argument("--r-missing", help="why the R engines did not run, if they did not")


def run(arguments: argparse.Namespace) -> None:
    from pyreg import files
    from pyreg.agreement import pairs

    study = common.study(arguments)
    table = pairs.agreement(study, common.layout(arguments), arguments.r_missing or None)
    files.write_csv(arguments.output, table)
    counts = table["level"].value_counts()
    common.say("agreement: " + ", ".join(f"{n} {level}" for level, n in counts.items()))
    for note in table.loc[table["level"] == "different", "note"]:
        print(f"warning: {note}", file=sys.stderr)
        common.say(f"  different: {note}")
