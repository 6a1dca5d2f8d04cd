"""R's `x[i, j]`, `x$name` and `x[[i]]` in, Python's indexing from 0 out."""

import ast
from collections.abc import Iterator

import numpy as np

from pyreg.port.python import Py, UntranslatableError, combine, is_literal, literal
from pyreg.port.recognise.rules import Translator, arguments, constant, rule
from pyreg.port.rtree import Argument, Call, Constant, Node, Symbol


@rule("$")
def by_name(translate: Translator, call: Call) -> Py:
    name = call[1]
    text = name.name if isinstance(name, Symbol) else getattr(name, "value", None)
    return _part(translate(call[0]), text)


@rule("[[")
def one_item(translate: Translator, call: Call) -> Py:
    whole, key = translate(call[0]), call[1]
    if len(call) > 2:
        return _indexed(whole, [_position(translate, a) for a in call.arguments[1:]])
    if isinstance(key, Constant) and isinstance(key.value, str):
        return _part(whole, key.value)
    if whole.parts and isinstance(key, Constant) and isinstance(key.value, float):
        return list(whole.parts.values())[int(key.value) - 1]
    position = translate(key)
    if isinstance(position.value, str):
        return _part(whole, position.value)
    if whole.columns:
        return combine("_0.iloc[:, _1]", whole, position.counted_from_zero())
    return combine("_0[_1]", whole, position.counted_from_zero())


@rule("[")
def some_items(translate: Translator, call: Call) -> Py:
    named = {a.name: a.value for a in call.arguments if a.name}
    positions = [a for a in call.arguments[1:] if a.name is None]
    whole = translate(call[0])
    if set(named) - {"drop"} or not positions:
        raise UntranslatableError("an index with names")
    keeps = constant(named.get("drop"), True) is False
    if isinstance(whole.value, (dict, type(None))):
        raise UntranslatableError("a part of a list")
    if whole.columns:
        return _of_table(translate, whole, positions)
    return _indexed(whole, [_position(translate, position, keeps) for position in positions])


@rule("head")
def first(translate: Translator, call: Call) -> Py:
    given = arguments(call, "x", "n")
    size = translate(given["n"]) if "n" in given else literal(6)
    x = translate(given["x"])
    return combine("_0[:_1]", x, size)


@rule("tail")
def last(translate: Translator, call: Call) -> Py:
    given = arguments(call, "x", "n")
    size = translate(given["n"]) if "n" in given else literal(6)
    x = translate(given["x"])
    return combine("_0[-_1:]" if size.value > 0 else "_0[_1:]", x, size)


@rule("list")
def several(translate: Translator, call: Call) -> Py:
    """A list: its items are known by their names or numbers, and need no list in Python."""
    parts = {
        argument.name or str(i): translate(argument.value)
        for i, argument in enumerate(call.arguments, start=1)
    }
    inside = ", ".join(f"_{i}" for i in range(len(parts)))
    whole = combine(f"[{inside}]", *parts.values())
    return Py(whole.tree, whole.value, parts=parts, helpers=whole.helpers, uses=whole.uses)


def _part(whole: Py, name: object) -> Py:
    if name in whole.parts:
        return whole.parts[str(name)]
    if name in whole.columns:
        return _column(whole, whole.columns.index(str(name)))
    raise UntranslatableError(f"the part {name}")


def _column(table: Py, i: int) -> Py:
    """A column by the name that Python's table has for it."""
    own = table.value.columns[i]
    return combine("_0[_1]", table, literal(str(own) if isinstance(own, str) else int(own)))


class _Position:
    """One index: what is inside the brackets, or rows to be taken away."""

    def __init__(self, code: str, parts: list[Py], without: bool = False) -> None:
        self.code, self.parts, self.without = code, parts, without


def _position(translate: Translator, argument: Argument, keeps: bool = False) -> _Position:
    node = argument.value
    if node is None:
        return _Position(":", [])
    negative = _negated(node)
    if negative is not None:
        return _without(translate, negative)
    if isinstance(node, Call) and node.head in (":", "seq_len"):
        return _slice(translate, node)
    part = translate(node)
    if _is_mask(part):
        return _Position("_0", [part])
    if isinstance(part.value, (str, list)):
        raise UntranslatableError("an index by name")
    index = part.counted_from_zero()
    if keeps and is_literal(index) and isinstance(index.value, int):
        return _Position(f"{index.value or ''}:{index.value + 1}", [])
    return _Position("[_0]" if keeps and np.ndim(part.value) == 0 else "_0", [index])


def _is_mask(part: Py) -> bool:
    dtype = getattr(part.value, "dtype", None)
    return dtype is not None and dtype.kind == "b"


def _negated(node: Node) -> Node | None:
    while isinstance(node, Call) and node.head == "(":
        node = node[0]
    return node[0] if isinstance(node, Call) and node.head == "-" and len(node) == 1 else None


def _slice(translate: Translator, node: Call) -> _Position:
    """`1:n` as `:n`, `(n + 1):m` as `n:m`."""
    if node.head == "seq_len":
        return _Position(":_0", [translate(node[0])])
    low, high = translate(node[0]), translate(node[1])
    if low.value > high.value:
        raise UntranslatableError("a range that counts down")
    if is_literal(low) and low.value == 1:
        return _Position(":_0", [high])
    start = _less_one(low)
    return _Position("_0:_1", [start, high])


def _less_one(part: Py) -> Py:
    """`n` for `n + 1`."""
    tree = part.tree
    if (
        isinstance(tree, ast.BinOp)
        and isinstance(tree.op, ast.Add)
        and ast.unparse(tree.right) == "1"
    ):
        return Py(tree.left, part.value - 1, helpers=part.helpers, uses=part.uses)
    return part.counted_from_zero()


def _without(translate: Translator, node: Node) -> _Position:
    inner = node
    while isinstance(inner, Call) and inner.head == "(":
        inner = inner[0]
    if isinstance(inner, Call) and inner.head == ":":
        low, high = translate(inner[0]), translate(inner[1])
        if low.value == 1:
            return _Position("_0:", [high])
    part = translate(node)
    if isinstance(part.value, int) and part.value == 1:
        return _Position("1:", [])
    return _Position("_0", [part.counted_from_zero()], without=True)


def _indexed(whole: Py, positions: list[_Position]) -> Py:
    """`whole[...]`; what is taken away first."""
    if np.ndim(whole.value) != len(positions) and not isinstance(whole.value, (list, tuple)):
        raise UntranslatableError("an array that is indexed as a vector")
    for axis, position in enumerate(positions):
        if position.without:
            along = f", axis={axis}" if len(positions) > 1 else ""
            whole = combine(f"np.delete(_0, _1{along})", whole, *position.parts)
    shown = [":" if p.without else p.code for p in positions]
    while len(shown) > 1 and shown[-1] == ":":
        shown.pop()
    if shown == [":"]:
        return whole
    parts = [part for p in positions if not p.without for part in p.parts]
    is_column = hasattr(whole.value, "iloc") and not any(map(_is_mask, parts))
    place = f"{'.iloc' if is_column else ''}[{', '.join(_numbered(shown))}]"
    return combine(f"_0{place}", whole, *parts)


def _numbered(codes: list[str]) -> Iterator[str]:
    """Placeholders of several codes, which each count from `_0`, counted on from `_1`."""
    following = 1
    for code in codes:
        size = code.count("_")
        for i in reversed(range(size)):
            code = code.replace(f"_{i}", f"_{following + i}")
        following += size
        yield code


# Tables ------------------------------------------------------------------------------------------


def _of_table(translate: Translator, table: Py, positions: list[Argument]) -> Py:
    if len(positions) == 1:
        return _columns_of(translate, table, positions[0])
    rows, columns = positions
    taken = table if rows.value is None else _rows_of(translate, table, rows)
    return taken if columns.value is None else _columns_of(translate, taken, columns, drop=True)


def _rows_of(translate: Translator, table: Py, rows: Argument) -> Py:
    position = _position(translate, rows)
    if position.without:
        taken = combine("_0.drop(_0.index[_1])", table, *position.parts)
        return _with_columns(taken, table.columns)
    is_mask = bool(position.parts) and _is_mask(position.parts[0])
    code = next(iter(_numbered([position.code])))
    taken = combine(f"_0[{code}]" if is_mask else f"_0.iloc[{code}]", table, *position.parts)
    return _with_columns(taken, table.columns)


def _columns_of(translate: Translator, table: Py, argument: Argument, drop: bool = False) -> Py:
    node = argument.value
    if node is None:
        return table
    names = _names(translate, node)
    if names is not None:
        if drop and len(names) == 1:
            return _part(table, names[0])
        own = [str(table.value.columns[table.columns.index(name)]) for name in names]
        shown = translate(node)
        shown = shown if shown.value == own else literal(own)
        return _with_columns(combine("_0[_1]", table, shown), tuple(names))
    position = _position(translate, argument)
    if position.without:
        index = np.atleast_1d(position.parts[0].value)
        own = [str(table.value.columns[i]) for i in index]
        left = tuple(n for i, n in enumerate(table.columns) if i not in set(index.tolist()))
        dropped = literal(own[0] if len(own) == 1 else own)
        return _with_columns(combine("_0.drop(columns=_1)", table, dropped), left)
    code = next(iter(_numbered([position.code])))
    scalar = position.parts and np.ndim(position.parts[0].value) == 0 and ":" not in position.code
    if drop and scalar and is_literal(position.parts[0]):
        return _column(table, position.parts[0].value)
    taken = combine(f"_0.iloc[:, {code}]", table, *position.parts)
    if np.ndim(taken.value) == 1:
        return taken
    own_names = list(table.value.columns)
    return _with_columns(
        taken, tuple(table.columns[own_names.index(name)] for name in taken.value.columns)
    )


def _names(translate: Translator, node: Node) -> list[str] | None:
    """Names of columns, where the index is made of them."""
    try:
        part = translate(node)
    except UntranslatableError:
        return None
    if isinstance(part.value, str):
        return [part.value]
    is_names = isinstance(part.value, list) and all(isinstance(item, str) for item in part.value)
    return part.value if is_names else None


def _with_columns(py: Py, columns: tuple[str, ...]) -> Py:
    return Py(py.tree, py.value, columns=columns, helpers=py.helpers, uses=py.uses)
