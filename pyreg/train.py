"""One run's settings and the encoded reviews in, the run's record out."""

import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keras
import numpy as np

from pyreg import config, encode, files, models, plan, records, runtime
from pyreg.shuffle import batch_order


class Recorder(keras.callbacks.Callback):
    """Keeps what a record needs while `fit` runs, and tells the log how far it is.

    Attributes:
        initial_weights: SHA-256 of the weights before the first step.
        digests: SHA-256 of the weights after each epoch.
        weights: epoch -> weights, for the first and the last epoch.
    """

    def __init__(self, label: str, epochs: int) -> None:
        super().__init__()
        self.label = label
        self.epochs = epochs
        self.initial_weights = ""
        self.digests: list[str] = []
        self.weights: dict[int, list[np.ndarray]] = {}

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        self.initial_weights = records.weights_digest(self.model.get_weights())

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        weights = self.model.get_weights()
        self.digests.append(records.weights_digest(weights))
        if epoch + 1 in (1, self.epochs):
            self.weights[epoch + 1] = weights
        shown = "  ".join(f"{name} {value:.4f}" for name, value in (logs or {}).items())
        print(f"{self.label}: epoch {epoch + 1}/{self.epochs}  {shown}", file=sys.stderr)


def train(study: config.Study, key: records.RunKey, data_folder: Path) -> records.Run:
    """Train one model in Python, on the device `runtime.set_up` chose.

    Args:
        study: settings; `key.model` is one of its models.
        data_folder: holds encoded.npz and provenance.json.

    Raises:
        InputError: the data cannot be read.
    """
    started = time.time()
    data = encode.read_encoded(data_folder / "encoded.npz")
    model = models.build(study.models[key.model], data.x_train.shape[1], key.seed)
    recorder = Recorder(str(key), study.epochs)
    order = order_for(key, len(data.x_train), study.epochs)
    fitted = model.fit(
        **training_data(data.x_train, data.y_train, order, study.batch_size),
        epochs=study.epochs,
        validation_data=(data.x_validation, data.y_validation),
        validation_batch_size=study.batch_size,
        callbacks=[recorder],
        verbose=0,
    )
    return assemble(
        study,
        key,
        recorder,
        history=fitted.history,
        predictions=model.predict(data.x_validation, batch_size=study.batch_size, verbose=0),
        labels=data.y_validation,
        data_digest=data.data_digest,
        encoding=records.encoding_digest(data.x_train, data.x_validation),
        order=order,
        info={
            **runtime.describe(),
            "front_end": f"Keras {keras.__version__} from Python",
            "data": files.read_json(data_folder / "provenance.json"),
            "times": times_since(started),
        },
    )


def order_for(key: records.RunKey, num_reviews: int, epochs: int) -> np.ndarray | None:
    """The order that pyreg gives a run; None where Keras shuffles by itself."""
    return batch_order(num_reviews, epochs, key.seed) if key.shuffle == "per-epoch" else None


def training_data(
    x: np.ndarray, y: np.ndarray, order: np.ndarray | None, batch_size: int
) -> dict[str, Any]:
    """The arguments of `fit` that say what it trains on, in which order."""
    if order is None:
        return {"x": x, "y": y, "batch_size": batch_size}
    return {
        "x": ordered_batches(x, y, order, batch_size),
        "steps_per_epoch": steps_per_epoch(len(x), batch_size),
        "shuffle": False,  # the batches come shuffled
    }


def ordered_batches(
    x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield every epoch's batches in the given order; the last batch of an epoch may be smaller.

    One iterator over all epochs: `fit` starts a new, identically seeded one for each epoch
    otherwise, and repeats the first epoch's order.

    Args:
        order: int array of shape (epochs, num_reviews), a permutation in each row.
    """
    for epoch in order:
        for start in range(0, len(epoch), batch_size):
            rows = epoch[start : start + batch_size]
            yield x[rows], y[rows]


def steps_per_epoch(num_reviews: int, batch_size: int) -> int:
    return -(-num_reviews // batch_size)


def assemble(
    study: config.Study,
    key: records.RunKey,
    recorder: Recorder,
    *,
    history: Mapping[str, list[float]],
    predictions: np.ndarray,
    labels: np.ndarray,
    data_digest: str,
    encoding: str,
    order: np.ndarray | None,
    info: Mapping[str, Any],
) -> records.Run:
    """Put a Keras run's record together, the same for every front end that drove it.

    Args:
        predictions: float32 array of shape (num_reviews, 1) or (num_reviews,).
        info: environment, front end, data and times; the run's settings are added here.
    """
    predictions = np.asarray(predictions, dtype=np.float32).ravel()
    warn_if_constant(predictions, str(key))
    return records.Run(
        key=key,
        history=records.history_table(history, key),
        info={**vars(key), "config": plan.settings_of_run(study, key.model), **info},
        chain=records.Chain(
            data=data_digest,
            encoding=encoding,
            initial_weights=recorder.initial_weights,
            batch_order=None if order is None else files.digest_arrays(order),
            weights=recorder.digests,
            predictions=files.digest_arrays(predictions),
        ),
        predictions=predictions,
        labels=np.asarray(labels, dtype=np.uint8).ravel(),
        weights=recorder.weights,
    )


def times_since(started: float) -> dict[str, Any]:
    """When a run began (UTC) and how many seconds it took."""
    return {
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "seconds": round(time.time() - started, 2),
    }


def warn_if_constant(predictions: np.ndarray, label: str) -> None:
    """Say so when a trained model has collapsed to one value: its ROC curve means nothing."""
    if np.ptp(predictions) < 1e-6:
        print(
            f"warning: {label}: all {len(predictions)} predictions are {predictions[0]:.6f}; "
            "the model ignores its input (penalties or dropout too strong?)",
            file=sys.stderr,
        )
