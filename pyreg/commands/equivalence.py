"""Compare two sets of runs that cannot have the same bits: other device, backend or version.

Reads history.csv files, each of one set of seeds; docs/verdicts.md tells how the verdict is
reached. Exit code 1 if a curve is not shown to be equivalent, or its end is shown to differ."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pyreg.commands import common
from pyreg.errors import ComparisonError, InputError

if TYPE_CHECKING:
    import pandas as pd

HELP = "test whether two sets of runs give the same results for all that matters"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    parser.add_argument("--left", required=True, nargs="+", help="history.csv files of one set")
    parser.add_argument("--right", required=True, nargs="+", help="history.csv files of the other")
    parser.add_argument("--output", help="a .csv file for the table")


def run(arguments: argparse.Namespace) -> None:
    import pandas as pd

    from pyreg import files
    from pyreg.agreement import equivalence

    if arguments.output:
        named = (arguments.config, *arguments.left, *arguments.right)
        files.require_file(arguments.output, *named)
    study = common.study(arguments)
    left, right = (
        pd.concat([_history(Path(path)) for path in paths], ignore_index=True)
        for paths in (arguments.left, arguments.right)
    )
    for side in (left, right):
        equivalence.require_whole(side)
    table = equivalence.compare(left, right, study.margins)
    if arguments.output:
        files.write_csv(arguments.output, table)
    for row in table.to_dict("records"):
        common.say(f"{row['model']} {row['shuffle']}: {equivalence.sentence(row)}")
    if table.empty:
        raise ComparisonError("the two sets have no model, shuffle and metric in common")
    sets = table.groupby(["model", "shuffle"])
    if any(equivalence.verdict(rows) != "equivalent" for _, rows in sets):
        raise ComparisonError("equivalence was not shown for every model and metric")


def _history(path: Path) -> "pd.DataFrame":
    from pyreg.records.run import read_history

    try:
        return read_history(path).assign(file=str(path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"cannot read {path} ({reason}); name the history.csv of a run or of replicates"
        ) from None
