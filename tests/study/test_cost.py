from conftest import ROOT

from pyreg import config
from pyreg.study import cost, plan

LESSON = config.load(ROOT / "config" / "config.yaml")


def test_the_lesson_s_jobs_start_in_the_order_of_their_measured_times():
    """Processor seconds of one machine: 254, 103, 101, 53, 30, 12 and 10."""
    in_order = [
        cost.of_batch(LESSON, "bigger", "replicates", 10),
        cost.of_run(LESSON, "bigger", "r"),
        cost.of_run(LESSON, "bigger", "python"),
        cost.of_batch(LESSON, "dropout", "replicates-jax", 10),
        cost.of_batch(LESSON, "l2", "replicates", 10),
        cost.of_run(LESSON, "l2", "python"),
        cost.of_run(LESSON, "l2", "base-r"),
    ]
    assert in_order == sorted(in_order, reverse=True)


def test_every_job_that_trains_is_counted_with_its_cost():
    runs = plan.runs(LESSON, with_r=True)
    costs = cost.of_jobs(LESSON, runs)
    assert len(costs["train"]) + len(costs["train_base_r"]) == len(runs)
    assert len(costs["train_base_r"]) == 5
    assert max(costs["replicate"]) == cost.of_batch(LESSON, "bigger", "replicates", 10)
    assert len(costs["replicate"]) >= 5  # one more for each on another backend
