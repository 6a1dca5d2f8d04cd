"""Put into one table what each search found, what it promised, and what became of it."""

import argparse

from pyreg.commands import common

HELP = "put what the searches found into one table"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    common.add_results(parser)
    parser.add_argument("--output", required=True, help="the .csv file to write")


def run(arguments: argparse.Namespace) -> None:
    from pyreg import files
    from pyreg.search import table

    study = common.study(arguments)
    found = table.assemble(study, common.layout(arguments))
    files.write_csv(arguments.output, found)
    metric = study.metrics[0]
    honest, naive = (table.nested(found, name, study.confidence) for name in (metric, "naive"))
    common.say(
        f"search: {metric} {honest.mean:.4f} on folds held out ({honest.low:.4f} to "
        f"{honest.high:.4f}), {naive.mean:.4f} promised"
    )
