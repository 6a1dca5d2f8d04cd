"""Paths of results, and which batches of replicates are read (folders by hand)."""

import os
from pathlib import Path

import pytest

from pyreg.records.layout import Layout, ReplicateSet, RunKey

BASELINE = ReplicateSet("baseline", "per-epoch")


def test_the_contract_s_paths():
    layout = Layout.of_study("imdb")
    run = layout.run(RunKey("base-r", "l2", "keras", 3))
    assert run.history == Path("results/imdb/runs/base-r/l2/keras/seed-3/history.csv")
    assert layout.table("claims") == Path("results/imdb/tables/claims.csv")
    batch = layout.batch(ReplicateSet("l2", "keras", "jax"), (1, 10))
    assert batch.info == Path("results/imdb/replicates-jax/l2/keras/seeds-1-10/run.json")
    pattern = str(layout.batch_pattern().history)
    wildcards = {"kind": "replicates-jax", "model": "l2", "shuffle": "keras"}
    assert pattern.format(**wildcards, first=1, last=10) == str(batch.history)


def test_what_lies_there_is_what_was_put_there(tmp_path):
    layout = Layout(tmp_path)
    keys = [RunKey("python", "l2", "keras", 12), RunKey("r", "a-b", "per-epoch", 1)]
    sets = [BASELINE, ReplicateSet("l2", "keras", "jax")]
    records = [*map(layout.run, keys), *(layout.batch(one, (1, 2)) for one in sets)]
    for record in records:
        record.folder.mkdir(parents=True)
        record.history.touch()
    (layout.run(RunKey("r", "unfinished", "keras", 1)).folder).mkdir(parents=True)
    for copy in (f"{records[0].folder}-old", f"{records[2].folder}-old"):
        Path(copy).mkdir()
        (Path(copy) / "history.csv").touch()
    assert layout.runs() == keys
    assert layout.replicate_sets() == sets


@pytest.mark.parametrize(
    ("oldest_first", "read"),
    [
        ([(1, 10), (11, 20)], [(1, 10), (11, 20)]),
        ([(9, 10), (11, 100)], [(9, 10), (11, 100)]),  # in the order of numbers
        ([(1, 10), (1, 5), (6, 10)], [(1, 5), (6, 10)]),
        ([(1, 5), (6, 10), (1, 10)], [(1, 10)]),
        ([(1, 10), (8, 12)], [(8, 12)]),
    ],
)
def test_a_seed_is_read_once_however_the_batches_were_cut(tmp_path, oldest_first, read):
    layout = Layout(tmp_path)
    for age, seeds in enumerate(oldest_first):
        record = layout.batch(BASELINE, seeds)
        record.folder.mkdir(parents=True)
        record.history.touch()
        os.utime(record.history, (age, age))
    layout.batch(BASELINE, (50, 60)).folder.mkdir()  # not finished
    assert [record.folder for record in layout.batches(BASELINE)] == [
        layout.batch(BASELINE, seeds).folder for seeds in read
    ]
