"""Sum every run up: its results at the last and at the best epoch, and its generalization gap."""

import argparse

from pyreg.commands import common

HELP = "sum every run of the study up in one table"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    common.add_results(parser)
    parser.add_argument("--output", required=True, help="the .csv file to write")


def run(arguments: argparse.Namespace) -> None:
    from pyreg import files
    from pyreg.statistics import metrics
    from pyreg.statistics.metrics import RUN

    table = metrics.collect(common.study(arguments), common.layout(arguments))
    files.write_csv(arguments.output, table)
    runs = table[RUN].drop_duplicates()
    common.say(f"metrics: {len(runs)} runs of {runs['model'].nunique()} models")
