"""Draw the study's figures from its tables and records; never trains.

Each figure is written four times: PDF and SVG for print, PNG at 300 dpi, and a CSV with
exactly the drawn data."""

import argparse

from pyreg.commands import common

HELP = "draw the study's figures: PDF, PNG, SVG, and their data as CSV"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    common.add_results(parser)
    parser.add_argument("--output-dir", required=True, help="folder to write the figures to")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="draw this one; may be repeated"
    )


def run(arguments: argparse.Namespace) -> None:
    from pyreg.figures.draw import draw_all

    study = common.study(arguments)
    drawn = draw_all(study, arguments.results, arguments.output_dir, arguments.only)
    common.say(f"figures: {len(drawn)} drawn into {arguments.output_dir}")
