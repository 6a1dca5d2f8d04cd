"""A keras history that R or Python saved in, whatever the file is called; its values out."""

import functools
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pyreg.errors import InputError
from pyreg.own_runs.shapes import Curve, curves_of
from pyreg.readers import sniff, table, text
from pyreg.readers.rds import MAX_BYTES, is_missing, read_rds
from pyreg.readers.sniff import Kind

MAX_ROWS = 200_000  # of a table: 10,000 epochs of 20 curves
MAX_CHARACTERS = 40  # of a number
MAX_NAMES = 80  # characters of a message
# Decimal takes more for numbers: 1_000, digits of other scripts, nan123.
PRINTED = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?")
MISSING = {"", "na", "n/a", "null", "none"}
NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
EXPECTED = (
    "expected saveRDS(history, FILE), write.csv(as.data.frame(history), FILE), or columns named "
    "loss, accuracy, val_loss, ..."
)


@dataclass(frozen=True)
class MyHistory:
    """A history of the user's own.

    Attributes:
        kind: what the file is.
        values: float Series, index `metric` (one of `records.METRICS`), `data` (training,
            validation), `epoch` (from 1); missing values are left out, infinite ones and those
            that are no number are not.
        steps: of the same index; a printed value stands for any number less than its step away.
        digits: significant digits that were printed; None where values are exact.
        diverged: the first epoch with a value that is no finite number.
        ended: the first epoch from which on there are rows without values: the run diverged
            there, or had ended; only R's own files tell which.
        gaps: epochs of which a training curve has no value and another has one, or which lie
            before the last one of which it has one.
        ignored, assumed: see `shapes.Shape`.
    """

    kind: Kind
    values: pd.Series
    steps: pd.Series
    digits: int | None
    diverged: int | None = None
    ended: int | None = None
    gaps: Sequence[int] = ()
    ignored: Sequence[str] = ()
    assumed: Sequence[str] = ()

    @property
    def finite(self) -> pd.Series:
        """The values before the run diverged."""
        epochs = self.values.index.get_level_values("epoch")
        return self.values if self.diverged is None else self.values[epochs < self.diverged]

    @property
    def is_finite_again(self) -> bool:
        """Whether an epoch after the one in which it diverged has finite values alone."""
        epochs = self.values.index.get_level_values("epoch")
        later = self.values[epochs > (self.diverged or math.inf)]
        return bool(np.isfinite(later).groupby(level="epoch").all().any())

    @property
    def epochs(self) -> list[int]:
        """The epochs that have a value."""
        return sorted(set(self.values.index.get_level_values("epoch")))


def read_history(path: str | Path, model: str) -> MyHistory:
    """Read a history: a table of texts, .rds, .RData or JSON, packed or not.

    Args:
        model: which model is meant, should the file have several.

    Raises:
        InputError: the file cannot be read, or holds no history; the message says what it is
            and what is needed.
    """
    path = Path(path)
    kind = sniff.identify(path)
    if kind.name not in READERS:
        raise InputError(f"{path} is {kind}, and no history is read from that; {EXPECTED}")
    content, decimal_comma = READERS[kind.name](path)
    try:
        shape = curves_of(content, model)
        return _tidy(kind, shape.curves, decimal_comma, shape.ignored, shape.assumed)
    except ValueError as error:
        reason = text.one_line(str(error))
        raise InputError(
            f"{path} ({kind}{_with(content)}) holds no history to compare: {reason}; {EXPECTED}"
        ) from None
    except (AttributeError, KeyError, TypeError, IndexError, OverflowError, RecursionError):
        raise InputError(f"{path} ({kind}{_with(content)}) holds no history; {EXPECTED}") from None


def _with(content: Any) -> str:
    """The names that a file holds, for messages."""
    if not isinstance(content, dict) or not content:
        return ""
    names = text.one_line(", ".join(map(str, content)))
    return f" with {names if len(names) < MAX_NAMES else names[:MAX_NAMES] + ' ...'}"


def _table(path: Path) -> tuple[Any, bool]:
    content = text.decode(path, sniff.read_bytes(path, MAX_BYTES))
    if "\0" in content:
        raise InputError(f"{path} holds bytes of no text; save the history again")
    read = table.read(str(path), content, MAX_ROWS)
    try:
        return read.columns(), read.dialect.decimal_comma
    except ValueError as error:
        raise InputError(f"{path}: {text.one_line(str(error))}") from None


def _json(path: Path) -> tuple[Any, bool]:
    """Numbers stay the texts they are, so that their digits are known."""
    content = text.decode(path, sniff.read_bytes(path, MAX_BYTES))
    try:
        parsed = json.loads(
            content,
            parse_float=str,
            parse_int=str,
            parse_constant=str,
            object_pairs_hook=functools.partial(_each_once, path),
        )
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InputError(f"{path} is no whole JSON file ({reason}); save it again") from None
    return parsed, False


def _each_once(path: Path, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object's values by name; json alone would take the last of two without a word."""
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(
            f"{path} has the name {text.one_line(twice)[:MAX_CHARACTERS]} twice; expected each "
            "curve once, so save the history again"
        )
    return dict(pairs)


def _r_object(path: Path) -> tuple[Any, bool]:
    return read_rds(path), False


def _nothing(path: Path) -> tuple[Any, bool]:
    raise InputError(f"{path} is empty; {EXPECTED}")


READERS: dict[str, Callable[[Path], tuple[Any, bool]]] = {
    "table": _table,
    "json": _json,
    "rds": _r_object,
    "rdata": _r_object,
    "empty": _nothing,
}

Number = Decimal | float


def _tidy(
    kind: Kind,
    curves: Sequence[Curve],
    decimal_comma: bool,
    ignored: Sequence[str],
    assumed: Sequence[str],
) -> MyHistory:
    # Of each curve: epoch -> its number, None where it is missing.
    read = {curve: _numbers(curve, decimal_comma) for curve in curves}
    told = {c: numbers for c, numbers in read.items() if any(map(_is_number, numbers.values()))}
    rows = {
        (curve.metric, curve.data, epoch): number
        for curve, numbers in told.items()
        for epoch, number in numbers.items()
        if number is not None
    }
    if not rows:
        raise ValueError("no value of loss or of a metric is there")
    _require_shares(rows)
    printed = [number for number in rows.values() if isinstance(number, Decimal)]
    steps, digits = _printed_steps(printed)
    of_printed = iter(steps)
    first = min(min(numbers) for numbers in read.values())
    _require_beginning([min(curve.epochs) for curve in read if curve.data == "training"])
    shift = 1 if first == 0 else 0  # Python counts epochs from 0
    index = pd.MultiIndex.from_tuples(
        [(metric, data, epoch + shift) for metric, data, epoch in rows],
        names=["metric", "data", "epoch"],
    )
    diverged, ended = _ends(told)
    return MyHistory(
        kind=kind,
        values=pd.Series([float(number) for number in rows.values()], index=index),
        steps=pd.Series(
            [next(of_printed) if isinstance(n, Decimal) else 0.0 for n in rows.values()],
            index=index,
        ),
        digits=digits,
        diverged=None if diverged is None else diverged + shift,
        ended=None if ended is None else ended + shift,
        gaps=[e + shift for e in _gaps(told) if diverged is None or e < diverged],
        ignored=ignored,
        assumed=assumed,
    )


def _require_shares(rows: Mapping[tuple[str, str, int], Number]) -> None:
    """Refuse an accuracy that is none: in percent, or of a cell that was changed."""
    for (metric, data, epoch), number in rows.items():
        if metric == "accuracy" and math.isfinite(number) and not 0 <= number <= 1:
            raise ValueError(
                f"the {data} accuracy of epoch {epoch} is {float(number):.6g}, and an accuracy is "
                "0 to 1 (one in percent is divided by 100)"
            )


def _require_beginning(first_epochs: Sequence[int]) -> None:
    """Refuse what was counted from elsewhere, or lost its beginning: nobody knows which."""
    first = min(first_epochs, default=1)
    if first > 1:
        raise ValueError(
            f"its training begins with epoch {first}; save it from its first epoch, 1 (or 0), on"
        )


def _numbers(curve: Curve, decimal_comma: bool) -> dict[int, Number | None]:
    if len(set(curve.epochs)) < len(curve.epochs):
        starts = list(curve.epochs).count(curve.epochs[0])
        raise ValueError(
            f"epoch {curve.epochs[0]} of the {curve.name} is there {starts} times, as of {starts} "
            "runs; save one run in a file"
            if starts > 1
            else f"an epoch of the {curve.name} is there twice; save one run in a file"
        )
    cells = zip(curve.epochs, curve.cells, strict=True)
    return {epoch: _number(cell, decimal_comma) for epoch, cell in cells}


def _ends(
    told: dict[Curve, dict[int, Number | None]],
) -> tuple[int | None, int | None]:
    """The first epoch that is not finite, and the first from which on no curve has a value.

    A loss that is missing where an accuracy goes on is none that was not computed: R and pandas
    write NaN as they write what is missing.
    """
    not_finite = [
        epoch
        for numbers in told.values()
        for epoch, number in numbers.items()
        if number is not None and not math.isfinite(number)
    ]
    last = {c: max(e for e, n in numbers.items() if n is not None) for c, numbers in told.items()}
    for curve, numbers in told.items():
        if curve.metric == "loss" and max(numbers) > last[curve]:
            others = [last[c] for c in told if c.data == curve.data]
            not_finite += [last[curve] + 1] if max(others) > last[curve] else []
    end, rows = max(last.values()), max(max(numbers) for numbers in told.values())
    return min(not_finite, default=None), end + 1 if rows > end else None


def _gaps(told: dict[Curve, dict[int, Number | None]]) -> list[int]:
    """Epochs without a training value that another curve, or a later epoch of the same, has.

    Validation values may be of every nth epoch; fit() leaves no training value out.
    """
    training = [numbers for curve, numbers in told.items() if curve.data == "training"]
    known = [{e for e, number in numbers.items() if number is not None} for numbers in training]
    last = max(set().union(*known), default=0)
    every = {epoch for numbers in training for epoch in numbers if epoch <= last}
    return sorted({epoch for epochs in known for epoch in every - epochs})


def _is_number(number: Number | None) -> bool:
    return number is not None and not math.isnan(number)


def _number(cell: Any, decimal_comma: bool) -> Number | None:
    """Printed numbers keep their digits as Decimal; None if the value is missing."""
    if isinstance(cell, (list, np.ndarray)):  # a list of numbers, each in a vector of its own
        if len(cell) != 1:
            raise ValueError(f"in place of a number there is a list of {len(cell)}")
        (cell,) = cell
    if cell is None:
        return None
    if isinstance(cell, bool):
        raise ValueError(f"in place of a number there is {str(cell).lower()}")
    if not isinstance(cell, str):
        return _stored(np.float64(cell))
    word = cell.strip().lower()
    if word in MISSING:
        return None
    special = word.removeprefix("+").replace("infinity", "inf")
    if special in NOT_FINITE:
        return NOT_FINITE[special]
    return _printed(word, decimal_comma)


def _stored(number: np.float64) -> Number | None:
    """Keras computes in single precision: a number of more digits has been text in between."""
    if is_missing(np.asarray(number)):
        return None
    with np.errstate(over="ignore"):
        is_single = not np.isfinite(number) or number == np.float32(number)
    return float(number) if is_single else Decimal(repr(float(number)))


def _printed(word: str, decimal_comma: bool) -> Decimal:
    plain = word.replace(",", ".") if decimal_comma else word
    if not PRINTED.fullmatch(plain[: MAX_CHARACTERS + 1]):
        raise ValueError(f"'{word[:MAX_CHARACTERS]}' is no number")
    number = Decimal(plain[: MAX_CHARACTERS + 1])
    if len(word) > MAX_CHARACTERS or math.isinf(float(number)):
        raise ValueError(f"'{word[:MAX_CHARACTERS]}' is larger or longer than any number of R's")
    return number


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
