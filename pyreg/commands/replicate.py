"""Train one model with many seeds, side by side in one Keras model where that is possible.

Each seed gets the initial weights, batch order and dropout masks of its run by `pyreg train`."""

import argparse
from pathlib import Path

from pyreg.commands import common
from pyreg.config import Study
from pyreg.errors import InputError

MOST_SEEDS = 1000
HELP = "train one model with many seeds at once"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    parser.add_argument("--model", required=True, help="a model of the study")
    parser.add_argument("--seeds", required=True, metavar="A-B", help="first and last seed")
    parser.add_argument("--shuffle", choices=["per-epoch", "keras"], default="per-epoch")
    parser.add_argument("--encoded", required=True, help="the file `pyreg encode` wrote")
    parser.add_argument("--backend", choices=["tensorflow", "jax", "torch"], default="tensorflow")
    parser.add_argument("--threads", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--output", required=True, help="folder for the record")


def run(arguments: argparse.Namespace) -> None:
    from pyreg import files
    from pyreg.engines import runtime

    files.require_folder(arguments.output, Path(arguments.encoded).parent)
    study = common.study(arguments)
    study.require_model(arguments.model)
    seeds = _seeds(arguments.seeds)
    runtime.set_up(study.device, arguments.threads, arguments.backend)
    train_and_write(
        study, arguments.model, arguments.shuffle, seeds, arguments.encoded, arguments.output
    )


def train_and_write(
    study: Study,
    model: str,
    shuffle: str,
    seeds: range,
    encoded: str | Path,
    output: str | Path,
) -> None:
    """Train a model's replicates, write their record, and tell the console."""
    from pyreg.data import encoding, vocabulary_file
    from pyreg.records.replicates import write_replicates
    from pyreg.replicates import any_model

    vocabulary_file.require_same_words(study, model, Path(encoded).parent)
    encoding.require_settings(encoded, study.data)
    runs = any_model.train(study, model, shuffle, seeds, encoded)
    write_replicates(output, runs)
    seconds = runs.info["times"]["seconds"]
    which = f"{model} {shuffle}: seeds {seeds[0]}-{seeds[-1]}"
    common.say(f"{which}, {len(seeds)} runs ({seconds:.0f} s)")


def _seeds(text: str) -> range:
    first, _, last = text.partition("-")
    try:
        seeds = range(common.seed(first), common.seed(last or first) + 1)
    except argparse.ArgumentTypeError:
        seeds = range(0)
    if not 0 < len(seeds) <= MOST_SEEDS:
        raise InputError(
            f"got --seeds {text[:80]}, expected the first and the last of up to {MOST_SEEDS:,} "
            f"seeds, 0 to {common.LAST_SEED}, the first not larger; for example --seeds 1-10"
        )
    return seeds
