"""R's arithmetic, comparisons and simple vectors in, NumPy's out."""

import ast

import numpy as np

from pyreg.port.python import Py, UntranslatableError, combine, is_literal, items, literal
from pyreg.port.recognise.rules import Translator, arguments, constant, rule
from pyreg.port.rtree import Call

BINARY = {
    "+": "_0 + _1",
    "-": "_0 - _1",
    "*": "_0 * _1",
    "/": "_0 / _1",
    "^": "_0 ** _1",
    "%%": "_0 % _1",
    "%/%": "_0 // _1",
    "==": "_0 == _1",
    "!=": "_0 != _1",
    "<": "_0 < _1",
    ">": "_0 > _1",
    "<=": "_0 <= _1",
    ">=": "_0 >= _1",
    "&": "_0 & _1",
    "|": "_0 | _1",
    "%in%": "np.isin(_0, _1)",
    "%*%": "_0 @ _1",
}
UNARY = {"-": "-_0", "+": "_0", "!": "~_0"}
MATHS = {
    "exp": "np.exp(_0)",
    "log": "np.log(_0)",
    "log2": "np.log2(_0)",
    "log10": "np.log10(_0)",
    "log1p": "np.log1p(_0)",
    "sqrt": "np.sqrt(_0)",
    "abs": "np.abs(_0)",
    "sin": "np.sin(_0)",
    "cos": "np.cos(_0)",
    "tan": "np.tan(_0)",
    "tanh": "np.tanh(_0)",
    "sign": "np.sign(_0)",
    "floor": "np.floor(_0)",
    "ceiling": "np.ceil(_0)",
    "is.na": "np.isnan(_0)",
    "rev": "_0[::-1]",
    "cumsum": "np.cumsum(_0)",
    "sort": "np.sort(_0)",
    "unique": "np.unique(_0)",
}


@rule(*BINARY)
def operator(translate: Translator, call: Call) -> Py:
    if len(call) == 1:
        part = translate(call[0])
        if is_literal(part) and call.head == "-":
            return literal(-part.value)
        return combine("not _0" if isinstance(part.value, bool) else UNARY[call.head or ""], part)
    left, right = translate(call[0]), translate(call[1])
    if call.head == "-" and right.value is not None and _is_one(right) and left.index is not None:
        return left.index  # R's numbers less one are Python's
    if call.head not in ("%in%", "%*%"):
        left, right = _in_columns(left, right), _in_columns(right, left)
    return combine(BINARY[call.head or ""], left, right)


def _in_columns(part: Py, other: Py) -> Py:
    """A vector as a column, where R takes it with a matrix of one column item by item."""
    shape, of_other = np.shape(part.value), np.shape(other.value)
    return combine("_0.reshape(-1, 1)", part) if of_other == (*shape, 1) != (1,) else part


@rule("!")
def negation(translate: Translator, call: Call) -> Py:
    part = translate(call[0])
    return combine("not _0" if isinstance(part.value, bool) else "~_0", part)


@rule("(", "return", "identity", "invisible", "suppressWarnings")
def itself(translate: Translator, call: Call) -> Py:
    return translate(call[0])


@rule(*MATHS)
def maths(translate: Translator, call: Call) -> Py:
    if len(call) != 1:
        raise UntranslatableError(f"{call.head} of two")
    part = translate(call[0])
    scalar = {"floor": "int(_0)", "ceiling": "int(np.ceil(_0))", "abs": "abs(_0)"}
    is_truncated = call.head != "floor" or np.all(np.asarray(part.value) >= 0)
    if isinstance(part.value, (int, float)) and call.head in scalar and is_truncated:
        return combine(scalar[call.head], part)
    return combine(MATHS[call.head or ""], part)


@rule("round")
def rounded(translate: Translator, call: Call) -> Py:
    given = arguments(call, "x", "digits")
    x = translate(given["x"])
    digits = constant(given.get("digits"), 0)
    if isinstance(x.value, (int, float)):
        return combine(f"round(_0, {digits})" if digits else "round(_0)", x)
    return combine(f"np.round(_0, {digits})" if digits else "np.round(_0)", x)


@rule("ifelse", "if_else")
def choice(translate: Translator, call: Call) -> Py:
    given = arguments(call, "test", "yes", "no")
    parts = [translate(given[name]) for name in ("test", "yes", "no")]
    if parts[1].value == 1 and parts[2].value == 0 and is_literal(parts[1]):
        return combine("(_0).astype(int)", parts[0])
    return combine("np.where(_0, _1, _2)", *parts)


@rule(":")
def count(translate: Translator, call: Call) -> Py:
    first, last = translate(call[0]), translate(call[1])
    stop = _plus_one(last)
    if not isinstance(first.value, int) or not isinstance(last.value, (int, np.integer)):
        raise UntranslatableError("a range of other than whole numbers")
    if first.value > last.value:
        return combine("np.arange(_0, _1 - 1, -1)", first, last)
    index = (
        combine("np.arange(_0)", last)
        if first.value == 1
        else combine("np.arange(_0, _1)", first.counted_from_zero(), last)
    )
    return combine("np.arange(_0, _1)", first, stop, index=index)


@rule("seq_len", "seq_along")
def count_of(translate: Translator, call: Call) -> Py:
    part = translate(call[0])
    size = part if call.head == "seq_len" else combine("len(_0)", part)
    return combine("np.arange(1, _0)", _plus_one(size), index=combine("np.arange(_0)", size))


@rule("seq")
def steps(translate: Translator, call: Call) -> Py:
    given = {
        name: translate(node)
        for name, node in arguments(call, "from", "to", "by", "length.out").items()
    }
    if set(given) == {"from"}:
        return combine("np.arange(1, _0)", _plus_one(given["from"]))
    if "length.out" in given and "by" not in given:
        return combine("np.linspace(_0, _1, _2)", *(given[n] for n in ("from", "to", "length.out")))
    if set(given) == {"from", "to"}:
        return combine("np.arange(_0, _1)", given["from"], _plus_one(given["to"]))
    if set(given) == {"from", "to", "by"}:
        first, last, by = (given[n] for n in ("from", "to", "by"))
        size = int((last.value - first.value) / by.value + 1e-10) + 1
        return combine(f"_0 + np.arange({size}) * _1", first, by)
    raise UntranslatableError("seq")


@rule("c")
def together(translate: Translator, call: Call) -> Py:
    parts = [translate(argument.value) for argument in call.arguments]
    if any(argument.name for argument in call.arguments) or not parts:
        raise UntranslatableError("a vector with names")
    if all(np.ndim(part.value) == 0 for part in parts):
        if all(isinstance(part.value, str) for part in parts):
            return items(parts)
        return combine("np.array(_0)", items(parts))
    if any(np.ndim(part.value) == 0 for part in parts):
        parts = [items([part]) if np.ndim(part.value) == 0 else part for part in parts]
    return combine("np.concatenate(_0)", items(parts))


@rule("rep", "rep_len", "rep.int")
def repeated(translate: Translator, call: Call) -> Py:
    given = arguments(call, "x", "times", "each", "length.out")
    x = translate(given["x"])
    if "each" in given and len(given) == 2:
        return combine("np.repeat(_0, _1)", _as_list(x), translate(given["each"]))
    size = translate(given.get("times") or given.get("length.out"))
    if np.ndim(x.value) == 0:
        filled = {0: "np.zeros(_0)", 1: "np.ones(_0)"}
        if is_literal(x) and x.value in filled:
            return combine(filled[x.value], size)
        return combine("np.full(_0, _1)", size, x)
    if np.ndim(size.value):
        return combine("np.repeat(_0, _1)", _as_list(x), _as_list(size))
    return combine("np.tile(_0, _1)", _as_list(x), size)


@rule("numeric", "integer", "vector", "double")
def empty(translate: Translator, call: Call) -> Py:
    given = arguments(call, "length")
    return combine("np.zeros(_0)", translate(given["length"]))


@rule("max", "min", "sum", "prod")
def reduced(translate: Translator, call: Call) -> Py:
    parts = [translate(argument.value) for argument in call.arguments if not argument.name]
    if len(parts) != 1:
        if all(np.ndim(part.value) == 0 for part in parts):
            inside = ", ".join(f"_{i}" for i in range(len(parts)))
            return combine(f"{call.head}({inside})", *parts)
        raise UntranslatableError(f"{call.head} of several")
    if isinstance(parts[0].value, list):
        return combine(f"{call.head}(_0)", parts[0])
    return combine(f"_0.{call.head}()", parts[0])


@rule("which")
def where(translate: Translator, call: Call) -> Py:
    index = combine("np.flatnonzero(_0)", translate(arguments(call, "x", "arr.ind")["x"]))
    return combine("_0 + 1", index, index=index)


@rule("which.max", "which.min")
def where_extreme(translate: Translator, call: Call) -> Py:
    name = {"which.max": "argmax", "which.min": "argmin"}[call.head or ""]
    index = combine(f"int(np.{name}(_0))", translate(call[0]))
    return combine("_0 + 1", index, index=index)


@rule("order")
def order(translate: Translator, call: Call) -> Py:
    if len(call) != 1:
        raise UntranslatableError("order by several")
    index = combine('np.argsort(_0, kind="stable")', translate(call[0]))
    return combine("_0 + 1", index, index=index)


@rule("setdiff")
def without(translate: Translator, call: Call) -> Py:
    left, right = translate(call[0]), translate(call[1])
    if left.index is not None and right.index is not None:
        index = combine("np.setdiff1d(_0, _1)", left.index, right.index)
        return combine("_0 + 1", index, index=index)
    return combine("np.setdiff1d(_0, _1)", left, right)


@rule("nchar")
def length_of_text(translate: Translator, call: Call) -> Py:
    return combine("np.char.str_len(_0.astype(str))", translate(call[0]))


def _is_one(part: Py) -> bool:
    return is_literal(part) and bool(np.ndim(part.value) == 0 and part.value == 1)


def _plus_one(part: Py) -> Py:
    return literal(part.value + 1) if is_literal(part) else combine("_0 + 1", part)


def _as_list(part: Py) -> Py:
    """`[0, 1]` for `np.array([0, 1])` where a list will do."""
    if isinstance(part.tree, ast.Call) and ast.unparse(part.tree.func) == "np.array":
        inner = part.tree.args[0]
        return Py(inner, part.value.tolist(), helpers=part.helpers, uses=part.uses)
    return part


@rule("table")
def counts(translate: Translator, call: Call) -> Py:
    """Counts by value: `table(y)[["1"]]` is the number of ones; the table itself needs no code."""
    part = translate(call[0])
    values = np.unique(np.asarray(part.value))
    parts = {str(value): combine(f"(_0 == {value!r}).sum()", part) for value in values.tolist()}
    return Py(ast.Constant(None), None, parts=parts)
