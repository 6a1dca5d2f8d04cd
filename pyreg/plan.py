"""A study in, the runs and comparisons it consists of out; what the Snakefile asks for."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

from pyreg import config, files
from pyreg.config import Study
from pyreg.errors import InputError
from pyreg.records import RunKey


@dataclass(frozen=True, order=True)
class ReplicateSet:
    """Names the runs of one model that differ in their seed alone."""

    model: str
    shuffle: str
    backend: str = "tensorflow"

    @property
    def kind(self) -> str:
        """`replicates`, on another backend than TensorFlow with its name: `replicates-jax`."""
        return "replicates" + ("" if self.backend == "tensorflow" else f"-{self.backend}")

    @property
    def engine(self) -> str:
        """The engine in the records: TensorFlow's replicates are those of the Python runs."""
        return f"python-{self.kind}"

    def folder(self, results: str | Path) -> Path:
        """Where the set lies below `results/<study>`, a folder in it for each batch of seeds."""
        return Path(results) / self.kind / self.model / self.shuffle


def load_or_exit(content: Mapping[str, Any]) -> Study:
    """Validate Snakemake's configuration; a mistake is one message and exit code 2."""
    try:
        return config.load(content)
    except InputError as error:
        _exit(error)


def r_missing_or_exit(study: Study) -> str | None:
    """Why the R engines cannot run, None if they can; exit code 2 if the study requires them."""
    if study.r == "off":
        return "r is off in the configuration"
    from pyreg import rbridge

    found, reason = rbridge.available()
    if not found and study.r == "required":
        _exit(InputError(f"r is required, but {reason}; install R, or set r: auto"))
    return None if found else reason


def data_identity_or_exit(study: Study) -> str:
    """Identity of the reviews the study asks for; exit code 2 if the file named is not there."""
    from pyreg.data import request_identity

    try:
        return request_identity(study.data, Path("results") / study.study / "data")
    except InputError as error:
        _exit(error)


def save_settings(study: Study) -> None:
    """Write the resolved settings where the steps read them, unless they stand there already."""
    path = Path("results") / study.study / "config.yaml"
    text = config.dump(study)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        files.write_text(path, text)


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
    beyond = beyond_base_r(study, key.model) if key.engine == "base-r" else None
    return r_missing or beyond


def beyond_base_r(study: Study, model: str) -> str | None:
    """What plain R cannot follow of a model, in a sentence; None if it can follow it all."""
    spec = study.models[model]
    parts = {
        f"a {study.task} task": study.task != "binary",
        f"{spec.normalization} normalization": spec.normalization != "none",
        f"optimizer {spec.optimizer.name}": spec.optimizer.name != "adam",
        "weight decay": bool(spec.optimizer.weight_decay),
    }
    beyond = ", ".join(name for name, is_there in parts.items() if is_there)
    return f"base-r does not cover {beyond}" if beyond else None


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


def settings_of_run(study: Study, model: str) -> dict[str, Any]:
    """The settings that a run's numbers depend on: a change of nothing else trains it again."""
    return {
        "data": study.data.model_dump(mode="json"),
        "model": study.models[model].model_dump(mode="json"),
        "epochs": study.epochs,
        "batch_size": study.batch_size,
        "device": study.device,
    }


def settings_of_search(study: Study) -> dict[str, Any]:
    """The settings that a search's numbers depend on, besides what it holds out."""
    assert study.search is not None
    return {
        "data": study.data.model_dump(mode="json"),
        "search": study.search.model_dump(mode="json"),
        "epochs": study.epochs,
        "batch_size": study.batch_size,
        "seed": study.seed,
        "shuffle": study.shuffle,
        "device": study.device,
    }


def replicate_batches(study: Study) -> list[tuple[int, int]]:
    """First and last seed of each job of replicates."""
    last = study.seed + study.replicates - 1
    return [
        (first, min(first + study.replicate_batch - 1, last))
        for first in range(study.seed, last + 1, study.replicate_batch)
    ]


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


def is_installed(backend: str) -> bool:
    """Whether a Keras backend can be imported here."""
    return find_spec(backend) is not None


def batch_folders(study: Study, replicates: ReplicateSet, results: str | Path) -> list[Path]:
    """The folders of a set of replicates, one for each job that trained some of them."""
    folder = replicates.folder(results)
    return [folder / f"seeds-{first}-{last}" for first, last in replicate_batches(study)]


def _pair(engine: str, model: str, shuffle: str, seed: int) -> tuple[RunKey, RunKey]:
    return RunKey("python", model, shuffle, seed), RunKey(engine, model, shuffle, seed)


def _exit(error: InputError) -> NoReturn:
    print(f"pyreg: {error}", file=sys.stderr)
    raise SystemExit(error.exit_code)
