"""Decide the lesson's claims over the replicates: holds, does not hold, or undecided.

docs/verdicts.md tells how each verdict is reached."""

import argparse

from pyreg.commands import common

HELP = "decide the claims over many seeds"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    common.add_results(parser)
    parser.add_argument("--output", required=True, help="the .csv file to write")


def run(arguments: argparse.Namespace) -> None:
    from pyreg import files
    from pyreg.records.replicates import read_histories
    from pyreg.statistics import claims
    from pyreg.study import plan

    study = common.study(arguments)
    layout = common.layout(arguments)
    sets = plan.replicate_sets(study)
    history = read_histories(batch for one in sets for batch in plan.batches(study, layout, one))
    of_study = history[history["shuffle"] == study.shuffle]
    table = claims.decide(study.claims, of_study, study.confidence, study.data.folds)
    files.write_csv(arguments.output, table)
    for row in table.to_dict("records"):
        common.say(f"{row['verdict']:13}  {row['id']} ({row['at']} epoch)")
