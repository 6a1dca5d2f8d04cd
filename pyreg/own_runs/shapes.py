"""What a file of a history holds in, its curves out, in whichever shape R or Python left them.

A history is long, as as.data.frame(history); wide, with a column per metric; half wide, with a row
per epoch and half of the data; lists of metrics, alone or among the parts of R's or Python's own
object; a table of several models, as the lesson compares them; or several of these by name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyreg.records.run import METRICS

Columns = Mapping[str, Sequence[Any]]

# A column's name, in small letters -> the metric's name here.
NAMES = {
    **{metric: metric for metric in METRICS},
    "acc": "accuracy",  # keras before 2.3
    "binary_accuracy": "accuracy",
    "sparse_categorical_accuracy": "accuracy",
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
}
HALVES = {
    **dict.fromkeys(("training", "train", "false", "0.0"), "training"),
    **dict.fromkeys(("validation", "val", "valid", "test", "true", "1.0"), "validation"),
}
OF_MODEL = re.compile(r"(.+)[_.](train|training|val|validation)", re.IGNORECASE)
EPOCH, VALUE, METRIC, DATA, MODEL = "epoch", "value", "metric", "data", "model"
ORDINALS = {2: "2nd", 3: "3rd"}
MAX_EPOCH = 10_000  # as in a study's settings


@dataclass(frozen=True, eq=False)
class Curve:
    """One metric on one half of the data.

    Attributes:
        cells: of each epoch, as the file has them: texts, numbers or None.
    """

    metric: str
    data: str
    epochs: Sequence[int]
    cells: Sequence[Any]

    @property
    def name(self) -> str:
        return f"{self.data} {self.metric}"


@dataclass(frozen=True)
class Shape:
    """All of a file's curves.

    Attributes:
        ignored: columns with values that are none of the metrics known here.
        assumed: what the file does not say and was taken for granted, a clause each.
    """

    curves: Sequence[Curve]
    ignored: Sequence[str] = ()
    assumed: Sequence[str] = ()


def curves_of(content: Any, model: str) -> Shape:
    """Find the curves of a history.

    Args:
        content: a table's columns, or what an .rds or JSON file holds.
        model: which model is meant, where the file has several.

    Raises:
        ValueError: there is no history in it, or more than one; the message says what there is.
    """
    columns = _columns(content, model)
    named: dict[str, Any] = {}
    for name in columns:
        other = named.setdefault(str(name).strip().lower(), name)
        if other is not name:
            raise ValueError(f"{other} and {name} differ in capitals alone; save each curve once")
    lower: Columns = {name: columns[original] for name, original in named.items()}
    if {"wall time", "step", VALUE} <= set(lower):
        raise ValueError(
            "it is one curve exported from TensorBoard, which does not say of which metric, and "
            "one curve alone cannot be judged; save the whole history"
        )
    if METRIC in lower and VALUE in lower:
        return _long(_of_model(lower, model))
    if any(_curve_name(name) for name in lower):
        return _wide(_of_model(lower, model))
    return _of_comparison(lower, model)


def _columns(content: Any, model: str) -> Columns:
    """The columns of the one history that is meant."""
    if isinstance(content, list) and content and all(isinstance(row, dict) for row in content):
        if _is_of_histories(content):
            raise ValueError(
                f"it is a list of histories without names, {len(content)} of them; save one"
            )
        return {name: [row.get(name) for row in content] for name in content[0]}
    if not isinstance(content, dict):
        raise ValueError(f"it holds {_described(content)}")
    for inner in ("metrics", "history"):  # R's keras_training_history, and Python's History
        if isinstance(content.get(inner), dict):
            return _columns(content[inner], model)
    parts = {name: part for name, part in content.items() if _is_history(part)}
    if not parts:
        return {name: part for name, part in content.items() if _is_series(part)}
    if len(parts) == 1:
        return _columns(next(iter(parts.values())), model)
    wanted = next((name for name in parts if name.lower() == model.lower()), None)
    if wanted is None:
        raise ValueError(
            f"it holds the histories {', '.join(parts)}, and none is named {model}; save one"
        )
    return _columns(parts[wanted], model)


def _is_of_histories(rows: Sequence[Any]) -> bool:
    """Whether these are no rows of one table, but whole histories."""
    cells = [cell for row in rows for cell in row.values()]
    return any(isinstance(cell, dict) or (_is_series(cell) and len(cell) > 1) for cell in cells)


def _described(content: Any) -> str:
    """What has no names, as users of R and Python both call it."""
    if content is None:
        return "nothing (NULL)"
    if isinstance(content, (list, np.ndarray)):
        return f"{len(content)} values without names" if len(content) else "an empty list"
    return "a text alone" if isinstance(content, str) else "a single value"


def _is_history(part: Any) -> bool:
    if isinstance(part, list):
        return bool(part) and all(isinstance(row, dict) for row in part) and _is_history(part[0])
    if not isinstance(part, dict):
        return False
    inner = [part.get(name) for name in ("metrics", "history")]
    names = {str(name).lower() for name in part}
    return (
        any(isinstance(one, dict) for one in inner)
        or METRIC in names
        or (any(map(_curve_name, names)))
    )


def _of_model(columns: Columns, model: str) -> Columns:
    """The rows of one model, where a table has a column that names it."""
    models = [str(name) for name in columns.get(MODEL, ())]
    if len(set(models)) < 2:
        return columns
    spellings = [model] if model in models else [n for n in models if n.lower() == model.lower()]
    if len(set(spellings)) != 1:
        raise ValueError(f"it holds the models {', '.join(sorted(set(models)))}, and no {model}")
    chosen = [row for row, name in enumerate(models) if name == spellings[0]]
    return {name: [column[row] for row in chosen] for name, column in columns.items()}


def _long(columns: Columns) -> Shape:
    """as.data.frame(history): a row per epoch, metric and half."""
    metrics, values = columns[METRIC], columns[VALUE]
    halves = columns.get(DATA, [None] * len(values))
    rows: dict[str, list[int]] = {}
    for row, (metric, half) in enumerate(zip(metrics, halves, strict=True)):
        column = str(metric).strip().lower()
        if _half(half) == "validation" and not column.startswith("val_"):
            column = f"val_{column}"
        rows.setdefault(column, []).append(row)
    return _shape(
        (column, _epochs(columns, of_column), [values[row] for row in of_column])
        for column, of_column in rows.items()
    )


def _wide(columns: Columns) -> Shape:
    """history$metrics, the log of Keras' CSVLogger, or a row per epoch and half of the data."""
    if DATA in columns:
        return _shape(_by_half(columns))
    series = {name: column for name, column in columns.items() if name != EPOCH}
    num_epochs = max(len(column) for name, column in series.items() if _curve_name(name))
    if EPOCH in columns:
        epochs = _epochs(columns, range(num_epochs))
        return _shape((name, epochs, column) for name, column in series.items())
    _require_every_epoch(series, num_epochs)
    every = {
        name: _every(num_epochs, len(column)) if name.startswith("val_") else 1
        for name, column in series.items()
    }
    named = (
        (name, range(every[name], every[name] * len(column) + 1, every[name]), column)
        for name, column in series.items()
    )
    more = sorted({frequency for frequency in every.values() if frequency > 1})
    assumed = [
        f"its validation values are of every {ORDINALS.get(n, f'{n}th')} epoch "
        f"(validation_freq = {n})"
        for n in more
    ]
    return _shape(named, assumed)


def _require_every_epoch(series: Columns, num_epochs: int) -> None:
    """Refuse a training curve that is shorter than another: only validation leaves epochs out."""
    lengths = {name: len(column) for name, column in series.items() if _curve_name(name)}
    longest = next(name for name, number in lengths.items() if number == num_epochs)
    for name, number in lengths.items():
        if not name.startswith("val_") and number not in (0, num_epochs):
            raise ValueError(
                f"{name} has {number} values and {longest} {num_epochs}, and fit() leaves no "
                "training value out; save the whole history again"
            )


def _by_half(columns: Columns) -> Iterator[tuple[str, Sequence[int], Sequence[Any]]]:
    halves = [_half(half) for half in columns[DATA]]
    for name, column in columns.items():
        for half, prefix in (("training", ""), ("validation", "val_")):
            rows = [row for row, of in enumerate(halves) if of == half]
            if name not in (EPOCH, DATA) and rows:
                yield prefix + name, _epochs(columns, rows), [column[row] for row in rows]


def _of_comparison(columns: Columns, model: str) -> Shape:
    """The lesson's own table of several models, wide or gathered, whose metric is the loss."""
    if VALUE in columns and "type" in columns:
        columns = _spread(columns)
    found = {name: match for name in columns if (match := OF_MODEL.fullmatch(name))}
    models = list(dict.fromkeys(match[1] for match in found.values()))
    if not models:
        raise ValueError("no value of loss or of a metric is there")
    if model.lower() not in models:
        raise ValueError(f"it compares the models {', '.join(models)}, and no {model}")
    epochs = columns.get("rowname")
    named = [
        ("loss" if _half(match[2]) == "training" else "val_loss", column)
        for name, match in found.items()
        if match[1] == model.lower() and len(column := columns[name])
    ]
    counted = range(1, max(len(column) for _, column in named) + 1) if epochs is None else epochs
    numbers = [_epoch(epoch) for epoch in counted]
    assumed = [f"its columns of {model} are the loss, which they do not say"]
    return _shape(((name, numbers, column) for name, column in named), assumed)


def _spread(columns: Columns) -> Columns:
    """A gathered table as a wide one."""
    spread: dict[str, list[Any]] = {}
    for kind, value in zip(columns["type"], columns[VALUE], strict=True):
        spread.setdefault(str(kind).lower(), []).append(value)
    return spread


def _shape(
    named: Iterable[tuple[str, Sequence[int], Sequence[Any]]], assumed: Sequence[str] = ()
) -> Shape:
    """Known columns as curves; of two that mean the same, the one with the plainer name."""
    found: dict[tuple[str, str], Curve] = {}
    ignored: list[str] = []
    for name, epochs, cells in sorted(named, key=lambda one: len(one[0])):
        known = _curve_name(name)
        if known is None or known in found:
            ignored.append(name)
        else:
            found[known] = Curve(*known, epochs, cells)
    return Shape(list(found.values()), _values_alone(ignored), assumed)


def _values_alone(names: Iterable[str]) -> list[str]:
    """Without what is no curve at all: row names, and the names of a run."""
    others = {
        "",
        "(row names)",
        "rowname",
        "rownames",
        "x",
        "id",
        MODEL,
        "engine",
        "shuffle",
        "seed",
    }
    return [name for name in names if name.removeprefix("val_") not in others]


def _curve_name(column: str) -> tuple[str, str] | None:
    """`val_accuracy_1` -> accuracy, validation; Keras numbers the names that it gives twice."""
    plain = str(column).strip().lower()
    half = "validation" if plain.startswith("val_") else "training"
    metric = NAMES.get(re.sub(r"_\d+$", "", plain.removeprefix("val_")))
    return (metric, half) if metric else None


def _is_series(part: Any) -> bool:
    """Whether it may be a column: a list or array, not a text, nor a single value."""
    return isinstance(part, list) or (isinstance(part, np.ndarray) and part.ndim == 1)


def _epochs(columns: Columns, rows: Sequence[int]) -> list[int]:
    """Of the rows of one curve: as its table says, or counted from 1."""
    if EPOCH not in columns:
        return list(range(1, len(rows) + 1))
    return [_epoch(columns[EPOCH][row]) for row in rows]


def _epoch(cell: Any) -> int:
    try:
        number = float(cell)
    except (TypeError, ValueError):
        raise ValueError(f"the epoch '{str(cell)[:40]}' is no number") from None
    if not 0 <= number <= MAX_EPOCH or number != int(number):
        raise ValueError(
            f"an epoch is {number:g}, expected whole numbers from 0 or 1 to {MAX_EPOCH:,}"
        )
    return int(number)


def _half(cell: Any) -> str:
    """Which half of the data a cell names; training, if none does."""
    if cell is None:
        return "training"
    word = str(cell).strip().lower()
    if word not in HALVES:
        raise ValueError(f"data is '{word[:40]}', expected training or validation")
    return HALVES[word]


def _every(num_epochs: int, number: int) -> int:
    """Of how many epochs one was validated on, where there are `number` values of `num_epochs`."""
    fitting = [n for n in range(1, num_epochs + 1) if number and num_epochs // n == number]
    if number == num_epochs or number == 0:
        return 1
    if len(fitting) != 1:
        raise ValueError(
            f"a curve has {number} values and another {num_epochs}, and nothing says of which "
            "epochs they are; add a column epoch, with NA where there is no value"
        )
    return fitting[0]
