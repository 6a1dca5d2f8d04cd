"""A study's tables in, its numbers for a text out: LaTeX macros and a Markdown table."""

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from pyreg import files
from pyreg.config import Study
from pyreg.config.search import VALIDATION
from pyreg.figures.caption import data_sentence, on_one_line
from pyreg.figures.results import Results
from pyreg.records.layout import Layout
from pyreg.search.table import nested

# One command for all numbers, because TeX allows no digits in a command's name (l2), and
# because a mistyped name is then an error instead of an empty place.
LATEX_COMMAND = r"""\newcommand{\pyreg}[1]{\ifcsname pyreg@#1\endcsname\csname pyreg@#1\endcsname
  \else\PackageError{pyreg}{No number named `#1'}{The names stand in numbers.md.}\fi}
"""
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
LATEX_SPECIALS = str.maketrans(
    {
        **{character: f"\\{character}" for character in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)

Numbers = dict[str, Any]


def write(study: Study, results: str | Path, folder: str | Path) -> list[str]:
    """Write numbers.tex and numbers.md into `folder`; returns the numbers' names.

    Raises:
        InputError: a table is missing.
    """
    records = Results(study, Layout(Path(results)))
    numbers = collect(records)
    source = data_sentence(records)
    files.write_text(Path(folder) / "numbers.tex", latex(numbers, source))
    files.write_text(Path(folder) / "numbers.md", markdown(numbers, source))
    return list(numbers)


def collect(results: Results) -> Numbers:
    """Every number by its name, for example `baseline.accuracy.last_validation`."""
    study = results.study
    has_claims = bool(study.replicates and study.claims)
    return {
        **_settings(study, results.provenance),
        **_metrics(results.whole_table("metrics"), study),
        **_agreement(results.whole_table("agreement")),
        **(_claims(results.whole_table("claims")) if has_claims else {}),
        **(_search(results.whole_table("search"), study) if study.search else {}),
    }


def latex(numbers: Numbers, source: str) -> str:
    r"""A file for \input: afterwards `\pyreg{baseline.accuracy.last_validation}` is the number."""
    lines = [
        rf"\expandafter\def\csname pyreg@{name}\endcsname{{{_latex_value(value)}}}"
        for name, value in numbers.items()
    ]
    return f"% {source}\n{LATEX_COMMAND}" + "\n".join(lines) + "\n"


def markdown(numbers: Numbers, source: str) -> str:
    """A table of names and values."""
    lines = [f"| `{name}` | {_cell(_plain_value(value))} |" for name, value in numbers.items()]
    return f"{_cell(source)}\n\n| name | value |\n| --- | ---: |\n" + "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """A text as Markdown shows it: no tags, no further cells, no further lines."""
    return html.escape(on_one_line(text), quote=False).replace("|", "\\|")


def _settings(study: Study, provenance: dict[str, Any]) -> Numbers:
    return {
        "study.epochs": study.epochs,
        "study.batch_size": study.batch_size,
        "study.seed": study.seed,
        "study.replicates": study.replicates,
        **({"data.num_words": study.data.num_words} if study.data.holds_reviews else {}),
        **{f"data.{name}": provenance[name] for name in COUNTS if name in provenance},
    }


def _metrics(metrics: pd.DataFrame, study: Study) -> Numbers:
    """Python's exact runs: `MODEL.METRIC.COLUMN`, the plain seeded fit as `MODEL.keras. ...`."""
    exact = metrics[(metrics["engine"] == "python") & (metrics["seed"] == study.seed)]
    numbers = {}
    for row in exact.to_dict("records"):
        shuffle = "" if row["shuffle"] == study.shuffle else f"{row['shuffle']}."
        for column in METRIC_COLUMNS:
            numbers[f"{row['model']}.{shuffle}{row['metric']}.{column}"] = row[column]
    return numbers


def _agreement(agreement: pd.DataFrame) -> Numbers:
    """`agreement.MODEL.SHUFFLE.ENGINE.COLUMN`, and how many pairs reach the highest level."""
    return {
        "agreement.num_pairs": len(agreement),
        "agreement.num_bit_identical": int((agreement["level"] == "bit-identical").sum()),
        **dict(_by_name(agreement, ["model", "shuffle", "right"], AGREEMENT_COLUMNS, "agreement")),
    }


def _claims(claims: pd.DataFrame) -> Numbers:
    """`claim.ID.EPOCH.COLUMN`, the epoch being last or best."""
    return dict(_by_name(claims, ["id", "at"], CLAIM_COLUMNS, "claim"))


def _search(search: pd.DataFrame, study: Study) -> Numbers:
    """`search.best.COLUMN` of the network that is recommended, and `search.folds. ...`."""
    (best,) = search[search["held_out"] == VALIDATION].drop(columns="held_out").to_dict("records")
    numbers = {f"search.best.{name}": value for name, value in best.items() if not pd.isna(value)}
    for column in ["naive", *study.metrics]:
        estimate = nested(search, column, study.confidence)
        if not pd.isna(estimate.mean):
            numbers[f"search.folds.{column}.mean"] = estimate.mean
            numbers[f"search.folds.{column}.ci_low"] = estimate.low
            numbers[f"search.folds.{column}.ci_high"] = estimate.high
    return numbers


def _by_name(
    table: pd.DataFrame, keys: list[str], columns: list[str], prefix: str
) -> Iterator[tuple[str, Any]]:
    for row in table.to_dict("records"):
        name = ".".join([prefix, *(str(row[key]) for key in keys)])
        for column in columns:
            if not pd.isna(row[column]):  # what could not be compared has no number
                yield f"{name}.{column}", row[column]


def _plain_value(value: Any) -> str:
    """Four decimals for ordinary numbers, two digits for tiny ones; words as they are."""
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    if value.is_integer():
        return f"{value:.0f}"
    return f"{value:.4f}" if abs(value) >= 5e-4 else f"{value:.1e}"


def _latex_value(value: Any) -> str:
    if isinstance(value, str):
        return value.translate(LATEX_SPECIALS)
    mantissa, _, exponent = _plain_value(value).partition("e")
    if exponent:
        return rf"\ensuremath{{{mantissa}\times 10^{{{int(exponent)}}}}}"
    return (
        rf"\ensuremath{{{mantissa}}}" if mantissa.startswith("-") else mantissa.replace(",", "{,}")
    )
