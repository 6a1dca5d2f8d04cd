"""Predictions in, ROC curves, confusion matrices and scores out; pandas and NumPy, no drawing."""

import numpy as np
import pandas as pd

from pyreg.figures.tables import BAND

SCORES = ["precision", "recall", "f1", "accuracy", "auc"]

NO_CURVE = (np.array([0.0, 1.0]), np.array([np.nan, np.nan]))  # of runs that diverged


def roc(probabilities: np.ndarray, labels: np.ndarray, num_points: int = 201) -> pd.DataFrame:
    """ROC curves of several runs on one grid of false positive rates.

    Args:
        probabilities: float array (num_runs, num_samples).
        labels: array (num_runs, num_samples), 0 or 1.

    Returns:
        columns false_positive_rate, true_positive_rate (the median), low, high; and the same in
        every row: area (the median of the areas under the runs' curves), area_low, area_high
        and num_runs.
    """
    # Denser towards 0, where the curve is steep; 0 twice, for the step up from the origin.
    grid = np.append(0, np.linspace(0, 1, num_points) ** 2)
    finite = _is_finite(probabilities)
    pairs = zip(probabilities[finite], labels[finite], strict=True)
    runs = [_roc_points(*pair) for pair in pairs] or [NO_CURVE]
    levels = [BAND[0], 0.5, BAND[1]]
    rates = np.stack([np.interp(grid, *run) for run in runs])
    rates[:, 0] = 0
    low, median, high = np.quantile(rates, levels, axis=0)
    areas = np.quantile([_area(run) for run in runs], levels)
    return pd.DataFrame(
        {
            "false_positive_rate": grid,
            "true_positive_rate": median,
            "low": low,
            "high": high,
            "area": areas[1],
            "area_low": areas[0],
            "area_high": areas[2],
            "num_runs": finite.sum(),
        }
    )


def confusion(predictions: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """How many samples of each class were called what, averaged over the runs.

    Args:
        predictions: float array (num_runs, num_samples), or (num_runs, num_samples, num_classes).
        labels: array (num_runs, num_samples), the number of the class.

    Returns:
        columns label, called (negative and positive, or the numbers of the classes), count (mean
        over runs), share (of the label's samples), num_runs.
    """
    finite = _is_finite(predictions)
    called, labels = _called(predictions[finite]), labels[finite]
    rows = []
    names = _class_names(predictions)
    for label, name in enumerate(names):
        of_label = called[labels == label]
        for verdict, word in enumerate(names):
            share = float((of_label == verdict).mean()) if of_label.size else np.nan
            count = share * (of_label.size / max(1, len(called)))
            rows.append((name, word, count, share, len(called)))
    return pd.DataFrame(rows, columns=["label", "called", "count", "share", "num_runs"])


def scores(probabilities: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """How well each run tells positive from negative samples.

    Args:
        probabilities: float array (num_runs, num_samples).
        labels: array (num_runs, num_samples), 0 or 1.

    Returns:
        a row per run that did not diverge: precision (missing where nothing was called positive),
        recall, f1, accuracy, and area under the ROC curve.
    """
    finite = _is_finite(probabilities)
    pairs = zip(probabilities[finite], labels[finite], strict=True)
    return pd.DataFrame([_scores(*pair) for pair in pairs], columns=SCORES, dtype=float)


def _is_finite(predictions: np.ndarray) -> np.ndarray:
    """True where a run did not diverge."""
    return np.isfinite(predictions.reshape(len(predictions), -1)).all(axis=1)


def _scores(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    called, positive = probabilities > 0.5, labels == 1
    hits = int((called & positive).sum())
    return {
        "precision": hits / called.sum() if called.any() else np.nan,
        "recall": hits / positive.sum() if positive.any() else np.nan,
        "f1": 2 * hits / max(1, called.sum() + positive.sum()),
        "accuracy": float((called == positive).mean()),
        "auc": _area(_roc_points(probabilities, labels)),
    }


def _called(predictions: np.ndarray) -> np.ndarray:
    """The class that each sample is called, as Keras' accuracy counts.

    The likeliest one; of two classes the second, when its probability exceeds 0.5.
    """
    return predictions.argmax(axis=2) if predictions.ndim == 3 else (predictions > 0.5).astype(int)


def _class_names(predictions: np.ndarray) -> list[str]:
    if predictions.ndim == 2:
        return ["negative", "positive"]
    return [str(number) for number in range(predictions.shape[2])]


def _area(curve: tuple[np.ndarray, np.ndarray]) -> float:
    false, true = curve
    return float(np.trapezoid(true, false))


def _roc_points(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """False and true positive rates at every threshold, from (0, 0) to (1, 1)."""
    order = np.argsort(-probabilities, kind="stable")
    positive = labels[order] == 1
    # Equal probabilities are one threshold: only the last of each run of equals counts.
    ends = np.append(np.flatnonzero(np.diff(probabilities[order])), len(order) - 1)
    true = np.concatenate([[0], np.cumsum(positive)[ends]])
    false = np.concatenate([[0], np.cumsum(~positive)[ends]])
    return false / max(false[-1], 1), true / max(true[-1], 1)
