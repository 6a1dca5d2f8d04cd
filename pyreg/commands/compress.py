"""Make a saved network smaller: weights in whole numbers of 8 and 4 bits, or 50, 80, 90 and 95 % of
them cut and the rest trained a little further.

Writes FORM.keras of each, compression.csv (size, time, accuracy and the interval of its difference,
share of answers that changed) and a figure. Times are those of this machine as it is now."""

import argparse
from importlib import import_module
from pathlib import Path

from pyreg.commands import common

# By its name: another look of the figure must not compress again. The workflow draws by itself.
FIGURE = "pyreg.figures.compression"

# Format -> what it needs, which the extra `export` installs.
FORMATS = {"onnx": ("onnx", "onnxruntime", "tf2onnx"), "litert": ("ai_edge_litert",)}

HELP = "make a saved network smaller, and say what that costs"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="RUN", type=Path, help="results/STUDY/runs/.../seed-N")
    parser.add_argument(
        "--config", help="the study's YAML file; - : standard input, and no figure (the run's own)"
    )
    parser.add_argument(
        "--export",
        type=_formats,
        default=[],
        metavar="FORMATS",
        help="export it too: onnx, litert, or both with a comma (extra `export`)",
    )
    parser.add_argument("--output-dir", required=True, type=Path, help="folder to write to")
    parser.add_argument(
        "--epochs",
        type=_number,
        default=2,
        help="how long a pruned network is trained further (%(default)s)",
    )


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 4:
        raise argparse.ArgumentTypeError(f"got {text[:40]}, expected 0 to 9999 epochs")
    return int(text)


def _formats(text: str) -> list[str]:
    formats = list(dict.fromkeys(text.split(",")))
    if not set(formats) <= set(FORMATS):
        raise argparse.ArgumentTypeError(f"got {text[:40]}, expected {' or '.join(FORMATS)}")
    return formats


def run(arguments: argparse.Namespace) -> None:
    from pyreg import files
    from pyreg.engines import runtime

    files.require_folder(arguments.output_dir, arguments.folder)
    needed = [name for one in arguments.export for name in FORMATS[one]]
    common.require_installed(needed, "export", " and ".join(arguments.export))
    runtime.set_up("cpu")
    from pyreg.compression import compress

    run, output = arguments.folder, arguments.output_dir
    study = common.study(arguments) if arguments.config else compress.study_of(run)
    table = compress.compress(run, study, output, arguments.epochs, arguments.export, common.say)
    for sentence in compress.sentences(table):
        common.say(sentence)
    if arguments.config != "-":
        import_module(FIGURE).draw(table, study, output)
