"""R's matrices and arrays, their shapes and types in, NumPy's out."""

import numpy as np

from pyreg.port.python import Py, UntranslatableError, combine, is_literal, items, literal
from pyreg.port.recognise.rules import Translator, arguments, constant, rule
from pyreg.port.rtree import Call, Constant, Node


@rule("nrow", "NROW", "length")
def rows(translate: Translator, call: Call) -> Py:
    part = translate(call[0])
    if call.head == "length" and np.ndim(part.value) > 1:
        return combine("_0.size", part)
    if np.ndim(part.value) == 0 and not hasattr(part.value, "__len__"):
        return literal(1)
    return combine("len(_0)", part)


@rule("ncol", "NCOL")
def columns(translate: Translator, call: Call) -> Py:
    return combine("_0.shape[1]", translate(call[0]))


@rule("dim")
def shape(translate: Translator, call: Call) -> Py:
    return combine("_0.shape", translate(call[0]))


@rule("t")
def transposed(translate: Translator, call: Call) -> Py:
    return combine("_0.T", translate(call[0]))


@rule("aperm")
def permuted(translate: Translator, call: Call) -> Py:
    given = arguments(call, "a", "perm")
    axes = [axis.value - 1 for axis in translate.sequence(given["perm"])]
    return combine(f"_0.transpose({', '.join(map(str, axes))})", translate(given["a"]))


@rule("matrix")
def matrix(translate: Translator, call: Call) -> Py:
    given = arguments(call, "data", "nrow", "ncol", "byrow")
    data = translate(given["data"])
    by_row = constant(given.get("byrow"), False)
    sides = [translate(given[side]) if side in given else literal(-1) for side in ("nrow", "ncol")]
    if np.ndim(data.value) == 0:
        return _filled(data, [side if side.value != -1 else literal(1) for side in sides])
    if sides[1].value == -1:
        sides[1] = literal(1) if "nrow" not in given else sides[1]
    if sides[1].value == 1 and np.ndim(data.value) == 1:
        return combine("_0.reshape(-1, 1)", data)
    found = _reshaped(data, sides, "C" if by_row else "F")
    if _is_of_numbers(given["data"]) and np.ndim(found.value) == 2:
        return combine("np.array(_0)", literal(found.value.tolist()))
    return found


def _is_of_numbers(node: Node) -> bool:
    """Whether it is `c(1, 2, ...)`, a table as someone types it."""
    if not isinstance(node, Call) or node.head != "c":
        return False
    return all(isinstance(argument.value, Constant) for argument in node.arguments)


@rule("array")
def array(translate: Translator, call: Call) -> Py:
    given = arguments(call, "data", "dim")
    data = translate(given["data"])
    sides = _sides(translate, given["dim"]) if "dim" in given else [literal(-1)]
    if np.ndim(data.value) == 0:
        return _filled(data, sides)
    return _reshaped(data, sides, "F")


@rule("array_reshape")
def reshaped(translate: Translator, call: Call) -> Py:
    given = arguments(call, "x", "dim", "order")
    order = constant(given.get("order"), "C")
    return _reshaped(translate(given["x"]), _sides(translate, given["dim"]), str(order))


@rule("cbind")
def beside(translate: Translator, call: Call) -> Py:
    parts = [translate(argument.value) for argument in call.arguments]
    if all(np.ndim(part.value) == 2 for part in parts):
        return combine("np.hstack(_0)", items(parts))
    size = max(len(part.value) for part in parts if np.ndim(part.value))
    parts = [
        part if np.ndim(part.value) else combine(f"np.full({size}, _0)", part) for part in parts
    ]
    return combine("np.column_stack(_0)", items(parts))


@rule("rbind", "abind")
def below(translate: Translator, call: Call) -> Py:
    parts = [translate(argument.value) for argument in call.arguments]
    return combine("np.vstack(_0)", items(parts))


@rule("as.matrix", "data.matrix", "as.array", "as_tensor")
def as_matrix(translate: Translator, call: Call) -> Py:
    part = translate(call[0])
    if hasattr(part.value, "iloc"):
        return combine("_0.to_numpy()", part)
    if "__made__" in part.code and call.head == "as.array":
        return combine("np.asarray(_0)", part)
    if call.head != "as.array" and np.ndim(part.value) == 1:
        return combine("_0.reshape(-1, 1)", part)
    return part


@rule("as.numeric", "as.double", "as.integer", "as.vector", "as.logical", "unlist", "drop")
def as_vector(translate: Translator, call: Call) -> Py:
    part = translate(call[0])
    if is_literal(part) and isinstance(part.value, (int, float)):
        return literal(int(part.value)) if call.head == "as.integer" else part
    if _is_text(part.value):
        return _codes(part)
    if np.ndim(part.value) > 1:
        if np.shape(part.value)[1:] == (1,):
            return combine("_0[:, 0]", part)
        if call.head == "drop":
            return combine("_0.squeeze()", part)
        return combine('_0.ravel(order="F")', part)
    kind = np.asarray(part.value).dtype.kind
    if kind == "b" and np.ndim(part.value):
        is_double = call.head in ("as.numeric", "as.double")
        return combine("_0.astype(float)" if is_double else "_0.astype(int)", part)
    if call.head == "as.integer" and kind == "f":
        if np.ndim(part.value) == 0:
            return combine("int(_0)", part)
        return combine("_0.astype(int)", part)
    return part


@rule("as.factor", "factor")
def factor(translate: Translator, call: Call) -> Py:
    part = translate(call[0])
    if len(call) > 1 or not hasattr(part.value, "astype"):
        raise UntranslatableError("a factor with levels of its own")
    return part


@rule("as.character")
def as_text(translate: Translator, call: Call) -> Py:
    part = translate(call[0])
    if _is_text(part.value):
        return part
    return combine("_0.astype(str)", part)


def _is_text(value: object) -> bool:
    dtype = getattr(value, "dtype", None)
    return dtype is not None and not hasattr(value, "columns") and dtype.kind in "OUT"


def _codes(part: Py) -> Py:
    """A factor's numbers: R counts its levels from 1."""
    if hasattr(part.value, "astype") and hasattr(part.value, "iloc"):
        index = combine('_0.astype("category").cat.codes', part)
    else:
        index = combine("np.unique(_0, return_inverse=True)[1]", part)
    return combine("_0 + 1", index, index=index)


def _sides(translate: Translator, node: Node) -> list[Py]:
    """The items of `c(nrow(x), 784)`; of `c(dim(x), 1)`, where a shape is spread out."""
    found = []
    for part in translate.sequence(node):
        if isinstance(part.value, tuple):
            found += [combine(f"_0[{i}]", part) for i in range(len(part.value))]
        elif np.ndim(part.value):
            raise UntranslatableError("a shape that is computed")
        else:
            found.append(part)
    return found


def _reshaped(data: Py, sides: list[Py], order: str) -> Py:
    """`x.reshape(-1, 784)`: the first side is left to NumPy where it is the number of rows."""
    value = np.asarray(data.value)
    keeps_rows = len(sides) > 1 and sides[0].value == len(value) and order == "C"
    if keeps_rows and -1 not in [side.value for side in sides[1:]]:
        sides = [literal(-1), *sides[1:]]
    inside = ", ".join(f"_{i + 1}" for i in range(len(sides)))
    if order == "C":
        return combine(f"_0.reshape({inside})", data, *sides)
    return combine(f'_0.reshape(({inside}), order="F")', data, *sides)


def _filled(data: Py, sides: list[Py]) -> Py:
    size = sides[0] if len(sides) == 1 else items(sides, "()")
    makers = {0: "np.zeros(_0)", 1: "np.ones(_0)"}
    if is_literal(data) and data.value in makers:
        return combine(makers[data.value], size)
    return combine("np.full(_0, _1)", size, data)
