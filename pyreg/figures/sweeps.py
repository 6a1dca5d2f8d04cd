"""A sweep's runs in, out: a curve over its setting, or a heat map over its two settings."""

import pandas as pd
import plotnine as p9

from pyreg.config import Sweep
from pyreg.config.settings import Setting
from pyreg.figures import tables, theme
from pyreg.figures.catalogue import Entry
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing
from pyreg.statistics.metrics import summarize
from pyreg.wording import N_, _
from pyreg.wording.captions import runs_phrase
from pyreg.wording.measures import measure
from pyreg.wording.networks import SETTINGS, in_words, spoken

SERIES = {  # of `metrics.summarize`, by the name in the figure's table
    "last_training": N_("training, last epoch"),
    "last_validation": N_("validation, last epoch"),
    "best_validation": N_("validation, best epoch"),
}
COLOURS = ["#E69F00", "#0072B2", "#009E73"]
SHAPES = ["^", "o", "D"]
PANEL_HEIGHT = 46  # mm
TILE_HEIGHT = 7.5  # mm for each row of a heat map
WIDE_RANGE = 20  # from the least to the greatest value: then steps are ratios


def draw_sweep(entry: Entry, results: Results) -> Drawing:
    """Validation results over the sweep's setting, or settings."""
    name = entry.name.removeprefix("sweep-")
    sweep = results.study.sweeps[name]
    table = sweep_table(name, sweep, results)
    return (_curves if len(sweep.over) == 1 else _heat_map)(name, sweep, table, results)


def sweep_table(name: str, sweep: Sweep, results: Results) -> pd.DataFrame:
    """Every point of the sweep, summed up over its runs.

    Returns:
        columns model, a column per setting, metric, quantity (a value of `SERIES`), value (the
        median), low and high (quantiles `tables.BAND`), num_runs.
    """
    found = []
    for model, values in sweep.points(name):
        runs = summarize(results.histories(model, results.study.shuffle))
        long = runs.rename(columns=SERIES).melt("metric", list(SERIES.values()), "quantity")
        by = long.astype({"value": float}).groupby(["metric", "quantity"], sort=False)["value"]
        found.append(tables.summed(by).assign(model=model, **values))
    columns = ["model", *sweep.over, "metric", "quantity", "value", "low", "high", "num_runs"]
    return pd.concat(found, ignore_index=True)[columns]


def _curves(name: str, sweep: Sweep, table: pd.DataFrame, results: Results) -> Drawing:
    (setting,) = sweep.over
    words = [_(series) for series in SERIES.values()]
    drawn = table.assign(
        quantity=pd.Categorical(table["quantity"].map(_), words), panel=theme.metric_panels(table)
    )
    colours, shapes = (dict(zip(words, values, strict=True)) for values in (COLOURS, SHAPES))
    across = theme.metrics_across(results.study)
    plot = (
        p9.ggplot(drawn, p9.aes(setting, "value", color="quantity", shape="quantity"))
        + p9.geom_ribbon(
            p9.aes(ymin="low", ymax="high", fill="quantity"),
            alpha=0.2,
            color="none",
            show_legend=False,
        )
        + p9.geom_line(size=0.5)
        + p9.geom_point(size=1.4, stroke=0.2)
        + p9.scale_color_manual(colours)
        + p9.scale_fill_manual(colours)
        + p9.scale_shape_manual(shapes)
        + _axis(setting, sweep)
        + p9.scale_y_continuous(name="")
        + p9.facet_wrap("panel", ncol=across, scales="free_y")
    )
    return page(
        plot,
        table,
        results,
        title=_title(name, sweep),
        subtitle=_subtitle(sweep),
        notes=_band_notes(results),
        panels_height=PANEL_HEIGHT * -(-len(results.study.metrics) // across),
    )


def _heat_map(name: str, sweep: Sweep, table: pd.DataFrame, results: Results) -> Drawing:
    across, up = sweep.over
    study, metric = results.study, results.study.metrics[0]
    of_validation = table[table["quantity"] != SERIES["last_training"]]
    drawn = of_validation[of_validation["metric"] == metric]
    words = [_(series) for series in SERIES.values()]
    drawn = drawn.assign(
        quantity=pd.Categorical(drawn["quantity"].map(_), words[1:]),
        text=drawn["value"].map("{:.3f}".format),
        dark=drawn["value"] > (drawn["value"].min() * drawn["value"].max()) ** 0.5,
        **{setting: _ordered(drawn[setting]) for setting in (across, up)},
    )
    plot = (
        p9.ggplot(drawn, p9.aes(across, up, fill="value"))
        + p9.geom_tile(color="white", size=0.5)
        + p9.geom_text(
            p9.aes(label="text", color="dark"),
            size=theme.points(study, theme.TINY),
            family=study.figures.font,
        )
        + p9.scale_color_manual({False: "black", True: "white"}, guide=None)
        + p9.scale_fill_gradient(low="#F2F5F8", high="#0B4F7D", trans="log10", guide=None)
        + p9.labs(x=_(SETTINGS[across]), y=_(SETTINGS[up]))
        + p9.facet_wrap("quantity", ncol=2)
    )
    notes = _("{measure}, median of {runs}; the darker, the worse, in ratios.")
    return page(
        plot,
        table,
        results,
        title=_title(name, sweep),
        subtitle=_subtitle(sweep),
        notes=notes.format(measure=measure(metric).title, runs=runs_phrase(study)),
        panels_height=theme.scaled(study, TILE_HEIGHT) * len(sweep.over[up]) + 8,
        look=p9.theme(panel_grid=p9.element_blank()),
    )


def _title(name: str, sweep: Sweep) -> str:
    settings = _(" and ").join(map(spoken, sweep.over))
    return _("Sweep {name}: {settings}").format(name=name, settings=settings)


def _subtitle(sweep: Sweep) -> str:
    return _("Varied from: {network}").format(network=in_words(sweep.model))


def _band_notes(results: Results) -> str:
    text = (
        _("Points: {runs}.")
        if results.study.replicates < 2
        else _(
            "Points: median of {runs}; bands: the middle 80 per cent of them. Without penalties."
        )
    )
    return text.format(runs=runs_phrase(results.study))


def _axis(setting: Setting, sweep: Sweep) -> p9.scale_x_continuous:
    """Values far apart are drawn in ratios; 0 has no place among those."""
    values = sweep.over[setting]
    wide = min(values) > 0 and max(values) / min(values) >= WIDE_RANGE
    labels = [f"{value:g}" for value in values]
    return p9.scale_x_continuous(
        name=_(SETTINGS[setting]),
        breaks=values,
        labels=labels,
        minor_breaks=[],
        trans="log10" if wide else "identity",
    )


def _ordered(values: pd.Series) -> pd.Series:
    """Values as steps of equal width, from the least to the greatest."""
    steps = [f"{value:g}" for value in sorted(values.unique())]
    return pd.Series(pd.Categorical(values.map("{:g}".format), steps), values.index)
