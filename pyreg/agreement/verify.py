"""Two folders of results in; out how far they agree and, where they do not, where they part."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from pyreg import config, files
from pyreg.agreement import diff, equivalence, pairs
from pyreg.agreement.distance import largest_difference
from pyreg.config import Study
from pyreg.data.prepared import read_provenance
from pyreg.errors import InputError
from pyreg.records.layout import Layout, ReplicateSet, RunKey
from pyreg.records.replicates import read_batch_info, read_histories
from pyreg.records.run import read_run

# Every level from the best to the worst, and the answer it makes.
ANSWERS = {
    "bit-identical": "identical bits",
    "within-tolerance": "within tolerance",
    "equivalent": "statistically equivalent",
    "undecided": "undecided",
    "different": "different",
    "missing": "incomplete",
}
FAILING = ("undecided", "different", "missing")
ENGINES = get_args(config.Engine)


@dataclass(frozen=True)
class Check:
    """One thing of the reference compared with the same thing here.

    Attributes:
        group: `python`, `r`, `base-r`, `replicates` or `tables`.
        level: a key of `ANSWERS`.
        note: where the two part, or what the level rests on.
        apart: largest difference of a history value, where that is known.
        environment: field of run.json -> its values there and here, where they differ.
        tests: of replicates that are not the same bits, `equivalence.compare`'s table.
    """

    group: str
    name: str
    level: str
    note: str = ""
    apart: float | None = None
    environment: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    tests: pd.DataFrame | None = None


@dataclass(frozen=True)
class Verification:
    """All checks of one folder of results against another.

    Attributes:
        settings: setting of the study -> its values there and here, where they differ.
        data: of samples that are not the same, what they are there and here; then nothing else
            is compared.
    """

    checks: Sequence[Check]
    settings: Mapping[str, tuple[Any, Any]]
    data: tuple[str, str] | None = None

    @property
    def level(self) -> str:
        """The worst level of any check."""
        if self.data:
            return "different"
        return max((check.level for check in self.checks), key=list(ANSWERS).index)

    @property
    def passed(self) -> bool:
        return self.level not in FAILING


def verify(here: Path, reference: Path) -> Verification:
    """Compare every run, set of replicates and table of the reference with what is here.

    Args:
        here: `results/<study>`.
        reference: the committed reference, or any other folder of results.

    Raises:
        InputError: one of them is no folder of results, or a record in it is damaged.
    """
    there, own = Layout(reference), Layout(here)
    study, own_study = _study(there), _study(own)
    keys = run_keys(there)
    if not keys:
        raise InputError(f"{reference} holds no runs; expected some below {reference}/runs")
    settings = diff.environment_difference(study.model_dump(), own_study.model_dump())
    other = _other_data(there, own)
    if other:
        return Verification([], settings, other)
    sets = _check_replicates(study, own, there)
    checks = [_check_run(study, key, own, there, sets) for key in keys]
    checks += sets.values()
    if all(own.run(key).info.exists() for key in keys) and _all_equal(checks):
        checks += _check_tables(own, there)
    return Verification(checks, settings)


def run_keys(layout: Layout) -> list[RunKey]:
    """The runs whose records lie here, Python's first."""
    return sorted(layout.runs(), key=lambda key: (ENGINES.index(key.engine), key))


def _study(layout: Layout) -> Study:
    if not layout.config.exists():
        raise InputError(
            f"{layout.folder} holds no config.yaml; expected a folder of results as snakemake or "
            "`pyreg reference` leaves it, such as results/imdb"
        )
    return config.load(layout.config)


def _other_data(there: Layout, here: Layout) -> tuple[str, str] | None:
    """What the samples are on either side, if they are not the same."""
    known = [read_provenance(layout.data.folder) for layout in (there, here)]
    digests = [
        {name: (one or {}).get(name) for name in ("content_digest", "num_train", "num_validation")}
        for one in known
    ]
    if None in known or digests[0] == digests[1]:
        return None
    return _in_words(known[0] or {}), _in_words(known[1] or {})


def _in_words(provenance: Mapping[str, Any]) -> str:
    numbers = (provenance.get("num_train", 0), provenance.get("num_validation", 0))
    return "{:,} + {:,} samples: {}".format(*numbers, provenance.get("description", "unknown"))


def _check_run(
    study: Study, key: RunKey, here: Layout, reference: Layout, sets: Mapping[str, Check]
) -> Check:
    """Compare a recorded run with the same one here, or, without R, with Python's here.

    Where bits differ, the replicates of its model and shuffle, if there are any, decide.
    """
    name = f"{key.model} {key.shuffle} seed {key.seed}"
    own_key = next(
        (k for k in (key, replace(key, engine="python")) if here.run(k).info.exists()), None
    )
    if own_key is None:
        return Check(key.engine, name, "missing", "there is no such run here; run snakemake")
    there, own = read_run(reference.run(key).folder), read_run(here.run(own_key).folder)
    if own.key != own_key:
        return Check(key.engine, name, "different", f"its record here is of {own.key}")
    tolerance = study.tolerances.get("base-r" if key.engine == "base-r" else "device")
    row = pairs.compare(there, own, tolerance)
    level, note = str(row["level"]), _note(row)
    replicates = sets.get(f"{key.model} {key.shuffle}")
    if level == "different" and replicates and _replicates_decide(row, replicates):
        level = "undecided" if replicates.level == "undecided" else "equivalent"
        note = f"{note}, and so do the replicates, which are {ANSWERS[replicates.level]}"
    group = key.engine if own_key == key else f"{key.engine} there, python here"
    environment = diff.environment_difference(there.info, own.info) if own_key == key else {}
    apart = diff.history_difference(there, own)
    return Check(group, name, level, note, apart, environment)


def _replicates_decide(row: Mapping[str, Any], replicates: Check) -> bool:
    """Whether it may be other arithmetic that parts the runs, and no more than chance would."""
    if row["first_difference"] in ("data", "encoding", diff.OF_ONE_ALONE):
        return False
    return replicates.level in ("within-tolerance", "equivalent", "undecided")


def _all_equal(checks: Sequence[Check]) -> bool:
    return all(check.level == "bit-identical" for check in checks)


def _note(row: Mapping[str, Any]) -> str:
    """Where two runs part, and why that is no matter if it is none; nothing if they do not."""
    if row["level"] == "bit-identical":
        return ""
    parted = f"they part in the {row['first_difference'] or 'history'}"
    return f"{parted}; {row['note']}" if row["level"] == "within-tolerance" else parted


def _check_replicates(study: Study, here: Layout, reference: Layout) -> dict[str, Check]:
    """Compare every set of replicates: `model shuffle`, and the backend -> its check."""
    checks = [_check_set(study, one, here, reference) for one in reference.replicate_sets()]
    return {check.name: check for check in checks}


def _check_set(study: Study, one: ReplicateSet, here: Layout, reference: Layout) -> Check:
    """Compare two sets of replicates of one model, however they were batched."""
    on = "" if one.backend == "tensorflow" else f" on {one.backend}"
    name = f"{one.model} {one.shuffle}{on}"
    there, own = reference.batches(one), here.batches(one)
    if not own:
        return Check("replicates", name, "missing", "there are none here; run snakemake")
    left, right = read_histories(there), read_histories(own)
    infos = [read_batch_info(batches[0]) for batches in (there, own)]
    environment = diff.environment_difference(*infos)
    apart = _apart(left, right)
    tolerance = study.tolerances.get("device")
    if apart == 0:
        return Check("replicates", name, "bit-identical", "", apart, environment)
    if left["value"].isna().any() != right["value"].isna().any():
        note = "one side diverged"
        return Check("replicates", name, "different", note, apart, environment)
    if tolerance and apart <= tolerance.history:
        note = tolerance.reason
        return Check("replicates", name, "within-tolerance", note, apart, environment)
    tests, level, note = equivalence.judge(left, right, study.margins, study.metrics[0])
    return Check("replicates", name, level, note, apart, environment, tests)


def _apart(left: pd.DataFrame, right: pd.DataFrame) -> float:
    """Of any two history values of one seed; infinite where the sets have different seeds."""
    names = ["seed", "epoch", "metric", "data"]
    a, b = (table.set_index(names)["value"].sort_index() for table in (left, right))
    apart = largest_difference(a, b) if a.index.equals(b.index) else None
    return math.inf if apart is None else apart


def _check_tables(here: Layout, reference: Layout) -> Iterator[Check]:
    """Tables follow from the runs: where all runs are equal, their bytes must be."""
    for path in reference.tables():
        own = here.table(path.stem)
        if not own.exists():
            level, note = "missing", "there is no such table here; run snakemake"
        elif files.digest_file(own) != files.digest_file(path):
            level, note = "different", "of equal runs: the code that makes it has changed"
        else:
            level, note = "bit-identical", ""
        yield Check("tables", path.stem, level, note)
