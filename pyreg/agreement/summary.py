"""A verification in, the answer that fits one screen out: the sentence first, like lines folded."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from pyreg.agreement.environment import environment_fields, in_words
from pyreg.agreement.verify import ANSWERS, FAILING, Check, Verification

MOST_LINES = 6  # of a list


def summary(verification: Verification) -> str:
    """What holds, then where runs part, then what differs around them."""
    if verification.data:
        there, here = verification.data
        return (
            f"{ANSWERS[verification.level]}: the two rest on different data, so no number of one "
            f"can be compared with one of the other\n  there  {there}\n  here   {here}"
        )
    checks = verification.checks
    lists = {
        "what differs": [_failure(check) for check in _worst_first(checks)],
        "what differs and does not matter": list(_passing(checks)),
        "settings that differ (there | here)": _pairs(verification.settings),
        "environment that differs (there | here)": _environment(checks),
    }
    lines = [f"{ANSWERS[verification.level]}{_reason(verification)}", "", *_counts(checks)]
    for title, items in lists.items():
        lines += _listed(title, items) if items else []
    return "\n".join(lines)


def _reason(verification: Verification) -> str:
    """What the answer rests on, in a clause."""
    checks = verification.checks
    failing = [check for check in checks if check.level == verification.level]
    if not verification.passed:
        more = f" and {len(failing) - 1} more" if len(failing) > 1 else ""
        return f": {failing[0].group} {failing[0].name}{more}"
    if verification.level == "equivalent":
        number = sum(check.level == "equivalent" for check in checks if check.tests is None)
        return (
            f": {number} runs part in their last digits, as on another processor, and what comes "
            "of it over many seeds is the same"
        )
    return ""


def _counts(checks: Sequence[Check]) -> Iterator[str]:
    """`python      6 bit-identical`, a line per group."""
    groups = list(dict.fromkeys(check.group for check in checks))
    width = max(map(len, groups))
    for group in groups:
        levels = Counter(check.level for check in checks if check.group == group)
        counted = [f"{levels[level]} {level}" for level in ANSWERS if levels[level]]
        yield f"  {group:{width}}  {', '.join(counted)}"


def _worst_first(checks: Sequence[Check]) -> list[Check]:
    failing = [check for check in checks if check.level in FAILING]
    return sorted(failing, key=lambda check: list(ANSWERS).index(check.level), reverse=True)


def _failure(check: Check) -> str:
    return f"{check.group} {check.name}: {check.level}; {check.note}{_history([check])}"


def _passing(checks: Sequence[Check]) -> Iterator[str]:
    """A line for all runs, and one for all replicates, of one level that is no failure."""
    told = [check for check in checks if check.note and check.level not in FAILING]
    folded: dict[tuple[str, str], list[Check]] = {}
    for check in told:
        note = "" if check.tests is not None else check.note
        folded.setdefault((check.level, note), []).append(check)
    for (level, note), alike in folded.items():
        groups = ", ".join(dict.fromkeys(check.group for check in alike))
        names = list(dict.fromkeys(check.name for check in alike))
        which = names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")
        yield f"{groups} {which}: {level}; {note or _farthest(alike)}{_history(alike)}"


def _farthest(checks: Sequence[Check]) -> str:
    """Of the curves that are equivalent, the difference nearest to its margin."""
    tables = [check.tests.assign(name=check.name) for check in checks if check.tests is not None]
    rows = pd.concat(tables, ignore_index=True).to_dict("records")
    curves = [row for row in rows if row["at"] == "curve"]
    row = max(curves, key=lambda row: max(abs(row["ci_low"]), abs(row["ci_high"])) / row["margin"])
    noisy = [row["name"] for row in rows if row["at"] == "last" and row["verdict"] == "undecided"]
    last = f"; at the last epoch alone {', '.join(noisy)} cannot be decided" if noisy else ""
    return (
        f"nearest to a margin is {row['name']}, {row['metric']}, whose mean curves are "
        f"{row['estimate']:.2g} apart (90 % interval {row['ci_low']:.2g} to {row['ci_high']:.2g}, "
        f"margin {row['margin']:g}){last}"
    )


def _history(checks: Sequence[Check]) -> str:
    apart = [one.apart for one in checks if one.apart is not None and math.isfinite(one.apart)]
    return f" (history up to {max(apart):.2g} apart)" if apart else ""


def _environment(checks: Sequence[Check]) -> list[str]:
    """Every difference of the environment, and in how many records."""
    counts = Counter(
        line
        for check in checks
        for line in _pairs(
            {name: check.environment[name] for name in environment_fields(check.environment)}
        )
    )
    number = sum(check.group != "tables" for check in checks)
    return [f"{line}  ({count} of {number} records)" for line, count in counts.items()]


def _pairs(fields: Mapping[str, tuple[Any, Any]]) -> list[str]:
    return [f"{name}: {in_words(a)} | {in_words(b)}" for name, (a, b) in fields.items()]


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    """A titled list, cut where it would leave the screen."""
    shown = [f"  {line}" for line in lines[:MOST_LINES]]
    more = [f"  ... and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
    return ["", f"{title}:", *shown, *more]
