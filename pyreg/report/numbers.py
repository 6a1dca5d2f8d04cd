"""A study's tables and predictions in, every number for a text out, in several formats."""

import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from pyreg import files
from pyreg.config import Study
from pyreg.config.search import VALIDATION
from pyreg.errors import refusing
from pyreg.figures.results import Results
from pyreg.records.layout import Layout
from pyreg.report import facts, latex
from pyreg.search.table import nested
from pyreg.statistics.spread import Spread, spread
from pyreg.wording import amounts, speaking, whole
from pyreg.wording.captions import data_sentence
from pyreg.wording.levels import word

COUNTS = ("num_train", "num_validation")
METRIC_COLUMNS = ["last_training", "last_validation", "gap", "best_validation", "best_epoch"]
AGREEMENT_COLUMNS = [
    "level",
    "max_abs_diff_history",
    "max_abs_diff_weights",
    "max_abs_diff_predictions",
]
CLAIM_COLUMNS = [
    "estimate",
    "ci_low",
    "ci_high",
    "num_seeds",
    "p_adjusted",
    "smallest_detectable",
    "verdict",
]
EFFECTS = ("estimate", "ci_low", "ci_high", "smallest_detectable")  # in the claim's own unit

Kind = Literal["word", "count", "result", "epoch", "difference", "p"]
PRINTED: dict[Kind, Callable[[Any], str]] = {
    "word": word,
    "count": whole,
    "result": amounts.decimals,
    "epoch": amounts.epochs,
    "difference": amounts.tiny,
    "p": amounts.p_value,
}


@dataclass(frozen=True)
class Number:
    """A value with all its digits, and what it is, which decides how it is printed."""

    value: Any
    kind: Kind

    def __str__(self) -> str:
        return PRINTED[self.kind](self.value)


Numbers = dict[str, Number]


def write(study: Study, results: str | Path, folder: str | Path) -> list[str]:
    """Write numbers.tex, .md, .json and .csv; returns the numbers' names.

    Raises:
        InputError: a table or a record is missing.
    """
    records, place = Results(study, Layout(Path(results))), Path(folder)
    what, remedy = f"{results} gives no numbers", "delete the table and run `snakemake --cores all`"
    with speaking(study.language), refusing(what, remedy):
        scores = facts.scores_by_run(records)
        numbers = collect(records, scores)
        source = data_sentence(records.provenance)
        tables = latex.tables(records, scores)
        printed = {name: str(number) for name, number in numbers.items()}
    files.write_text(place / "numbers.tex", latex.macros(printed, tables, source))
    files.write_text(place / "numbers.md", markdown(printed, source))
    files.write_json(place / "numbers.json", {name: one.value for name, one in numbers.items()})
    rows = [(name, one.value, printed[name]) for name, one in numbers.items()]
    files.write_csv(place / "numbers.csv", pd.DataFrame(rows, columns=["name", "value", "printed"]))
    return list(numbers)


def collect(results: Results, scores: Mapping[str, pd.DataFrame]) -> Numbers:
    """Every number by its name, for example `baseline.accuracy.last_validation.mean`.

    Args:
        scores: as from `facts.scores_by_run`.
    """
    study = results.study
    has_claims = bool(study.replicates and study.claims)
    return {
        **_settings(study, results.provenance),
        **_metrics(results.whole_table("metrics"), study),
        **dict(_scores(study, scores)),
        **_agreement(results.whole_table("agreement")),
        **(dict(_claims(results.whole_table("claims"))) if has_claims else {}),
        **(dict(_search(results.whole_table("search"), study)) if study.search else {}),
    }


def markdown(printed: Mapping[str, str], source: str) -> str:
    """A table of names and values."""
    lines = [f"| `{name}` | {_cell(value)} |" for name, value in printed.items()]
    return f"{_cell(source)}\n\n| name | value |\n| --- | ---: |\n" + "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """A text as Markdown shows it: no tags, no further cells."""
    return html.escape(text, quote=False).replace("|", "\\|")


def _settings(study: Study, provenance: dict[str, Any]) -> Numbers:
    counts = {
        "study.epochs": study.epochs,
        "study.batch_size": study.batch_size,
        "study.seed": study.seed,
        "study.replicates": study.replicates,
        **({"data.num_words": study.data.num_words} if study.data.holds_reviews else {}),
        **{f"data.{name}": provenance[name] for name in COUNTS if name in provenance},
    }
    return {name: Number(value, "count") for name, value in counts.items()}


def _metrics(metrics: pd.DataFrame, study: Study) -> Numbers:
    """`MODEL.METRIC.COLUMN` of Python's exact runs; `MODEL.METRIC.COLUMN.mean`, ... of replicates.

    The plain seeded fit is `MODEL.keras.METRIC. ...`.
    """
    numbers: Numbers = {}
    exact = metrics[(metrics["engine"] == "python") & (metrics["seed"] == study.seed)]
    for row in exact.to_dict("records"):
        for column in METRIC_COLUMNS:
            name = f"{_model(row['model'], row['shuffle'], study)}.{row['metric']}.{column}"
            numbers |= _kept(name, row[column], _kind(column))
    many = metrics[metrics["engine"] == "python-replicates"]
    for (model, shuffle, metric), rows in many.groupby(["model", "shuffle", "metric"], sort=False):
        for column in METRIC_COLUMNS:
            name = f"{_model(model, shuffle, study)}.{metric}.{column}"
            found = spread(rows[column].astype(float), study.confidence, study.data.folds)
            numbers |= _spread(name, found, _kind(column))
    return numbers


def _model(model: object, shuffle: object, study: Study) -> str:
    return f"{model}" if shuffle == study.shuffle else f"{model}.{shuffle}"


def _kind(column: str) -> Kind:
    return "epoch" if column == "best_epoch" else "result"


def _spread(name: str, found: Spread, kind: Kind) -> Numbers:
    """`NAME.mean`, `NAME.sd`, ... and `NAME.num_runs`."""
    numbers: Numbers = {}
    for one in fields(found):
        is_count = one.name == "num_runs"
        numbers |= _kept(
            f"{name}.{one.name}", getattr(found, one.name), "count" if is_count else kind
        )
    return numbers


def _scores(study: Study, scores: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, Number]]:
    """`MODEL.precision.mean`, ...: of the validation samples after training, over the runs."""
    for model, table in scores.items():
        for score in table.columns:
            found = spread(table[score], study.confidence, study.data.folds)
            yield from _spread(f"{model}.{score}", found, "result").items()


def _agreement(agreement: pd.DataFrame) -> Numbers:
    """`agreement.MODEL.SHUFFLE.ENGINE.COLUMN`, and how many pairs reach the highest level."""
    equal = int((agreement["level"] == "bit-identical").sum())
    numbers = {
        "agreement.num_pairs": Number(len(agreement), "count"),
        "agreement.num_bit_identical": Number(equal, "count"),
    }
    for row in agreement.to_dict("records"):
        name = ".".join(["agreement", row["model"], row["shuffle"], row["right"]])
        for column in AGREEMENT_COLUMNS:
            kind: Kind = "word" if column == "level" else "difference"
            numbers |= _kept(f"{name}.{column}", row[column], kind)
    return numbers


def _claims(claims: pd.DataFrame) -> Iterator[tuple[str, Number]]:
    """`claim.ID.EPOCH.COLUMN`, the epoch being last or best."""
    for row in claims.to_dict("records"):
        effect: Kind = "epoch" if row["quantity"] == "best_epoch" else "result"
        kinds: dict[str, Kind] = {"num_seeds": "count", "p_adjusted": "p", "verdict": "word"}
        kinds |= dict.fromkeys(EFFECTS, effect)
        for column in CLAIM_COLUMNS:
            name = f"claim.{row['id']}.{row['at']}.{column}"
            yield from _kept(name, row[column], kinds[column]).items()


def _search(search: pd.DataFrame, study: Study) -> Iterator[tuple[str, Number]]:
    """`search.best.COLUMN` of the network that is recommended, and `search.folds. ...`."""
    (best,) = search[search["held_out"] == VALIDATION].drop(columns="held_out").to_dict("records")
    for name, value in best.items():
        kind: Kind = "count" if float(value).is_integer() else "result"
        yield from _kept(f"search.best.{name}", value, kind).items()
    for column in ["naive", *study.metrics]:
        estimate = nested(search, column, study.confidence)
        ends = {"mean": estimate.mean, "ci_low": estimate.low, "ci_high": estimate.high}
        for name, value in ends.items():
            yield from _kept(f"search.folds.{column}.{name}", value, "result").items()


def _kept(name: str, value: Any, kind: Kind) -> Numbers:
    """The number, or nothing where there is none: not compared, or diverged."""
    if pd.isna(value) or value in (np.inf, -np.inf):
        return {}
    return {name: Number(value.item() if hasattr(value, "item") else value, kind)}
