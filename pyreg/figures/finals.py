"""Many seeds in: how the models' final results spread, every run a point, out."""

import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.config.tasks import MEASURES
from pyreg.figures import tables, theme
from pyreg.figures.caption import runs_phrase
from pyreg.figures.catalogue import Entry
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing

ROW_HEIGHT = 5.0  # mm for each model
PANEL_EXTRA = 12  # mm for a panel's title and axis


def draw_final_metrics(entry: Entry, results: Results) -> Drawing:
    """Every replicate's final results as a point, model by model."""
    study = results.study
    table = tables.final_metrics(
        pd.concat([results.histories(model, study.shuffle) for model in entry.models])
    )
    facets, num_rows = _facets(study)
    plot = page(
        _layers(table, study) + facets,
        results,
        title="Final results of every run",
        subtitle="Validation at the last and at the best epoch; "
        "gap: how much worse validation is than training at the last",
        notes=f"A point per run: {runs_phrase(study)}; bars: medians. {_units(study)}",
        panels_height=(ROW_HEIGHT * len(entry.models) + PANEL_EXTRA) * num_rows,
    )
    return Drawing(plot + p9.theme(legend_position="none", panel_spacing_y=0.05), table)


def _facets(study: Study) -> tuple[p9.facet_wrap, int]:
    """A row per metric; on a narrow page a column per metric."""
    quantities = len(tables.QUANTITIES)
    if theme.panels_across(study, quantities, narrowest=50) == quantities:
        return p9.facet_wrap("panel", ncol=quantities, scales="free_x"), len(study.metrics)
    return p9.facet_wrap("panel", nrow=quantities, scales="free_x", dir="v"), quantities


def _layers(table: pd.DataFrame, study: Study) -> p9.ggplot:
    look = theme.model_look(study)
    drawn = table.assign(model=look.categories(table), panel=_panels(table, study))
    medians = drawn.groupby(["model", "panel"], observed=True, as_index=False)["value"].median()
    # Spread up and down by chance, but by the same chance every time.
    spread = p9.position_jitter(width=0, height=0.22, random_state=1)
    return (
        p9.ggplot(drawn, p9.aes("value", "model", color="model", shape="model"))
        + p9.geom_point(size=1.0, alpha=0.6, stroke=0.2, position=spread)
        + p9.geom_point(data=medians, shape="|", size=4.5, stroke=0.9, color="black")
        + look.scales()
        + p9.scale_y_discrete(limits=list(look.colours)[::-1])
        + p9.scale_x_continuous(name="", breaks=theme.few_breaks)
        + p9.labs(y="")
    )


def _panels(table: pd.DataFrame, study: Study) -> pd.Series:
    """The panel of each row, as `Accuracy, last epoch`; in two lines on a narrow page."""
    comma = ", " if study.figures.columns == 2 else ",\n"
    names = {metric: measure.name for metric, measure in MEASURES.items()}
    order = [
        f"{name}{comma}{quantity}"
        for name in names.values()
        for quantity in tables.QUANTITIES.values()
    ]
    panel = table["metric"].map(names) + comma + table["quantity"]
    return pd.Series(pd.Categorical(panel, order), table.index)


def _units(study: Study) -> str:
    """`Binary cross-entropy: nats; accuracy: share correct.`"""
    measures = [MEASURES[metric] for metric in study.metrics]
    units = "; ".join(f"{measure.name.lower()}: {measure.unit}" for measure in measures)
    return f"{units[0].upper()}{units[1:]}."
