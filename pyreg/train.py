"""One run's settings and the encoded samples in, the run's record out."""

import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from pyreg import config, encode, files, models, plan, records, runtime
from pyreg.shuffle import batch_order
from pyreg.tasks import TASKS


class Recorder(keras.callbacks.Callback):
    """Keeps what a record needs while `fit` runs, and tells the log how far it is.

    Attributes:
        initial_weights: SHA-256 of the weights before the first step.
        digests: SHA-256 of the weights after each epoch.
        weights: epoch -> weights, for the first and the last epoch that was reached.
    """

    def __init__(self, label: str, epochs: int, tells: bool = True) -> None:
        super().__init__()
        self.label = label
        self.epochs = epochs
        self.tells = tells
        self.initial_weights = ""
        self.digests: list[str] = []
        self.weights: dict[int, list[np.ndarray]] = {}

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        self.initial_weights = records.weights_digest(self.model.get_weights())

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        weights = self.model.get_weights()
        self.digests.append(records.weights_digest(weights))
        if epoch > 1:  # early stopping may make any epoch the last
            del self.weights[epoch]
        self.weights[epoch + 1] = weights
        if not self.tells:
            return
        shown = "  ".join(f"{name} {value:.4f}" for name, value in (logs or {}).items())
        print(f"{self.label}: epoch {epoch + 1}/{self.epochs}  {shown}", file=sys.stderr)


class Fitted(NamedTuple):
    """A trained model's numbers.

    history: Keras' `history.history`. predictions: float32 array (num_samples, num_outputs) for
    the validation samples. order: as from `order_for`.
    """

    history: Mapping[str, list[float]]
    predictions: np.ndarray
    recorder: Recorder
    order: np.ndarray | None


def train(study: config.Study, key: records.RunKey, data_folder: Path) -> records.Run:
    """Train one model in Python, on the device `runtime.set_up` chose.

    Args:
        study: settings; `key.model` is one of its models.
        data_folder: holds encoded.npz and provenance.json.

    Raises:
        InputError: the data cannot be read.
    """
    started = time.time()
    data = encode.read_for_run(data_folder / "encoded.npz", study.data, key.seed)
    return assemble(
        study,
        key,
        fit(study, key, data, build(study, key, data)),
        labels=data.y_validation,
        data_digest=data.data_digest,
        encoding=records.encoding_digest(data.x_train, data.x_validation),
        info={
            **runtime.describe(),
            "front_end": f"Keras {keras.__version__} from Python",
            "data": files.read_json(data_folder / "provenance.json"),
            "times": times_since(started),
        },
    )


def build(study: config.Study, key: records.RunKey, data: encode.Encoded) -> keras.Model:
    """The run's model, its weights drawn from the run's seed."""
    return models.build(
        study.models[key.model],
        data.x_train.shape[1],
        key.seed,
        TASKS[study.task],
        data.num_outputs,
    )


def fit(
    study: config.Study,
    key: records.RunKey,
    data: encode.Encoded,
    model: keras.Model,
    *,
    tells_epochs: bool = True,
) -> Fitted:
    """Train `model` as the study says, until its last epoch or until it is stopped early.

    Args:
        model: as `build` made it.
        tells_epochs: whether the log has a line for each epoch.
    """
    recorder = Recorder(str(key), study.epochs, tells_epochs)
    order = order_for(key, len(data.x_train), study.epochs)
    fitted = model.fit(
        **training_data(data.x_train, data.y_train, order, study.batch_size),
        epochs=study.epochs,
        validation_data=(data.x_validation, data.y_validation),
        validation_batch_size=study.batch_size,
        callbacks=[recorder, *models.callbacks(study.models[key.model])],
        verbose=0,
    )
    predictions = model.predict(data.x_validation, batch_size=study.batch_size, verbose=0)
    return Fitted(fitted.history, predictions, recorder, order)


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
    fitted: Fitted,
    *,
    labels: np.ndarray,
    data_digest: str,
    encoding: str,
    info: Mapping[str, Any],
) -> records.Run:
    """Put a Keras run's record together, the same for every front end that drove it.

    Args:
        labels: array (num_samples, 1) or (num_samples,), of the validation samples.
        info: environment, front end, data and times; the run's settings are added here.
    """
    predictions = as_recorded(fitted.predictions)
    warn_if_constant(predictions, str(key))
    return records.Run(
        key=key,
        history=records.history_table(fitted.history, key),
        info={
            **vars(key),
            "config": plan.settings_of_run(study, key.model),
            **info,
            "constant_predictions": are_constant(predictions),
        },
        chain=records.Chain(
            data=data_digest,
            encoding=encoding,
            initial_weights=fitted.recorder.initial_weights,
            batch_order=None if fitted.order is None else files.digest_arrays(fitted.order),
            weights=fitted.recorder.digests,
            predictions=files.digest_arrays(predictions),
        ),
        predictions=predictions,
        labels=np.ravel(labels),
        weights=fitted.recorder.weights,
    )


def as_recorded(predictions: np.ndarray) -> np.ndarray:
    """float32 array (num_samples,), or (num_samples, num_classes) of a multiclass model."""
    predictions = np.asarray(predictions, dtype=np.float32)
    return predictions[:, 0] if predictions.shape[1] == 1 else predictions


def times_since(started: float) -> dict[str, Any]:
    """When a run began (UTC) and how many seconds it took."""
    return {
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "seconds": round(time.time() - started, 2),
    }


def are_constant(predictions: np.ndarray) -> bool:
    """Whether a trained model has collapsed to one answer, whatever it is shown."""
    return bool(np.ptp(predictions, axis=0).max() < 1e-6)


def warn_if_constant(predictions: np.ndarray, label: str) -> None:
    """Say so when a trained model has collapsed: its ROC curve means nothing."""
    if are_constant(predictions):
        print(
            f"warning: {label}: all {len(predictions)} predictions are "
            f"{_in_words(predictions[0])}; the model ignores its input (penalties or dropout too "
            "strong?)",
            file=sys.stderr,
        )


def _in_words(prediction: np.ndarray) -> str:
    return ", ".join(f"{value:.6f}" for value in np.atleast_1d(prediction))
