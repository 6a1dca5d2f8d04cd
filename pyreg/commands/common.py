"""Arguments that several steps share."""

import argparse
import sys
from pathlib import Path

from pyreg import config
from pyreg.records.layout import Layout

LAST_SEED = 2**31 - 1
CONFIG = "config/config.yaml"


def add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        default=CONFIG,
        help="the study's YAML file; - : standard input (%(default)s)",
    )


def add_results(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--results", required=True, help="folder results/<study>")


def layout(arguments: argparse.Namespace) -> Layout:
    return Layout(Path(arguments.results))


def study(arguments: argparse.Namespace) -> config.Study:
    return config.load(sys.stdin if arguments.config == "-" else arguments.config)


def seed(text: str) -> int:
    """A seed that Keras, NumPy and R all take."""
    try:
        number = int(text)
    except ValueError:
        number = -1
    if not 0 <= number <= LAST_SEED:
        raise argparse.ArgumentTypeError(f"got {text[:40]}, expected 0 to {LAST_SEED}")
    return number


def say(line: str) -> None:
    """One line for the person at the console: standard output; details go to the log."""
    print(line, flush=True)
