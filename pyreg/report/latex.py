"""Printed numbers and a study's tables in, LaTeX out: macros, and tables for booktabs."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from pyreg.config import Study
from pyreg.figures.results import Results
from pyreg.report import facts
from pyreg.statistics.spread import Spread, spread
from pyreg.wording import N_, _, amounts, recorded
from pyreg.wording.levels import word
from pyreg.wording.measures import measure
from pyreg.wording.networks import named

# One command for all numbers, because TeX allows no digits in a command's name (l2), and
# because a mistyped name is then an error instead of an empty place.
COMMANDS = r"""\newcommand{\pyreg}[1]{\ifcsname pyreg@#1\endcsname\csname pyreg@#1\endcsname
  \else\PackageError{pyreg}{No number named `#1'}{The names stand in numbers.md.}\fi}
\newcommand{\pyregtable}[1]{\pyreg{table.#1}} % needs booktabs
"""
SPECIALS = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_{}"}
    | {"×": r"$\times$", "−": "$-$", "–": "--", "<": "$<$", "\\": r"\textbackslash{}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"\N{NO-BREAK SPACE}": r"\,"}
)
MINUS = re.compile(r"(?<!\w)-(?=\d)")
WHOLE = re.compile(r"\d{1,3}(,\d{3})+")
SHOWN = {
    "last_training": N_("training"),
    "last_validation": N_("validation"),
    "best_validation": N_("best"),
}
Rows = Iterable[Sequence[str]]


def macros(printed: Mapping[str, str], tables: Mapping[str, str], source: str) -> str:
    r"""A file for \input: afterwards `\pyreg{baseline.accuracy.last_validation}` is the number.

    Args:
        tables: name -> LaTeX, afterwards `\pyregtable{name}`.
    """
    values = {name: _value(value) for name, value in printed.items()}
    values |= {f"table.{name}": text for name, text in tables.items()}
    lines = [
        rf"\expandafter\def\csname pyreg@{name}\endcsname{{{value}}}"
        for name, value in values.items()
    ]
    return f"% {source}\n{COMMANDS}" + "\n".join(lines) + "\n"


def tables(results: Results, scores: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Name -> a tabular environment, for what the study has; `scores`: `facts.scores_by_run`."""
    study = results.study
    found = {"models": _models(results), "agreement": _agreement(results)}
    if study.task == "binary":
        found["scores"] = _scores(study, scores)
    if study.replicates and study.claims:
        found["claims"] = _claims(results)
    return found


def _models(results: Results) -> str:
    """Each network's results: mean (SD) over the replicates, else the exact run's."""
    study, metrics = results.study, results.whole_table("metrics")
    engine = "python-replicates" if study.replicates else "python"
    runs = metrics[(metrics["engine"] == engine) & (metrics["shuffle"] == study.shuffle)]
    rows = []
    for name in study.models:
        of_model = runs[runs["model"] == name]
        cells = [
            _mean(spread(of_model.loc[of_model["metric"] == metric, column], study.confidence))
            for metric in study.metrics
            for column in SHOWN
        ]
        rows.append([named(study, name), *cells])
    width, groups = len(SHOWN), [_value(measure(metric).name) for metric in study.metrics]
    above = "".join(rf" & \multicolumn{{{width}}}{{c}}{{{group}}}" for group in groups) + r" \\"
    heads = [_("Model"), *(_(text) for _metric in groups for text in SHOWN.values())]
    return _tabular("l" + "r" * width * len(groups), heads, rows, above)


def _scores(study: Study, scores: Mapping[str, pd.DataFrame]) -> str:
    """How well each model tells positive from negative samples: mean (SD) over the runs."""
    rows = [
        [named(study, model), *(_mean(spread(table[one], study.confidence)) for one in table)]
        for model, table in scores.items()
    ]
    heads = [_("Model"), *(_(title) for title in facts.SCORES.values())]
    return _tabular("l" + "r" * len(facts.SCORES), heads, rows)


def _claims(results: Results) -> str:
    rows = []
    for row in results.whole_table("claims").to_dict("records"):
        shown = amounts.epochs if row["quantity"] == "best_epoch" else amounts.decimals
        ends = f"[{shown(row['ci_low'])}, {shown(row['ci_high'])}]"
        verdict, at = word(row["verdict"]), word(row["at"])
        found = [shown(row["estimate"]), ends, amounts.p_value(row["p_adjusted"]), verdict]
        rows.append([recorded(row["claim"]), at, *found])
    heads = [_("Claim"), _("Epoch"), _("Mean"), _("Interval"), _("Corrected p"), _("Verdict")]
    return _tabular("p{0.33\\linewidth}lrrrl", heads, rows)


def _agreement(results: Results) -> str:
    study = results.study
    columns = ["max_abs_diff_history", "max_abs_diff_weights", "max_abs_diff_predictions"]
    rows = [
        [
            named(study, row["model"]),
            f"{row['left']}, {row['right']}",
            row["shuffle"],
            word(row["level"]),
            *(amounts.tiny(row[column]) for column in columns),
        ]
        for row in results.whole_table("agreement").to_dict("records")
    ]
    heads = [_("Model"), _("Compared"), _("Order"), _("Verdict")]
    heads += [_("History"), _("Weights"), _("Predictions")]
    return _tabular("llllrrr", heads, rows)


def _mean(found: Spread) -> str:
    mean = amounts.decimals(found.mean)
    return mean if pd.isna(found.sd) else f"{mean} ({amounts.decimals(found.sd)})"


def _tabular(columns: str, heads: Sequence[str], rows: Rows, *above: str) -> str:
    """The table; `above`: lines of LaTeX over the heads of its columns."""
    head, *body = (" & ".join(map(_value, cells)) + r" \\" for cells in [heads, *rows])
    lines = [r"\begin{tabular}{" + columns + "}", r"\toprule", *above, head, r"\midrule", *body]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"])


def _value(printed: Any) -> str:
    """A printed value as LaTeX sets it; magnitudes as powers of ten."""
    text = str(printed)
    mantissa, _e, exponent = text.partition("e")
    if _is_number(text) and exponent:
        return rf"\ensuremath{{{mantissa}\times 10^{{{int(exponent)}}}}}"
    if _is_number(text):
        return rf"\ensuremath{{{text}}}" if text.startswith("-") else text
    if WHOLE.fullmatch(text):
        return text.replace(",", "{,}")
    return MINUS.sub("\N{MINUS SIGN}", text).translate(SPECIALS)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
