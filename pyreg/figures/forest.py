"""The table of claims in, a forest plot with the verdicts out."""

import textwrap

import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.errors import InputError
from pyreg.figures import theme
from pyreg.figures.caption import runs_phrase
from pyreg.figures.catalogue import Entry
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing

CLAIM_HEIGHT = 9.0  # mm for each claim, which takes up to three lines
PANEL_EXTRA = 12  # mm for a panel's title and axis
COLOURS = {"holds": "#0072B2", "does not hold": "#D55E00", "undecided": "#777777"}
SHAPES = {"holds": "o", "does not hold": "X", "undecided": "^"}
ARROWS = {"greater": ">", "less": "<"}


def draw_claims(entry: Entry, results: Results) -> Drawing:
    """Each claim: estimate and interval, the side where it would hold, the verdict."""
    study = results.study
    table = with_settings(results.table("claims"), study)
    drawn = table.assign(row=_rows(table, study), panel=_panels(table))
    plot = page(
        _layers(drawn) + p9.facet_wrap("panel", ncol=1, scales="free"),
        results,
        title="The lesson's claims over many seeds",
        subtitle="A claim holds if its whole interval lies on the side that the arrow points to",
        notes=f"Estimates with {100 * study.confidence:g} % intervals over {runs_phrase(study)}.",
        panels_height=CLAIM_HEIGHT * len(table) + PANEL_EXTRA * drawn["panel"].nunique(),
    )
    return Drawing(plot + p9.theme(legend_position="none", panel_spacing_y=0.05), table)


def with_settings(claims: pd.DataFrame, study: Study) -> pd.DataFrame:
    """claims.csv, and what each claim says: a `quantity` beyond `margin` in its `direction`.

    Raises:
        InputError: the table holds a claim that the study does not make.
    """
    settings = {claim.id: claim for claim in study.claims}
    for claim in claims["id"]:
        if claim not in settings:
            raise InputError(
                f"claims.csv holds the claim '{claim}', but the study's claims are "
                f"{', '.join(settings)}; run `snakemake --cores all` again"
            )
    keys = ["quantity", "direction", "margin"]
    made = {key: [getattr(settings[claim], key) for claim in claims["id"]] for key in keys}
    return claims.assign(**made)


def _layers(drawn: pd.DataFrame) -> p9.ggplot:
    plot = p9.ggplot(drawn, p9.aes("estimate", "row", color="verdict", shape="verdict"))
    for direction, arrow in ARROWS.items():
        claimed = drawn[drawn["direction"] == direction]
        plot += p9.geom_point(
            p9.aes(x="margin"), claimed, shape=arrow, size=2.2, color="#777777", fill="white"
        )
    return (
        plot
        + p9.geom_errorbarh(p9.aes(xmin="ci_low", xmax="ci_high"), height=0.25, size=0.5)
        + p9.geom_point(size=1.8)
        + p9.scale_color_manual(COLOURS)
        + p9.scale_shape_manual(SHAPES)
        + p9.labs(x="", y="")
    )


def _rows(table: pd.DataFrame, study: Study) -> pd.Series:
    """What stands before each row, the first claim on top."""
    letters = 32 if study.figures.columns == 1 else 56
    labels = [
        f"{textwrap.fill(str(row['claim']), letters)}\n{compared(row)}: {row['verdict']}"
        for _, row in table.iterrows()
    ]
    return pd.Series(pd.Categorical(labels, list(dict.fromkeys(labels))[::-1]), table.index)


def compared(row: pd.Series) -> str:
    """What is compared, as `dropout - l2, validation`; a claim about one model names that one."""
    left, right = row["left"], row["right"]
    models = left if pd.isna(right) else f"{left} − {right}"
    return f"{models}, {row['quantity'].replace('_', ' ')}"


def _panels(table: pd.DataFrame) -> pd.Series:
    """Claims in one unit share a panel."""
    units = table["metric"].map(theme.METRIC_TITLES)
    return units.where(table["quantity"] != "best_epoch", "Epoch of the best value")
