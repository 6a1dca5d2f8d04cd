"""R objects in, Python objects out, and back: the one place where types are matched.

docs/bridge.md has the table. Values are copied, so neither language can change the other's;
what has no counterpart is refused with a remedy (R to Python) or kept as a handle (Python to R).
"""

from collections.abc import Callable, Iterable
from functools import singledispatch
from typing import Any

import numpy as np
import pandas as pd

from pyreg.rbridge import calls, objects
from pyreg.rbridge.rinterface import RObject, ri

NA_INTEGER = np.int32(-(2**31))
LARGEST_EXACT_DOUBLE = 2**53
NA_TYPE = type(pd.NA)


# R to Python -------------------------------------------------------------------------------------


def to_python(value: RObject) -> Any:
    """The Python object for an R object.

    Raises:
        TypeError: there is no counterpart; the message names one to convert to first.
    """
    handle = attribute(value, "handle")
    if handle is not None:
        return objects.unwrap(handle)
    classes = list(attribute(value, "class") or [])
    if "data.frame" in classes:
        return _data_frame(value)
    if "factor" in classes:
        return _factor(value, ordered="ordered" in classes)
    convert = _FROM_R.get(value.typeof)
    if convert is None or (classes and convert in _ATOMIC):
        raise TypeError(
            f"got an R object of class '{', '.join(classes) or value.typeof.name}', which has no "
            "counterpart in Python; pass as.character(x), as.numeric(x) or unclass(x)"
        )
    return convert(value)


def view(value: RObject) -> np.ndarray:
    """R's own memory as an array (logical as int32), column-major; do not keep it."""
    return np.asarray(value)


def attribute(value: RObject, name: str) -> RObject | None:
    try:
        return value.do_slot(name)
    except LookupError:
        return None


class RFunction:
    """An R function that Python can call, with positional and named arguments."""

    def __init__(self, function: RObject) -> None:
        self.function = function

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return to_python(call(self.function, *arguments, **named))


def call(function: RObject, /, *arguments: Any, **named: Any) -> RObject:
    """Call an R function with converted arguments; the result stays in R."""
    positional = [(None, to_r(value)) for value in arguments]
    return calls.call(function, [*positional, *((key, to_r(item)) for key, item in named.items())])


def _null(value: RObject) -> None:
    return None


def _integer(value: RObject) -> Any:
    array = np.array(view(value))
    return _scalar_or_array(value, array, array == NA_INTEGER)


def _logical(value: RObject) -> Any:
    array = view(value)
    return _scalar_or_array(value, array != 0, array == NA_INTEGER)


def _double(value: RObject) -> Any:
    # NA_real_ is one of the NaNs; copied bit for bit it comes back to R as NA.
    array = np.array(view(value))
    return _scalar_or_array(value, array, np.zeros(0, dtype=bool))


def _scalar_or_array(value: RObject, array: np.ndarray, missing: np.ndarray) -> Any:
    if array.size == 1 and attribute(value, "dim") is None:
        return pd.NA if missing.any() else array.item()
    return np.ma.MaskedArray(array, missing) if missing.any() else array


def _raw(value: RObject) -> Any:
    array = np.array(view(value))
    return array.tobytes() if attribute(value, "dim") is None else array


def _character(value: RObject) -> Any:
    texts = [pd.NA if isinstance(text, ri.sexp.NACharacterType) else text for text in value]
    dim = attribute(value, "dim")
    if dim is not None:
        return np.array(texts, dtype=object).reshape(tuple(dim), order="F")
    return texts[0] if len(texts) == 1 else texts


def _list(value: RObject) -> list | dict:
    items = [to_python(item) for item in value]
    names = list(attribute(value, "names") or [])
    if not names:
        return items
    if "" in names or len(set(names)) < len(names):
        raise TypeError(
            f"got a list with the names {names}; expected all items named, each differently, "
            "or none; name the others, or pass unname(x)"
        )
    return dict(zip(names, items, strict=True))


def _factor(value: RObject, ordered: bool) -> pd.Categorical:
    codes = np.where(view(value) == NA_INTEGER, -1, view(value) - 1)
    levels = list(value.do_slot("levels"))
    return pd.Categorical.from_codes(codes, levels, ordered=ordered)  # type: ignore[call-overload]


def _data_frame(value: RObject) -> pd.DataFrame:
    rows = value.do_slot("row.names")
    index = list(rows) if isinstance(rows, ri.StrSexpVector) else range(len(rows))
    columns = {name: _column(item) for name, item in zip(value.names, value, strict=True)}
    return pd.DataFrame(columns, index=index)


def _column(value: RObject) -> Any:
    """A column as pandas holds it: missing integers and logicals keep their type."""
    column = to_python(value)
    if isinstance(column, np.ma.MaskedArray):
        kind = pd.arrays.BooleanArray if column.dtype == bool else pd.arrays.IntegerArray
        return kind(column.data, np.ma.getmaskarray(column))
    return column if isinstance(column, (np.ndarray, list, pd.Categorical)) else [column]


_FROM_R: dict[ri.RTYPES, Callable[[RObject], Any]] = {
    ri.RTYPES.NILSXP: _null,
    ri.RTYPES.LGLSXP: _logical,
    ri.RTYPES.INTSXP: _integer,
    ri.RTYPES.REALSXP: _double,
    ri.RTYPES.STRSXP: _character,
    ri.RTYPES.RAWSXP: _raw,
    ri.RTYPES.VECSXP: _list,
    ri.RTYPES.CLOSXP: RFunction,
    ri.RTYPES.BUILTINSXP: RFunction,
    ri.RTYPES.SPECIALSXP: RFunction,
}
_ATOMIC = {_logical, _integer, _double, _character, _raw}


# Python to R -------------------------------------------------------------------------------------


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
    return _from_numbers(np.int64(value)) if abs(value) < 2**63 else _integers(np.array([value]))


@to_r.register(bool)
@to_r.register(float)
@to_r.register(np.generic)
@to_r.register(np.ndarray)
def _from_numbers(value: Any) -> RObject:
    array = np.asarray(value)
    make = _FROM_NUMPY.get(array.dtype.kind)
    if make is None:
        return objects.wrap(value)
    result = make(array.ravel(order="F"))
    if array.ndim > 1:
        result.do_slot_assign("dim", ri.IntSexpVector(array.shape))
    return result


@to_r.register
def _from_masked(value: np.ma.MaskedArray) -> RObject:
    missing = np.ma.getmaskarray(value)
    result = _from_numbers(value.filled(0))
    view(result)[missing] = NA_INTEGER if value.dtype.kind in "biu" else ri.NA_Real
    return result


@to_r.register
def _from_str(value: str) -> RObject:
    return _strings([value])


@to_r.register
def _from_bytes(value: bytes) -> RObject:
    return ri.ByteSexpVector(value)


@to_r.register(list)
@to_r.register(tuple)
def _from_sequence(value: list | tuple) -> RObject:
    """A vector if all items are scalars of one type (besides NA), else a list."""
    value = [item.item() if isinstance(item, np.generic) else item for item in value]
    types = {type(item) for item in value} - {NA_TYPE}
    if types == {str}:
        return _strings(value)
    if types in ({bool}, {int}, {float}):
        missing = [item is pd.NA for item in value]
        kind = types.pop()
        filled = np.array([kind() if item is pd.NA else item for item in value])
        return to_r(np.ma.MaskedArray(filled, missing) if any(missing) else filled)
    return ri.ListSexpVector([to_r(item) for item in value])


@to_r.register
def _from_dict(value: dict) -> RObject:
    return named_list(value) if all(isinstance(key, str) for key in value) else objects.wrap(value)


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
        return to_r(np.ma.MaskedArray(value.to_numpy(kind, na_value=0), value.isna()))
    return to_r(value.to_numpy())


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
    largest = max(-int(array.min()), int(array.max())) if array.size else 0
    if largest < 2**31:
        return ri.IntSexpVector(array.astype(np.int32))
    if largest > LARGEST_EXACT_DOUBLE:
        raise OverflowError(
            f"got the integer {largest}, but R holds integers exactly up to 2^53; "
            "pass it as a string or a float"
        )
    return ri.FloatSexpVector(array.astype(np.float64))


def _doubles(array: np.ndarray) -> RObject:
    return ri.FloatSexpVector(array.astype(np.float64))


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
    "U": _objects,
    "O": _objects,
}
