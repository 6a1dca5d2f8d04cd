"""Port an R keras script: write the Python script that does the same, and prove that it does.

SCRIPT (.R, .Rmd or .qmd) is run in R, in a copy of its folder; an R script is code, and this runs
it. FOLDER then holds script.py, which is yours to keep; data.npz, where R drew numbers that only R
can draw; check.py, which compares again; port.json and port.html.

Exit code 0 if R and Python give the same bits, 1 if they differ, 2 if the script cannot be run."""

import argparse
from pathlib import Path

from pyreg.commands import common
from pyreg.errors import ComparisonError, InputError

HELP = "turn an R keras script into a Python script, with the proof"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("script", metavar="SCRIPT", type=Path, help="an .R, .Rmd or .qmd file")
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", type=Path, help="default: SCRIPT's name without suffix"
    )
    parser.add_argument(
        "--seed", type=common.seed, default=1, help="for a script that sets none (%(default)s)"
    )
    parser.add_argument("--epochs", type=int, metavar="N", help="train at most N epochs per fit")
    parser.add_argument(
        "--data",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="a file for keras.datasets.NAME instead of the download",
    )
    parser.add_argument(
        "--threads",
        type=int,
        default=1,
        help="more than one: results may depend on it (%(default)s)",
    )
    parser.add_argument("--front-end", choices=["auto", "keras3", "bridge"], default="auto")


def run(arguments: argparse.Namespace) -> None:
    from pyreg.port.port import Order, port

    if arguments.epochs is not None and arguments.epochs < 1:
        raise InputError(f"got --epochs {arguments.epochs}, expected 1 or more")
    order = Order(
        arguments.script,
        seed=arguments.seed,
        max_epochs=arguments.epochs,
        data=dict(_named_file(text) for text in arguments.data),
        threads=arguments.threads,
        front_end=arguments.front_end,
    )
    output = arguments.output or arguments.script.with_suffix("")
    verdict = port(order, output)
    for line in verdict.screen(output):
        common.say(line)
    if verdict.level == "not-compared":
        raise ComparisonError(verdict.answer())
    if verdict.level != "identical":
        raise ComparisonError(f"R and Python do not give the same: {verdict.difference}")


def _named_file(text: str) -> tuple[str, Path]:
    name, sign, file = text.partition("=")
    if not sign or not name or not file:
        raise InputError(f"got --data {text}, expected NAME=FILE such as mnist=mnist.npz")
    return name, Path(file)
