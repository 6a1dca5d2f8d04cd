"""Arguments that several steps share."""

import argparse

from pyreg import config


def add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", default="workflow/config.yaml", help="the study's YAML file (%(default)s)"
    )


def study(arguments: argparse.Namespace) -> config.Study:
    return config.load(arguments.config)
