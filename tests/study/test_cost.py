from conftest import ROOT

from pyreg import config
from pyreg.records.layout import Layout
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


def test_every_job_that_trains_is_counted_with_its_cost(tmp_path):
    alone = LESSON.model_copy(update={"backends": {}})
    costs = cost.of_jobs(alone, Layout(tmp_path), with_r=True)
    of_runs = costs["train"] + costs["train_base_r"]
    assert len(of_runs) == len(plan.runs(alone, with_r=True))
    assert len(costs["train_base_r"]) == 5
    tens = [
        cost.of_batch(LESSON, one.model, "replicates", 10) for one in plan.replicate_sets(LESSON)
    ]
    assert costs["replicate"] == tens


def test_runs_trained_together_are_no_jobs_of_their_own(tmp_path):
    together = LESSON.model_copy(update={"backends": {}, "train_together": True})
    costs = cost.of_jobs(together, Layout(tmp_path), with_r=True)
    assert costs == {"train": [], "train_base_r": [], "replicate": []}
