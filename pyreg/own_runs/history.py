"""A keras history that R or Python saved in, one tidy table of its values out.

Read: .rds and .csv files, the latter of write.csv() or write.csv2(), with or without row names,
long as as.data.frame(history) or wide with a column per metric.
"""

import csv
import decimal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pyreg.errors import InputError
from pyreg.own_runs.rds import read_rds
from pyreg.records.run import METRICS

# A column's name -> the metric's name here.
NAMES = {
    **{metric: metric for metric in METRICS},
    "acc": "accuracy",  # keras before 2.3
    "binary_accuracy": "accuracy",
    "sparse_categorical_accuracy": "accuracy",
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
}
MISSING = {"", "NA", "NaN", "nan", "NULL"}
EXPECTED = (
    "expected the columns epoch, value, metric, data of write.csv(as.data.frame(history), FILE), "
    "or columns named loss, accuracy, val_loss, ..."
)


@dataclass(frozen=True)
class MyHistory:
    """A history of the user's own.

    Attributes:
        values: float Series, index `metric` (one of `records.METRICS`), `data` (training,
            validation), `epoch` (from 1); missing values are left out.
        steps: of the same index; a printed value stands for any number less than its step away.
        digits: significant digits that were printed; None where values are exact.
    """

    values: pd.Series
    steps: pd.Series
    digits: int | None


def read_history(path: str | Path) -> MyHistory:
    """Read a history from a .csv or .rds file.

    Raises:
        InputError: the file cannot be read, or holds no history; the message says what is needed.
    """
    path = Path(path)
    is_rds = path.suffix.lower() == ".rds"
    columns = _rds_columns(path) if is_rds else _csv_columns(path)
    try:
        rows = list(_long_rows(columns) if "metric" in columns else _wide_rows(columns))
        return _tidy(rows)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        reason = f" ({error})" if isinstance(error, ValueError) else ""
        got = ", ".join(filter(None, columns)) or "none"
        raise InputError(
            f"{path} holds no keras history{reason}: got columns {got}, {EXPECTED}"
        ) from None


def _rds_columns(path: Path) -> Mapping[str, Sequence[Any]]:
    content = read_rds(path)
    if isinstance(content, dict) and isinstance(content.get("metrics"), dict):
        content = content["metrics"]  # class keras_training_history: params and metrics
    if not isinstance(content, dict):
        raise InputError(f"{path} holds no keras history: expected saveRDS(history, FILE)")
    return content


def _csv_columns(path: Path) -> dict[str, list[str]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path} ({error}); name a .csv or .rds file") from None
    delimiter = max(";\t,", key=lines[0].count) if lines else ","
    header, *rows = csv.reader(filter(None, lines), delimiter=delimiter) if lines else [[]]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise InputError(
                f"{path}, line {number}: got {len(row)} fields, expected {len(header)} as in its "
                "first line; save it again with write.csv() or write.csv2()"
            )
    columns = dict(zip(header, (list(column) for column in zip(*rows, strict=True)), strict=False))
    if delimiter != ",":  # write.csv2(): decimal commas
        columns = {name: [text.replace(",", ".") for text in c] for name, c in columns.items()}
    return columns


Row = tuple[str, str, int, Decimal | float]  # metric, data, epoch, value


def _long_rows(columns: Mapping[str, Sequence[Any]]) -> Iterable[Row]:
    """as.data.frame(history): a row per epoch, metric and data."""
    named = zip(*(columns[c] for c in ("metric", "data", "epoch", "value")), strict=True)
    for metric, data, epoch, value in named:
        name = NAMES.get(metric.removeprefix("val_"))
        number = _number(value)
        if name and number is not None:
            is_validation = data == "validation" or metric.startswith("val_")
            yield name, "validation" if is_validation else "training", int(epoch), number


def _wide_rows(columns: Mapping[str, Sequence[Any]]) -> Iterable[Row]:
    """history$metrics, or the log of Keras' CSVLogger: a column per metric, a row per epoch."""
    for column, values in columns.items():
        name = NAMES.get(column.removeprefix("val_"))
        if name is None:
            continue
        data = "validation" if column.startswith("val_") else "training"
        epochs = columns.get("epoch", range(1, len(values) + 1))
        for epoch, value in zip(epochs, values, strict=True):
            number = _number(value)
            if number is not None:
                yield name, data, int(epoch), number


def _number(value: Any) -> Decimal | float | None:
    """Printed numbers keep their digits as Decimal; None if the value is missing."""
    if not isinstance(value, str):
        return None if np.isnan(value) else float(value)
    if value.strip() in MISSING:
        return None
    try:
        return Decimal(value)
    except decimal.InvalidOperation:
        raise ValueError(f"'{value}' is no number") from None


def _tidy(rows: Sequence[Row]) -> MyHistory:
    if not rows:
        raise ValueError("no value of loss or of a metric is there")
    first = min(epoch for _, _, epoch, _ in rows)
    shift = 1 if first == 0 else 0  # Python counts epochs from 0
    index = pd.MultiIndex.from_tuples(
        [(metric, data, epoch + shift) for metric, data, epoch, _ in rows],
        names=["metric", "data", "epoch"],
    )
    if index.has_duplicates:
        raise ValueError("an epoch occurs twice: save one history per file")
    numbers = [number for *_, number in rows]
    steps, digits = _printed_steps([n for n in numbers if isinstance(n, Decimal)])
    return MyHistory(
        values=pd.Series([float(n) for n in numbers], index=index),
        steps=pd.Series(steps or 0.0, index=index),
        digits=digits,
    )


def _printed_steps(numbers: Sequence[Decimal]) -> tuple[list[float], int | None]:
    """What one unit of each number's last printed digit is worth, and how many digits there are.

    Numbers printed together lose the zeros at their ends, so the longest of them tells how
    far all were rounded: round(x, 4) leaves four decimals, write.csv() 15 significant digits.
    """
    if not numbers:
        return [], None
    digits = max(len(number.as_tuple().digits) for number in numbers)
    decimals = max(-int(number.as_tuple().exponent) for number in numbers)
    powers = (max(-decimals, number.adjusted() + 1 - digits) for number in numbers)
    return [10.0**power for power in powers], digits
