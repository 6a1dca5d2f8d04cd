"""A study and its tables in, the commands that fit it out: to make it again, to look closer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from pyreg.config import Study
from pyreg.records.layout import Layout, RunKey
from pyreg.wording import _

LESSON = Study.model_fields["study"].default  # what plain `make` runs


def commands(study: Study, folder: Path, agreement: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """What each command does, and the command."""
    settings = Layout(folder).config
    if study.study == LESSON:
        yield _("everything, from download to this report"), "make"
        yield (
            _("does this machine give the reference's results?"),
            f"pyreg verify --results {folder}",
        )
    else:
        yield (
            _("everything, from download to this report"),
            f"snakemake --cores all --configfile {settings}",
        )
    ran = agreement[(agreement["level"] != "not-run") & agreement["seed"].notna()]
    if len(ran):
        # Of several pairs the one to look into is one that differs.
        pair = ran.sort_values("level", key=lambda level: level != "different", kind="stable")
        left, right = (_run(folder, pair.iloc[0], side) for side in ("left", "right"))
        yield _("where do two runs part?"), f"pyreg diff {left} {right}"
    model = next(iter(study.models))
    yield (
        _("a history of your own, against these runs"),
        f"pyreg compare mine.rds --model {model} --config {settings} --results {folder}",
    )


def _run(folder: Path, pair: Any, side: str) -> Path:
    key = RunKey(pair[side], pair["model"], pair["shuffle"], int(pair["seed"]))
    return Layout(folder).run(key).folder
