"""A sweep's runs in, out: a curve over its setting, or a heat map over its two settings."""

import pandas as pd
import plotnine as p9

from pyreg.config import Sweep
from pyreg.config.settings import Setting
from pyreg.config.tasks import MEASURES
from pyreg.figures import tables, theme
from pyreg.figures.caption import runs_phrase
from pyreg.figures.catalogue import Entry
from pyreg.figures.describe import in_words
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing
from pyreg.statistics.metrics import summarize

SERIES = {  # of `metrics.summarize`, by the name that a reader sees
    "last_training": "training, last epoch",
    "last_validation": "validation, last epoch",
    "best_validation": "validation, best epoch",
}
COLOURS = ["#E69F00", "#0072B2", "#009E73"]
SHAPES = ["^", "o", "D"]
AXES = {"units": "Units of each hidden layer", "depth": "Hidden layers", "l1": "L1 factor",
        "l2": "L2 factor", "dropout": "Dropout rate", "learning_rate": "Learning rate"}  # fmt: skip
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
        summed = by.agg(
            value="median",
            low=lambda column: column.quantile(tables.BAND[0]),
            high=lambda column: column.quantile(tables.BAND[1]),
            num_runs="count",
        ).reset_index()
        found.append(summed.assign(model=model, **values))
    columns = ["model", *sweep.over, "metric", "quantity", "value", "low", "high", "num_runs"]
    return pd.concat(found, ignore_index=True)[columns]


def _curves(name: str, sweep: Sweep, table: pd.DataFrame, results: Results) -> Drawing:
    (setting,) = sweep.over
    series = pd.Categorical(table["quantity"], list(SERIES.values()))
    drawn = table.assign(quantity=series, panel=theme.metric_panels(table))
    colours = dict(zip(SERIES.values(), COLOURS, strict=True))
    shapes = dict(zip(SERIES.values(), SHAPES, strict=True))
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
        + p9.facet_wrap("panel", ncol=theme.metrics_across(results.study), scales="free_y")
    )
    num_rows = -(-len(results.study.metrics) // theme.metrics_across(results.study))
    height = PANEL_HEIGHT * num_rows
    return Drawing(_page(plot, name, sweep, results, _band_notes(results), height), table)


def _heat_map(name: str, sweep: Sweep, table: pd.DataFrame, results: Results) -> Drawing:
    across, up = sweep.over
    of_validation = table[table["quantity"] != SERIES["last_training"]]
    metric = results.study.metrics[0]
    drawn = of_validation[of_validation["metric"] == metric]
    drawn = drawn.assign(
        quantity=pd.Categorical(drawn["quantity"], list(SERIES.values())[1:]),
        text=drawn["value"].map("{:.3f}".format),
        dark=drawn["value"] > (drawn["value"].min() * drawn["value"].max()) ** 0.5,
        **{setting: _ordered(drawn[setting]) for setting in (across, up)},
    )
    plot = (
        p9.ggplot(drawn, p9.aes(across, up, fill="value"))
        + p9.geom_tile(color="white", size=0.5)
        + p9.geom_text(p9.aes(label="text", color="dark"), size=5)
        + p9.scale_color_manual({False: "black", True: "white"}, guide=None)
        + p9.scale_fill_gradient(low="#F2F5F8", high="#0B4F7D", trans="log10", guide=None)
        + p9.labs(x=AXES[across], y=AXES[up])
        + p9.facet_wrap("quantity", ncol=2)
        + p9.theme(panel_grid=p9.element_blank())
    )
    notes = (
        f"{MEASURES[metric].title}, median of {runs_phrase(results.study)}; the darker, "
        "the worse, in ratios."
    )
    height = TILE_HEIGHT * len(sweep.over[up]) + 8
    return Drawing(_page(plot, name, sweep, results, notes, height), table)


def spoken(setting: Setting) -> str:
    """A setting within a sentence, as `hidden layers` or `L2 factor`."""
    title = AXES[setting]
    return title if title[1].isdigit() else title[0].lower() + title[1:]


def _page(
    plot: p9.ggplot, name: str, sweep: Sweep, results: Results, notes: str, height: float
) -> p9.ggplot:
    settings = " and ".join(map(spoken, sweep.over))
    return page(
        plot,
        results,
        title=f"Sweep {name}: {settings}",
        subtitle=f"Varied from: {in_words(sweep.model)}",
        notes=notes,
        panels_height=height,
    )


def _band_notes(results: Results) -> str:
    phrase = runs_phrase(results.study)
    if results.study.replicates < 2:
        return f"Points: {phrase}."
    return f"Points: median of {phrase}; bands: the middle 80 % of them. Without penalties."


def _axis(setting: Setting, sweep: Sweep) -> p9.scale_x_continuous:
    """Values far apart are drawn in ratios; 0 has no place among those."""
    values = sweep.over[setting]
    wide = min(values) > 0 and max(values) / min(values) >= WIDE_RANGE
    labels = [f"{value:g}" for value in values]
    return p9.scale_x_continuous(
        name=AXES[setting],
        breaks=values,
        labels=labels,
        minor_breaks=[],
        trans="log10" if wide else "identity",
    )


def _ordered(values: pd.Series) -> pd.Series:
    """Values as steps of equal width, from the least to the greatest."""
    steps = [f"{value:g}" for value in sorted(values.unique())]
    return pd.Series(pd.Categorical(values.map("{:g}".format), steps), values.index)
