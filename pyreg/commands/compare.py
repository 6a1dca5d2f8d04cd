"""Compare a keras history of your own with this study's runs: identical, inside the band of its
seeds, or outside it, and why.

FILE is what R's saveRDS(history, FILE), save() or write.csv(as.data.frame(history), FILE) wrote, or
Python's json.dump(history.history, file); it is known by its content, packed or not. Without FILE,
the histories that the configuration lists as `my_runs`. Exit code 1 if a history is not what it is
said to be, except with --output, where the table says so."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pyreg.commands import common
from pyreg.errors import ComparisonError, InputError

if TYPE_CHECKING:
    from pyreg import config
    from pyreg.own_runs.comparison import Comparison

HELP = "compare a history of your own with this study's runs"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        help=f"the study's YAML file; - : standard input (that of --results, else {common.CONFIG})",
    )
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="the history: .rds, .csv, .json, ..."
    )
    parser.add_argument("--model", help="the model of the study that FILE is a run of")
    parser.add_argument("--results", help="the study's results (results/STUDY)")
    parser.add_argument(
        "--seed", type=common.seed, help="the seed you set, if you did (the study's)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="train nothing: stored runs only, no causes tested"
    )
    parser.add_argument(
        "--jobs",
        type=common.number_of_jobs,
        default=2,
        help="how many train at the same time (%(default)s)",
    )
    parser.add_argument("--output", help="also write the verdicts to this CSV file")
    parser.add_argument(
        "--format", choices=["text", "json"], default="text", help="what is printed (%(default)s)"
    )


def run(arguments: argparse.Namespace) -> None:
    from pyreg import files

    arguments.config = arguments.config or _config_of(arguments.results)
    study = common.study(arguments)
    named = _named(arguments, [(mine.file, mine.model) for mine in study.my_runs])
    if arguments.output:
        files.require_file(arguments.output, arguments.config, *(file for file, _ in named))
    found = _compared(arguments, study, named)
    from pyreg.own_runs import records, sentences

    if arguments.format == "json":
        common.say(records.as_json(found))
    else:
        for line in sentences.lines(found):
            common.say(line)
    if arguments.output:
        records.write(arguments.output, found)
    elif not all(one.agrees for one in found):
        raise SystemExit(ComparisonError.exit_code)


def _config_of(results: str | None) -> str:
    """The settings that results were made with."""
    from pyreg.records.layout import Layout

    own = Layout(Path(results)).config if results else None
    return str(own) if own and own.exists() else common.CONFIG


def _compared(
    arguments: argparse.Namespace, study: "config.Study", named: Sequence[tuple[str, str]]
) -> "list[Comparison]":
    from pyreg.own_runs.basis import basis_for
    from pyreg.own_runs.comparison import compare
    from pyreg.own_runs.samples import Samples
    from pyreg.own_runs.training import Trainer
    from pyreg.records.layout import Layout

    results = Layout(Path(arguments.results)) if arguments.results else Layout.of_study(study.study)
    seed = study.seed if arguments.seed is None else arguments.seed
    found = []
    for file, model in named:
        basis = basis_for(study, results, model)
        if arguments.quick:
            found.append(compare(file, model, basis, seed))
            continue
        with Trainer(Samples(basis.study, basis.results.data), arguments.jobs) as trainer:
            found.append(compare(file, model, basis, seed, trainer))
    return found


def _named(arguments: argparse.Namespace, my_runs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if arguments.file and arguments.model:
        return [(arguments.file, arguments.model)]
    if arguments.file:
        raise InputError(
            f"got {arguments.file} and no model; say which model of the study it is a run of, "
            "for example --model baseline"
        )
    if not my_runs:
        raise InputError(
            "got no FILE, and the configuration lists no `my_runs`; name a history and its --model"
        )
    return my_runs
