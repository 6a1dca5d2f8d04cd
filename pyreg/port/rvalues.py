"""An R value in, what Python can compare with it out; large vectors are looked at, not copied."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pyreg.port.arrays import same
from pyreg.rbridge import convert, session
from pyreg.rbridge.rinterface import RObject, ri

RTYPES = ri.RTYPES
CLOSE = 1e-13  # relative; sums of another order differ by less


@dataclass(frozen=True)
class Vector:
    """A vector, matrix or array. `array` has R's dimensions; missing values are NaN or None."""

    array: np.ndarray
    is_scalar: bool = False


@dataclass(frozen=True)
class Factor:
    """`codes` count from 1; 0 is missing."""

    codes: np.ndarray
    levels: list[str]


@dataclass(frozen=True)
class Frame:
    """A data frame, data.table or tibble."""

    columns: dict[str, "RValue"]


@dataclass(frozen=True)
class RList:
    """A list; `names` has an entry per item, or none."""

    items: list["RValue"]
    names: list[str]


@dataclass(frozen=True)
class History:
    """What `fit()` returns in R."""

    metrics: dict[str, list[float]]


@dataclass(frozen=True)
class PythonObject:
    """A reference to an object of Python's, told by its id."""

    id: int


@dataclass(frozen=True)
class Opaque:
    """A function, a formula, NULL, ...: nothing to compare."""

    kind: str


RValue = Vector | Factor | Frame | RList | History | PythonObject | Opaque

MOST_ITEMS = 200_000


def rvalue(value: RObject) -> RValue:
    """The value as Python can compare it."""
    handle = convert.attribute(value, "handle")
    if handle is not None:
        return PythonObject(id(convert.to_python(value)))
    classes = list(convert.attribute(value, "class") or [])
    if any(name.startswith("python.builtin") for name in classes):
        return PythonObject(int(session.call("reticulate_id", value)))
    if "factor" in classes:
        return Factor(np.array(convert.view(value)).clip(0), list(value.do_slot("levels")))
    if value.typeof == RTYPES.VECSXP:
        return _list(value, classes)
    if value.typeof in (RTYPES.REALSXP, RTYPES.INTSXP, RTYPES.LGLSXP, RTYPES.STRSXP):
        return _vector(value)
    return Opaque(value.typeof.name)


def agrees(python: Any, r: RValue) -> bool:
    """Whether a Python value is R's, bit for bit; types may differ where values do not."""
    if isinstance(r, Vector):
        return same(python, _flat(r, python))
    if isinstance(r, Factor):
        return same(np.asarray(python, dtype=object), np.array(_texts(r), dtype=object))
    if isinstance(r, Frame):
        return _frame_agrees(python, r)
    if isinstance(r, RList):
        sequences = as_sequences(r)
        return sequences is not None and same(np.asarray(python, dtype=object), sequences)
    return False


def is_close(python: Any, r: RValue) -> bool:
    """Whether a Python value is R's up to the order in which sums were made."""
    if not isinstance(r, Vector) or r.array.dtype.kind != "f":
        return False
    try:
        array = np.asarray(python, dtype=np.float64)
    except (TypeError, ValueError):
        return False
    expected = _flat(r, array)
    scale = np.nanmax(np.abs(expected)) if expected.size else 0.0
    return array.shape == expected.shape and bool(
        np.allclose(array, expected, rtol=CLOSE, atol=CLOSE * scale, equal_nan=True)
    )


def as_sequences(r: RList) -> np.ndarray | None:
    """A list of vectors of whole numbers as an array of lists; None for other lists."""
    if not r.items or not all(isinstance(item, Vector) for item in r.items):
        return None
    array = np.empty(len(r.items), dtype=object)
    array[:] = [item.array.tolist() for item in r.items]  # type: ignore[union-attr]
    return array


def _flat(r: Vector, python: Any) -> np.ndarray:
    """R's scalar as a scalar where Python's value is one."""
    return r.array.reshape(()) if r.is_scalar and np.ndim(python) == 0 else r.array


def _texts(r: Factor) -> list[str | None]:
    return [r.levels[code - 1] if code else None for code in r.codes]


def _frame_agrees(python: Any, r: Frame) -> bool:
    columns = getattr(python, "columns", None)
    if columns is None or len(columns) != len(r.columns):
        return False
    return all(
        agrees(column_values(python.iloc[:, i]), value)
        for i, value in enumerate(r.columns.values())
    )


def column_values(column: Any) -> np.ndarray:
    """A column of pandas' as NumPy holds it; missing text is None."""
    if column.dtype.kind in "biuf":
        return column.to_numpy()
    return column.astype(object).where(column.notna(), None).to_numpy()


def _list(value: RObject, classes: list[str]) -> RValue:
    names = convert.attribute(value, "names")
    texts = [str(name) for name in names] if names is not None else []
    if "keras_training_history" in classes and "metrics" in texts:
        metrics = rvalue(value[texts.index("metrics")])
        assert isinstance(metrics, RList)
        numbers = [item.array.ravel().tolist() for item in metrics.items]  # type: ignore[union-attr]
        return History(dict(zip(metrics.names, numbers, strict=True)))
    if len(value) > MOST_ITEMS:
        return Opaque("a long list")
    items = [rvalue(item) for item in value]
    if "data.frame" in classes:
        return Frame(dict(zip(texts, items, strict=True)))
    return RList(items, texts)


def _vector(value: RObject) -> Vector:
    array = _values(value)
    has_dim = convert.attribute(value, "dim") is not None
    return Vector(array, is_scalar=array.size == 1 and not has_dim)


def _values(value: RObject) -> np.ndarray:
    """Shaped as in R; a view of R's memory where nothing is missing."""
    if value.typeof == RTYPES.STRSXP:
        texts = [None if isinstance(t, ri.sexp.NACharacterType) else str(t) for t in value]
        array = np.array(texts, dtype=object)
        dim = convert.attribute(value, "dim")
        return array if dim is None else array.reshape(tuple(dim), order="F")
    array = convert.view(value)
    if value.typeof == RTYPES.REALSXP:
        return array
    missing = array == convert.NA_INTEGER
    if missing.any():
        return np.where(missing, np.nan, array)
    return array != 0 if value.typeof == RTYPES.LGLSXP else array
