"""Search for the network with the best settings, without the samples that judge it.

Each trial trains a network and is chosen by a part of the training samples; the best one is trained
again on all that is not held out, and judged by what is. A search that was killed goes on where it
stopped: its trials stand in DIR.journal."""

import argparse
from pathlib import Path

from pyreg.commands import common

HELP = "search for the best settings, and judge what is found"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    parser.add_argument(
        "--held-out", required=True, help="what judges: fold-1, fold-2, ... or validation"
    )
    parser.add_argument("--encoded", required=True, help="the file `pyreg encode` wrote")
    parser.add_argument(
        "--output-dir", required=True, help="folder for trials.csv and best.json", metavar="DIR"
    )


def run(arguments: argparse.Namespace) -> None:
    from pyreg.data import encoding
    from pyreg.engines import runtime

    study = common.study(arguments)
    encoding.require_settings(arguments.encoded, study.data)
    runtime.set_up(study.device)
    from pyreg.search import nested

    best = nested.run(
        study, arguments.held_out, Path(arguments.encoded), Path(arguments.output_dir)
    )
    common.say(
        f"held out {arguments.held_out}: trial {best.number} is best, "
        f"{study.metrics[0]} {best.outcome.value:.4f} at epoch {best.outcome.epochs}"
    )
