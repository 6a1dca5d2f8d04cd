"""A study in, the history of each run and replicate with its times out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from pyreg.config import Study
from pyreg.errors import InputError
from pyreg.records.layout import Layout, RecordFolder
from pyreg.records.run import read_history, read_info
from pyreg.study import plan


@dataclass(frozen=True)
class Run:
    """One run. `history` has a row per metric, data and epoch; times are seconds since 1970."""

    engine: str
    model: str
    shuffle: str
    seed: str
    history: pd.DataFrame
    started: float
    ended: float

    @property
    def name(self) -> str:
        return f"{self.engine}/{self.model}/{self.shuffle}/seed-{self.seed}"


def runs(study: Study, layout: Layout) -> Iterator[Run]:
    """Every run and replicate of the study that there is.

    Raises:
        InputError: there is none, or one is damaged.
    """
    records = [record for record in _records(study, layout) if record.history.exists()]
    if not records:
        raise InputError(f"no run in {layout.folder}; run `snakemake --cores all` first")
    for record in records:
        history, started, ended = _read(record)
        for names, rows in history.groupby(["engine", "model", "shuffle", "seed"]):
            engine, model, shuffle, seed = map(str, names)
            yield Run(engine, model, shuffle, seed, rows, started, ended)


def _records(study: Study, layout: Layout) -> Iterator[RecordFolder]:
    yield from (layout.run(key) for key in plan.runs(study, with_r=True))
    for one in [*plan.replicate_sets(study), *plan.backend_sets(study)]:
        yield from plan.batches(study, layout, one)


def _read(record: RecordFolder) -> tuple[pd.DataFrame, float, float]:
    try:
        times: dict[str, Any] = read_info(record.info)["times"]
        started = datetime.fromisoformat(times["started"]).timestamp()
        return read_history(record.history), started, started + times["seconds"]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"cannot export {record.folder} ({error}); delete it and run `snakemake --cores all`"
        ) from None
