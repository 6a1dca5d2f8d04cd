"""One run's settings and the prepared reviews in, the record of training from R out."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pyreg import config, encode, files, records, runtime
from pyreg import train as training
from pyreg.data import Reviews, read_dataset
from pyreg.rbridge import front_end, session
from pyreg.rbridge.convert import view


class Job:
    """What R gets from Python for a run, beside the verbs.

    Attributes:
        recorder: the callback that keeps what the record needs.
        gives_order: whether the reviews' order comes from here; if not, Keras shuffles.
    """

    def __init__(
        self, recorder: training.Recorder, order: np.ndarray | None, batch_size: int
    ) -> None:
        self.recorder = recorder
        self.gives_order = order is not None
        self.order = order
        self.batch_size = batch_size

    def ordered_batches(
        self, x: np.ndarray, y: np.ndarray
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Every epoch's batches of R's matrices, as `pyreg.train` gives Python's."""
        assert self.order is not None
        return training.ordered_batches(x, y, self.order, self.batch_size)


def train(
    study: config.Study,
    key: records.RunKey,
    data_folder: Path,
    wanted: front_end.Wanted = "auto",
) -> records.Run:
    """Train one model from R, which encodes the reviews by itself, in this process.

    Args:
        study: settings; `key.model` is one of its models.
        data_folder: holds reviews.npz and provenance.json.
        wanted: what serves the keras verbs.

    Raises:
        InputError: the data cannot be read, or R cannot be used.
        RError: R reported an error.
    """
    started = time.time()
    dataset = read_dataset(data_folder)
    verbs = front_end.use(wanted)
    session.source("lesson.R", "build_model.R", "train_run.R")
    halves = [_encode_in_r(half, study.data) for half in (dataset.train, dataset.validation)]
    recorder = training.Recorder(str(key), study.epochs)
    order = training.order_for(key, len(dataset.train), study.epochs)
    result = session.call(
        "train_run",
        study.models[key.model].model_dump(),
        *halves,
        seed=key.seed,
        epochs=study.epochs,
        batch_size=study.batch_size,
        job=Job(recorder, order, study.batch_size),
    )
    return training.assemble(
        study,
        key,
        recorder,
        # R has no scalars: one epoch's values come back as numbers, several as arrays.
        history={
            name: np.atleast_1d(values).tolist() for name, values in result["history"].items()
        },
        predictions=result["predictions"],
        labels=dataset.validation.labels,
        data_digest=encode.data_digest(dataset),
        encoding=_encoding_digest(halves),
        order=order,
        info=_info(verbs, data_folder, started),
    )


def _encode_in_r(reviews: Reviews, settings: config.Data) -> Any:
    """A reference to R's `list(x = <multi-hot matrix>, y = <labels>)`."""
    return session.call_raw(
        "encode_reviews",
        reviews.indices,
        reviews.offsets,
        reviews.labels,
        settings.num_words,
        settings.column_base,
    )


def _as_lists(history: dict[str, Any]) -> dict[str, list[float]]:
    """One epoch's values come back from R as numbers, several as arrays."""
    return {name: np.atleast_1d(values).tolist() for name, values in history.items()}


def _encoding_digest(halves: list[Any]) -> str:
    return records.encoding_digest(*(np.ascontiguousarray(view(x) != 0) for x, _ in halves))


def _info(verbs: front_end.FrontEnd, data_folder: Path, started: float) -> dict[str, Any]:
    environment = runtime.describe()
    return {
        **environment,
        "versions": {**environment["versions"], **verbs.versions},
        "front_end": verbs.name,
        "data": files.read_json(data_folder / "provenance.json"),
        "times": training.times_since(started),
    }
