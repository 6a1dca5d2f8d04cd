"""A search's trials and its table in, what it promised and what became of that out."""

from typing import Any

import numpy as np
import pandas as pd
import plotnine as p9

from pyreg.config import Search, Study
from pyreg.figures import theme
from pyreg.figures.catalogue import Entry
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing
from pyreg.search.table import nested
from pyreg.wording import N_, _
from pyreg.wording.measures import measure
from pyreg.wording.networks import spoken

TRIAL, BEST, JUDGED = "trial", "best so far", "best, judged"
WORDS = {TRIAL: N_("trial"), BEST: N_("best so far"), JUDGED: N_("best, judged")}
COLOURS = {TRIAL: "#777777", BEST: "#0072B2", JUDGED: "#D55E00"}
SHAPES = {TRIAL: "o", BEST: "None", JUDGED: "D"}
LINES = {TRIAL: "none", BEST: "solid", JUDGED: "none"}
PANEL_HEIGHT = 44  # mm
NARROWEST = 38  # mm
BESIDE = 1.1  # where the judged network stands: a tenth of the trials behind the last one


def draw_search(entry: Entry, results: Results) -> Drawing:
    """Each search's trials in their order, the best so far, and what the held-out samples say."""
    study, search = results.study, results.study.search
    assert search is not None
    table = search_table(results)
    panels = panel_titles(table)
    drawn = table.assign(
        panel=pd.Categorical(table["held_out"].map(panels), list(panels.values())),
        place=table["trial"].astype(float).fillna(BESIDE * search.trials),
    )
    across = theme.panels_across(study, len(panels), NARROWEST)
    return page(
        _layers(drawn, study, search) + p9.facet_wrap("panel", ncol=across),
        table,
        results,
        title=_("The search: what it promised and what it kept"),
        subtitle=_("Searched: {ends}").format(ends=ends_in_words(search)),
        notes=_notes(results, table),
        panels_height=PANEL_HEIGHT * -(-len(panels) // across),
    )


def search_table(results: Results) -> pd.DataFrame:
    """All that is drawn: each trial, the best so far, and the best network judged.

    Returns:
        columns held_out, trial (none for the judged network), quantity (a key of `COLOURS`), value.
        A trial that diverged has no value.
    """
    judged = results.table("search").set_index("held_out")[results.study.metrics[0]]
    parts = []
    for held_out, value in judged.items():
        made = results.trials(str(held_out))[["trial", "value"]]
        made["value"] = made["value"].replace(np.inf, np.nan)
        so_far = made.assign(value=made["value"].cummin().ffill())
        last = pd.DataFrame({"trial": [None], "value": [value]})
        for quantity, part in [(TRIAL, made), (BEST, so_far), (JUDGED, last)]:
            parts.append(part.assign(held_out=str(held_out), quantity=quantity))
    table = pd.concat(parts, ignore_index=True).astype({"trial": "Int64", "value": float})
    return table[["held_out", "trial", "quantity", "value"]]


def panel_titles(table: pd.DataFrame) -> dict[str, str]:
    """What is held out -> its panel's title, which tells what was promised and what was kept."""
    last = table.groupby(["held_out", "quantity"], sort=False)["value"].last()
    return {
        name: _("Held out: {samples}\nbest {best}, judged {judged}").format(
            samples=held_out_in_words(name),
            best=f"{last[name, BEST]:.3f}",
            judged=f"{last[name, JUDGED]:.3f}",
        )
        for name in table["held_out"].unique()
    }


def held_out_in_words(held_out: str) -> str:
    """`fold 2`, or `validation`."""
    _name, _dash, number = held_out.partition("-")
    return _("fold {number}").format(number=number) if number else _("validation")


def ends_in_words(search: Search) -> str:
    """What is searched, as `dropout rate 0 to 0.7`."""
    return ", ".join(
        _("{setting} {low} to {high}").format(
            setting=spoken(name), low=f"{low:g}", high=f"{high:g}"
        )
        for name, (low, high) in search.over.items()
    )


def _layers(drawn: pd.DataFrame, study: Study, search: Search) -> p9.ggplot:
    shown = drawn[drawn["value"].notna()]
    of = {name: shown[shown["quantity"] == name] for name in COLOURS}
    ends = pd.concat([of[BEST].groupby("panel", observed=True).tail(1), of[JUDGED]])
    look = p9.aes("place", "value", color="quantity", shape="quantity")
    y_scale = p9.scale_y_log10 if study.task == "regression" else p9.scale_y_continuous
    named: Any = {
        "limits": list(COLOURS),
        "labels": [_(WORDS[name]) for name in COLOURS],
        "name": " ",
    }
    return (
        p9.ggplot(shown, look)
        + p9.geom_line(
            p9.aes(group="panel"), ends, color=COLOURS[JUDGED], linetype="dotted", size=0.5
        )
        + p9.geom_step(p9.aes(linetype="quantity"), of[BEST], size=0.6)
        + p9.geom_point(data=of[TRIAL], size=1.1, stroke=0.2)
        + p9.geom_point(data=of[JUDGED], size=2.2, stroke=0.3)
        + p9.scale_color_manual(COLOURS, **named)
        + p9.scale_shape_manual(SHAPES, **named)
        + p9.scale_linetype_manual(LINES, **named)
        + theme.whole_axis(_("Trial"), search.trials)
        + y_scale(name=measure(study.metrics[0]).title)
    )


def _notes(results: Results, table: pd.DataFrame) -> str:
    study = results.study
    found, metric = results.table("search"), study.metrics[0]
    promised, kept = (nested(found, name, study.confidence).mean for name in ("naive", metric))
    notes = _(
        "A trial is worth the least loss of its epochs, without penalties, on a part of the "
        "training samples that the trials are chosen by. The best network is then trained again, "
        "and judged by samples that had no part in the choice. Mean over the folds: promised "
        "{promised}, judged {kept}."
    ).format(promised=f"{promised:.4f}", kept=f"{kept:.4f}")
    diverged = int(table["value"].isna().sum())
    if not diverged:
        return notes
    left_out = _("{number} values of networks that diverged are left out.").format(number=diverged)
    return f"{notes} {left_out}"
