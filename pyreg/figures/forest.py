"""The table of claims in, a forest plot out: the claim, its intervals and its verdicts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.figures import theme
from pyreg.figures.catalogue import Entry
from pyreg.figures.page import letters, page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing
from pyreg.wording import _, recorded
from pyreg.wording.captions import few_seeds, runs_phrase
from pyreg.wording.levels import VERDICTS, word
from pyreg.wording.networks import named

PANEL_EXTRA = 9  # mm for a panel's title and axis
BETWEEN = 2.5  # mm between two claims
COLOURS = {"holds": "#0072B2", "does not hold": "#D55E00", "undecided": "#777777"}
SHAPES = {"last": "o", "best": "D"}
OFFSETS = {"last": 1.9, "best": -1.9}  # mm from the middle of a claim's row
CLAIM_SIZE = {1: theme.INSIDE, 2: 1.0}  # of the claims' text, by the page's columns
ARROWS = {"greater": ">", "less": "<"}
CLAIM_SHARE = 0.52  # of what the verdicts leave; the intervals have the rest
AIR = 3  # mm between two columns


@dataclass(frozen=True)
class Columns:
    """The three columns of the figure, as multiples of the span of a panel's values.

    Attributes:
        before: where the claims begin, to the left of the least value.
        behind: where the verdicts begin, to the right of the greatest.
        after: how far the verdicts reach from there.
        claim_width: in mm.
    """

    before: float
    behind: float
    after: float
    claim_width: float

    @classmethod
    def of(cls, study: Study) -> "Columns":
        """The verdicts take what they need, the claims about half of what is left."""
        font, whole = letters(study), theme.inner_width(study)
        verdict = max(font.width(_(text)) for text in VERDICTS.values()) + 1
        claim = CLAIM_SHARE * (whole - verdict)
        intervals = whole - verdict - claim - AIR
        return cls(claim / intervals, AIR / intervals, verdict / intervals, claim - AIR)


def draw_claims(entry: Entry, results: Results) -> Drawing:
    """Each claim, at the last and at the best epoch: estimate, interval, verdict."""
    study = results.study
    table = results.table("claims")
    columns = Columns.of(study)
    drawn = _placed(_in_words(table, study, columns), columns)
    heights = drawn.drop_duplicates("id").groupby("panel", observed=True)["height"].sum()
    return page(
        _layers(drawn, study, columns) + p9.facet_wrap("panel", ncol=1, scales="free"),
        table,
        results,
        title=_("Claims over many seeds"),
        subtitle=_(
            "Circles: at the last epoch; diamonds: at the best epoch. An arrow stands at the "
            "claim's margin and points to where the claim holds."
        ),
        notes=_notes(study),
        panels_height=heights.sum() + PANEL_EXTRA * len(heights),
        look=theme.without_legend(
            axis_text_y=p9.element_blank(),
            axis_ticks_major_y=p9.element_blank(),
            axis_line=p9.element_blank(),
            panel_grid_major_y=p9.element_blank(),
            panel_spacing_y=0.02 if study.figures.columns == 2 else 0.04,
        ),
        heights=list(heights),
    )


def compared(claim: pd.Series, study: Study) -> str:
    """What is compared, as `dropout - l2, validation`; a claim about one model names that one."""
    names = [claim["left"], *([] if pd.isna(claim["right"]) else [claim["right"]])]
    models = " − ".join(named(study, name) for name in names)
    return f"{models}, {word(claim['quantity'])}"


def _notes(study: Study) -> str:
    notes = _(
        "Means over {runs}, with {confidence} per cent intervals, each for itself; the "
        "verdicts are corrected for the number of claims (Holm)."
    ).format(runs=runs_phrase(study), confidence=f"{100 * study.confidence:g}")
    return f"{notes} {few_seeds(study)}".rstrip()


def _in_words(table: pd.DataFrame, study: Study, columns: Columns) -> pd.DataFrame:
    """Each row with its claim's text, the mm that this takes, and its verdict's words."""
    font = letters(study, CLAIM_SIZE[study.figures.columns])
    rows = [pd.Series(row) for row in table.to_dict("records")]
    texts = [f"{recorded(row['claim'])}\n{compared(row, study)}" for row in rows]
    wrapped = [font.wrapped(text, columns.claim_width) for text in texts]
    least = 2 * (OFFSETS["last"] + 1)
    return table.assign(
        text=wrapped,
        height=[max(font.height(text), least) + BETWEEN for text in wrapped],
        said=[word(row["verdict"]) for row in rows],
    )


def _placed(table: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Each row with its panel, by unit, its place there, and where its texts begin.

    A claim's `place` is the middle of its row in mm, all claims one below the other.
    """
    is_epoch = table["quantity"] == "best_epoch"
    panel = theme.metric_panels(table).astype(str).mask(is_epoch, _("Epoch of the best value"))
    drawn = table.assign(panel=pd.Categorical(panel, panel.unique()))
    claims = drawn.sort_values("panel", kind="stable").drop_duplicates("id").set_index("id")
    place = drawn["id"].map(claims["height"] / 2 - claims["height"].cumsum())
    is_alone = drawn.groupby("id")["at"].transform("size") == 1
    ends = drawn[["ci_low", "ci_high", "estimate", "margin"]]
    by_panel = drawn["panel"].astype(str)
    low = ends.min(axis=1).groupby(by_panel).transform("min")
    span = ends.max(axis=1).groupby(by_panel).transform("max") - low
    span = span.mask(span == 0, 1.0)
    return drawn.assign(
        place=place,
        row=place + drawn["at"].map(OFFSETS).mask(is_alone, 0),
        claim_at=low - columns.before * span,
        said_at=low + (1 + columns.behind) * span,
        end=low + (1 + columns.behind + columns.after) * span,
    )


def _layers(drawn: pd.DataFrame, study: Study, columns: Columns) -> p9.ggplot:
    plot = p9.ggplot(drawn, p9.aes("estimate", "row", color="verdict"))
    for direction, arrow in ARROWS.items():
        claimed = drawn[drawn["direction"] == direction].drop_duplicates("id")
        margin = p9.aes("margin", "place")
        plot += p9.geom_point(margin, claimed, shape=arrow, size=2.2, color="#777777", fill="white")
    claims = drawn.drop_duplicates("id")
    size = CLAIM_SIZE[study.figures.columns]
    text: Any = {"ha": "left", "va": "center", "family": study.figures.font, "lineheight": 1.2}
    claim = {**text, "size": theme.points(study, size), "color": "black"}
    return (
        plot
        + p9.geom_blank(p9.aes("end"), drawn)
        + p9.geom_blank(p9.aes(y="row"), _room(drawn))
        + p9.geom_errorbarh(p9.aes(xmin="ci_low", xmax="ci_high"), height=0.8, size=0.5)
        + p9.geom_point(p9.aes(shape="at"), size=1.5)
        + p9.geom_text(p9.aes("claim_at", "place", label="text"), claims, **claim)
        + p9.geom_text(p9.aes("said_at", label="said"), size=theme.points(study), **text)
        + p9.scale_color_manual(COLOURS)
        + p9.scale_shape_manual(SHAPES)
        + p9.scale_x_continuous(name="", expand=(0, 0), breaks=_breaks(columns))
        + p9.scale_y_continuous(name="", expand=(0, 0))
    )


def _breaks(columns: Columns) -> Callable[[tuple[float, float]], Sequence[float]]:
    """Breaks where the intervals are, none below the texts beside them."""
    width = columns.before + 1 + columns.behind + columns.after

    def breaks(limits: tuple[float, float]) -> Sequence[float]:
        span = (limits[1] - limits[0]) / width
        low = limits[0] + columns.before * span
        return theme.few_breaks((low, low + span))

    return breaks


def _room(drawn: pd.DataFrame) -> pd.DataFrame:
    """The upper and lower end of every panel: of its first and of its last claim."""
    up, down = (drawn["place"] + sign * drawn["height"] / 2 for sign in (1, -1))
    return pd.concat([drawn.assign(row=up), drawn.assign(row=down)])
