"""One run's settings and the prepared samples in, the record of training from R out."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pyreg import config, files
from pyreg.config.tasks import TASKS
from pyreg.data import encoding, read_dataset, vocabulary_file
from pyreg.data.folds import half_of, rows_of_run
from pyreg.engines import runtime, saved
from pyreg.engines.assembly import assemble, times_since
from pyreg.engines.batches import order_for, ordered_batches
from pyreg.engines.keras import Fitted, network
from pyreg.engines.recorder import Recorder
from pyreg.rbridge import front_end, session
from pyreg.rbridge.rinterface import RObject
from pyreg.rbridge.to_r import view
from pyreg.records.layout import DataFolder, RunKey
from pyreg.records.run import Run, encoding_digest


class Job:
    """What R gets from Python for a run, beside the verbs.

    Attributes:
        recorder: the callback that keeps what the record needs.
        gives_order: whether the reviews' order comes from here; if not, Keras shuffles.
    """

    def __init__(self, recorder: Recorder, order: np.ndarray | None, batch_size: int) -> None:
        self.recorder = recorder
        self.gives_order = order is not None
        self.order = order
        self.batch_size = batch_size

    def ordered_batches(
        self, x: np.ndarray, y: np.ndarray
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Every epoch's batches of R's matrices, as `pyreg.engines.keras` gives Python's."""
        assert self.order is not None
        return ordered_batches(x, y, self.order, self.batch_size)


def train(
    study: config.Study,
    key: RunKey,
    data_folder: Path,
    wanted: front_end.Wanted = "auto",
) -> Run:
    """Train one model from R, in this process; R encodes reviews by itself.

    Args:
        study: settings; `key.model` is one of its models.
        data_folder: holds samples.npz, encoded.npz and provenance.json.
        wanted: what serves the keras verbs.

    Raises:
        InputError: the data cannot be read, the layers make no network, or R cannot be used.
        RError: R reported an error.
    """
    begin = time.time()
    verbs = front_end.use(wanted)
    session.source("R/lesson.R", "R/build_model.R", "inst/bridge/train_run.R")
    samples = (_reviews if study.data.holds_reviews else _matrices)(study, key, data_folder)
    recorder = Recorder(str(key), study.epochs)
    order = order_for(key, samples.num_train, study.epochs)
    spec, task = study.models[key.model].for_images(samples.image_shape), TASKS[study.task]
    # What is no network is told here; R would leave a traceback, or train it all the same.
    network(study, key, samples.num_inputs, samples.num_outputs, samples.image_shape)
    saved.forget_names()
    result = session.call(
        "train_run",
        spec.model_dump(),
        {**vars(task), "num_outputs": samples.num_outputs},
        *samples.halves,
        seed=key.seed,
        epochs=study.epochs,
        batch_size=study.batch_size,
        job=Job(recorder, order, study.batch_size),
    )
    return assemble(
        study,
        key,
        Fitted(_as_lists(result["history"]), result["predictions"], recorder, order),
        labels=samples.labels,
        data_digest=samples.data_digest,
        encoding=encoding_digest(*(view(x) for x, _ in samples.halves)),
        info=_info(verbs, data_folder, begin),
        vocabulary=vocabulary_file.of_run(data_folder, study.data),
    )


class _Samples(NamedTuple):
    """What R trains on. `halves`: references to two of R's `list(x = <matrix>, y = <labels>)`."""

    halves: list[RObject]
    labels: np.ndarray  # of the validation samples
    data_digest: str
    num_train: int
    num_outputs: int
    image_shape: tuple[int, ...] = ()

    @property
    def num_inputs(self) -> int:
        return view(self.halves[0][0]).shape[1]


def _reviews(study: config.Study, key: RunKey, data_folder: Path) -> _Samples:
    """Reviews, which R encodes by itself."""
    dataset = read_dataset(data_folder)
    train, validation = pair = dataset.reviews
    if study.data.folds is not None:
        rows = rows_of_run(study.data, key.seed, len(train), len(validation))
        pair = train.take(rows[0]), train.take(rows[1])
    labels = encoding.labels_of_run(study.data, key.seed, *(half.labels for half in pair))
    if half := study.models[key.model].half:
        pair = pair[0].take(half_of(np.arange(len(pair[0])), half)), pair[1]
        labels = half_of(labels[0], half), labels[1]
    encode: tuple[str, tuple[Any, ...]] = (
        ("pad_reviews", study.data.sequences)
        if study.data.sequences
        else ("encode_reviews", (study.data.num_words, study.data.column_base))
    )
    halves = [
        session.call_raw(encode[0], half.indices, half.offsets, y, *encode[1])
        for half, y in zip(pair, labels, strict=True)
    ]
    return _Samples(halves, labels[1], encoding.data_digest(dataset), len(pair[0]), 1)


def _matrices(study: config.Study, key: RunKey, data_folder: Path) -> _Samples:
    """Other samples, whose matrices R is handed."""
    data = encoding.read_for_run(DataFolder(data_folder).encoded, study, key)
    halves = [
        session.call_raw("list", x=data.x_train, y=data.y_train),
        session.call_raw("list", x=data.x_validation, y=data.y_validation),
    ]
    return _Samples(
        halves,
        data.y_validation,
        data.data_digest,
        len(data.x_train),
        data.num_outputs,
        data.image_shape,
    )


def _as_lists(history: dict[str, Any]) -> dict[str, list[float]]:
    """One epoch's values come back from R as numbers, several as arrays."""
    return {name: np.atleast_1d(values).tolist() for name, values in history.items()}


def _info(verbs: front_end.FrontEnd, data_folder: Path, begin: float) -> dict[str, Any]:
    environment = runtime.describe()
    return {
        **environment,
        "versions": {**environment["versions"], **verbs.versions},
        "front_end": verbs.name,
        "data": files.read_json(DataFolder(data_folder).provenance),
        "times": times_since(begin),
    }
