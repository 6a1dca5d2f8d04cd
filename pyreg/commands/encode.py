"""Encode the prepared samples as matrices: reviews multi-hot or as sequences, a row for each."""

import argparse
from pathlib import Path

from pyreg.commands import common

HELP = "encode the prepared samples: reviews multi-hot, or as sequences"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    parser.add_argument("--data", required=True, help="folder that `pyreg data prepare` wrote")
    parser.add_argument("--output", required=True, help="the .npz file to write")


def run(arguments: argparse.Namespace) -> None:
    from pyreg import files
    from pyreg.data import encoding, read_dataset
    from pyreg.records.layout import DataFolder

    files.require_file(arguments.output, arguments.config, DataFolder(Path(arguments.data)).samples)
    settings = common.study(arguments).data
    dataset = read_dataset(arguments.data)
    encoding.save_encoded(
        arguments.output, dataset, settings.num_words, settings.column_base, settings.sequences
    )
