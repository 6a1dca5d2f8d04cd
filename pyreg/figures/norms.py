"""Two penalized linear models in, the picture of their norms out: why L1 selects and L2 shrinks."""

import numpy as np
import pandas as pd
import plotnine as p9

from pyreg.figures import theme
from pyreg.figures.catalogue import Entry
from pyreg.figures.page import page
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing
from pyreg.statistics import norms
from pyreg.wording import N_, _
from pyreg.wording.networks import named

SHARE = 0.5  # of the norm of the weights of least squares: what the constraint leaves
SMALL = 0.02  # of the largest weight: below, L1 has dropped a feature
CONTOURS = (0.25, 1.0, 2.25, 4.0)  # of the error at the solution, above the least one
CONTOUR, ALLOWED, LEAST, SOLUTION = "contour", "allowed", "least squares", "solution"
WORDS = {
    CONTOUR: N_("equal error"),
    ALLOWED: N_("allowed"),
    LEAST: N_("least squares"),
    SOLUTION: N_("best allowed"),
}
COLUMNS = ["panel", "part", "group", "first", "second"]


def draw_norms(entry: Entry, results: Results) -> Drawing:
    """Contours of the error over two weights, and where the norms' bounds touch them."""
    x, y = results.training_samples
    first, second = chosen(*(results.weights(model)[0].ravel() for model in entry.models))
    pair = x[:, [first, second]].astype(float)
    # Of one scale, so that neither norm favours the feature of the larger numbers.
    table = norms_table(norms.bowl(pair / pair.std(axis=0), y.astype(float)))
    with_l1, with_l2 = (named(results.study, model) for model in entry.models)
    return page(
        _layers(table) + p9.labs(x=_axis(first), y=_axis(second), linetype="", shape=""),
        table,
        results,
        title=_("Why L1 selects and L2 shrinks"),
        subtitle=_(
            "The ellipse that touches a diamond often touches a corner, where a weight is 0; a "
            "circle has no corners."
        ),
        notes=_(
            "Mean squared error of a linear model of two features and an intercept, computed from "
            "the training samples, features in units of their standard deviation; what is allowed "
            "has {share} of the norm of the weights of least squares. Features: the one with the "
            "largest weight in {with_l1}, and of those it drops the one with the largest in "
            "{with_l2}."
        ).format(share=f"{SHARE:.0%}", with_l1=with_l1, with_l2=with_l2),
        panels_height=_height(table, theme.inner_width(results.study)),
    )


def _layers(table: pd.DataFrame) -> p9.ggplot:
    drawn = table.assign(part=table["part"].map(lambda part: _(WORDS[part])))
    return (
        p9.ggplot(drawn[table["group"] > 0], p9.aes("first", "second"))
        + p9.geom_polygon(
            data=drawn[table["part"] == ALLOWED], fill="#56B4E9", alpha=0.3, color="none"
        )
        + p9.geom_path(p9.aes(group="group", linetype="part"), size=0.4)
        + p9.geom_hline(yintercept=0, size=0.2)
        + p9.geom_vline(xintercept=0, size=0.2)
        + p9.geom_point(p9.aes(shape="part"), drawn[table["group"] == 0], size=2)
        + p9.facet_wrap("panel", ncol=2)
        + p9.coord_fixed()
    )


def chosen(with_l1: np.ndarray, with_l2: np.ndarray) -> tuple[int, int]:
    """The feature that matters most with L1, and of those L1 drops the one that L2 keeps most."""
    first = int(np.argmax(np.abs(with_l1)))
    dropped = np.abs(with_l1) < SMALL * np.abs(with_l1[first])
    dropped = dropped if dropped.any() else np.arange(len(with_l1)) != first
    return first, int(np.argmax(np.where(dropped, np.abs(with_l2), -1)))


def norms_table(error: norms.Bowl) -> pd.DataFrame:
    """All that is drawn.

    Returns:
        columns panel (L1, L2), part (contour, allowed, least squares, solution), group (of a
        line's points; 0 for single points), first and second (the two weights).
    """
    radius = [SHARE * float(np.linalg.norm(error.centre, order)) for order in (1, 2)]
    circle = norms.Bowl(np.zeros(2), np.eye(2), 0.0).contour(radius[1] ** 2)
    panels = {
        "L1": (norms.within_l1(error, radius[0]), norms.diamond(radius[0])),
        "L2": (norms.within_l2(error, radius[1]), circle),
    }
    rows = []
    for panel, (solution, border) in panels.items():
        above = float(error.above_least(solution))
        lines = [(CONTOUR, error.contour(share * above)) for share in CONTOURS]
        for group, (part, points) in enumerate([(ALLOWED, border), *lines], start=1):
            rows += [(panel, part, group, *point) for point in points]
        rows += [(panel, LEAST, 0, *error.centre), (panel, SOLUTION, 0, *solution)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _axis(feature: int) -> str:
    return _("Weight of feature {number} (per standard deviation)").format(number=feature + 1)


def _height(table: pd.DataFrame, width: float) -> float:
    """Enough for panels with axes of one scale to fill the page's width, which its words need."""
    spans = (
        table["second"].max() - table["second"].min(),
        table["first"].max() - table["first"].min(),
    )
    return 1.05 * width / 2 * spans[0] / spans[1]
