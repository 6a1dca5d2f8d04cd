"""Jinja's environment in, how its templates print numbers and say what records hold out."""

import pandas as pd
from jinja2 import Environment

from pyreg.config import Study
from pyreg.figures.searches import held_out_in_words
from pyreg.report.environment import engine_in_words
from pyreg.wording import _, amounts, counted, recorded, whole
from pyreg.wording.forms import form
from pyreg.wording.levels import word
from pyreg.wording.networks import named


def install(templates: Environment, study: Study) -> None:
    """Give templates their filters, and texts in the language that is spoken."""
    templates.policies["ext.i18n.trimmed"] = True
    templates.install_gettext_callables(_, counted, newstyle=True)  # type: ignore[attr-defined]
    templates.filters.update(
        tiny=amounts.tiny,
        decimals=amounts.decimals,
        epochs=amounts.epochs,
        p=amounts.p_value,
        whole=_whole,
        time=duration,
        memory=memory,
        recorded=recorded,
        word=word,
        named=lambda model: named(study, model),
        engine=engine_in_words,
        held_out=held_out_in_words,
        form=form,
        text=_,
    )
    templates.tests["missing"] = pd.isna


def duration(seconds: float) -> str:
    """`4.2 s`, `12 min 5 s` or `2 h 3 min`, without what is 0."""
    if 0 < seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = {"h": hours, "min": minutes, "s": 0 if hours else rest}
    return " ".join(f"{value} {unit}" for unit, value in parts.items() if value) or "0 s"


def memory(megabytes: float) -> str:
    """`640 MB` or `1.7 GB`."""
    return f"{megabytes / 1000:.1f} GB" if megabytes >= 1000 else f"{megabytes:.0f} MB"


def _whole(value: float) -> str:
    return amounts.MISSING if pd.isna(value) else whole(value)
