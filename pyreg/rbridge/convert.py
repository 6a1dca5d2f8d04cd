"""R objects in, Python objects out: the one place where types are matched this way.

docs/bridge.md has the table. Values are copied, so neither language can change the other's; what
has no counterpart is refused with a remedy.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pyreg.rbridge import calls, objects
from pyreg.rbridge.rinterface import RObject, ri
from pyreg.rbridge.to_r import NA_INTEGER, to_r, view

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

    It is written out as code: a signature on the side is lost where Python binds methods. No name
    in R begins with an underline.
    """
    kinds = inspect.Parameter
    kind: Any = kinds.POSITIONAL_OR_KEYWORD
    parameters: list[tuple[str, Any, Any]] = []
    for name, default in has_default.items():
        if name == "...":
            parameters.append(("_rest", kinds.VAR_POSITIONAL, kinds.empty))
            kind = kinds.KEYWORD_ONLY
        else:
            parameters.append((name, kind, NOT_GIVEN if default else kinds.empty))
    if "..." in has_default:
        parameters.append(("_named", kinds.VAR_KEYWORD, kinds.empty))
    try:
        signature = inspect.Signature([kinds(n, k, default=value) for n, k, value in parameters])
    except ValueError:

        def r_function(*rest: Any, **named: Any) -> Any:
            return call_r({}, rest, named)

        return r_function
    given = ", ".join(f"{name!r}: {name}" for name in has_default if name != "...")
    others = ", _rest, _named" if "..." in has_default else ""
    space = {"_call_r": call_r, "NOT_GIVEN": NOT_GIVEN}
    exec(f"def r_function{signature}:\n    return _call_r({{{given}}}{others})", space)
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
