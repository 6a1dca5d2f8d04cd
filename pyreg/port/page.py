"""A verdict, both scripts and Python's outcomes in, one self-contained HTML page out."""

from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

import pyreg
from pyreg.figures import fits
from pyreg.port.check import difference
from pyreg.port.verdict import METHOD_NOUNS, Verdict

MOST_FIGURES = 12
Numbered = list[tuple[int, str]]


def render(verdict: Verdict, r_code: str, python_code: str, seen: list[dict[str, Any]]) -> str:
    """The page.

    Args:
        seen: Python's outcomes, as `verdict.outcomes` holds R's.
    """
    templates = Environment(
        loader=PackageLoader("pyreg.port"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("port.html").render(
        verdict=verdict,
        remarks=verdict.remarks(),
        rows=_rows(verdict.outcomes, seen),
        figures=_figures(verdict.outcomes, seen),
        pairs=pairs(r_code.splitlines(), python_code.splitlines(), verdict.lines),
        num_folded=length_of_docstring(python_code.splitlines()),
        environment=_environment(verdict),
        version=pyreg.__version__,
    )


def pairs(
    r_lines: list[str], python_lines: list[str], known: list[tuple[int, int, int]]
) -> list[tuple[Numbered, Numbered]]:
    """Lines that correspond, beside each other; each line of both scripts once, in its order.

    Args:
        known: first line in Python, first and last line in R, in Python's order.
    """
    if not known:  # as where all statements are in other files
        return [
            (_numbered(r_lines, 1, len(r_lines)), _numbered(python_lines, 1, len(python_lines)))
        ]
    shown = known[0][1] - 1  # R's lines above the first pair stand beside Python's
    while shown and r_lines[shown - 1].lstrip().startswith("#"):  # a comment stays with its code
        shown -= 1
    above = (_numbered(r_lines, 1, shown), _numbered(python_lines, 1, known[0][0] - 1))
    found: list[tuple[Numbered, Numbered]] = [above]
    ends = [first for first, _, _ in known[1:]] + [len(python_lines) + 1]
    for (begin, _, r_last), end in zip(known, ends, strict=True):
        of_r = _numbered(r_lines, shown + 1, r_last)
        of_python = _numbered(python_lines, begin, end - 1)
        if of_r:
            found.append((of_r, of_python))
        else:  # as the body of a function, which stands beside all of the function in R
            found[-1][1].extend(of_python)
        shown = max(shown, r_last)
    rest = _numbered(r_lines, shown + 1, len(r_lines))
    return [*found, (rest, [])] if rest else found


def length_of_docstring(lines: list[str]) -> int:
    """How many lines a script's docstring has; the page says the same, and folds it."""
    if not lines or not lines[0].startswith('"""'):
        return 0
    return next((i for i, line in enumerate(lines[1:], start=2) if line.endswith('"""')), 0)


def _numbered(lines: list[str], first: int, last: int) -> Numbered:
    return [(number, lines[number - 1]) for number in range(first, min(last, len(lines)) + 1)]


def _rows(outcomes: list[dict[str, Any]], seen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for i, outcome in enumerate(outcomes):
        apart = difference(outcome, seen[i]) if i < len(seen) else "no such call"
        rows.append(
            {
                "call": METHOD_NOUNS[outcome["call"]],
                "line": outcome["line"],
                "gives": _gives(outcome),
                "same": apart or "the same bits",
            }
        )
    return rows


def _gives(outcome: dict[str, Any]) -> str:
    """What a call came to, in a few numbers."""
    values: Any = outcome.get("values", outcome.get("first", []))
    if outcome["call"] == "fit":
        values = {name: column[-1] for name, column in outcome["history"].items() if column}
    if isinstance(values, dict):
        return ", ".join(f"{name} {float(value):.6g}" for name, value in values.items())
    return ", ".join(f"{float(value):.6g}" for value in values)


def _figures(outcomes: list[dict[str, Any]], seen: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Curves of the fits that last more than one epoch."""
    found: list[dict[str, str]] = []
    for i, outcome in enumerate(outcomes):
        of_python = seen[i] if i < len(seen) else {}
        rows = [*_history("R", outcome), *_history("Python", of_python)]
        table = pd.DataFrame(rows, columns=["language", "metric", "data", "epoch", "value"])
        table = table[np.isfinite(table["value"].astype(float))]
        if len(found) < MOST_FIGURES and not table.empty and table["epoch"].max() > 1:
            caption = (
                f"Call {i + 1}, line {outcome['line']} of the R script. Line: R; circles: Python, "
                f"in {_circled(int(table['epoch'].max()))}."
            )
            found.append({"svg": _embedded(fits.curves(table)), "caption": caption})
    return found


def _circled(num_epochs: int) -> str:
    is_each = len(fits.circled(num_epochs)) == num_epochs
    return "each epoch" if is_each else "some of the epochs (the table compares all)"


def _history(language: str, outcome: dict[str, Any]) -> list[tuple[str, str, str, int, float]]:
    return [
        (language, name.removeprefix("val_"), _data_of(name), epoch, float(value))
        for name, values in outcome.get("history", {}).items()
        for epoch, value in enumerate(values, start=1)
    ]


def _data_of(name: str) -> str:
    return "validation" if name.startswith("val_") else "training"


def _embedded(svg: str) -> str:
    return svg[svg.index("<svg") :]


def _environment(verdict: Verdict) -> dict[str, str]:
    languages = {"r": "R", "python": "Python"}
    seconds = {
        f"Seconds, {languages.get(name, name)}": f"{value:.0f}"
        for name, value in verdict.seconds.items()
    }
    data = {f"Data set {name}": file for name, file in verdict.data.items()}
    return {
        "R's verbs": verdict.front_end,
        **verdict.versions,
        "Seed": f"{verdict.seed} (pyreg's)" if verdict.seeded_by == "pyreg" else "the script's",
        "Threads": str(verdict.threads),
        **data,
        **seconds,
    }
