"""A study's results in, its figures' files out."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pyreg.config import Study
from pyreg.errors import InputError
from pyreg.figures import curves, engines, finals, forest, scores, searches, sweeps
from pyreg.figures.catalogue import Entry, entries
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing, our_settings, save
from pyreg.records.layout import Layout

DRAWINGS: dict[str, Callable[[Entry, Results], Drawing]] = {
    "curves": curves.draw_model,
    "compare": curves.draw_comparison,
    "sweep": sweeps.draw_sweep,
    "search": searches.draw_search,
    "frozen-shuffle": curves.draw_frozen_shuffle,
    "python-r": engines.draw_python_r,
    "roc": scores.draw_roc,
    "confusion": scores.draw_confusion,
    "final-metrics": finals.draw_final_metrics,
    "claims": forest.draw_claims,
}


def draw_all(
    study: Study, results: str | Path, folder: str | Path, only: Sequence[str] = ()
) -> list[str]:
    """Draw the study's figures, or those named in `only`, into `folder`.

    Returns:
        the names drawn.

    Raises:
        InputError: a name in `only` is no figure of this study, or a record is missing.
    """
    chosen = _choose(entries(study), only)
    for entry in chosen:
        save(draw(study, results, entry), folder, entry.name)
    return [entry.name for entry in chosen]


def draw(study: Study, results: str | Path, entry: Entry) -> Drawing:
    """One figure and its data, not yet written."""
    with our_settings():
        return DRAWINGS[entry.kind](entry, Results(study, Layout(Path(results))))


def _choose(available: list[Entry], only: Sequence[str]) -> list[Entry]:
    known = {entry.name: entry for entry in available}
    for name in only:
        if name not in known:
            raise InputError(
                f"this study has no figure '{name}'; its figures are {', '.join(known)}"
            )
    return [entry for entry in available if not only or entry.name in only]
