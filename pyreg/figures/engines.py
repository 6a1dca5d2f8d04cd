"""Two engines' histories in, one drawn over the other with the difference under it out."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.config.tasks import MEASURES
from pyreg.figures import tables, theme
from pyreg.figures.catalogue import Entry
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing

PANEL_HEIGHT = 34  # mm
# A history value is a float32 between 0 and 1: the smallest step two of them can be apart by,
# and the least that the axis of the difference spans.
FLOAT32_STEP = float(np.finfo(np.float32).eps)


def draw_python_r(entry: Entry, results: Results) -> Drawing:
    """The exact run of both engines: Python as lines, R as rings on them, the difference below.

    Where R did not run, Python is drawn alone, and the lower panels say why.
    """
    study = results.study
    (model,) = entry.models
    verdict = _verdict(results, model)
    missing = f"R did not run: {verdict['note']}" if verdict["level"] == "not-run" else None
    python = results.exact_history("python", model, study.shuffle)
    other = None if missing else results.exact_history("r", model, study.shuffle)
    table = tables.engine_difference(python, other)
    across = theme.metrics_across(study)
    plot = page(
        _layers(table, study)
        + _remarks(table, study, missing)
        + p9.facet_wrap("panel", ncol=across, scales="free_y"),
        results,
        title=f"{model}: Python and R",
        subtitle=missing or f"Lines: Python; rings: R. Verdict: {verdict['level']}.",
        notes=_notes(study, r_ran=not missing),
        panels_height=PANEL_HEIGHT * 2 * len(study.metrics) / across,
    )
    return Drawing(plot, table)


def _verdict(results: Results, model: str) -> pd.Series:
    """The row of agreement.csv on this model's exact runs from Python and R."""
    agreement = results.table("agreement")
    of_model = (agreement["model"] == model) & (agreement["right"] == "r")
    return agreement[of_model & (agreement["shuffle"] == results.study.shuffle)].iloc[0]


def _notes(study: Study, r_ran: bool) -> str:
    if not r_ran:
        return f"One run of Python, seed {study.seed}."
    order = "the same batch order" if study.shuffle == "per-epoch" else "a plain seeded fit"
    return (
        f"One run of each engine, seed {study.seed}, {order}. A difference's axis spans at least "
        f"±{_labels([FLOAT32_STEP])[0]}, one float32 step at 1."
    )


def _layers(table: pd.DataFrame, study: Study) -> p9.ggplot:
    look = theme.data_look(study)
    drawn = table.assign(data=look.categories(table), panel=_panels(table))
    is_r = drawn["engine"] == "r"
    plot = p9.ggplot(drawn, p9.aes("epoch", "value", color="data"))
    plot += p9.geom_line(p9.aes(linetype="data"), drawn[~is_r], size=0.5)
    if is_r.any():
        plot += p9.geom_point(data=drawn[is_r], shape="o", fill="none", size=1.6, stroke=0.35)
    return (
        plot
        + look.scales()
        + p9.scale_linetype_manual(theme.DATA_LINES)
        + p9.scale_y_continuous(name="", labels=_labels)
        + theme.epoch_axis(table["epoch"].max())
    )


def _remarks(table: pd.DataFrame, study: Study, missing: str | None) -> p9.geom_text:
    """One sentence in each lower panel, and the least range of its axis."""
    epochs = table["epoch"].max()
    rows = []
    for metric in study.metrics:
        differences = table[(table["metric"] == metric) & (table["engine"] == "difference")]
        largest = 0.0 if missing else differences["value"].abs().max()
        reach = max(1.6 * largest, FLOAT32_STEP)
        remark = missing or _remark(largest, epochs)
        rows += [(metric, reach, textwrap.fill(remark, 44)), (metric, -reach, "")]
    remarks = pd.DataFrame(rows, columns=["metric", "value", "remark"]).assign(
        engine="difference", epoch=(1 + epochs) / 2
    )
    remarks["panel"] = _panels(remarks)
    text = p9.aes("epoch", "value", label="remark")
    return p9.geom_text(text, remarks, size=5.6, color=theme.GREY, va="top", inherit_aes=False)


def _remark(largest: float, epochs: int) -> str:
    if largest == 0:
        return f"exactly 0 in all {epochs} epochs"
    return f"largest difference {_labels([largest])[0]}"


def _panels(table: pd.DataFrame) -> pd.Series:
    """Metrics above, their differences below."""
    above = {metric: measure.title for metric, measure in MEASURES.items()}
    below = {metric: f"Python minus R ({measure.unit})" for metric, measure in MEASURES.items()}
    is_difference = table["engine"] == "difference"
    titles = table["metric"].map(above).where(~is_difference, table["metric"].map(below))
    order = dict.fromkeys([*above.values(), *below.values()])  # both cross-entropies are in nats
    return pd.Series(pd.Categorical(titles, list(order)), table.index)


def _labels(breaks: Sequence[Any]) -> list[str]:
    """Equal decimals for ordinary values, `2e-7` for tiny differences."""
    if max(abs(value) for value in breaks) >= 1e-3:
        decimals = max(len(f"{value:g}".partition(".")[2]) for value in breaks)
        return [f"{value:.{decimals}f}" for value in breaks]
    return [
        f"{value:.1e}".replace(".0e", "e").replace("e-0", "e-") if value else "0"
        for value in breaks
    ]
