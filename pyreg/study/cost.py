"""A job of a study in, how long it takes relative to others out: the longest are to start first."""

from itertools import pairwise

from pyreg.config import Study
from pyreg.records.layout import Layout
from pyreg.study import plan

# Relative to a run in Python, measured on the lesson.
ENGINES = {"python": 1.0, "r": 1.1, "base-r": 0.5}
KINDS = {"replicates": 0.4, "replicates-jax": 1.0, "replicates-torch": 1.0}  # a seed


def of_run(study: Study, model: str, engine: str) -> float:
    return ENGINES[engine] * _of_network(study, model)


def of_batch(study: Study, model: str, kind: str, num_seeds: int) -> float:
    """Of replicates that are trained together."""
    return KINDS[kind] * num_seeds * _of_network(study, model)


def of_jobs(study: Study, layout: Layout, with_r: bool) -> dict[str, list[float]]:
    """By rule, what each of its jobs costs: of those that train one model each."""
    costs: dict[str, list[float]] = {"train": [], "train_base_r": [], "replicate": []}
    sets = plan.installed_backend_sets(study)
    if not study.train_together:
        for key in plan.runs(study, with_r):
            rule = "train_base_r" if key.engine == "base-r" else "train"
            costs[rule].append(of_run(study, key.model, key.engine))
        sets += plan.replicate_sets(study)
    for one in sets:
        for first, last in plan.replicate_batches(study, layout.batch_seeds(one)):
            costs["replicate"].append(of_batch(study, one.model, one.kind, last - first + 1))
    return costs


def _of_network(study: Study, model: str) -> float:
    """What is the same for all, and what grows with the layers and the dense ones' weights."""
    spec = study.models[model]
    sizes = [study.data.num_words, *spec.units]
    return 1 + len(spec.layers) + sum(a * b for a, b in pairwise(sizes)) / 200_000
