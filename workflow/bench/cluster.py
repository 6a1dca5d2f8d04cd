"""Measured times of sets of replicates in, how long a cluster takes for a thousand seeds out.

Usage: cluster.py [RESULTS], the folder of a study that ran here, results/imdb if none is named.

Assumed: a seed costs what it cost here, however many train together, and each job `START` seconds
more. Before it begins, a job keeps its core waiting for the scheduler's overhead. The longest jobs
start first, are submitted one after the other, and find no other user's; memory is not looked at.
"""

import heapq
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from pyreg.records.layout import Layout

SEEDS = 1000  # of each network
CORES = 200
START = 7.0  # seconds until a job's first step: imports and tracing
SUBMISSION = 0.2  # seconds for each job
OVERHEADS = [1, 5, 30, 120]  # seconds for each job
BATCHES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
NAME = re.compile(r"(?P<model>.+)-per-epoch-(?P<first>\d+)-(?P<last>\d+)")


def main(results: str = "results/imdb") -> None:
    seeds = seconds_of_a_seed(Path(results))
    print("Seconds of a seed:", ", ".join(f"{model} {one:.1f}" for model, one in seeds.items()))
    ideal = SEEDS * sum(seeds.values()) / CORES
    print(f"{CORES} cores that do nothing else: {ideal / 60:.1f} min")
    for jobs in (CORES, CORES // 2):
        print(f"\nMinutes, {jobs} jobs at a time:\n")
        print("\n".join(table(seeds, jobs)))


def seconds_of_a_seed(results: Path) -> dict[str, float]:
    """Network -> what each replicate of its first set took, by the set's benchmark file."""
    folder = Layout(results).benchmark("replicates/any").parent
    found = {}
    for path in sorted(folder.glob("*.tsv")):
        if match := NAME.fullmatch(path.stem):
            seconds = float(pd.read_csv(path, sep="\t")["s"].iloc[-1])
            number = int(match["last"]) - int(match["first"]) + 1
            found.setdefault(match["model"], (seconds - START) / number)
    if not found:
        raise SystemExit(f"got {results}, expected a study's results with replicates; run it first")
    return found


def table(seeds: Mapping[str, float], workers: int) -> Iterator[str]:
    """A row for each number of replicates in a job, a column for each overhead; the least bold."""
    columns = [
        [makespan(jobs(seeds, batch, overhead), workers) / 60 for batch in BATCHES]
        for overhead in OVERHEADS
    ]
    heads = " | ".join(f"{overhead} s a job" for overhead in OVERHEADS)
    yield f"| replicates in a job | jobs | {heads} |"
    yield "| --- " * (2 + len(OVERHEADS)) + "|"
    for number, batch in enumerate(BATCHES):
        cells = [
            f"**{column[number]:.1f}**"
            if column[number] == min(column)
            else f"{column[number]:.1f}"
            for column in columns
        ]
        yield f"| {batch} | {len(seeds) * -(-SEEDS // batch):,} | {' | '.join(cells)} |"


def jobs(seeds: Mapping[str, float], batch: int, overhead: float) -> list[float]:
    """Seconds of each job, from its turn on a core to its end."""
    full, rest = divmod(SEEDS, batch)
    sizes = [batch] * full + [rest] * (rest > 0)
    return [overhead + START + size * one for one in seeds.values() for size in sizes]


def makespan(seconds: Iterable[float], workers: int, submission: float = SUBMISSION) -> float:
    """When the last job ends, if each goes to the first worker that is free, the longest first."""
    free = [0.0] * workers
    for number, one in enumerate(sorted(seconds, reverse=True), start=1):
        heapq.heapreplace(free, max(free[0], number * submission) + one)
    return max(free)


if __name__ == "__main__":
    main(*sys.argv[1:])
