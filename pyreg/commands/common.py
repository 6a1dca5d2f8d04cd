"""Arguments that several steps share."""

import argparse

from pyreg import config


def add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", default="workflow/config.yaml", help="the study's YAML file (%(default)s)"
    )


def add_results(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--results", required=True, help="folder results/<study>")


def study(arguments: argparse.Namespace) -> config.Study:
    return config.load(arguments.config)


def say(line: str) -> None:
    """One line for the person at the console: standard output; details go to the log."""
    print(line, flush=True)
