"""Hold what a service was asked against what its network learned from.

Compares the share of known words, the length of texts, the probabilities and the frequencies of
words by the population stability index, and all but the last by a Kolmogorov-Smirnov test,
corrected by Holm. Exit code 1 if an index is beyond the limit and its p-value, where there is one,
below 0.01."""

import argparse
import datetime
from pathlib import Path

from pyreg.commands import common
from pyreg.serving import DRIFT_LIMIT

HELP = "hold what a service was asked against the training data"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="RUN", type=Path, help="results/STUDY/runs/.../seed-N, as it was served"
    )
    parser.add_argument(
        "--counts", required=True, type=Path, metavar="FILE", help="as `pyreg serve --counts` wrote"
    )
    parser.add_argument("--since", type=_day, metavar="DAY", help="YYYY-MM-DD, UTC (the first)")
    parser.add_argument(
        "--limit",
        type=_limit,
        default=DRIFT_LIMIT,
        help="of the population stability index (%(default)s)",
    )
    parser.add_argument("--output-dir", type=Path, help="also write the table and a figure there")


def run(arguments: argparse.Namespace) -> None:
    from pyreg import config, files
    from pyreg.errors import ComparisonError
    from pyreg.records.layout import Layout
    from pyreg.records.network import of_network
    from pyreg.serving import counts, drift

    limit = arguments.limit
    layout = Layout.of_run(arguments.folder)
    training = drift.training_sample(layout, of_network(arguments.folder))
    counted = counts.read(arguments.counts, arguments.since or "", len(training.per_word))
    served = drift.served_sample(*counted)
    table = drift.compare(training, served, limit)
    if arguments.output_dir:
        from pyreg.figures import drift as figure

        study = config.load(layout.config)
        arguments.output_dir.mkdir(parents=True, exist_ok=True)
        files.write_csv(arguments.output_dir / "drift.csv", table)
        pairs = {
            text: (training.values[name], served.values[name])
            for name, text in drift.QUANTITIES.items()
        }
        figure.draw(pairs, study, arguments.output_dir)
    common.say(table.to_string(index=False, float_format="{:.4g}".format))
    common.say(drift.explanation(limit))
    verdict = drift.verdict(table, limit, len(counted[0]))
    if table["alarm"].any():
        raise ComparisonError(verdict)
    common.say(verdict)


def _limit(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):  # beyond what is not a number lies nothing: no alarm ever
        raise argparse.ArgumentTypeError(f"got {text[:40]}, expected a number above 0, as 0.2")
    return number


def _day(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"got {text[:40]}, expected a day as 2026-01-31") from None
