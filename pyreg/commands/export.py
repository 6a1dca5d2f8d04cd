"""Hand a finished study to other programs.

tensorboard: event files of all histories, to be looked at with `tensorboard --logdir FOLDER`.
mlflow: a database of all histories, to be looked at with `mlflow ui --backend-store-uri sqlite:///FILE`.
ro-crate: a description of the results folder for an archive, written into it; then pack the folder.
"""

import argparse
from pathlib import Path

from pyreg.commands import common

HELP = "hand a finished study to TensorBoard, to MLflow, or to an archive as an RO-Crate"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["tensorboard", "mlflow", "ro-crate"])
    parser.add_argument(
        "--results", default="results/imdb", help="folder results/<study> (%(default)s)"
    )
    parser.add_argument(
        "--output-dir", metavar="FOLDER", help="of what is written (RESULTS/tensorboard, or mlflow)"
    )


def run(arguments: argparse.Namespace) -> None:
    from pyreg import config
    from pyreg.engines.runtime import start_up_lines_kept_back
    from pyreg.export import mlflow, ro_crate, tensorboard

    layout = common.layout(arguments)
    study = config.load(layout.config)
    if arguments.what == "ro-crate":
        number = ro_crate.write(study, layout)
        common.say(f"ro-crate: {number} files named in {layout.folder / ro_crate.METADATA}")
        return
    folder = Path(arguments.output_dir or layout.folder / arguments.what)
    if arguments.what == "mlflow":
        number = mlflow.write(study, layout, folder / "mlflow.db")
        uri = f"sqlite:///{folder / 'mlflow.db'}"
        common.say(f"mlflow: {number} runs; look at them with mlflow ui --backend-store-uri {uri}")
        return
    with start_up_lines_kept_back():  # TensorFlow's
        number = tensorboard.write(study, layout, folder)
    common.say(f"tensorboard: {number} runs; look at them with tensorboard --logdir {folder}")
