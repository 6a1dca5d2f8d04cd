"""The picture of a fit in both languages: what hides nothing, and a legend of what is there."""

import re

import pandas as pd
import pytest

from pyreg.figures import fits


def history(num_epochs, data):
    rows = [
        (language, "loss", part, epoch, 1 / epoch)
        for language in fits.COLOURS
        for part in data
        for epoch in range(1, num_epochs + 1)
    ]
    return pd.DataFrame(rows, columns=["language", "metric", "data", "epoch", "value"])


@pytest.mark.parametrize("num_epochs", [1, 2, 20, 21, 200, 1999])
def test_circles_leave_the_line_in_sight(num_epochs):
    found = fits.circled(num_epochs)
    assert {1, num_epochs} <= set(found) <= set(range(1, num_epochs + 1))
    assert len(found) <= fits.MOST_CIRCLES + 1


@pytest.mark.parametrize("data", [["training"], ["training", "validation"]])
def test_the_legend_lists_what_is_drawn(data):
    svg = fits.curves(history(200, data))
    texts = set(re.findall(r"<!-- (\w+) -->", svg))
    assert texts >= {"R", "Python", *data}
    assert ("validation" in texts) == ("validation" in data)
    assert not texts & {"language", "data"}
