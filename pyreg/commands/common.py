"""Arguments that several steps share."""

import argparse
import sys
from pathlib import Path

from pyreg import config
from pyreg.records.layout import Layout


def add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        default="config/config.yaml",
        help="the study's YAML file; - : standard input (%(default)s)",
    )


def add_results(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--results", required=True, help="folder results/<study>")


def layout(arguments: argparse.Namespace) -> Layout:
    return Layout(Path(arguments.results))


def study(arguments: argparse.Namespace) -> config.Study:
    return config.load(sys.stdin if arguments.config == "-" else arguments.config)


def say(line: str) -> None:
    """One line for the person at the console: standard output; details go to the log."""
    print(line, flush=True)
