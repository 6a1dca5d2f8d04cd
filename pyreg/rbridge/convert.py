"""R objects in, Python objects out, and back: the one place where types are matched.

docs/bridge.md has the table. Values are copied, so neither language can change the other's;
what has no counterpart is refused with a remedy (R to Python) or kept as a handle (Python to R).
"""

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import singledispatch
from types import FunctionType
from typing import Any

import numpy as np
import pandas as pd

from pyreg.rbridge import calls, objects
from pyreg.rbridge.rinterface import RObject, ri

NA_INTEGER = np.int32(-(2**31))
LARGEST_EXACT_DOUBLE = 2**53
NA_TYPE = type(pd.NA)


# R to Python -------------------------------------------------------------------------------------

Vectors = Callable[[np.ndarray], Any]


def to_python(value: RObject) -> Any:
    """The Python object for what Python asked R for; a vector is a NumPy array.

    Raises:
        TypeError: there is no counterpart; the message names one to convert to first.
    """
    return _convert(value, lambda array: array)


def to_argument(value: RObject) -> Any:
    """The Python object for what R hands to Python, as reticulate has it: a vector is a list.

    Raises:
        TypeError: there is no counterpart; the message names one to convert to first.
    """
    return _convert(value, np.ndarray.tolist)


def _convert(value: RObject, vectors: Vectors) -> Any:
    handle = attribute(value, "handle")
    if handle is not None:
        return objects.unwrap(handle)
    classes = list(attribute(value, "class") or [])
    if "data.frame" in classes:
        return _data_frame(value)
    if "factor" in classes:
        return _factor(value, ordered="ordered" in classes)
    if value.typeof == ri.RTYPES.ENVSXP:
        return value  # R's own: Python can keep it and give it back
    convert = _FROM_R.get(value.typeof)
    if convert is None or (classes and convert in _ATOMIC):
        raise TypeError(
            f"got an R object of class '{', '.join(classes) or value.typeof.name}', which has no "
            "counterpart in Python; pass as.character(x), as.numeric(x) or unclass(x)"
        )
    return convert(value, vectors)


def view(value: RObject) -> np.ndarray:
    """R's own memory as an array (logical as int32), column-major; do not keep it."""
    return np.asarray(value)


def attribute(value: RObject, name: str) -> RObject | None:
    try:
        return value.do_slot(name)
    except LookupError:
        return None


def call(function: RObject, /, *arguments: Any, **named: Any) -> RObject:
    """Call an R function with converted arguments; the result stays in R."""
    positional = [(None, to_r(value)) for value in arguments]
    return calls.call(function, [*positional, *((key, to_r(item)) for key, item in named.items())])


def _null(value: RObject, vectors: Vectors) -> None:
    return None


def _integer(value: RObject, vectors: Vectors) -> Any:
    array = np.array(view(value))
    return _numbers(value, array, array == NA_INTEGER, vectors)


def _logical(value: RObject, vectors: Vectors) -> Any:
    array = view(value)
    return _numbers(value, array != 0, array == NA_INTEGER, vectors)


def _double(value: RObject, vectors: Vectors) -> Any:
    # NA_real_ is one of the NaNs; copied bit for bit it comes back to R as NA.
    return _numbers(value, np.array(view(value)), np.zeros(0, dtype=bool), vectors)


def _complex(value: RObject, vectors: Vectors) -> Any:
    return _numbers(value, np.array(view(value)), np.zeros(0, dtype=bool), vectors)


def _numbers(value: RObject, array: np.ndarray, missing: np.ndarray, vectors: Vectors) -> Any:
    if attribute(value, "dim") is not None:
        return np.ma.MaskedArray(array, missing) if missing.any() else array
    if array.size == 1:
        return pd.NA if missing.any() else array.item()
    if not missing.any():
        return vectors(array)
    if vectors(array) is array:
        return np.ma.MaskedArray(array, missing)
    pairs = zip(array.tolist(), missing.tolist(), strict=True)
    return [pd.NA if is_missing else item for item, is_missing in pairs]


def _raw(value: RObject, vectors: Vectors) -> Any:
    array = np.array(view(value))
    return array.tobytes() if attribute(value, "dim") is None else array


def _character(value: RObject, vectors: Vectors) -> Any:
    texts = [pd.NA if isinstance(text, ri.sexp.NACharacterType) else text for text in value]
    dim = attribute(value, "dim")
    if dim is not None:
        return np.array(texts, dtype=object).reshape(tuple(dim), order="F")
    return texts[0] if len(texts) == 1 else texts


def _list(value: RObject, vectors: Vectors) -> list | dict:
    items = [_convert(item, vectors) for item in value]
    names = list(attribute(value, "names") or [])
    if not names:
        return {} if attribute(value, "names") is not None else items
    if "" in names or len(set(names)) < len(names):
        raise TypeError(
            f"got a list with the names {names}; expected all items named, each differently, "
            "or none; name the others, or pass unname(x)"
        )
    return dict(zip(names, items, strict=True))


def _function(value: RObject, vectors: Vectors) -> Callable:
    return python_function(value)


def python_function(value: RObject, returns: bool = True) -> Callable:
    """An R function as a Python function that has R's arguments, for who looks at its signature.

    Args:
        returns: whether it hands on what R returns; if not, it returns None.
    """
    has_default = calls.bridge.environment["arguments_of"](value)
    arguments = dict(zip(has_default.names or [], has_default, strict=True))

    def call_r(given: dict[str, Any], rest: Sequence[Any] = (), named: dict | None = None) -> Any:
        given = {name: item for name, item in given.items() if item is not NOT_GIVEN}
        result = call(value, *rest, **given, **(named or {}))
        return to_argument(result) if returns else None

    function = _with_arguments(arguments, call_r)
    function.in_r = value  # type: ignore[attr-defined]
    return function


class _NotGiven:
    """Stands for an argument that R gives its own default."""

    def __repr__(self) -> str:
        return "NOT_GIVEN"


NOT_GIVEN = _NotGiven()


def _with_arguments(has_default: dict[str, bool], call_r: Callable) -> Callable:
    """A Python function with the arguments of an R function; with any, if the names are R's only.

    It is written out as code: a signature on the side is lost where Python binds methods.
    """
    kinds = inspect.Parameter
    kind: Any = kinds.POSITIONAL_OR_KEYWORD
    parameters: list[tuple[str, Any, Any]] = []
    for name, default in has_default.items():
        if name == "...":
            parameters.append(("rest", kinds.VAR_POSITIONAL, kinds.empty))
            kind = kinds.KEYWORD_ONLY
        else:
            parameters.append((name, kind, NOT_GIVEN if default else kinds.empty))
    if "..." in has_default:
        parameters.append(("named", kinds.VAR_KEYWORD, kinds.empty))
    try:
        signature = inspect.Signature([kinds(n, k, default=value) for n, k, value in parameters])
    except ValueError:

        def r_function(*rest: Any, **named: Any) -> Any:
            return call_r({}, rest, named)

        return r_function
    given = ", ".join(f"{name!r}: {name}" for name in has_default if name != "...")
    others = ", rest, named" if "..." in has_default else ""
    space = {"call_r": call_r, "NOT_GIVEN": NOT_GIVEN}
    exec(f"def r_function{signature}:\n    return call_r({{{given}}}{others})", space)
    return space["r_function"]  # type: ignore[return-value]


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


_FROM_R: dict[ri.RTYPES, Callable[[RObject, Vectors], Any]] = {
    ri.RTYPES.NILSXP: _null,
    ri.RTYPES.LGLSXP: _logical,
    ri.RTYPES.INTSXP: _integer,
    ri.RTYPES.REALSXP: _double,
    ri.RTYPES.CPLXSXP: _complex,
    ri.RTYPES.STRSXP: _character,
    ri.RTYPES.RAWSXP: _raw,
    ri.RTYPES.VECSXP: _list,
    ri.RTYPES.CLOSXP: _function,
    ri.RTYPES.BUILTINSXP: _function,
    ri.RTYPES.SPECIALSXP: _function,
}
_ATOMIC = {_logical, _integer, _double, _complex, _character, _raw}


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
