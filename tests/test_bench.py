"""What the bench's own scripts compute: how costs grow, how long a cluster would take."""

import sys

import numpy as np
import pytest
from conftest import ROOT

from pyreg import files
from pyreg.data import Reviews
from pyreg.records.layout import Layout

with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(ROOT / "workflow" / "bench")
    import cluster
    import gpu_lesson
    import growth

SIZES = [1, 2, 5, 10, 20, 50, 100, 200]


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_the_exponent_is_of_what_grows_not_of_what_every_job_pays(power):
    costs = [7 + 0.3 * size**power for size in SIZES]
    assert growth.exponent(SIZES, costs)[0] == pytest.approx(power, abs=1e-4)


def test_costs_that_scatter_have_an_exponent_with_an_error():
    scatter = np.random.default_rng(1).normal(1, 0.02, len(SIZES))
    found, error = growth.exponent(SIZES, (7 + 0.3 * np.array(SIZES)) * scatter)
    assert 0 < error < 0.2
    assert abs(found - 1) < 2 * error


def test_reviews_are_repeated_with_words_dropped_in_their_order():
    reviews = Reviews(np.arange(1000, dtype=np.int32), np.array([0, 400, 400, 1000]), np.array([1, 0, 1], np.uint8))  # fmt: skip
    grown = growth.repeated(reviews, 3)
    assert grown.labels.tolist() == [1, 0, 1] * 3
    for number in range(3):
        assert np.array_equal(grown[number], reviews[number])
    for number in range(3, 9):
        kept, all_words = grown[number], reviews[number % 3]
        assert np.array_equal(kept, all_words[np.isin(all_words, kept)])
        assert len(kept) == pytest.approx(0.9 * len(all_words), abs=30)
    assert not np.array_equal(grown[3], grown[6])
    assert np.array_equal(growth.repeated(reviews, 3).indices, grown.indices)


@pytest.mark.parametrize(
    ("seconds", "workers", "submission", "expected"),
    [
        ([2, 3, 4, 5, 6], 2, 0, 11),  # 6 + 3 + 2 beside 5 + 4
        ([3, 3], 5, 0, 3),
        ([1, 1, 1], 3, 2, 7),  # the third is submitted after 6 s
        ([4, 4, 4], 1, 1, 13),
    ],
)
def test_the_longest_jobs_go_first_to_the_first_free_worker(seconds, workers, submission, expected):
    assert cluster.makespan(seconds, workers, submission) == expected


@pytest.mark.parametrize("batch", [1, 10, 300, 1000])
def test_every_seed_is_in_a_job_that_pays_once(batch):
    found = cluster.jobs({"quick": 1.0, "slow": 5.0}, batch, overhead=30)
    assert len(found) == 2 * -(-1000 // batch)
    assert sum(found) == pytest.approx(6000 + len(found) * (30 + cluster.START))


def test_seconds_of_a_seed_are_read_from_the_first_set_of_each_network(tmp_path):
    for name, seconds in [("wide-1-10", 307), ("a-1-2", 17), ("a-3-4", 99)]:
        model, seeds = name.split("-", 1)
        path = Layout(tmp_path).benchmark(f"replicates/{model}-per-epoch-{seeds}")
        files.write_text(path, f"s\tmax_rss\n{seconds}\t900\n")
    files.write_text(Layout(tmp_path).benchmark("replicates/a-keras-1-2"), "s\n1\n")
    assert cluster.seconds_of_a_seed(tmp_path) == {"a": 5.0, "wide": 30.0}
    with pytest.raises(SystemExit, match="expected a study's results with replicates"):
        cluster.seconds_of_a_seed(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("code", "seconds", "expected"),
    [
        ("print('a log'); print('{\"seconds\": 2}')", 60, {"seconds": 2}),
        ("raise MemoryError('of the device')", 60, {"left_out": "MemoryError: of the device"}),
        ("import os; os.kill(os.getpid(), 9)", 60, {"left_out": "ended with -9"}),
        ("import time; time.sleep(60)", 0.1, {"left_out": "no time left"}),
        ("", -1, {"left_out": "no time left"}),
    ],
)
def test_a_measurement_that_fails_or_takes_too_long_is_told(code, seconds, expected):
    assert gpu_lesson.measured([sys.executable, "-S", "-c", code], seconds) == expected
