"""The table of claims in, a forest plot with the verdicts out."""

import textwrap
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.figures import theme
from pyreg.figures.caption import runs_phrase
from pyreg.figures.catalogue import Entry
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing

LINE_HEIGHT = 2.6  # mm of a line of a claim's label
PANEL_EXTRA = 12  # mm for a panel's title and axis
VERDICT_COLOURS = {"holds": "#0072B2", "does not hold": "#D55E00", "undecided": "#777777"}
EPOCH_SHAPES = {"last": "o", "best": "D"}
EPOCH_OFFSETS = {"last": 0.17, "best": -0.17}  # of a claim's row
ARROWS = {"greater": ">", "less": "<"}


class facet_rows(p9.facet_wrap):  # noqa: N801, named as plotnine's own
    """Panels one below the other, in heights of their own: plotnine's are all equally high."""

    def __init__(self, facets: str, heights: Sequence[int]) -> None:
        super().__init__(facets, ncol=1, scales="free")
        self.heights = heights

    def _get_panels_gridspec(self) -> Any:
        gridspec = super()._get_panels_gridspec()
        gridspec.set_height_ratios(self.heights)
        return gridspec


def draw_claims(entry: Entry, results: Results) -> Drawing:
    """Each claim, at the last and at the best epoch: estimate, interval, verdict."""
    study = results.study
    table = results.table("claims")
    drawn = _placed(table)
    places = sorted(drawn["place"].unique())
    labels = {place: _label(drawn[drawn["place"] == place], study) for place in places}
    num_claims = drawn.groupby("panel", observed=True)["id"].nunique()
    row_height = LINE_HEIGHT * (1 + max(label.count("\n") + 1 for label in labels.values()))
    plot = page(
        _layers(drawn, labels) + facet_rows("panel", list(num_claims)),
        results,
        title="The lesson's claims over many seeds",
        subtitle="Circles: at the last epoch; diamonds: at the best epoch. "
        "An arrow stands at the claim's margin and points to where the claim holds.",
        notes=f"Means over {runs_phrase(study)}, with {100 * study.confidence:g} % intervals, each "
        "for itself; the verdicts are corrected for the number of claims (Holm).",
        panels_height=row_height * num_claims.sum() + PANEL_EXTRA * len(num_claims),
    )
    return Drawing(plot + p9.theme(legend_position="none", panel_spacing_y=0.05), table)


def compared(claim: pd.Series) -> str:
    """What is compared, as `dropout - l2, validation`; a claim about one model names that one."""
    left, right = claim["left"], claim["right"]
    models = left if pd.isna(right) else f"{left} − {right}"
    return f"{models}, {claim['quantity'].replace('_', ' ')}"


def _placed(table: pd.DataFrame) -> pd.DataFrame:
    """Each row with its panel, by unit, and its height there: the first claim on top.

    Every claim has a whole number of its own, `place`, because all panels share one axis' labels.
    """
    is_epoch = table["quantity"] == "best_epoch"
    panel = theme.metric_panels(table).astype(str).mask(is_epoch, "Epoch of the best value")
    drawn = table.assign(panel=pd.Categorical(panel, panel.unique()))
    claims = drawn.sort_values("panel", kind="stable")["id"].unique()
    place = -pd.Series(pd.Categorical(drawn["id"], claims).codes, drawn.index, dtype=int)
    is_alone = drawn.groupby("id")["at"].transform("size") == 1
    return drawn.assign(place=place, row=place + drawn["at"].map(EPOCH_OFFSETS).mask(is_alone, 0))


def _layers(drawn: pd.DataFrame, labels: dict[int, str]) -> p9.ggplot:
    plot = p9.ggplot(drawn, p9.aes("estimate", "row", color="verdict"))
    for direction, arrow in ARROWS.items():
        claimed = drawn[drawn["direction"] == direction].drop_duplicates("id")
        margin = p9.aes("margin", "place")
        plot += p9.geom_point(margin, claimed, shape=arrow, size=2.2, color="#777777", fill="white")
    return (
        plot
        + p9.geom_blank(p9.aes(y="row"), _room(drawn))
        + p9.geom_errorbarh(p9.aes(xmin="ci_low", xmax="ci_high"), height=0.15, size=0.5)
        + p9.geom_point(p9.aes(shape="at"), size=1.5)
        + p9.scale_color_manual(VERDICT_COLOURS)
        + p9.scale_shape_manual(EPOCH_SHAPES)
        + p9.scale_x_continuous(name="", breaks=theme.few_breaks)
        + p9.scale_y_continuous(
            name="", breaks=list(labels), labels=list(labels.values()), expand=(0, 0)
        )
    )


def _room(drawn: pd.DataFrame) -> pd.DataFrame:
    """The upper and lower end of every panel, half a row beyond its places."""
    places = drawn.groupby("panel", observed=True)["place"]
    top, lowest = drawn.loc[places.idxmax()], drawn.loc[places.idxmin()]
    return pd.concat([top.assign(row=top["place"] + 0.5), lowest.assign(row=lowest["place"] - 0.5)])


def _label(rows: pd.DataFrame, study: Study) -> str:
    """What stands before a claim's row: the claim, what is compared, the verdicts."""
    letters = 32 if study.figures.columns == 1 else 50
    claim = rows.iloc[0]
    verdicts = "; ".join(f"{row['at']}: {row['verdict']}" for _, row in rows.iterrows())
    return f"{textwrap.fill(claim['claim'], letters)}\n{compared(claim)}\n{verdicts}"
