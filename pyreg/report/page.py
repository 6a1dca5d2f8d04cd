"""A study's results folder in, its report out: one HTML file, the same bytes every time."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import pyreg
from pyreg import config
from pyreg.config import Study
from pyreg.data.sources import LESSON_DIGEST
from pyreg.figures import formats
from pyreg.figures.results import Results
from pyreg.records.layout import Layout
from pyreg.report import collapse, environment, facts, interactive, words
from pyreg.report.answers import answers, as_text
from pyreg.report.commands import commands
from pyreg.report.pictures import Picture, pictures
from pyreg.report.searched import searched
from pyreg.report.timeline import timeline
from pyreg.wording import N_, _, recorded, speaking
from pyreg.wording.captions import code_version, few_seeds, samples
from pyreg.wording.measures import measure

# Template -> its heading, in the order of the page.
SECTIONS = {
    "data": N_("Data"),
    "models": N_("Models"),
    "curves": N_("Curves"),
    "search": N_("Search for the best network"),
    "compression": N_("Made smaller"),
    "claims": N_("Claims"),
    "seeds": N_("Seeds and shuffles"),
    "r": N_("R against Python"),
    "my-runs": N_("Your own R runs"),
    "ports": N_("Your own R scripts"),
    "traps": N_("Traps found on the way"),
    "environment": N_("Environment"),
    "time": N_("Time and memory"),
    "cite": N_("How to cite"),
    "rerun": N_("How to run it again"),
}


def render(study: Study, folder: Path) -> tuple[str, str]:
    """Make the report.

    Args:
        folder: `results/<study>` with its runs, tables and figures.

    Returns:
        the page, and its three answers as plain text.

    Raises:
        InputError: a run or a table is missing.
    """
    templates = Environment(
        loader=PackageLoader("pyreg.report"),
        autoescape=True,
        undefined=StrictUndefined,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words.install(templates, study)
    with speaking(study.language):
        content = _content(Results(study, Layout(folder)))
        sections = _sections(content)
        page = templates.get_template("report.html").render(content, sections=sections)
        text = as_text(content["answers"], recorded(content["provenance"]["notice"] or ""))
    return page, text


def _content(results: Results) -> dict[str, Any]:
    """Everything the templates show, by the name they know it by."""
    study, provenance = results.study, results.provenance
    agreement = results.whole_table("agreement")
    claims = results.whole_table("claims") if study.claims and study.replicates else None
    my_runs = results.whole_table("my_runs") if study.my_runs else None
    has_lesson_halves = provenance["content_digest"] == LESSON_DIGEST
    is_lesson = has_lesson_halves and not provenance["notice"]
    infos, exact = list(environment.read_infos(results)), facts.exact_histories(results)
    return {
        "study": study,
        "settings": config.dump(study),
        "title": pyreg.TITLE,
        "code": f"pyreg {pyreg.__version__}, {code_version('report')}",
        "provenance": provenance,
        "has_lesson_halves": has_lesson_halves,
        "answers": answers(study, agreement, claims, my_runs, is_lesson),
        "agreement": agreement,
        "notes": list(facts.notes(study, agreement)),
        "claims": claims,
        "few_seeds": few_seeds(study),
        "my_runs": my_runs,
        "ports": results.table("ports") if _has_ports(results) else None,
        "samples": samples(study),
        "measures": {metric: measure(metric) for metric in study.metrics},
        "stops_early": any(model.early_stopping for model in study.models.values()),
        "models": facts.model_rows(results),
        "score_names": facts.SCORES,
        "scores": facts.scores(results),
        "collapses": collapse.collapses(study, infos),
        "spreads": facts.spreads(results),
        "shown_over_seeds": [
            ("training", study.metrics[0]),
            *(("validation", metric) for metric in study.metrics),
        ],
        "frozen": facts.frozen_shuffles(results),
        "in_double": environment.in_double(infos),
        "search": searched(results),
        "compressed": {
            model: results.compressed(model).to_dict("records") for model in study.compress
        },
        "penalties": facts.penalties(study, exact),
        "environment": environment.environment(infos),
        "timeline": timeline(study, results.layout),
        "endings": ", ".join(f".{ending}" for ending in formats(study)),
        "pictures": _by_kind(pictures(study, results.layout.figures())),
        "commands": list(commands(study, results.layout.folder, agreement)),
        "curves": Markup(interactive.curves(study, exact, "interactive")),
        "bokeh": Markup(interactive.library()),
    }


def _has_ports(results: Results) -> bool:
    """Without R no script is ported."""
    return bool(results.study.ports) and results.layout.table("ports").exists()


def _by_kind(drawn: Iterable[Picture]) -> dict[str, list[Picture]]:
    found: dict[str, list[Picture]] = defaultdict(list)
    for picture in drawn:
        found[picture.entry.kind].append(picture)
    return found


def _sections(content: dict[str, Any]) -> dict[str, str]:
    """The sections this study has something to say in."""
    empty = {
        "search": content["search"] is None,
        "compression": not content["compressed"],
        "claims": content["claims"] is None,
        "seeds": not content["spreads"] and not content["frozen"],
        "my-runs": content["my_runs"] is None,
        "time": content["timeline"] is None,
        "ports": content["ports"] is None,
    }
    return {name: _(heading) for name, heading in SECTIONS.items() if not empty.get(name)}
