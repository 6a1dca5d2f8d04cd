"""Train one model once and leave the run's record: history, settings, hashes, predictions.

Engines: `python` (Keras), `r` (the same Keras driven from R), `base-r` (plain R, no Keras)."""

import argparse
from pathlib import Path

from pyreg.commands import common
from pyreg.errors import InputError

HELP = "train one model once, in Python, R or base R"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    parser.add_argument("--model", required=True, help="a model of the study")
    parser.add_argument("--engine", choices=["python", "r", "base-r"], default="python")
    parser.add_argument("--shuffle", choices=["per-epoch", "keras"], default="per-epoch")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--data", required=True, help="folder with the prepared, encoded reviews")
    parser.add_argument("--output", required=True, help="folder for the run's record")


def run(arguments: argparse.Namespace) -> None:
    from pyreg import records, runtime

    study = common.study(arguments)
    if arguments.model not in study.models:
        raise InputError(
            f"got model '{arguments.model}', expected one of {', '.join(study.models)}; "
            "name a model of the study's configuration"
        )
    key = records.RunKey(arguments.engine, arguments.model, arguments.shuffle, arguments.seed)
    runtime.set_up(study.device)
    run = _engine(arguments.engine)(study, key, Path(arguments.data))
    records.write_run(arguments.output, run)
    common.say(f"{key}: {_last_values(run)} ({run.info['times']['seconds']:.0f} s)")


def _engine(name: str):  # type: ignore[no-untyped-def]
    if name == "r":
        from pyreg.rbridge.engine import train
    elif name == "base-r":
        from pyreg.base_r import train
    else:
        from pyreg.train import train
    return train


def _last_values(run) -> str:  # type: ignore[no-untyped-def]
    last = run.history[run.history.epoch == run.history.epoch.max()]
    values = {(row.data, row.metric): row.value for row in last.itertuples()}
    return (
        f"accuracy {values['training', 'accuracy']:.4f}, "
        f"val_accuracy {values['validation', 'accuracy']:.4f}, "
        f"val_binary_crossentropy {values['validation', 'binary_crossentropy']:.4f}"
    )
