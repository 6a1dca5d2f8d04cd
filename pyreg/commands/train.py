"""Train one model once and leave the run's record: history, settings, hashes, predictions.

Engines: `python` (Keras), `r` (the same Keras driven from R), `base-r` (plain R, no Keras)."""

import argparse
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from pyreg.commands import common

if TYPE_CHECKING:
    from pyreg.records import Run

HELP = "train one model once, in Python, R or base R"

ENGINES = {"python": "pyreg.train", "r": "pyreg.rbridge.engine", "base-r": "pyreg.base_r"}


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    parser.add_argument("--model", required=True, help="a model of the study")
    parser.add_argument("--engine", choices=list(ENGINES), default="python")
    parser.add_argument("--shuffle", choices=["per-epoch", "keras"], default="per-epoch")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--data", required=True, help="folder with the prepared, encoded reviews")
    parser.add_argument("--output", required=True, help="folder for the run's record")


def run(arguments: argparse.Namespace) -> None:
    from pyreg import records, runtime

    study = common.study(arguments)
    common.require_model(study, arguments.model)
    key = records.RunKey(arguments.engine, arguments.model, arguments.shuffle, arguments.seed)
    runtime.set_up(study.device)
    run = import_module(ENGINES[arguments.engine]).train(study, key, Path(arguments.data))
    records.write_run(arguments.output, run)
    common.say(f"{key}: {_last_values(run)} ({run.info['times']['seconds']:.0f} s)")


def _last_values(run: "Run") -> str:
    last = run.history[run.history.epoch == run.history.epoch.max()]
    values = {(row.data, row.metric): row.value for row in last.itertuples()}
    return (
        f"accuracy {values['training', 'accuracy']:.4f}, "
        f"val_accuracy {values['validation', 'accuracy']:.4f}, "
        f"val_binary_crossentropy {values['validation', 'binary_crossentropy']:.4f}"
    )
