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

SHARE = 0.5  # of the norm of the weights of least squares: what the constraint leaves
SMALL = 0.02  # of the largest weight: below, L1 has dropped a feature
CONTOURS = (0.25, 1.0, 2.25, 4.0)  # of the error at the solution, above the least one
COLUMNS = ["panel", "part", "group", "first", "second"]
BESIDE_PANELS = 8  # mm: axis and margins


def draw_norms(entry: Entry, results: Results) -> Drawing:
    """Contours of the error over two weights, and where the norms' bounds touch them."""
    x, y = results.training_samples
    first, second = chosen(*(results.weights(model)[0].ravel() for model in entry.models))
    table = norms_table(norms.bowl(x[:, [first, second]].astype(float), y.astype(float)))
    points = table[table["group"] == 0]
    plot = (
        p9.ggplot(table[table["group"] > 0], p9.aes("first", "second"))
        + p9.geom_polygon(
            data=table[table["part"] == "allowed"], fill="#56B4E9", alpha=0.3, color="none"
        )
        + p9.geom_path(p9.aes(group="group", linetype="part"), size=0.4)
        + p9.geom_hline(yintercept=0, size=0.2)
        + p9.geom_vline(xintercept=0, size=0.2)
        + p9.geom_point(p9.aes(shape="part"), points, size=2)
        + p9.facet_wrap("panel", ncol=2)
        + p9.coord_fixed()
        + p9.labs(x=f"Weight of feature {first + 1}", y=f"Weight of feature {second + 1}")
        + p9.labs(linetype="", shape="")
    )
    return Drawing(
        page(
            plot,
            results,
            title="Why L1 selects and L2 shrinks",
            subtitle="The ellipse that touches a diamond often touches a corner, where a weight "
            "is 0; a circle has no corners.",
            notes="Mean squared error of a linear model of two features and an intercept, "
            "computed from the training samples; what is allowed has "
            f"{SHARE:.0%} of the norm of the weights of least squares. Features: the one with the "
            f"largest weight in {entry.models[0]}, and of those it drops the one with the largest "
            f"in {entry.models[1]}.",
            panels_height=_height(table, theme.width(results.study)),
        ),
        table,
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
        lines = [("contour", error.contour(share * above)) for share in CONTOURS]
        for group, (part, points) in enumerate([("allowed", border), *lines], start=1):
            rows += [(panel, part, group, *point) for point in points]
        rows += [(panel, "least squares", 0, *error.centre), (panel, "solution", 0, *solution)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _height(table: pd.DataFrame, width: float) -> float:
    """Of panels that are filled to their width by axes of one scale."""
    spans = (
        table["second"].max() - table["second"].min(),
        table["first"].max() - table["first"].min(),
    )
    return (width - BESIDE_PANELS) / 2 * spans[0] / spans[1]
