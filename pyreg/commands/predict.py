"""Ask a saved network what it says of texts: a table with the probability of `positive`, the class,
and how many words the network knows. Of images: the class, its probability, and what was done to
the image so that the network could take it. Of replicates: the average of their networks'
probabilities and its standard deviation over them (sd).

Where it knows fewer than 4 words of 10 the class is `unknown`, and the table says so."""

import argparse
import os
import sys
from pathlib import Path

MOST_BYTES = 2**27  # of an image
HELP = "ask a saved network about texts or images of your own"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "text", nargs="*", metavar="TEXT", help="a review; - : one on each line of standard input"
    )
    parser.add_argument(
        "--run",
        dest="folder",
        required=True,
        metavar="FOLDER",
        help="results/STUDY/runs/.../seed-N, or results/STUDY/replicates/.../seeds-A-B (kept with "
        "`save_models: true`): the average of its networks and its spread",
    )
    parser.add_argument("--file", type=Path, nargs="+", default=[], help="files of one text each")
    parser.add_argument("--image", type=Path, nargs="+", default=[], help="files of an image each")
    parser.add_argument("--table", type=Path, help="a table of texts (CSV, tab-separated)")
    parser.add_argument("--column", default="text", help="its column of texts (%(default)s)")
    parser.add_argument(
        "--explain",
        action="store_true",
        help="the words that move each answer most: how much less the probability is without them",
    )
    parser.add_argument("--format", choices=["text", "csv", "json"], default="text")
    parser.add_argument("--output", help="write the table to this CSV file instead")


def run(arguments: argparse.Namespace) -> None:
    from pyreg import files
    from pyreg.engines import runtime
    from pyreg.records.network import of_network
    from pyreg.serving import input_kind

    # All that can be refused, before Keras is loaded.
    record = of_network(arguments.folder, or_networks=True)
    input_kind.require_kind(record, images=bool(arguments.image))
    if arguments.output:
        asked = (*arguments.file, *arguments.image, arguments.table)
        files.require_file(arguments.output, *asked)
    texts = [] if arguments.image else _texts(arguments)
    contents = _contents(arguments)
    runtime.set_up("cpu")  # before anything imports Keras
    from pyreg.serving import answers, network

    loaded = network.load(arguments.folder)
    if isinstance(loaded, network.Network):
        found = loaded.answers(texts, arguments.explain)
        table = answers.as_table(texts, found, arguments.explain)
    else:
        names = [os.fsencode(path).decode(errors="replace") for path in arguments.image]
        table = answers.of_images(names, loaded.answers(contents, names))
    if arguments.output:
        files.write_csv(arguments.output, table)
    elif arguments.format == "csv":
        table.to_csv(sys.stdout, index=False, lineterminator="\n")
    elif arguments.format == "json":
        print(table.to_json(orient="records", indent=2, force_ascii=False, double_precision=15))
    else:
        print(answers.shown(table))


def _texts(arguments: argparse.Namespace) -> list[str]:
    from pyreg.errors import InputError
    from pyreg.serving import texts

    found = [
        one
        for text in arguments.text
        for one in (texts.of_standard_input() if text == "-" else [text])
    ]
    found += map(texts.of_file, arguments.file)
    if arguments.table:
        found += texts.of_column(arguments.table, arguments.column)
    if not found:
        raise InputError(
            'got no text; write one, as in `pyreg predict --run FOLDER "this film was great"`, or '
            "name --file or --table"
        )
    texts.require_unicode(found)
    return found


def _contents(arguments: argparse.Namespace) -> list[bytes]:
    from pyreg.errors import InputError
    from pyreg.readers import sniff

    others = (arguments.text, arguments.file, arguments.table, arguments.explain)
    if arguments.image and any(others):
        raise InputError("got --image beside texts or --explain; ask about images alone")
    return [sniff.read_bytes(path, MOST_BYTES) for path in arguments.image]
