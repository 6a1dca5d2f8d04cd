"""Write the study's report: one HTML file that needs no network and nothing beside it; and its
three answers as text, answers.txt in the same folder."""

import argparse
from pathlib import Path

from pyreg.commands import common

HELP = "write the study's report, one self-contained HTML file"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    common.add_results(parser)
    parser.add_argument("--output", required=True, help="the .html file to write")


def run(arguments: argparse.Namespace) -> None:
    from pyreg import files
    from pyreg.report import page as maker

    page, answers = maker.render(common.study(arguments), Path(arguments.results))
    files.write_text(arguments.output, page)
    files.write_text(Path(arguments.output).with_name("answers.txt"), answers)
    common.say(f"report: {arguments.output} ({len(page.encode()) / 1e6:.1f} MB)")
