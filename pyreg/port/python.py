"""Python expressions whose value is known: code and value are made together, so they agree."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np


class UntranslatableError(Exception):
    """R code that has no Python of ours. The message says which."""


@dataclass(frozen=True, eq=False)
class Py:
    """A Python expression.

    Attributes:
        tree: the expression.
        value: what it is worth.
        index: the same numbers counted from 0, where R counts from 1: to be used as an index.
        parts: items by name where R has a list of them; the list itself needs no code.
        columns: R's names of a table's columns, in the order of Python's.
        helpers: functions that the script must define, by name.
        attributes: what R keeps with the value, such as `scaled:center`.
        uses: variables in it -> which of their values it means.
        part: it is a variable of which a part is changed: which part, and to what.
    """

    tree: ast.expr
    value: Any
    index: "Py | None" = None
    parts: Mapping[str, "Py"] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    helpers: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, "Py"] = field(default_factory=dict)
    uses: Mapping[str, int] = field(default_factory=dict)
    part: "tuple[str, Py] | None" = None

    @property
    def code(self) -> str:
        return ast.unparse(self.tree)

    def counted_from_zero(self) -> "Py":
        """R's numbers as an index of Python's."""
        if self.index is not None:
            return self.index
        if isinstance(self.value, int):
            return literal(self.value - 1) if is_literal(self) else combine("_0 - 1", self)
        return combine("_0 - 1", self)


def expression(code: str) -> ast.expr:
    return ast.parse(code, mode="eval").body


def assignment(target: str | ast.expr, value: ast.expr) -> ast.Assign:
    """The statement `target = value`."""
    left = ast.Name(target, ast.Store()) if isinstance(target, str) else target
    return ast.fix_missing_locations(ast.Assign([left], value))


def statement(value: ast.expr) -> ast.Expr:
    """An expression as a statement."""
    return ast.fix_missing_locations(ast.Expr(value))


def literal(value: Any) -> Py:
    """A Python literal: numbers, texts, None, lists and tuples of them."""
    return Py(expression(repr(value)), value)


def is_literal(py: Py) -> bool:
    try:
        ast.literal_eval(py.tree)
    except ValueError:
        return False
    return True


def variable(identifier: str, version: int, like: Py) -> Py:
    """A variable that holds what `like` is worth."""
    tree = ast.Name(identifier, ast.Load())
    return replace(like, tree=tree, index=None, helpers={}, uses={identifier: version})


def combine(template: str, *parts: Py, **known: Any) -> Py:
    """The expression `template` with `parts` for `_0`, `_1`, ..., evaluated.

    Raises:
        UntranslatableError: Python refuses it for these values.
    """
    tree = _Filled({f"_{i}": part.tree for i, part in enumerate(parts)}).visit(expression(template))
    values = {f"_{i}": part.value for i, part in enumerate(parts)}
    helpers = {name: code for part in parts for name, code in part.helpers.items()}
    helpers |= known.pop("helpers", {})
    value = evaluate(template, values, helpers)
    uses = _merged(parts)
    return Py(ast.fix_missing_locations(tree), value, helpers=helpers, uses=uses, **known)


def _merged(parts: Iterable[Py]) -> dict[str, int]:
    uses: dict[str, int] = {}
    for part in parts:
        for name, version in part.uses.items():
            if uses.setdefault(name, version) != version:
                raise UntranslatableError(f"two values of {name} at once")
    return uses


def evaluate(code: str, values: Mapping[str, Any], helpers: Mapping[str, str]) -> Any:
    """The value of an expression; `helpers`: functions it may call, by name."""
    namespace = {**modules(), **values}
    try:
        with np.errstate(all="ignore"):
            for helper in helpers.values():
                exec(helper, namespace)
            return eval(code, namespace)
    except Exception as error:  # whatever NumPy or pandas object to
        raise UntranslatableError(f"{code}: {type(error).__name__}: {error}") from None


def modules() -> dict[str, Any]:
    """What scripts import, by the names they import it under."""
    import keras
    import pandas as pd

    return {"np": np, "pd": pd, "keras": keras}


def items(parts: Iterable[Py], brackets: str = "[]") -> Py:
    """A list (or a tuple) of expressions."""
    parts = list(parts)
    inside = ", ".join(f"_{i}" for i in range(len(parts)))
    comma = "," if brackets == "()" and len(parts) == 1 else ""
    return combine(f"{brackets[0]}{inside}{comma}{brackets[1]}", *parts)


class _Filled(ast.NodeTransformer):
    """Placeholders replaced by expressions."""

    def __init__(self, parts: dict[str, ast.expr]) -> None:
        self.parts = parts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.parts.get(node.id, node)
