"""Write a study's settings with every default spelled out."""

import argparse

from pyreg.commands import common

HELP = "spell a study's settings out, every default with them"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    parser.add_argument("--output", required=True, help="the .yaml file to write")


def run(arguments: argparse.Namespace) -> None:
    from pyreg import config, files

    files.require_file(arguments.output, arguments.config)
    files.write_text(arguments.output, config.dump(common.study(arguments)))
