"""A study's results folder in, its report out: one HTML file, the same bytes every time."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import pyreg
from pyreg import config
from pyreg.config import Study
from pyreg.config.tasks import MEASURES
from pyreg.data.sources import LESSON_DIGEST
from pyreg.figures.caption import code_version, samples
from pyreg.figures.results import Results
from pyreg.records.layout import Layout
from pyreg.report import collapse, facts, interactive
from pyreg.report.answers import answers
from pyreg.report.pictures import Picture, pictures
from pyreg.report.searched import searched

# Template -> its heading, in the order of the page.
SECTIONS = {
    "data": "Data",
    "models": "Models",
    "curves": "Curves",
    "search": "Search for the best network",
    "claims": "Claims",
    "seeds": "Seeds and shuffles",
    "r": "R against Python",
    "my-runs": "Your own R runs",
    "traps": "Traps found on the way",
    "environment": "Environment",
    "cite": "How to cite",
    "rerun": "How to run it again",
}


def render(study: Study, folder: Path) -> str:
    """Make the report.

    Args:
        folder: `results/<study>` with its runs, tables and figures.

    Raises:
        InputError: a run or a table is missing.
    """
    templates = Environment(
        loader=PackageLoader("pyreg.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(tiny=_tiny, decimals=_decimals, whole=_whole)
    templates.tests["missing"] = pd.isna
    content = _content(Results(study, Layout(folder)))
    return templates.get_template("report.html").render(content, sections=_sections(content))


def _content(results: Results) -> dict[str, Any]:
    """Everything the templates show, by the name they know it by."""
    study, provenance = results.study, results.provenance
    agreement = results.whole_table("agreement")
    claims = results.whole_table("claims") if study.claims and study.replicates else None
    my_runs = results.whole_table("my_runs") if study.my_runs else None
    return {
        "study": study,
        "settings": config.dump(study),
        "title": pyreg.TITLE,
        "code": f"pyreg {pyreg.__version__}, {code_version('report')}",
        "provenance": provenance,
        "has_lesson_halves": provenance["content_digest"] == LESSON_DIGEST,
        "answers": answers(agreement, claims, my_runs),
        "agreement": agreement,
        "claims": claims,
        "my_runs": my_runs,
        "samples": samples(study),
        "measures": {metric: MEASURES[metric] for metric in study.metrics},
        "stops_early": any(model.early_stopping for model in study.models.values()),
        "models": facts.model_rows(results),
        "scores": facts.scores(results),
        "collapses": collapse.collapses(results),
        "spreads": facts.spreads(results),
        "shown_over_seeds": [
            ("training", study.metrics[0]),
            *(("validation", metric) for metric in study.metrics),
        ],
        "frozen": facts.frozen_shuffles(results),
        "in_double": facts.in_double(results),
        "search": searched(results),
        "penalties": facts.penalties(results),
        "environment": facts.environment(results),
        "pictures": _by_kind(pictures(study, results.layout.figures())),
        "curves": Markup(interactive.curves(study, facts.exact_histories(results), "interactive")),
        "bokeh": Markup(interactive.library()),
    }


def _by_kind(drawn: Iterable[Picture]) -> dict[str, list[Picture]]:
    found: dict[str, list[Picture]] = defaultdict(list)
    for picture in drawn:
        found[picture.entry.kind].append(picture)
    return found


def _sections(content: dict[str, Any]) -> dict[str, str]:
    """The sections this study has something to say in."""
    empty = {
        "search": content["search"] is None,
        "claims": content["claims"] is None,
        "seeds": not content["spreads"] and not content["frozen"],
        "my-runs": content["my_runs"] is None,
    }
    return {name: heading for name, heading in SECTIONS.items() if not empty.get(name)}


def _whole(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:,.0f}"


def _decimals(value: float) -> str:
    """A result: four decimals; its magnitude where those would all be 0."""
    if pd.isna(value):
        return "–"
    return f"{value:.1e}" if 0 < abs(value) < 5e-5 else f"{value:.4f}"


def _tiny(value: float) -> str:
    """A difference: two digits and its magnitude; nothing where nothing could be compared."""
    return "–" if pd.isna(value) else f"{value:.2g}"
