"""Encode the prepared reviews as multi-hot matrices: one row per review, one column per word."""

import argparse

from pyreg.commands import common

HELP = "multi-hot encode the prepared reviews"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    parser.add_argument("--data", required=True, help="folder that `pyreg data prepare` wrote")
    parser.add_argument("--output", required=True, help="the .npz file to write")


def run(arguments: argparse.Namespace) -> None:
    from pyreg.data import encoding, read_dataset

    settings = common.study(arguments).data
    dataset = read_dataset(arguments.data)
    encoding.save_encoded(arguments.output, dataset, settings.num_words, settings.column_base)
