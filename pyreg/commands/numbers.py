"""Write the study's numbers for a text: LaTeX, Markdown, JSON and CSV.

In LaTeX: \\input{numbers} once, then \\pyreg{baseline.accuracy.last_validation.mean}, or a whole
table, \\pyregtable{claims}; an unknown name is an error. The Markdown table lists every name."""

import argparse

from pyreg.commands import common

HELP = "write the study's numbers as LaTeX, Markdown, JSON and CSV"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    common.add_results(parser)
    parser.add_argument(
        "--output-dir", required=True, help="folder for numbers.tex, .md, .json and .csv"
    )


def run(arguments: argparse.Namespace) -> None:
    from pyreg.report import numbers

    study = common.study(arguments)
    names = numbers.write(study, arguments.results, arguments.output_dir)
    common.say(f"numbers: {len(names)} written to {arguments.output_dir}")
