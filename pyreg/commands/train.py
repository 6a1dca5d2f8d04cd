"""Train one model once and leave the run's record: history, settings, hashes, predictions.

Engines: `python` (Keras), `r` (the same Keras driven from R), `base-r` (plain R, no Keras)."""

import argparse
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from pyreg.commands import common
from pyreg.config import Study
from pyreg.records.layout import DataFolder, RunKey

if TYPE_CHECKING:
    from pyreg.records.run import Run

HELP = "train one model once, in Python, R or base R"

ENGINES = {
    "python": "pyreg.engines.keras",
    "r": "pyreg.engines.r",
    "base-r": "pyreg.engines.plain_r",
}


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    parser.add_argument("--model", required=True, help="a model of the study")
    parser.add_argument("--engine", choices=list(ENGINES), default="python")
    parser.add_argument("--shuffle", choices=["per-epoch", "keras"], default="per-epoch")
    parser.add_argument("--seed", type=common.seed, default=1, help="default: %(default)s")
    parser.add_argument("--data", required=True, help="folder with the prepared, encoded samples")
    parser.add_argument("--output", required=True, help="folder for the run's record")


def run(arguments: argparse.Namespace) -> None:
    from pyreg import files
    from pyreg.engines import runtime

    files.require_folder(arguments.output, arguments.data)
    study = common.study(arguments)
    study.require_model(arguments.model)
    key = RunKey(arguments.engine, arguments.model, arguments.shuffle, arguments.seed)
    runtime.set_up(study.device)
    train_and_write(study, key, Path(arguments.data), arguments.output)


def train_and_write(study: Study, key: RunKey, data: Path, output: str | Path) -> None:
    """Train one run with its engine, write its record, and tell the console what came of it."""
    from pyreg.config.tasks import TASKS
    from pyreg.data import encoding, vocabulary_file
    from pyreg.records.run import write_run

    vocabulary_file.require_same_words(study, key.model, data)
    encoding.require_settings(DataFolder(data).encoded, study.data)
    run = import_module(ENGINES[key.engine]).train(study, key, data)
    write_run(output, run)
    values = _last_values(run, TASKS[study.task].metrics)
    seconds = run.info["times"]["seconds"]
    common.say(f"{key}: {values} (epoch {run.history.epoch.max()}, {seconds:.0f} s)")


def _last_values(run: "Run", metrics: Sequence[str]) -> str:
    """Of the last epoch that was reached."""
    last = run.history[run.history.epoch == run.history.epoch.max()]
    values = last.set_index(["data", "metric"])["value"]
    shown = [
        f"{prefix}{metric} {values[data, metric]:.4f}"
        for metric in metrics
        for data, prefix in [("training", ""), ("validation", "val_")]
    ]
    return ", ".join(shown)
