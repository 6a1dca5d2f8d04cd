"""Keep a finished study's results as the reference that other machines are held against.

Copies histories, hashes, predictions, tables and figures, with the environment they came from;
weights stay behind, only their hashes are kept."""

import argparse
from pathlib import Path

from pyreg.commands import common

HELP = "keep a finished study's results as the reference"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--results", default="results/imdb", help="to keep (%(default)s)")
    parser.add_argument("--output", default="results/reference", help="folder (%(default)s)")


def run(arguments: argparse.Namespace) -> None:
    from pyreg.agreement import reference

    output = Path(arguments.output)
    kept = reference.make(Path(arguments.results), output)
    size = sum((output / path).stat().st_size for path in kept) / 1e6
    common.say(f"reference: {len(kept)} files, {size:.1f} MB, in {output}")
