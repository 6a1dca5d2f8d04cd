"""Candidates in, the histories of their runs out: trained side by side, and kept."""

import contextlib
import functools
import hashlib
import importlib.metadata
import json
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from pyreg import files
from pyreg.data import cache
from pyreg.engines import runtime
from pyreg.own_runs.candidates import Candidate
from pyreg.own_runs.samples import Samples
from pyreg.records.layout import DataFolder, RunKey
from pyreg.study.code import code_of

# What numbers depend on besides settings and samples: this code, and what it computes with.
CODE = ("pyreg.replicates.any_model", "pyreg.own_runs.training")
PACKAGES = ("keras", "tensorflow", "numpy")


@dataclass(frozen=True)
class Job:
    """One thing to train.

    Attributes:
        seeds: of several runs, a band; of one, a plain run, right to the last bit.
        epochs: how many are trained.
        validates: whether validation values are wanted too; a band always has them.
    """

    candidate: Candidate
    model: str
    seeds: tuple[int, ...]
    epochs: int
    validates: bool = True

    @property
    def is_plain(self) -> bool:
        return len(self.seeds) == 1


@dataclass
class Trainer:
    """Trains on the samples of one study.

    Attributes:
        num_processes: how many jobs run at the same time.
    """

    samples: Samples
    num_processes: int = 2

    def __enter__(self) -> "Trainer":
        return self

    def __exit__(self, *_: object) -> None:
        if "_pool" in vars(self):
            self._pool.shutdown(cancel_futures=True)

    @functools.cached_property
    def _pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self.num_processes,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=runtime.set_up,
            initargs=(self.samples.study.device,),
        )

    def histories(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, pd.DataFrame | None]]:
        """Each job with its runs' history, in the order of the jobs, as soon as it is there.

        None where a candidate's samples are not at hand. Who stops listening stops the training.
        """
        begun: deque[tuple[Job, Callable[[], pd.DataFrame | None]]] = deque()
        for job in jobs:
            begun.append((job, self._begin(job)))
            if len(begun) > self.num_processes:
                first, result = begun.popleft()
                yield first, result()
        for job, result in begun:
            yield job, result()

    def _begin(self, job: Job) -> Callable[[], pd.DataFrame | None]:
        """Start a job, unless its result is kept from an earlier time; gives what waits for it."""
        kept = cache.folder() / "own-runs" / f"{self._identity(job)}.csv"
        if kept.exists():
            return lambda: files.read_csv(kept)
        folder = self.samples.encoded(job.candidate.study.data)
        if folder is None:
            return lambda: None
        future = self._pool.submit(_train, _portable(job), folder)

        def result() -> pd.DataFrame:
            history = future.result()
            _keep(kept, history)
            return history

        return result

    def _identity(self, job: Job) -> str:
        """Digest of all that a job's numbers depend on."""
        settings = job.candidate.study.settings_of_run(job.model) | {"epochs": job.epochs}
        content: list[object] = [
            {**settings, "data": {**settings["data"], "source": None, "path": None}},
            [job.candidate.shuffle, job.seeds, job.validates, self.samples.digest],
            *_computed_with(),
        ]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _train(job: Job, folder: Path) -> pd.DataFrame:
    """One job's history, in a process that `runtime.set_up` has prepared."""
    from pyreg.engines import keras as keras_engine
    from pyreg.replicates import any_model

    study = job.candidate.study.model_copy(update={"epochs": job.epochs})
    if not job.is_plain:
        encoded = DataFolder(folder).encoded
        return any_model.train(study, job.model, job.candidate.shuffle, job.seeds, encoded).history
    key = RunKey("python", job.model, job.candidate.shuffle, job.seeds[0])
    if job.validates:
        return keras_engine.train(study, key, folder).history
    return keras_engine.training_history(study, key, folder)


def _portable(job: Job) -> Job:
    """The job without its candidate's other models."""
    study = job.candidate.study
    alone = study.model_copy(update={"models": {job.model: study.models[job.model]}})
    return replace(job, candidate=replace(job.candidate, study=alone))


def _keep(path: Path, history: pd.DataFrame) -> None:
    """What cannot be kept is trained again the next time."""
    with contextlib.suppress(OSError):
        files.write_csv(path, history)


@functools.cache
def _computed_with() -> tuple[dict[str, str], list[object]]:
    """Packages' versions; the processor, and the code."""
    versions = {package: importlib.metadata.version(package) for package in PACKAGES}
    code = "".join(map(files.digest_file, code_of(*CODE)))
    return versions, [runtime.cpu(), hashlib.sha256(code.encode()).hexdigest()]
