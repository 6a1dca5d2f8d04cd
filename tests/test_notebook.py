"""The notebook: its cells run in their order on the committed results, and show what they announce."""

import json

import pandas as pd
import plotnine as p9
import pytest
from conftest import ROOT

NOTEBOOK = ROOT / "docs" / "one-minute.ipynb"


@pytest.fixture(scope="module")
def shown():
    """What each code cell ends with, which Jupyter would show."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    names, values = {}, []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(NOTEBOOK.parent)
        for cell in cells:
            if cell["cell_type"] == "code":
                *before, last = "".join(cell["source"]).splitlines()
                exec("\n".join(before), names)
                if last.startswith("entries ="):
                    exec(last, names)
                else:
                    values.append(eval(last, names))
    return values


def test_every_cell_shows_a_table_or_a_figure(shown):
    kinds = [pd.DataFrame, p9.ggplot, pd.DataFrame, p9.ggplot, p9.ggplot]
    assert [type(value) for value in shown] == kinds
    assert all(len(value) for value in shown if isinstance(value, pd.DataFrame))


def test_python_gives_what_r_gives(shown):
    agreement, *_ = shown
    levels = agreement[agreement["right"] == "r"]["level"]
    assert set(levels) == {"bit-identical"}


@pytest.mark.parametrize("which", [1, 3, 4])
def test_its_figures_can_be_drawn(shown, which):
    assert shown[which].draw().axes


def test_the_notebook_is_stored_without_what_it_showed():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert not [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]
