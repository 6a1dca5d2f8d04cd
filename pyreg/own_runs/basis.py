"""A study's results in, the runs that a history of the user's own can be held against out.

A study on the substitute reviews has numbers of its own, which no run of the lesson agrees with:
then the reference is taken, which is on the original.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pyreg import config, files
from pyreg.data.prepared import read_provenance
from pyreg.errors import InputError
from pyreg.own_runs import band
from pyreg.records.layout import REFERENCE, Layout, ReplicateSet, RunKey
from pyreg.records.run import read_info

SUBSTITUTE = "movie-reviews"


@dataclass(frozen=True)
class Basis:
    """What histories are compared with.

    Attributes:
        results: where the runs lie.
        model: what the history is said to be a run of.
        more: where more seeds of this model, of the same settings and samples, lie, if anywhere.
        notice: what must be said first of the data under a verdict; None if there is nothing.
    """

    study: config.Study
    results: Layout
    model: str
    more: Layout | None = None
    notice: str | None = None

    def runs(self, model: str) -> Iterator[tuple[RunKey, pd.Series]]:
        """The exact runs in Python, which R's are identical to; those of `model` first."""
        keys = [key for key in self.results.runs() if key.engine == "python"]
        for key in sorted(keys, key=lambda key: (key.model != model, key)):
            yield key, band.values_of(files.read_csv(self.results.run(key).history))

    def seeds(self, model: str) -> pd.DataFrame:
        """The values of all seeds of a model: one column each."""
        one = ReplicateSet(model, self.study.shuffle)
        keys = [key for key in self.results.runs() if key.engine == "python"]
        runs = [
            self.results.run(key)
            for key in keys
            if (key.model, key.shuffle) == (model, self.study.shuffle)
        ]
        records = [*runs, *self.results.batches(one)]
        found = band.seeds_table(files.read_csv(record.history) for record in records)
        if self.more is None or model != self.model or not self.more.band(one).exists():
            return found
        kept = band.read_kept(self.more.band(one))
        return (
            kept if found.empty else found.join(kept.drop(columns=found.columns, errors="ignore"))
        )


def basis_for(study: config.Study, results: Layout, model: str) -> Basis:
    """The study's own results; where they rest on the substitute reviews, the reference.

    Raises:
        InputError: the study has no such model, or nothing has been run yet, or with other
            settings; the message says what to run or to name.
    """
    study.require_model(model)
    if not results.runs() and not results.replicate_sets():
        raise InputError(
            f"{results.folder} holds no runs to compare with; run `make` (or `snakemake --cores "
            f"all`) first, or name results that are there, such as --results {_there(results)}"
        )
    _require_settings(study, results, model)
    reference = Layout(results.folder.parent / REFERENCE)
    original = config.load(reference.config) if reference.config.exists() else None
    is_alike = original is not None and _settings(original, model) == _settings(study, model)
    provenance = read_provenance(results.data.folder) or {}
    if provenance.get("source") != SUBSTITUTE or study.data.source == SUBSTITUTE:
        is_same = is_alike and _digest(results) == _digest(reference)
        notice = (provenance.get("notice") or "").rstrip(".") or None
        return Basis(study, results, model, reference if is_same else None, notice)
    about = (
        f"The study in {results.folder} rests on the substitute reviews, half of the lesson's data"
    )
    if original is None or not is_alike:
        why = "there is no reference" if original is None else "the reference has other settings"
        notice = f"{about}, and {why}: a run on the lesson's own reviews cannot agree with it"
        return Basis(study, results, model, notice=notice)
    notice = f"{about}, so this is compared with {reference.folder}, which rests on the original"
    return Basis(original, reference, model, reference, notice)


def _there(results: Layout) -> Path:
    """Results beside those that are not there: of a study here, if there is one."""
    beside = sorted(runs.parent for runs in results.folder.parent.glob("*/runs"))
    own = [folder for folder in beside if folder.name != REFERENCE]
    return next(iter(own), results.folder.parent / REFERENCE)


def _require_settings(study: config.Study, results: Layout, model: str) -> None:
    """Refuse results of another study's: their runs say nothing of this one's."""
    keys = [key for key in results.runs() if key.engine == "python" and key.model == model]
    batches = results.batches(ReplicateSet(model, study.shuffle))
    for record in [*map(results.run, keys[:1]), *batches[:1]]:
        made = read_info(record.info).get("config") if record.info.exists() else None
        wanted = _comparable(study.settings_of_run(model))
        apart = list(_apart(_comparable(made), wanted)) if made else []
        if apart:
            raise InputError(
                f"the runs of {model} in {results.folder} were made with other settings than the "
                f"study's ({', '.join(apart)}); name theirs: --config {results.config}"
            )


def _apart(made: Mapping[str, Any], wanted: Mapping[str, Any], within: str = "") -> Iterator[str]:
    """The settings that differ; one that the record does not know is younger than it."""
    for name in (name for name in made if name in wanted):
        if isinstance(made[name], dict) and isinstance(wanted[name], dict):
            yield from _apart(made[name], wanted[name], f"{within}{name}.")
        elif made[name] != wanted[name]:
            yield f"{within}{name}"


def _digest(results: Layout) -> str | None:
    """Of the samples that the results rest on, as their source has them."""
    return (read_provenance(results.data.folder) or {}).get("content_digest")


def _settings(study: config.Study, model: str) -> dict[str, Any] | None:
    """What a run's numbers depend on besides its samples and its machine."""
    if model not in study.models:
        return None
    return _comparable(study.settings_of_run(model) | {"shuffle": study.shuffle})


def _comparable(settings: dict[str, Any]) -> dict[str, Any]:
    """Without what tells where a run was made, and where its data lay."""
    return {
        **settings,
        "device": None,
        "data": settings["data"] | {"source": None, "path": None},
    }
