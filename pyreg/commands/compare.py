"""Compare a keras history of your own with this study's runs: identical, inside the band of its
seeds, or outside it, and why.

FILE is a .csv of write.csv(as.data.frame(history), FILE) or write.csv2(), or an .rds of
saveRDS(history, FILE). Without FILE, the histories that the configuration lists as `my_runs`.
Exit code 1 if a history is outside, except with --output, where the table says so."""

import argparse
from pathlib import Path

from pyreg.commands import common
from pyreg.errors import ComparisonError, InputError

HELP = "compare a history of your own with this study's runs"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    parser.add_argument("file", nargs="?", metavar="FILE", help="a .csv or .rds file")
    parser.add_argument("--model", help="the model of the study that FILE is a run of")
    parser.add_argument("--results", help="the study's results (results/STUDY)")
    parser.add_argument(
        "--seed", type=common.seed, help="the seed you set, if you did (the study's)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="train nothing: stored runs only, no causes tested"
    )
    parser.add_argument("--output", help="also write the verdicts to this CSV file")


def run(arguments: argparse.Namespace) -> None:
    from pyreg.engines import runtime

    study = common.study(arguments)
    named = _named(arguments, [(mine.file, mine.model) for mine in study.my_runs])
    results = Path(arguments.results or Path("results") / study.study)
    if not arguments.quick:
        runtime.set_up(study.device)
    import pandas as pd

    from pyreg import files
    from pyreg.own_runs.causes import Workshop
    from pyreg.own_runs.verdict import Judge

    judge = Judge(
        study=study,
        results=results,
        seed=study.seed if arguments.seed is None else arguments.seed,
        workshop=None if arguments.quick else Workshop(study, results / "data"),
    )
    verdicts = [judge.judge(file, model) for file, model in named]
    for verdict in verdicts:
        common.say(f"{verdict.model}: {verdict.verdict}. {verdict.sentence}")
    if arguments.output:
        files.write_csv(arguments.output, pd.DataFrame(map(vars, verdicts)))
    elif any(verdict.verdict == "outside" for verdict in verdicts):
        raise SystemExit(ComparisonError.exit_code)


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
            "got no FILE, and the configuration lists no `my_runs`; name a .csv or .rds file and "
            "its --model"
        )
    return my_runs
