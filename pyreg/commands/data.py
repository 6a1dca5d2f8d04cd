"""Find, fetch, verify and prepare the reviews."""

import argparse
from pathlib import Path

from pyreg.commands import common

HELP = "find, fetch, verify and prepare the reviews"


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    prepare = verbs.add_parser("prepare", help="write a study's reviews and where they come from")
    common.add_config(prepare)
    prepare.add_argument("--output-dir", required=True, type=Path, help="folder to write to")
    prepare.set_defaults(verb_run=_prepare)


def run(arguments: argparse.Namespace) -> None:
    arguments.verb_run(arguments)


def _prepare(arguments: argparse.Namespace) -> None:
    from pyreg import data

    settings = common.study(arguments).data
    dataset = data.load(settings)
    data.save_dataset(arguments.output_dir, dataset)
    provenance = dataset.provenance
    print(
        f"{provenance['num_train']:,} training and {provenance['num_validation']:,} validation "
        f"reviews from {provenance['file']} ({provenance['source']})"
    )
