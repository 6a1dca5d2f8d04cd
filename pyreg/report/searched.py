"""A search's table in, what the report says of it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyreg.config import Search
from pyreg.config.search import VALIDATION
from pyreg.config.settings import WHOLE_NUMBERS
from pyreg.figures.results import Results
from pyreg.figures.searches import ends_in_words
from pyreg.search.table import Estimate, nested
from pyreg.wording.networks import in_words


@dataclass(frozen=True)
class Searched:
    """What a search found.

    Attributes:
        ends: what was searched, in words.
        rows: of search.csv, each with its `network` in words.
        final: the row whose network is recommended, judged by the validation samples.
        naive: what the best trials of the folds promised.
        honest: metric -> what the folds say.
    """

    ends: str
    rows: list[dict[Any, Any]]
    final: dict[Any, Any]
    naive: Estimate
    honest: dict[str, Estimate]


def searched(results: Results) -> Searched | None:
    """What the study's search found; None if it has none."""
    study = results.study
    if study.search is None:
        return None
    table = results.whole_table("search")
    records: list[dict[Any, Any]] = table.to_dict("records")
    rows = [{**row, "network": network_in_words(study.search, row)} for row in records]
    return Searched(
        ends=ends_in_words(study.search),
        rows=rows,
        final=next(row for row in rows if row["held_out"] == VALIDATION),
        naive=nested(table, "naive", study.confidence),
        honest={metric: nested(table, metric, study.confidence) for metric in study.metrics},
    )


def network_in_words(search: Search, row: Mapping[Any, Any]) -> str:
    """A network that was found; what is drawn from a continuum in three digits."""
    values: dict[str, float] = {
        name: float(row[name]) if name in WHOLE_NUMBERS else float(f"{row[name]:.3g}")
        for name in search.over
    }
    return in_words(search.network(values))
