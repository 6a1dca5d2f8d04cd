"""Tensors and arrays of Python's and an R operation's name in, what R's own would give out."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from pyreg.rbridge.convert import to_argument
from pyreg.rbridge.rinterface import RObject

ALL = ":"  # how R hands on the empty index of x[1, ]

BINARY = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "%%": operator.mod,
    "%/%": operator.floordiv,
    "%*%": operator.matmul,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "&": operator.and_,
    "|": operator.or_,
}
UNARY: dict[str, Callable] = {"-": operator.neg, "+": operator.pos, "!": np.logical_not}
# R's names of keras.ops and of NumPy's functions, where they are not the same.
OF_TENSORS = {
    "==": "equal",
    "!=": "not_equal",
    "&": "logical_and",
    "|": "logical_or",
    "!": "logical_not",
    "ceiling": "ceil",
    "acos": "arccos",
    "asin": "arcsin",
    "atan": "arctan",
    "abs": "absolute",
}


def is_tensor(value: Any) -> bool:
    """A tensor or variable of the backend's or Keras', with values or without."""
    return hasattr(value, "shape") and hasattr(value, "dtype") and not _is_numpys(value)


def _is_numpys(value: Any) -> bool:
    return isinstance(value, (np.ndarray, np.generic))


def grows(target: Any, layer: Any) -> bool:
    """Whether R's `model |> layer()` adds a layer to a sequential model.

    By their names: whoever watches Keras may have put something in the place of its classes.
    """
    return _is_of_keras(target, "Sequential") and _is_of_keras(layer, "Layer")


def _is_of_keras(value: Any, name: str) -> bool:
    classes = type(value).__mro__
    return any(c.__name__ == name and c.__module__.startswith("keras.") for c in classes)


# Arithmetic --------------------------------------------------------------------------------------


def _binary(name: RObject, left: RObject, right: RObject) -> Any:
    symbol, one, other = name[0], to_argument(left), to_argument(right)
    if not (is_tensor(one) or is_tensor(other)):
        return BINARY[symbol](one, other)
    if symbol == "^" and is_tensor(one):
        return _power(one, other)
    one, other = _like(one, other), _like(other, one)
    if symbol in OF_TENSORS:
        return _ops(OF_TENSORS[symbol])(one, other)
    return BINARY[symbol](one, other)


def _power(base: Any, exponent: Any) -> Any:
    """Squares and roots by their own names, as R's tensorflow takes them; whole exponents whole."""
    if exponent == 2:
        return _ops("square")(base)
    if exponent == 0.5:
        return _ops("sqrt")(base)
    is_whole = isinstance(exponent, float) and exponent.is_integer()
    return base ** (int(exponent) if is_whole else _like(exponent, base))


def _like(value: Any, tensor: Any) -> Any:
    """R's numbers in the type of the tensor that they meet."""
    if not is_tensor(tensor) or is_tensor(value) or value is None or isinstance(value, str):
        return value
    return np.asarray(value, dtype=_dtype(tensor))


def _dtype(tensor: Any) -> str:
    return getattr(tensor.dtype, "name", tensor.dtype)


def _unary(name: RObject, value: RObject) -> Any:
    symbol, held = name[0], to_argument(value)
    if is_tensor(held) and symbol in OF_TENSORS:
        return _ops(OF_TENSORS[symbol])(held)
    return UNARY[symbol](held)


def _math(name: RObject, value: RObject, named: RObject) -> Any:
    """A function of one array, such as `exp` or `sum`; `named` are further arguments."""
    held = to_argument(value)
    called = OF_TENSORS.get(name[0], name[0])
    function = _ops(called) if is_tensor(held) else getattr(np, called)
    return function(held, **dict(to_argument(named)))


def _ops(name: str) -> Callable:
    import keras

    return getattr(keras.ops, name)


# Shapes, items, values ---------------------------------------------------------------------------


def _values(value: RObject) -> Any:
    """What an array, a tensor or a variable holds, as NumPy's array; other things as they are."""
    held = to_argument(value)
    return _ops("convert_to_numpy")(held) if is_tensor(held) else held


def _shape(value: RObject) -> Any:
    """The size in each dimension, None where it is not known; None for what has no shape."""
    shape = getattr(to_argument(value), "shape", None)
    return None if shape is None else list(shape)


def _length(value: RObject) -> Any:
    held = to_argument(value)
    if is_tensor(held) or _is_numpys(held):
        sizes = list(held.shape)
        return None if None in sizes else int(np.prod(sizes))
    return len(held) if hasattr(held, "__len__") else None


def _items(value: RObject) -> tuple:
    """All that iterating gives; as a tuple, which becomes a list in R."""
    return tuple(to_argument(value))


def _subset(value: RObject, index: RObject) -> Any:
    """R's `x[i, j]` on a tensor: counted from 1, ends included, below 0 from the end."""
    return to_argument(value)[tuple(_key(one) for one in to_argument(index))]


def _key(index: Any) -> Any:
    if isinstance(index, str) and index == ALL:
        return slice(None)
    if isinstance(index, float):
        index = int(index)
    if isinstance(index, bool) or not isinstance(index, (int, list)):
        return index
    if isinstance(index, int):
        return _from_zero(index)
    if all(isinstance(i, bool) for i in index):
        return index
    whole = [int(i) for i in index]
    if whole and whole[0] > 0 and whole == list(range(whole[0], whole[0] + len(whole))):
        return slice(whole[0] - 1, whole[-1])
    return [_from_zero(i) for i in whole]


def _from_zero(index: int) -> int:
    if index == 0:
        raise IndexError("got the index 0, but R counts from 1; take 1 for the first")
    return index - 1 if index > 0 else index


def _is_tensor(value: RObject) -> bool:
    return is_tensor(to_argument(value))


OPERATIONS: dict[str, Callable[..., Any]] = {
    "binary": _binary,
    "unary": _unary,
    "math": _math,
    "values": _values,
    "shape": _shape,
    "length": _length,
    "items": _items,
    "subset": _subset,
    "is tensor": _is_tensor,
}
