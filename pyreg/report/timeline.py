"""Benchmark files and run records in, what ran when, for how long and in how much memory out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from pyreg.config import Study
from pyreg.records.layout import Layout, RecordFolder
from pyreg.records.run import read_info
from pyreg.study import plan

PAUSE = 60  # seconds without a job: then a later one belongs to another sitting
CLOSE = 120  # seconds; so near to its record's end a benchmark is written, unless it was copied
MOST_JOBS = 60  # drawn; the longest
STEPS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400)  # seconds between two ticks


@dataclass(frozen=True)
class Job:
    """One job of the workflow.

    Attributes:
        start: in seconds since the study's first job began, pauses left out; missing where no
            file says it.
        memory: greatest resident memory, in MB.
    """

    name: str
    start: float | None
    seconds: float
    memory: float

    @property
    def end(self) -> float:
        assert self.start is not None
        return self.start + self.seconds


@dataclass(frozen=True)
class Timeline:
    """What a study took.

    Attributes:
        jobs: in the order in which they began, no more than `MOST_JOBS`.
        num_jobs: all of them.
        wall: seconds in which some job ran.
        busy: seconds of all jobs together.
        greediest: the job that needed most memory.
    """

    jobs: list[Job]
    num_jobs: int
    wall: float
    busy: float
    longest: Job
    greediest: Job

    @property
    def ticks(self) -> list[int]:
        """Round seconds, up to six of them."""
        step = next((step for step in STEPS if self.wall <= 6 * step), round(self.wall / 5))
        return [*range(0, int(self.wall) + 1, step)]


def timeline(study: Study, layout: Layout) -> Timeline | None:
    """What the report's steps took; None where no benchmark was written."""
    jobs = list(_jobs(study, layout))
    if not jobs:
        return None
    placed = _without_pauses([job for job in jobs if job.start is not None])
    drawn = sorted(placed, key=lambda job: job.seconds, reverse=True)[:MOST_JOBS]
    return Timeline(
        jobs=sorted(drawn, key=lambda job: (job.start, job.name)),
        num_jobs=len(jobs),
        wall=max((job.end for job in placed), default=sum(job.seconds for job in jobs)),
        busy=sum(job.seconds for job in jobs),
        longest=max(jobs, key=lambda job: job.seconds),
        greediest=max(jobs, key=lambda job: job.memory),
    )


def _jobs(study: Study, layout: Layout) -> Iterator[Job]:
    """Every job that left a benchmark and belongs to the study, its start as a time of day."""
    folder, records = layout.benchmark("").parent, dict(_records(study, layout))
    found = {
        path.relative_to(folder).with_suffix("").as_posix(): path
        for path in sorted(folder.rglob("*.tsv"))
    }
    found = {name: path for name, path in found.items() if name in records or _is_step(name)}
    measured = {name: pd.read_csv(path, sep="\t").iloc[-1] for name, path in found.items()}
    ends = {name: _end(records[name]) for name in found if name in records}
    is_original = all(abs(found[name].stat().st_mtime - end) < CLOSE for name, end in ends.items())
    for name, row in measured.items():
        end = found[name].stat().st_mtime if is_original else ends.get(name)
        start = None if end is None else end - float(row["s"])
        yield Job(name, start, float(row["s"]), float(row["max_rss"]))


def _is_step(name: str) -> bool:
    """Whether a benchmark is of a step that every study has, not of one run or batch."""
    kind, _dash, rest = name.partition("/")
    is_whole_engine = kind == "train" and rest in ("python", "r", "base-r")
    return not rest or kind in ("search", "compress") or is_whole_engine


def _records(study: Study, layout: Layout) -> Iterator[tuple[str, RecordFolder]]:
    """Name of a benchmark -> the record of what ran, for the study's runs and replicates."""
    for key in plan.runs(study, with_r=True):
        yield f"train/{key.engine}-{key.model}-{key.shuffle}-{key.seed}", layout.run(key)
    for one in [*plan.replicate_sets(study), *plan.backend_sets(study)]:
        for batch in plan.batches(study, layout, one):
            seeds = batch.folder.name.removeprefix("seeds-")
            yield f"{one.kind}/{one.model}-{one.shuffle}-{seeds}", batch


def _end(record: RecordFolder) -> float:
    """When a run ended, as its record says."""
    times = read_info(record.info)["times"]
    return datetime.fromisoformat(times["started"]).timestamp() + times["seconds"]


def _without_pauses(jobs: list[Job]) -> list[Job]:
    """The jobs moved together where none ran for long, the first one at 0."""
    moved, reached, shift = [], None, 0.0
    for job in sorted(jobs, key=lambda job: (job.start, job.name)):
        assert job.start is not None
        if reached is None:
            shift = job.start
        elif job.start - reached > PAUSE:
            shift += job.start - reached
        reached = max(reached or 0.0, job.end)
        moved.append(replace(job, start=job.start - shift))
    return moved
