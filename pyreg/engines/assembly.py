"""A trained network's numbers in, its record out, the same for every front end that drove Keras."""

import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from pyreg import config, files
from pyreg.engines import saved
from pyreg.engines.recorder import Fitted
from pyreg.records.layout import RunKey
from pyreg.records.run import Chain, Run, history_table


def assemble(
    study: config.Study,
    key: RunKey,
    fitted: Fitted,
    *,
    labels: np.ndarray,
    data_digest: str,
    encoding: str,
    info: Mapping[str, Any],
    vocabulary: Mapping[str, Any] | None,
) -> Run:
    """Put a Keras run's record together, the same for every front end that drove it.

    Args:
        labels: array (num_samples, 1) or (num_samples,), of the validation samples.
        info: environment, front end, data and times; the run's settings are added here.
        vocabulary: what raw input is read by.
    """
    predictions = as_recorded(fitted.predictions)
    warn_if_constant(predictions, str(key))
    return Run(
        key=key,
        history=history_table(fitted.history, key),
        info={
            **vars(key),
            "config": study.settings_of_run(key.model),
            **info,
            "constant_predictions": are_constant(predictions),
        },
        chain=Chain(
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
        model=saved.as_bytes(fitted.recorder.model),
        vocabulary=vocabulary,
    )


def as_recorded(predictions: np.ndarray) -> np.ndarray:
    """float32 array (num_samples,), or (num_samples, num_classes) of a multiclass model."""
    predictions = np.asarray(predictions, dtype=np.float32)
    return predictions[:, 0] if predictions.shape[1] == 1 else predictions


def times_since(begin: float) -> dict[str, Any]:
    """When a run began (UTC) and how many seconds it took."""
    return {
        "started": datetime.fromtimestamp(begin, UTC).isoformat(timespec="seconds"),
        "seconds": round(time.time() - begin, 2),
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
