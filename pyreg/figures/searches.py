"""A search's trials and its table in, what it promised and what became of that out."""

import numpy as np
import pandas as pd
import plotnine as p9

from pyreg.config import Search, Study
from pyreg.config.tasks import MEASURES
from pyreg.figures import theme
from pyreg.figures.catalogue import Entry
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing
from pyreg.figures.sweeps import spoken
from pyreg.search.table import nested

TRIAL, BEST, JUDGED = "trial", "best so far", "best, judged"
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
        quantity=pd.Categorical(table["quantity"], list(COLOURS)),
        place=table["trial"].astype(float).fillna(BESIDE * search.trials),
    )
    across = theme.panels_across(study, len(panels), NARROWEST)
    plot = page(
        _layers(drawn, study, search) + p9.facet_wrap("panel", ncol=across),
        results,
        title="The search: what it promised and what it kept",
        subtitle=f"Searched: {ends_in_words(search)}",
        notes=_notes(results, table),
        panels_height=PANEL_HEIGHT * -(-len(panels) // across),
    )
    return Drawing(plot, table)


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
        name: f"Held out: {name.replace('-', ' ')}\n"
        f"best {last[name, BEST]:.3f}, judged {last[name, JUDGED]:.3f}"
        for name in table["held_out"].unique()
    }


def ends_in_words(search: Search) -> str:
    """What is searched, as `dropout rate 0 to 0.7`."""
    return ", ".join(
        f"{spoken(name)} {low:g} to {high:g}" for name, (low, high) in search.over.items()
    )


def _layers(drawn: pd.DataFrame, study: Study, search: Search) -> p9.ggplot:
    shown = drawn[drawn["value"].notna()]
    of = {name: shown[shown["quantity"] == name] for name in COLOURS}
    ends = pd.concat([of[BEST].groupby("panel", observed=True).tail(1), of[JUDGED]])
    look = p9.aes("place", "value", color="quantity", shape="quantity")
    y_scale = p9.scale_y_log10 if study.task == "regression" else p9.scale_y_continuous
    return (
        p9.ggplot(shown, look)
        + p9.geom_line(
            p9.aes(group="panel"), ends, color=COLOURS[JUDGED], linetype="dotted", size=0.5
        )
        + p9.geom_step(p9.aes(linetype="quantity"), of[BEST], size=0.6)
        + p9.geom_point(data=of[TRIAL], size=1.1, stroke=0.2)
        + p9.geom_point(data=of[JUDGED], size=2.2, stroke=0.3)
        + p9.scale_color_manual(COLOURS, limits=list(COLOURS), name=" ")
        + p9.scale_shape_manual(SHAPES, limits=list(COLOURS), name=" ")
        + p9.scale_linetype_manual(LINES, limits=list(COLOURS), name=" ")
        + theme.whole_axis("Trial", search.trials)
        + y_scale(name=MEASURES[study.metrics[0]].title)
    )


def _notes(results: Results, table: pd.DataFrame) -> str:
    study = results.study
    found, metric = results.table("search"), study.metrics[0]
    promised, kept = (nested(found, name, study.confidence).mean for name in ("naive", metric))
    diverged = int(table["value"].isna().sum())
    left_out = f" {diverged} values of networks that diverged are left out." if diverged else ""
    return (
        "A trial is worth the least loss of its epochs, without penalties, on a part of the "
        "training samples that the trials are chosen by. The best network is then trained again, "
        "and judged by samples that had no part in the choice. Mean over the folds: promised "
        f"{promised:.4f}, judged {kept:.4f}.{left_out}"
    )
