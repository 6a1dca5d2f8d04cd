"""Run records in, what the runs ran on and how far plain R is from Keras in double out."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from pyreg.agreement.environment import environment_fields, in_words
from pyreg.figures.results import Results
from pyreg.report.answers import BACKENDS
from pyreg.study import plan
from pyreg.wording import N_, _

Infos = Sequence[dict[str, Any]]  # run.json of each record
ENGINES = {
    "python": N_("Python"),
    "r": N_("R"),
    "base-r": N_("Plain R"),
    "python-replicates": N_("Replicates"),
}


def engine_in_words(engine: str) -> str:
    """An engine of records as a reader sees it."""
    if engine in BACKENDS:
        return _("On {backend}").format(backend=BACKENDS[engine])
    return _(ENGINES[engine])


def environment(infos: Infos) -> pd.DataFrame:
    """What the runs ran on: a row per field, a column per engine.

    An engine's runs that differ in a field show all their values.
    """
    found = pd.json_normalize(list(infos))
    fields = environment_fields(found.columns)
    return pd.DataFrame(
        {
            engine: {
                field: _values(found.loc[found["engine"] == engine, field]) for field in fields
            }
            for engine in [*ENGINES, *BACKENDS]
            if (found["engine"] == engine).any()
        }
    )


def in_double(infos: Infos) -> float | None:
    """How far plain R's history values are from Keras' where both compute in double."""
    measured = [info["keras_in_double"] for info in infos if "keras_in_double" in info]
    return max((apart["history"] for apart in measured), default=None)


def read_infos(results: Results) -> Iterator[dict[str, Any]]:
    """run.json of every exact run and every batch of replicates that is there."""
    study = results.study
    records = [results.layout.run(key) for key in plan.runs(study, with_r=True)]
    for one in [*plan.replicate_sets(study), *plan.backend_sets(study)]:
        records += plan.batches(study, results.layout, one)
    for record in records:
        if record.info.exists():
            yield results.info(record)


def _values(column: pd.Series) -> str:
    return "; ".join(dict.fromkeys(in_words(value) for value in column.dropna())) or "–"
