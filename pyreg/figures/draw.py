"""A study's results in, its figures' files out."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from pyreg import files
from pyreg.config import Study
from pyreg.errors import InputError
from pyreg.figures import (
    compression,
    curves,
    finals,
    forest,
    norms,
    pairs,
    scores,
    searches,
    sweeps,
)
from pyreg.figures.catalogue import Entry, entries, formats
from pyreg.figures.results import Results
from pyreg.figures.save import Drawing, our_settings, save
from pyreg.records.layout import Layout
from pyreg.wording import speaking

DRAWINGS: dict[str, Callable[[Entry, Results], Drawing]] = {
    "curves": curves.draw_all_models,
    "compare": curves.draw_comparison,
    "sweep": sweeps.draw_sweep,
    "search": searches.draw_search,
    "norms": norms.draw_norms,
    "frozen-shuffle": curves.draw_frozen_shuffle,
    "python-r": pairs.draw_pairs,
    "roc": scores.draw_roc,
    "confusion": scores.draw_confusion,
    "final-metrics": finals.draw_final_metrics,
    "claims": forest.draw_claims,
    "compression": compression.draw_compression,
}


def draw_all(
    study: Study,
    results: str | Path,
    folder: str | Path,
    only: Sequence[str] = (),
    processes: int = 1,
) -> list[str]:
    """Draw the study's figures, or those named in `only`, into `folder`: all of them, or none.

    Args:
        processes: so many draw at once; the files are the same.

    Returns:
        the names drawn.

    Raises:
        InputError: a name in `only` is no figure of this study, or a record is missing.
    """
    chosen = _choose(entries(study), only)
    with files.atomic_folder(folder) as temporary:
        draw_one = partial(_draw_one, study, results, temporary)
        if min(processes, len(chosen)) > 1:
            with ProcessPoolExecutor(processes) as pool:
                list(pool.map(draw_one, chosen))
        else:
            for entry in chosen:
                draw_one(entry)
    return [entry.name for entry in chosen]


def draw(study: Study, results: str | Path, entry: Entry) -> Drawing:
    """One figure and its data, not yet written."""
    with speaking(study.language), our_settings():
        return DRAWINGS[entry.kind](entry, Results(study, Layout(Path(results))))


def _draw_one(study: Study, results: str | Path, folder: Path, entry: Entry) -> None:
    save(draw(study, results, entry), folder, entry.name, _pictures(study))


def _pictures(study: Study) -> list[str]:
    return [ending for ending in formats(study) if ending not in ("csv", "txt")]


def _choose(available: list[Entry], only: Sequence[str]) -> list[Entry]:
    known = {entry.name: entry for entry in available}
    for name in only:
        if name not in known:
            raise InputError(
                f"this study has no figure '{name}'; its figures are {', '.join(known)}"
            )
    return [entry for entry in available if not only or entry.name in only]
