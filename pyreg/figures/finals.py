"""Many seeds in: how the models' final results spread, every run a point, out."""

import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.figures import looks, tables, theme
from pyreg.figures.catalogue import Entry
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing
from pyreg.wording import N_, _
from pyreg.wording.captions import runs_phrase
from pyreg.wording.measures import NAMES, measure

ROW_HEIGHT = 5.0  # mm for each model
PANEL_EXTRA = 12  # mm for a panel's title and axis
QUANTITIES = {
    "last epoch": N_("last epoch"),
    "best epoch": N_("best epoch"),
    "gap": N_("gap"),
}


def draw_final_metrics(entry: Entry, results: Results) -> Drawing:
    """Every replicate's final results as a point, model by model."""
    study = results.study
    table = tables.final_metrics(
        pd.concat([results.histories(model, study.shuffle) for model in entry.models])
    )
    facets, num_rows = _facets(study)
    row = theme.scaled(study, ROW_HEIGHT) * len(entry.models) + PANEL_EXTRA
    return page(
        _layers(table, study) + facets,
        table,
        results,
        title=_("Final results of every run"),
        subtitle=_(
            "Validation at the last and at the best epoch; gap: how much worse validation is than "
            "training at the last"
        ),
        notes=_("A point per run: {runs}; bars: medians. {units}").format(
            runs=runs_phrase(study), units=_units(study)
        ),
        panels_height=row * num_rows,
        look=theme.without_legend(panel_spacing_y=0.03),
    )


def _facets(study: Study) -> tuple[p9.facet_wrap, int]:
    """A row per metric; on a narrow page a column per metric."""
    quantities = len(QUANTITIES)
    if theme.panels_across(study, quantities, narrowest=50) == quantities:
        return p9.facet_wrap("panel", ncol=quantities, scales="free_x"), len(study.metrics)
    return p9.facet_wrap("panel", nrow=quantities, scales="free_x", dir="v"), quantities


def _layers(table: pd.DataFrame, study: Study) -> p9.ggplot:
    look = looks.model_look(study)
    drawn = table.assign(model=look.categories(table), panel=_panels(table, study))
    medians = drawn.groupby(["model", "panel"], observed=True, as_index=False)["value"].median()
    # Spread up and down by chance, but by the same chance every time.
    spread = p9.position_jitter(width=0, height=0.22, random_state=1)
    return (
        p9.ggplot(drawn, p9.aes("value", "model", color="model", shape="model"))
        + p9.geom_point(size=1.0, alpha=0.6, stroke=0.2, position=spread)
        + p9.geom_point(data=medians, shape="|", size=4.5, stroke=0.9, color="black")
        + look.scales()
        + p9.scale_y_discrete(limits=list(look.names.values())[::-1])
        + p9.scale_x_continuous(name="", breaks=theme.few_breaks)
        + p9.labs(y="")
    )


def _panels(table: pd.DataFrame, study: Study) -> pd.Series:
    """The panel of each row, as `Accuracy, last epoch`; in two lines on a narrow page."""
    comma = ", " if study.figures.columns == 2 else ",\n"
    names = {metric: measure(metric).name for metric in NAMES}
    quantities = {quantity: _(text) for quantity, text in QUANTITIES.items()}
    order = [f"{name}{comma}{text}" for name in names.values() for text in quantities.values()]
    panel = table["metric"].map(names) + comma + table["quantity"].map(quantities)
    return pd.Series(pd.Categorical(panel, order), table.index)


def _units(study: Study) -> str:
    """`Binary cross-entropy: nats; accuracy: share correct.`"""
    first, *others = (measure(metric) for metric in study.metrics)
    parts = [f"{first.name}: {first.unit}", *(f"{one.inside}: {one.unit}" for one in others)]
    return "; ".join(parts) + "."
