"""A model and many seeds in, all its runs trained side by side out: histories and predictions."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from scipy.special import expit

from pyreg import config, networks
from pyreg.config.tasks import TASKS
from pyreg.data import encoding
from pyreg.data.encoding import Encoded
from pyreg.data.folds import rows_of_run
from pyreg.engines.batches import batch_order, steps_per_epoch
from pyreg.records.layout import RunKey
from pyreg.records.replicates import Replicates
from pyreg.records.run import history_table, weights_digest
from pyreg.replicates.adam import CompiledAdam
from pyreg.replicates.assemble import assemble, run_keys
from pyreg.replicates.initial import are_drawn_elsewhere, drawn_by_tensorflow
from pyreg.replicates.order import keras_order
from pyreg.replicates.stacked import Stacked
from pyreg.replicates.words import Batch, Words, words

# Larger than training's batches, as nothing is kept for a gradient.
VALIDATION_BATCH = 2500


def train(
    study: config.Study, model: str, shuffle: str, seeds: Sequence[int], encoded: str | Path
) -> Replicates:
    """Train one model once per seed, all at the same time.

    Nothing is shared: each replicate has the initial weights, the batch order and, on
    TensorFlow, the dropout masks of its seed's single run.

    Args:
        seeds: the seeds of the runs, each as in `pyreg train --seed`.
        encoded: the file that `pyreg encode` wrote.

    Raises:
        InputError: the data cannot be read, or the backend cannot give Keras' own batch order.
    """
    begin = time.time()
    data = encoding.read_encoded(encoded)
    reviews = words(data.x_train, data.x_validation)
    spec, num_words = study.models[model], data.x_train.shape[1]
    stacked, initial_weights = _stack(_singles(spec, num_words, seeds), reviews, spec.optimizer)
    labels = np.concatenate([data.y_train, data.y_validation])[:, 0]
    train_rows, validation_rows = _rows(study.data, seeds, data)
    validation = _Validation(reviews, validation_rows, labels)
    orders = [_order(shuffle, len(train_rows), study.epochs, seed) for seed in seeds]
    fitted = stacked.fit(
        _batches(reviews, labels, train_rows, np.stack(orders, axis=-1), study.batch_size),
        steps_per_epoch=steps_per_epoch(len(train_rows), study.batch_size),
        epochs=study.epochs,
        validation_data=validation,
        callbacks=[_Progress(f"{model} {shuffle} seeds {seeds[0]}-{seeds[-1]}", study.epochs)],
        shuffle=False,  # the batches come shuffled
        verbose=0,
    )
    keys = run_keys(model, shuffle, seeds)
    return assemble(
        study,
        keys,
        history=_history(fitted.history, keys),
        predictions=expit(stacked.predict(validation, verbose=0).T),
        labels=labels[validation_rows].T
        if study.data.differs_by_run
        else data.y_validation.ravel(),
        initial_weights=initial_weights,
        data_digest=data.data_digest,
        begin=begin,
        # Built anew where they are wanted: no training holds every network twice.
        networks=stacked.trained(_singles(spec, num_words, seeds)) if study.save_models else (),
        data_folder=Path(encoded).parent,
    )


class _Validation(keras.utils.PyDataset):
    """The validation reviews in order; `rows` as from `_rows`."""

    def __init__(self, reviews: Words, rows: np.ndarray, labels: np.ndarray) -> None:
        super().__init__()
        self.reviews, self.rows, self.labels = reviews, rows, labels

    def __len__(self) -> int:
        return steps_per_epoch(len(self.rows), VALIDATION_BATCH)

    def __getitem__(self, index: int) -> tuple[Batch, np.ndarray]:
        rows = self.rows[index * VALIDATION_BATCH : (index + 1) * VALIDATION_BATCH]
        return self.reviews.batch(rows), self.labels[rows]


class _Progress(keras.callbacks.Callback):
    """Tells the log how far training is."""

    def __init__(self, label: str, epochs: int) -> None:
        super().__init__()
        self.label, self.epochs = label, epochs

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        # The number that is one for all replicates is the sum of their losses.
        means = {name: np.mean(value) for name, value in (logs or {}).items() if np.ndim(value)}
        shown = "  ".join(f"{name} {mean:.4f}" for name, mean in means.items())
        print(f"{self.label}: epoch {epoch + 1}/{self.epochs}  means: {shown}", file=sys.stderr)


def _rows(
    settings: config.Data, seeds: Sequence[int], data: Encoded
) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers of the reviews to train and to validate on, counted through both halves.

    Returns:
        Two int32 arrays with a column for each replicate, or with one for all.
    """
    sizes = len(data.x_train), len(data.x_validation)
    own = [rows_of_run(settings, seed, *sizes) for seed in (seeds if settings.folds else seeds[:1])]
    train, validation = (
        np.stack(rows, axis=-1).astype(np.int32) for rows in zip(*own, strict=True)
    )
    return train, validation


def _batches(
    reviews: Words, labels: np.ndarray, rows: np.ndarray, orders: np.ndarray, batch_size: int
) -> Iterator[tuple[Batch, np.ndarray]]:
    """Yield every epoch's batches.

    Args:
        rows: of the training reviews, as from `_rows`.
        orders: shape (epochs, num_reviews, num_replicates), each replicate's order of its rows.
    """
    for order in orders:
        for start in range(0, len(order), batch_size):
            batch = np.take_along_axis(rows, order[start : start + batch_size], axis=0)
            yield reviews.batch(batch), labels[batch]


def _order(shuffle: str, num_reviews: int, epochs: int, seed: int) -> np.ndarray:
    draw = keras_order if shuffle == "keras" else batch_order
    return draw(num_reviews, epochs, seed)


def _stack(
    singles: Sequence[keras.Sequential], reviews: Words, optimizer: config.Optimizer
) -> tuple[Stacked, list[str]]:
    """Single models as one compiled model, and the SHA-256 of each one's weights."""
    stacked = Stacked(singles, reviews)
    stacked.compile(optimizer=CompiledAdam(**networks.optimizer_arguments(optimizer)))
    # As networks.create_variables() does for a single network.
    stacked.optimizer.build(stacked.trainable_variables)
    return stacked, [weights_digest(single.get_weights()) for single in singles]


def _singles(spec: config.Model, num_words: int, seeds: Sequence[int]) -> list[keras.Sequential]:
    """The seeds' single models, each with its initial weights."""
    singles = [networks.build(spec, num_words, seed, TASKS["binary"]) for seed in seeds]
    if are_drawn_elsewhere():
        for single, weights in zip(
            singles, drawn_by_tensorflow(spec, num_words, seeds), strict=True
        ):
            single.set_weights(weights)
    return singles


def _history(history: Mapping[str, list[Any]], keys: Sequence[RunKey]) -> pd.DataFrame:
    """Keras' history, each value an array (num_replicates,), as one table."""
    # Keras' own `loss` is the sum over the replicates; theirs are the `losses`.
    values = {
        name.replace("losses", "loss"): np.reshape(series, (len(series), len(keys)))
        for name, series in history.items()
        if name not in ("loss", "val_loss")
    }
    tables = [
        history_table({name: series[:, replicate].tolist() for name, series in values.items()}, key)
        for replicate, key in enumerate(keys)
    ]
    return pd.concat(tables, ignore_index=True)
