"""Arguments that several steps share."""

import argparse
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from pyreg import config
from pyreg.errors import InputError
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
    if arguments.config == CONFIG and not Path(CONFIG).exists():
        raise InputError(
            f"{CONFIG} is not in {Path.cwd()}; change to your clone of pyreg (cd), or name a "
            "study's file: --config FILE"
        )
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


def number_of_jobs(text: str) -> int:
    """How many processes work at the same time."""
    if not text.isdecimal() or len(text) > 3 or int(text) == 0:
        raise argparse.ArgumentTypeError(f"got {text[:40]}, expected 1 to 999")
    return int(text)


def require_installed(names: Iterable[str], extra: str, what: str = "") -> None:
    """Refuse what needs packages of an extra, where one is missing; `what` needs them, if told."""
    if missing := [name for name in names if find_spec(name) is None]:
        are = "is" if len(missing) == 1 else "are"
        raise InputError(
            f"{', '.join(missing)} {are} not installed here"
            f"{what and f', which {what} needs'}; "
            f'`pip install -e ".[{extra}]"` in a clone'
        )


def say(line: str) -> None:
    """One line for the person at the console: standard output; details go to the log."""
    print(line, flush=True)
