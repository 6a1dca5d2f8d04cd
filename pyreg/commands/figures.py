"""Draw the study's figures from its tables and records; never trains.

Of each figure there is an SVG, the study's other formats, a CSV with exactly the drawn data and
a TXT with the words around it."""

import argparse

from pyreg.commands import common

HELP = "draw the study's figures, with their data as CSV and their words as text"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    common.add_results(parser)
    parser.add_argument("--output-dir", required=True, help="folder to write the figures to")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="draw this one; may be repeated"
    )
    parser.add_argument(
        "--processes", type=int, default=1, metavar="N", help="so many draw at once (%(default)s)"
    )


def run(arguments: argparse.Namespace) -> None:
    from pyreg.figures.draw import draw_all

    study = common.study(arguments)
    folder = arguments.output_dir
    drawn = draw_all(study, arguments.results, folder, arguments.only, arguments.processes)
    common.say(f"figures: {len(drawn)} drawn into {folder}")
