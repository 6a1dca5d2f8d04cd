"""Every Python run with its R run in, one drawn over the other with the difference out."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.figures import looks, tables, theme
from pyreg.figures.catalogue import Entry
from pyreg.figures.grid import Grid
from pyreg.figures.page import letters, page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing
from pyreg.wording import _, recorded
from pyreg.wording.levels import word
from pyreg.wording.measures import measure
from pyreg.wording.networks import named

ROW_HEIGHT = 21  # mm
# A history value is a float32 between 0 and 1: the smallest step two of them can be apart by,
# and the least that the axis of the difference spans.
FLOAT32_STEP = float(np.finfo(np.float32).eps)
DIFFERENCE = "difference"
HEADROOM = 1.9  # times the largest difference, for the remark above it


def draw_pairs(entry: Entry, results: Results) -> Drawing:
    """Each exact run of both engines: Python as lines, R as rings on them, and the difference.

    Where R did not run, Python is drawn alone.
    """
    study = results.study
    agreement = _agreement(entry, results)
    r_ran = bool((agreement["level"] != "not-run").any())
    table = pd.concat(
        [_pair(results, row) for row in agreement.to_dict("records")], ignore_index=True
    )
    grid = _grid(agreement, study, r_ran)
    drawn = grid.placed(_keyed(table))
    plot = _layers(drawn, study) + grid.facets(drawn)
    return page(
        plot + _remarks(grid, table, study) if r_ran else plot,
        table,
        results,
        title=_("Python and R, pair by pair"),
        subtitle=_subtitle(agreement),
        notes=_notes(study, r_ran),
        panels_height=grid.height,
        look=grid.look,
    )


def _agreement(entry: Entry, results: Results) -> pd.DataFrame:
    """The rows of agreement.csv on Python and R with Keras."""
    table = results.table("agreement")
    return table[(table["right"] == "r") & table["model"].isin(entry.models)]


def _pair(results: Results, row: dict[Any, Any]) -> pd.DataFrame:
    """Both engines' histories and their difference; Python's alone where R did not run."""
    names = {"model": row["model"], "shuffle": row["shuffle"]}
    python = results.exact_history("python", **names)
    ran = row["level"] != "not-run"
    other = results.exact_history("r", **names) if ran else None
    return tables.engine_difference(python, other).assign(**names)


def _keyed(table: pd.DataFrame) -> pd.DataFrame:
    """With a unit for each pair, and a kind for each metric and for its difference."""
    is_difference = table["engine"] == DIFFERENCE
    kind = table["metric"].mask(is_difference, table["metric"] + f" {DIFFERENCE}")
    return table.assign(unit=table["model"] + " " + table["shuffle"], kind=kind)


def _grid(agreement: pd.DataFrame, study: Study, r_ran: bool) -> Grid:
    names: dict[str, str] = {}
    units: dict[str, str] = {}
    for model, shuffle, level in agreement[["model", "shuffle", "level"]].to_numpy():
        pair, order = f"{model} {shuffle}", "" if shuffle == study.shuffle else f", {shuffle}"
        names[pair] = named(study, model) + order
        units[pair] = f"{names[pair]}\n{word(level)}"
    kinds: dict[str, str] = {}
    short: dict[str, str] = {}
    for metric in study.metrics:
        one = measure(metric)
        kinds[metric], short[metric] = one.title, one.inside
        if r_ran:
            difference = f"{metric} {DIFFERENCE}"
            kinds[difference] = _("Python minus R ({unit})").format(unit=one.unit)
            short[difference] = _("difference ({unit})").format(unit=one.unit)
    return Grid(study, units, kinds, lambda pair, kind: f"{names[pair]}: {short[kind]}", ROW_HEIGHT)


def _subtitle(agreement: pd.DataFrame) -> str:
    missing = agreement.loc[agreement["level"] == "not-run", "note"].unique()
    if len(missing):
        reasons = "; ".join(map(recorded, missing))
        return _("R did not run: {reason}").format(reason=reasons)
    counts = agreement["level"].value_counts()
    verdicts = ", ".join(f"{number} {word(level)}" for level, number in counts.items())
    return _(
        "Lines: Python; rings: R; and Python minus R. Verdicts on {number} pairs: {verdicts}."
    ).format(number=len(agreement), verdicts=verdicts)


def _notes(study: Study, r_ran: bool) -> str:
    if not r_ran:
        return _("One run of Python each, seed {seed}.").format(seed=study.seed)
    return _(
        "One run of each engine, seed {seed}, in the same order of the samples. A difference's "
        "axis spans at least ±{step}, one float32 step at 1."
    ).format(seed=study.seed, step=_labels([FLOAT32_STEP])[0])


def _layers(drawn: pd.DataFrame, study: Study) -> p9.ggplot:
    look = looks.model_look(study)
    drawn = drawn.assign(data=looks.data_categories(drawn), model=look.categories(drawn))
    is_r = drawn["engine"] == "r"
    plot = p9.ggplot(drawn, p9.aes("epoch", "value", color="model"))
    plot += p9.geom_line(p9.aes(linetype="data"), drawn[~is_r], size=0.5)
    if is_r.any():
        plot += p9.geom_point(data=drawn[is_r], shape="o", fill="none", size=1.1, stroke=0.3)
    return (
        plot
        + look.scales()
        + looks.data_lines()
        + p9.guides(color=False)
        + p9.scale_y_continuous(name="", labels=_labels, breaks=theme.few_breaks)
        + theme.epoch_axis(drawn["epoch"].max(), at_most=2)
    )


def _remarks(grid: Grid, table: pd.DataFrame, study: Study) -> p9.geom_text:
    """The largest difference in each of its panels, and the least range of their axes."""
    differences = table[table["engine"] == DIFFERENCE]
    epochs, font = table["epoch"].max(), letters(study, theme.TINY)
    pairs = differences.groupby(["model", "shuffle", "metric"], sort=False)["value"]
    largest = pairs.agg(lambda values: values.abs().max()).reset_index()
    reach = largest.groupby("metric")["value"].transform("max") * HEADROOM
    upper = largest.assign(
        engine=DIFFERENCE,
        epoch=(1 + epochs) / 2,
        remark=[font.wrapped(_remark(one, epochs), grid.panel_width) for one in largest["value"]],
        value=reach.clip(lower=FLOAT32_STEP),
    )
    lower = upper.assign(value=-upper["value"], remark="")
    return p9.geom_text(
        p9.aes("epoch", "value", label="remark"),
        grid.placed(_keyed(pd.concat([upper, lower]))),
        size=font.size,
        family=font.family,
        color=looks.GREY,
        va="top",
        inherit_aes=False,
    )


def _remark(largest: float, epochs: int) -> str:
    if largest == 0:
        return _("exactly 0 in all {epochs} epochs").format(epochs=epochs)
    return _("at most {largest}").format(largest=_labels([largest])[0])


def _labels(breaks: Sequence[Any]) -> list[str]:
    """Equal decimals for ordinary values, `2e-7` for tiny differences."""
    if max(abs(value) for value in breaks) >= 1e-3:
        decimals = max(len(f"{value:g}".partition(".")[2]) for value in breaks)
        return [f"{value:.{decimals}f}" for value in breaks]
    return [
        f"{value:.1e}".replace(".0e", "e").replace("e-0", "e-") if value else "0"
        for value in breaks
    ]
