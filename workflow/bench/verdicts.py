"""Replicates of many seeds, machines and settings in; how often verdicts on them are wrong out.

    python workflow/bench/verdicts.py RUNS

RUNS has a folder for each machine or setting, with sets as `pyreg replicate` leaves them:
RUNS/NAME/MODEL/SHUFFLE/seeds-A-B/history.csv. `reference` is the one that is right; names that
begin with `machine` are of the same settings on other processors or backends; all others have a
wrong setting. Three tables are printed, as docs/own-results.md and docs/verdicts.md have them: how
often an honest run is outside the band, how often a wrong one is, and what `pyreg verify` says of
sets of ten seeds. Given --keep FOLDER, the reference's seeds are written there, as the bands that
`results/reference/bands` holds.
"""

import argparse
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pyreg import files
from pyreg.agreement import equivalence
from pyreg.config import Margins
from pyreg.own_runs import band

RIGHT, MACHINE = "reference", "machine"
SEEDS = (10, 20, 50, 99)
DRAWS = 1000  # of a run and a band
SETS = 100  # of ten seeds each
METRIC = "binary_crossentropy"  # the loss without penalties


@dataclass(frozen=True)
class Pool:
    """All runs of one model that were made alike."""

    name: str
    model: str
    shuffle: str
    history: pd.DataFrame

    @property
    def seeds(self) -> pd.DataFrame:
        """As a user's history has them: without the metric that is not the lesson's own."""
        return band.seeds_table([self.history[self.history["metric"] != METRIC]])


def pools(folder: Path) -> Iterator[Pool]:
    for path in sorted(folder.glob("*/*/*")):
        histories = [files.read_csv(one) for one in sorted(path.glob("seeds-*/history.csv"))]
        if histories:
            together = pd.concat(histories).drop_duplicates(["seed", "epoch", "metric", "data"])
            yield Pool(*path.relative_to(folder).parts, together)


def outside(runs: pd.DataFrame, seeds: pd.DataFrame, number: int) -> list[bool]:
    """Whether runs, drawn at random, lie outside bands of `number` seeds, drawn from the others."""
    generator = np.random.default_rng(1)
    found = []
    for _ in range(DRAWS):
        mine = runs.iloc[:, generator.integers(runs.shape[1])]
        others = seeds.drop(columns=mine.name) if runs is seeds else seeds
        chosen = generator.choice(others.shape[1], number, replace=False)
        found.append(not band.position(mine, others.iloc[:, chosen]).is_inside)
    return found


def honest(found: list[Pool]) -> Iterator[dict[str, object]]:
    """Runs against bands of their own kind: every one that is outside is called so wrongly."""
    for pool, number in itertools.product(found, SEEDS):
        seeds = pool.seeds
        if seeds.shape[1] > number and not pool.name.startswith(MACHINE):
            share = np.mean(outside(seeds, seeds, number))
            yield {**_names(pool), "band": number, "of": seeds.shape[1], "outside": f"{share:.1%}"}


def wrong(found: list[Pool]) -> Iterator[dict[str, object]]:
    """Runs with another setting, or another model's, against bands of the right one."""
    right = {(pool.model, pool.shuffle): pool.seeds for pool in found if pool.name == RIGHT}
    for pool, number in itertools.product(found, SEEDS):
        seeds = right.get((pool.model, "per-epoch"))
        is_wrong = not pool.name.startswith((RIGHT, MACHINE)) or pool.shuffle != "per-epoch"
        if is_wrong and seeds is not None and seeds.shape[1] >= number:
            share = np.mean(outside(pool.seeds, seeds, number))
            yield {**_names(pool), "band": number, "outside": f"{share:.0%}"}


def verified(found: list[Pool]) -> Iterator[dict[str, object]]:
    """Sets of ten seeds, drawn again and again from those that a pool shares with the reference."""
    right = {(pool.model, pool.shuffle): pool.history for pool in found if pool.name == RIGHT}
    shorter = [
        Pool("one epoch fewer", *key, history[history["epoch"] < history["epoch"].max()])
        for key, history in right.items()
    ]
    for pool in [*found, *shorter]:
        reference = right.get((pool.model, pool.shuffle))
        if reference is None or pool.name == RIGHT:
            continue
        seeds = sorted(set(reference["seed"]) & set(pool.history["seed"]))
        if len(seeds) < equivalence.MIN_RUNS:
            continue
        counted = Counter(_verdicts(reference, pool.history, seeds))
        levels = {level: counted[level] for level in ("equivalent", "undecided", "different")}
        yield {**_names(pool), "seeds": len(seeds), **levels}


def _verdicts(left: pd.DataFrame, right: pd.DataFrame, seeds: list[int]) -> Iterator[str]:
    generator = np.random.default_rng(1)
    sides = [dict(iter(_compared(one).groupby("seed"))) for one in (left, right)]
    for _ in range(SETS):
        chosen = generator.choice(seeds, 10)
        one, other = (
            pd.concat([runs[seed].assign(seed=n) for n, seed in enumerate(chosen)])
            for runs in sides
        )
        yield equivalence.judge(one, other, Margins(), METRIC)[1]


def _compared(history: pd.DataFrame) -> pd.DataFrame:
    """What the verdict looks at, which is less than half of it."""
    return history[
        (history["metric"] != "loss")
        & ((history["data"] == "validation") | (history["epoch"] == 1))
    ]


def _names(pool: Pool) -> dict[str, object]:
    return {"runs": pool.name, "model": pool.model, "shuffle": pool.shuffle}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", type=Path, metavar="RUNS", help="a folder of replicates")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where to write bands to")
    arguments = parser.parse_args()
    found = list(pools(arguments.runs))
    if arguments.keep:
        for pool in found:
            if pool.name == RIGHT:
                kept = arguments.keep / f"{pool.model}-{pool.shuffle}.npz"
                band.keep(kept, band.seeds_table([pool.history]))
        return
    for table in (honest, wrong, verified):
        print(f"\n{table.__doc__}\n")
        print(pd.DataFrame(table(found)).to_string(index=False), flush=True)


if __name__ == "__main__":
    main()
