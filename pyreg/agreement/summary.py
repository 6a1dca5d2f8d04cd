"""A verification in, the answer that fits one screen out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pyreg.agreement.environment import environment_fields, in_words
from pyreg.agreement.verify import ANSWERS, Check, Verification

MOST_LINES = 10  # of a list


def summary(verification: Verification) -> str:
    """What holds, then where runs part, then what differs around them."""
    checks = verification.checks
    lists = {
        "where": _notes(checks),
        "settings that differ (there | here)": _pairs(verification.settings),
        "environment that differs (there | here)": _environment(checks),
    }
    lines = [f"{ANSWERS[verification.level]}", "", *_counts(checks)]
    for title, items in lists.items():
        lines += _listed(title, items) if items else []
    return "\n".join(lines)


def _counts(checks: Sequence[Check]) -> Iterator[str]:
    """`python      6 bit-identical`, a line per group."""
    groups = list(dict.fromkeys(check.group for check in checks))
    width = max(map(len, groups))
    for group in groups:
        levels = Counter(check.level for check in checks if check.group == group)
        counted = [f"{levels[level]} {level}" for level in ANSWERS if levels[level]]
        yield f"  {group:{width}}  {', '.join(counted)}"


def _notes(checks: Sequence[Check]) -> list[str]:
    """What is to be said about checks, the worst first; the same about several is said once."""
    said: dict[tuple[str, str, str], list[Check]] = {}
    for check in sorted(checks, key=lambda check: list(ANSWERS).index(check.level), reverse=True):
        if check.note:
            said.setdefault((check.level, check.group, check.note), []).append(check)
    return [_line(level, group, note, found) for (level, group, note), found in said.items()]


def _line(level: str, group: str, note: str, checks: Sequence[Check]) -> str:
    more = f" and {len(checks) - 1} more" if len(checks) > 1 else ""
    apart = [check.apart for check in checks if check.apart is not None]
    distance = f" (history up to {max(apart):.2g} apart)" if apart else ""
    return f"{group} {checks[0].name}{more}: {level}; {note}{distance}"


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
