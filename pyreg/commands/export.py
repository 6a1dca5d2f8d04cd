"""Hand a finished study, or one of its networks, to other programs.

tensorboard: event files of all histories, to be looked at with `tensorboard --logdir FOLDER`.
mlflow: a database of all histories, to be looked at with `mlflow ui --backend-store-uri sqlite:///FILE`.
ro-crate: a description of the results folder for an archive, written into it; then pack the folder.
keras2: the network of a run for Keras 2 and the tools of its time: model.json with
model.weights.h5, and model.h5.
"""

import argparse
from pathlib import Path

from pyreg.commands import common
from pyreg.errors import InputError

HELP = "hand a study to TensorBoard, MLflow or an archive (RO-Crate), or a network to Keras 2"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["tensorboard", "mlflow", "ro-crate", "keras2"])
    parser.add_argument(
        "--results", default="results/imdb", help="folder results/<study> (%(default)s)"
    )
    parser.add_argument(
        "--run", dest="folder", metavar="RUN", type=Path, help="results/STUDY/runs/.../seed-N"
    )
    parser.add_argument(
        "--output-dir",
        metavar="FOLDER",
        help="of what is written (RESULTS/tensorboard, RESULTS/mlflow; keras2: no default)",
    )


def run(arguments: argparse.Namespace) -> None:
    if arguments.what == "keras2":
        _export_network(arguments.folder, arguments.output_dir)
    else:
        _export_study(arguments)


def _export_network(run: Path | None, folder: str | None) -> None:
    if run is None or folder is None:
        raise InputError("keras2: expected --run RUN and --output-dir FOLDER; name both")
    from pyreg import files
    from pyreg.engines import runtime

    files.require_folder(folder, run)
    runtime.set_up("cpu")
    from pyreg.export import keras2

    names = keras2.write(run, Path(folder))
    common.say(f"keras2: {', '.join(names)} in {folder}")


def _export_study(arguments: argparse.Namespace) -> None:
    from pyreg import config, files
    from pyreg.engines.runtime import start_up_lines_kept_back
    from pyreg.export import mlflow, ro_crate, tensorboard

    layout = common.layout(arguments)
    study = config.load(layout.config)
    if arguments.what == "ro-crate":
        number = ro_crate.write(study, layout)
        common.say(f"ro-crate: {number} files named in {layout.folder / ro_crate.METADATA}")
        return
    folder = Path(arguments.output_dir or layout.folder / arguments.what)
    files.require_folder(folder)
    if arguments.what == "mlflow":
        number = mlflow.write(study, layout, folder / "mlflow.db")
        uri = f"sqlite:///{folder / 'mlflow.db'}"
        common.say(f"mlflow: {number} runs; look at them with mlflow ui --backend-store-uri {uri}")
        return
    with start_up_lines_kept_back():  # TensorFlow's
        number = tensorboard.write(study, layout, folder)
    common.say(f"tensorboard: {number} runs; look at them with tensorboard --logdir {folder}")
