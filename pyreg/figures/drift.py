"""Values of training texts and of served ones in, their distributions side by side out."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import plotnine as p9

from pyreg.config import Study
from pyreg.figures import theme
from pyreg.figures.save import Drawing, Words, save

HEIGHT = 65  # mm
POINTS = 101  # of a curve
NAME = "drift-distributions"


def draw(pairs: Mapping[str, tuple[np.ndarray, np.ndarray]], study: Study, folder: Path) -> None:
    """Write drift-distributions.pdf, .svg and .png, with the drawn data and the words around them.

    Args:
        pairs: name of a quantity -> its values in training and in service.
    """
    share = np.linspace(0, 1, POINTS)
    table = pd.concat(
        [
            pd.DataFrame(
                {
                    "quantity": name,
                    "texts": texts,
                    "value": np.quantile(values, share),
                    "share": share,
                }
            )
            for name, pair in pairs.items()
            for texts, values in zip(("training", "served"), pair, strict=True)
        ],
        ignore_index=True,
    )
    drawn = table.assign(quantity=pd.Categorical(table["quantity"], list(pairs)))
    words = Words(
        "What the service was asked, and what the network learned from",
        "Share of texts below a value",
        "Probabilities of training: of the validation reviews.",
    )
    plot = (
        p9.ggplot(drawn, p9.aes("value", "share", linetype="texts"))
        + p9.geom_line(size=0.5)
        + p9.facet_wrap("quantity", scales="free_x")
        + p9.labs(x="", y="", title=words.title, subtitle=words.subtitle, caption=words.caption)
        + theme.theme(study, HEIGHT)
    )
    save(Drawing(plot, table, words), folder, NAME, ("pdf", "svg", "png"))
