"""Python objects in, R objects out: the one place where types are matched this way.

docs/bridge.md has the table. Values are copied; what R has no type for stays in Python, and R gets
a handle.
"""

from collections.abc import Callable, Iterable
from functools import singledispatch
from types import FunctionType
from typing import Any

import numpy as np
import pandas as pd

from pyreg.rbridge import objects
from pyreg.rbridge.rinterface import RObject, ri

NA_INTEGER = np.int32(-(2**31))
LARGEST_EXACT_DOUBLE = 2**53
NA_TYPE = type(pd.NA)


def view(value: RObject) -> np.ndarray:
    """R's own memory as an array (logical as int32), column-major; do not keep it."""
    return np.asarray(value)


@singledispatch
def to_r(value: Any) -> RObject:
    """The R object for a Python object; a handle for what R has no type for.

    Raises:
        OverflowError: an integer is beyond what R's doubles hold exactly.
        ValueError: a string holds a NUL character.
    """
    return objects.wrap(value)


def named_list(items: dict[str, Any]) -> RObject:
    result = ri.ListSexpVector([to_r(item) for item in items.values()])
    result.names = ri.StrSexpVector(list(items))
    return result


@to_r.register
def _from_sexp(value: ri.Sexp) -> RObject:
    return value


@to_r.register
def _from_none(value: None) -> RObject:
    return ri.NULL


@to_r.register(NA_TYPE)
def _from_na(value: Any) -> RObject:
    return ri.BoolSexpVector([ri.NA_Logical])


@to_r.register
def _from_int(value: int) -> RObject:
    return _integers(np.array([value], dtype=object))


@to_r.register(bool)
@to_r.register(float)
@to_r.register(complex)
def _from_scalar(value: Any) -> RObject:
    return _vector(np.array([value]))


@to_r.register(np.generic)
@to_r.register(np.ndarray)
def _from_array(value: Any) -> RObject:
    """A NumPy array with its dimensions, one too; what has more than 32 bits becomes doubles."""
    array = np.asarray(value)
    if array.dtype.kind not in _FROM_NUMPY:
        return objects.wrap(value)
    is_wide = array.dtype.kind in "iu" and np.iinfo(array.dtype).max >= 2**31
    result = (_wide if is_wide else _vector)(array.ravel(order="F"))
    holds_lists = array.dtype.kind == "O" and result.typeof == ri.RTYPES.VECSXP
    if array.ndim > (1 if holds_lists else 0):
        result.do_slot_assign("dim", ri.IntSexpVector(array.shape))
    return result


@to_r.register
def _from_masked(value: np.ma.MaskedArray) -> RObject:
    missing = np.ma.getmaskarray(value)
    result = _vector(value.filled(0).ravel(order="F"))
    view(result)[missing.ravel(order="F")] = NA_INTEGER if value.dtype.kind in "biu" else ri.NA_Real
    if value.ndim > 1:
        result.do_slot_assign("dim", ri.IntSexpVector(value.shape))
    return result


@to_r.register
def _from_str(value: str) -> RObject:
    return _strings([value])


@to_r.register
def _from_bytes(value: bytes) -> RObject:
    return ri.ByteSexpVector(value)


@to_r.register
def _from_list(value: list) -> RObject:
    """A vector if all items are scalars of one type (besides NA), else a list."""
    types = set(map(type, value)) - {NA_TYPE}
    if types == {str}:
        return _strings(value)
    if len(types) != 1 or not types <= {bool, int, float}:
        return ri.ListSexpVector([to_r(item) for item in value])
    if NA_TYPE not in map(type, value):
        return _vector(np.array(value))
    missing = [item is pd.NA for item in value]
    kind = types.pop()
    filled = np.array([kind() if item is pd.NA else item for item in value])
    return _from_masked(np.ma.MaskedArray(filled, missing))


@to_r.register
def _from_tuple(value: tuple) -> RObject:
    """A list; a tuple whose parts have names stays in Python, unless it is one of TensorFlow's."""
    if hasattr(value, "_asdict"):
        is_result = type(value).__module__.startswith("tensorflow")
        return named_list(value._asdict()) if is_result else objects.wrap(value)
    return ri.ListSexpVector([to_r(item) for item in value])


@to_r.register
def _from_dict(value: dict) -> RObject:
    if not all(isinstance(key, (str, int, float)) for key in value):
        return objects.wrap(value)
    return named_list({str(key): item for key, item in value.items()})


@to_r.register
def _from_function(value: FunctionType) -> RObject:
    return getattr(value, "in_r", None) or objects.wrap(value)


@to_r.register
def _from_data_frame(value: pd.DataFrame) -> RObject:
    columns = named_list({str(name): column for name, column in value.items()})
    if isinstance(value.index, pd.RangeIndex):
        rows: RObject = ri.IntSexpVector([NA_INTEGER, -len(value)])  # R's short form of 1, 2, ...
    else:
        rows = _strings([str(name) for name in value.index])
    return _structure(columns, **{"class": _strings(["data.frame"]), "row.names": rows})


@to_r.register
def _from_series(value: pd.Series) -> RObject:
    return to_r(value.array)


@to_r.register
def _from_categorical(value: pd.Categorical) -> RObject:
    codes = np.where(value.codes < 0, NA_INTEGER, value.codes.astype(np.int32) + 1)
    classes = ["ordered", "factor"] if value.ordered else ["factor"]
    return _structure(
        ri.IntSexpVector(codes.astype(np.int32)),
        levels=_strings([str(level) for level in value.categories]),
        **{"class": _strings(classes)},
    )


@to_r.register
def _from_pandas_array(value: pd.api.extensions.ExtensionArray) -> RObject:
    if isinstance(value, (pd.arrays.IntegerArray, pd.arrays.BooleanArray)):
        kind = bool if isinstance(value, pd.arrays.BooleanArray) else np.int64
        return _from_masked(np.ma.MaskedArray(value.to_numpy(kind, na_value=0), value.isna()))
    return _vector(value.to_numpy())


def _vector(array: np.ndarray) -> RObject:
    """An R vector of a 1-D array; integers stay integers while they fit."""
    return _FROM_NUMPY[array.dtype.kind](array)


def _strings(values: Iterable[Any]) -> RObject:
    texts = [text if isinstance(text, str) else None for text in values]
    for text in texts:
        if text is not None and "\0" in text:
            raise ValueError(f"got {text!r}, but R's strings hold no NUL; replace it first")
    return ri.StrSexpVector(texts)


def _logicals(array: np.ndarray) -> RObject:
    return ri.BoolSexpVector(array.astype(np.int32))


def _integers(array: np.ndarray) -> RObject:
    """R's integers are 32 bits and the lowest is NA; larger ones become doubles if exact."""
    if _largest(array) < 2**31:
        return ri.IntSexpVector(array.astype(np.int32))
    return _wide(array)


def _wide(array: np.ndarray) -> RObject:
    largest = _largest(array)
    if largest > LARGEST_EXACT_DOUBLE:
        raise OverflowError(
            f"got the integer {largest}, but R holds integers exactly up to 2^53; "
            "pass it as a string or a float"
        )
    return ri.FloatSexpVector(array.astype(np.float64))


def _largest(array: np.ndarray) -> int:
    return max(-int(array.min()), int(array.max())) if array.size else 0


def _doubles(array: np.ndarray) -> RObject:
    return ri.FloatSexpVector(array.astype(np.float64))


def _complexes(array: np.ndarray) -> RObject:
    return ri.ComplexSexpVector(array.astype(np.complex128))


def _objects(array: np.ndarray) -> RObject:
    if all(isinstance(item, str) or _is_missing(item) for item in array):
        return _strings(array)
    return ri.ListSexpVector([to_r(item) for item in array])


def _is_missing(item: Any) -> bool:
    return item is None or item is pd.NA or (isinstance(item, float) and np.isnan(item))


def _structure(value: RObject, **attributes: RObject) -> RObject:
    # R's own function: a class set on the vector from here is not seen by R's dispatch.
    return ri.baseenv["structure"](value, **attributes)


_FROM_NUMPY: dict[str, Callable[[np.ndarray], RObject]] = {
    "b": _logicals,
    "i": _integers,
    "u": _integers,
    "f": _doubles,
    "c": _complexes,
    "U": _objects,
    "O": _objects,
}
