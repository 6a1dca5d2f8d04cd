"""What a port came to, typed: port.json."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict

MOST_SHOWN = 6
Level = Literal["identical", "different", "differs-from-itself", "not-compared"]
METHOD_NOUNS = {
    "fit": "fit",
    "evaluate": "evaluation",
    "predict": "prediction",
    "train_on_batch": "training step",
    "test_on_batch": "evaluation of a batch",
    "predict_on_batch": "prediction of a batch",
    "save": "saved network",
    "save_weights": "saved set of weights",
}

PLURALS = {
    "evaluation of a batch": "evaluations of a batch",
    "prediction of a batch": "predictions of a batch",
    "saved set of weights": "saved sets of weights",
}


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OwnArray(Record):
    """An array that is R's own. `code`: the R code that made it, where it is a line; `kept`: the
    file that has it."""

    name: str
    shape: list[int]
    code: str | None
    kept: Literal["data.npz", "script.py"]

    def shown(self) -> str:
        sides = " x ".join(map(str, self.shape))
        return f"{self.name} ({sides})" + (f", from {self.code}" if self.code else "")


class Remark(Record):
    """Something of the script that has no counterpart. `line`: in the R script."""

    line: int
    what: str
    why: str

    def shown(self, title: str) -> str:
        return f"{title}: line {self.line}, {self.what}: {self.why}"


class Verdict(Record):
    """The verdict on one script.

    Attributes:
        script: name of the R file.
        level: of the comparison; `differs-from-itself`: two Python runs differ already;
            `not-compared`: there was nothing to compare.
        difference: where R and Python part first; None if they do not.
        outcomes: R's results of each call that is compared, with its `line` in the script.
        num_arrays: arrays that R gave to Keras; `own_arrays`: those that script.py has from R.
        own_numbers: single numbers of R's that the script has as they are.
        not_printed: lines of the R script that print what has no Python.
        not_ported: calls that have no Python.
        left_out: what the script asked for and did not get, such as `install.packages`.
        became: old spellings, and what they are today.
        traps: values that are silently NULL in R.
        seeded_by: who seeds: the script, or pyreg because the script does not.
        max_epochs: of every fit, if the run was shortened.
        data: data set of Keras -> file that stood in for it.
        files: digests of what was left, by which edited files are known; that of port.json is of
            its content without it.
        lines: first line of a statement in script.py, first and last line of its R statement.
    """

    script: str
    level: Level
    difference: str | None
    outcomes: list[dict[str, Any]]
    num_arrays: int
    own_arrays: list[OwnArray]
    own_numbers: list[Remark]
    not_printed: list[int]
    not_ported: list[Remark]
    left_out: list[Remark]
    became: dict[str, str]
    traps: list[Remark]
    seed: int
    seeded_by: Literal["script", "pyreg"]
    threads: int
    max_epochs: int | None
    data: dict[str, str]
    lines: list[tuple[int, int, int]]
    front_end: str
    versions: dict[str, str]
    seconds: dict[str, float]
    files: dict[str, str]

    @property
    def counts(self) -> str:
        """`3 fits, 1 evaluation`."""
        return counted([outcome["call"] for outcome in self.outcomes])

    def answer(self) -> str:
        """The verdict in a few words."""
        own = len(self.own_arrays)
        verb = "is" if own == 1 else "are"
        arrays = f"{own} of {self.num_arrays} arrays {verb} R's own" if own else ""
        if self.level == "not-compared":
            return "nothing compared: the script trains, evaluates, predicts and saves nothing"
        if self.level == "identical":
            return "; ".join(part for part in [f"identical: {self.counts}", arrays] if part)
        word = "different" if self.level == "different" else "differs from itself"
        return f"{word}: {self.difference}"

    def screen(self, output: Path) -> list[str]:
        """The answer for a person at a console."""
        kept = f"{output / 'script.py'} is yours; {output / 'port.html'} shows both side by side."
        return [f"{self.script}: {self.answer()}", *self.remarks(), kept]

    def remarks(self) -> list[str]:
        """What else is to be known."""
        lines = []
        if self.level == "differs-from-itself":
            lines.append("Two runs of the Python script differ; try it with --threads 1.")
        if self.seeded_by == "pyreg":
            lines.append(f"The script sets no seed of Keras; pyreg set {self.seed}, in both.")
        if self.max_epochs:
            lines.append(f"Every fit was cut to at most {self.max_epochs} epochs, in both.")
        num_written = self.num_arrays - len(self.own_arrays)
        if num_written > 0:
            lines.append(
                f"Computed in Python, bit for bit: {num_written} of {self.num_arrays} arrays."
            )
        lines += [f"R's own: {array.shown()}" for array in self.own_arrays[:MOST_SHOWN]]
        lines += _more(len(self.own_arrays), "arrays")
        for title, remarks, noun in (
            ("R's own number", self.own_numbers, "numbers"),
            ("Not ported", self.not_ported, "calls"),
            ("Left out", self.left_out, "statements"),
            ("Beware", self.traps, "such values"),
        ):
            lines += [remark.shown(title) for remark in remarks[:MOST_SHOWN]]
            lines += _more(len(remarks), noun)
        if self.not_printed:
            lines.append(
                f"What these lines print is left out: {', '.join(map(str, self.not_printed))}"
            )
        if self.became:
            old = ", ".join(f"{name} -> {today}" for name, today in self.became.items())
            lines.append(f"Of keras 2, and what it is today: {old}")
        return lines


def _more(number: int, noun: str) -> list[str]:
    return [f"... and {number - MOST_SHOWN} more {noun}"] if number > MOST_SHOWN else []


def counted(methods: list[str]) -> str:
    """Calls in words: `2 fits and 1 evaluation`."""
    parts = []
    for method, noun in METHOD_NOUNS.items():
        number = methods.count(method)
        if number:
            parts.append(f"{number} {noun if number == 1 else PLURALS.get(noun, noun + 's')}")
    if len(parts) < 2:
        return "".join(parts) or "nothing that could be compared"
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def table(verdicts: Mapping[str, Verdict]) -> pd.DataFrame:
    """A row per script, by the name of its folder."""
    rows = [
        {
            "name": name,
            "script": verdict.script,
            "level": verdict.level,
            "calls": verdict.counts,
            "num_arrays": verdict.num_arrays,
            "num_own_arrays": len(verdict.own_arrays),
            "num_not_ported": len(verdict.not_ported),
            "sentence": verdict.answer(),
        }
        for name, verdict in verdicts.items()
    ]
    return pd.DataFrame(rows)
