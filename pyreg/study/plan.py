"""A study in, the runs and comparisons that it consists of out."""

from collections.abc import Collection
from importlib.util import find_spec

from pyreg.config import Study
from pyreg.records.layout import Layout, RecordFolder, ReplicateSet, RunKey
from pyreg.study.coverage import beyond_plain_r


def runs(study: Study, with_r: bool) -> list[RunKey]:
    """Every exact run of the study, those of the R engines if R is there."""
    keys = {key for pair in comparisons(study) for key in pair}
    r_missing = None if with_r else "R is not there"
    return sorted(key for key in keys if why_not_run(study, key, r_missing) is None)


def why_not_run(study: Study, key: RunKey, r_missing: str | None) -> str | None:
    """Why a run of `comparisons` is left out; None if it is not.

    Args:
        r_missing: why the R engines cannot run, None if they can.
    """
    if key.engine == "python":
        return None
    beyond = beyond_plain_r(study, key.model) if key.engine == "base-r" else None
    return r_missing or beyond


def comparisons(study: Study) -> list[tuple[RunKey, RunKey]]:
    """The pairs of runs that agreement.csv compares, in its order, Python always first.

    Nothing is left out: where a run cannot be made, the row says `not-run`, and why.
    """
    pairs = [_pair("r", model, study.shuffle, study.seed) for model in study.models]
    if study.shuffle != "keras":
        pairs += [_pair("r", model, "keras", study.seed) for model in study.keras_shuffle_models]
    if study.base_r and study.shuffle == "per-epoch":
        pairs += [_pair("base-r", model, study.shuffle, study.seed) for model in study.models]
    return pairs


def with_weights(study: Study, layout: Layout, model: str, engine: str = "python") -> Study:
    """The study with the file that the model begins with, where that is another model's network.

    All runs begin with the other model's one exact run: R's with R's, all others with Python's.
    """
    spec = study.models[model]
    if spec.weights_of is None:
        return study
    giver = RunKey("r" if engine == "r" else "python", spec.weights_of, study.shuffle, study.seed)
    begun = spec.model_copy(update={"weights": str(layout.run(giver).model)})
    return study.model_copy(update={"models": {**study.models, model: begun}})


def replicate_batches(
    study: Study, there: Collection[tuple[int, int]] = ()
) -> list[tuple[int, int]]:
    """First and last seed of each job of replicates.

    Args:
        there: those of batches that were trained before, however the seeds were cut: they are
            kept, so that more replicates cost the training of the new ones alone.
    """
    last, batches = study.seed + study.replicates - 1, []
    first = study.seed
    while first <= last:
        kept = [end for begin, end in there if begin == first and end <= last]
        next_kept = [begin - 1 for begin, end in there if first < begin and end <= last]
        end = max(kept) if kept else min(first + study.replicate_batch - 1, last, *next_kept)
        batches.append((first, end))
        first = end + 1
    return batches


def replicate_sets(study: Study) -> list[ReplicateSet]:
    """The sets of replicates that figures, metrics and claims are made of."""
    if not study.replicates:
        return []
    sets = [ReplicateSet(model, study.shuffle) for model in study.models]
    if study.shuffle != "keras":
        sets += [ReplicateSet(model, "keras") for model in study.keras_shuffle_models]
    return sets


def backend_sets(study: Study) -> list[ReplicateSet]:
    """The sets of replicates on other backends, each to be held against TensorFlow's."""
    if not study.replicates:
        return []
    return [
        ReplicateSet(model, study.shuffle, backend)
        for backend, models in study.backends.items()
        for model in models
    ]


def installed_backend_sets(study: Study) -> list[ReplicateSet]:
    """Those of `backend_sets` whose backend is installed."""
    return [one for one in backend_sets(study) if is_installed(one.backend)]


def is_installed(backend: str) -> bool:
    """Whether a Keras backend can be imported here."""
    return find_spec(backend) is not None


def batches(study: Study, layout: Layout, one: ReplicateSet) -> list[RecordFolder]:
    """The records of a set of replicates, one for each job that trains some of them."""
    seeds = replicate_batches(study, layout.batch_seeds(one))
    return [layout.batch(one, batch) for batch in seeds]


def _pair(engine: str, model: str, shuffle: str, seed: int) -> tuple[RunKey, RunKey]:
    return RunKey("python", model, shuffle, seed), RunKey(engine, model, shuffle, seed)
