"""Bodies of a loop's turns in, the body they share out, with what differs taken out of it."""

import ast
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from pyreg.port.assemble import Line
from pyreg.port.write import Block, Piece

# What may differ from turn to turn: values, not structure.
SIMPLE = (ast.Constant, ast.Name, ast.Tuple, ast.List, ast.UnaryOp, ast.Subscript, ast.Load)


@dataclass
class Difference:
    """What stands at one place in each body. `hint`: what it might be called."""

    trees: list[ast.expr]
    hint: str


@dataclass
class Unified:
    """The shared body, with placeholders for the differences."""

    pieces: list[Piece]
    differences: dict[str, Difference] = field(default_factory=dict)

    def renamed(self, names: Mapping[str, str]) -> list[Piece]:
        """The body with names for its placeholders."""
        for piece in self.pieces:
            _rename(piece, names)
        return self.pieces


def unify(bodies: list[list[Piece]]) -> Unified | None:
    """The body that all share; None where they differ in more than values."""
    result = Unified([])
    if len({len(body) for body in bodies}) != 1:
        return None
    try:
        result.pieces = [_piece(list(row), result) for row in zip(*bodies, strict=True)]
    except _ApartError:
        return None
    return result


class _ApartError(Exception):
    """The bodies differ in structure."""


def _piece(row: list[Piece], result: Unified) -> Piece:
    first = row[0]
    if isinstance(first, Block):
        blocks = [piece for piece in row if isinstance(piece, Block)]
        if len(blocks) < len(row) or len({block.header for block in blocks}) > 1:
            raise _ApartError
        inner = [block.body for block in blocks]
        if len({len(body) for body in inner}) != 1:
            raise _ApartError
        body = [_piece(list(pieces), result) for pieces in zip(*inner, strict=True)]
        return Block(first.header, body, first.span)
    lines = [piece for piece in row if isinstance(piece, Line)]
    if len(lines) < len(row):
        raise _ApartError
    tree = ast.fix_missing_locations(_tree([line.tree for line in lines], result, "value"))
    helpers = {name: code for line in lines for name, code in line.helpers.items()}
    return Line(first.order, first.path, tree, first.span, first.given, first.call, helpers)


def _tree(trees: list[Any], result: Unified, hint: str) -> Any:
    first = trees[0]
    if len({ast.dump(tree) for tree in trees}) == 1:
        return deepcopy(first)
    alike = all(type(tree) is type(first) for tree in trees)
    if alike and not isinstance(first, (ast.Constant, ast.Name)) and not _is_kept_array(first):
        kept = len(result.differences)
        try:
            return _same_type(trees, result, hint)
        except _ApartError:
            for name in list(result.differences)[kept:]:
                del result.differences[name]
    return _difference(trees, result, hint)


def _is_kept_array(tree: Any) -> bool:
    """`data["name"]`: an array of R's own is one value."""
    return isinstance(tree, ast.Subscript) and ast.unparse(tree.value) == "data"


def _same_type(trees: list[Any], result: Unified, hint: str) -> Any:
    made = type(trees[0])()
    for name in trees[0]._fields:
        values = [getattr(tree, name) for tree in trees]
        inner = _hint(trees[0], name, hint)
        if isinstance(values[0], list):
            if len({len(value) for value in values}) != 1:
                raise _ApartError
            rows = zip(*values, strict=True)
            setattr(made, name, [_tree(list(row), result, inner) for row in rows])
        elif isinstance(values[0], ast.AST):
            setattr(made, name, _tree(values, result, inner))
        elif all(value == values[0] for value in values):
            setattr(made, name, values[0])
        else:
            raise _ApartError
    return made


def _difference(trees: list[Any], result: Unified, hint: str) -> ast.Name:
    for tree in trees:
        if not isinstance(tree, ast.expr) or not all(isinstance(n, SIMPLE) for n in ast.walk(tree)):
            raise _ApartError
    dumps = [ast.dump(tree) for tree in trees]
    for name, known in result.differences.items():
        if [ast.dump(tree) for tree in known.trees] == dumps:
            return ast.Name(name, ast.Load())
    name = f"__difference_{len(result.differences)}"
    result.differences[name] = Difference(list(trees), hint)
    return ast.Name(name, ast.Load())


def _hint(tree: ast.AST, name: str, hint: str) -> str:
    """What a value at this place is called: its argument's name, or what it is assigned to."""
    if isinstance(tree, ast.keyword):
        return tree.arg or hint
    if isinstance(tree, ast.Assign) and isinstance(tree.targets[0], ast.Name):
        return tree.targets[0].id
    if isinstance(tree, ast.Call) and name == "args":
        first = ast.unparse(tree.func).rpartition(".")[2]
        return {"Dense": "units", "Dropout": "rate", "L2": "l2", "L1": "l1"}.get(first, "value")
    if isinstance(tree, ast.Call) and name == "func":
        return "function"
    return hint


def _rename(piece: Piece, names: Mapping[str, str]) -> None:
    if isinstance(piece, Block):
        for inner in piece.body:
            _rename(inner, names)
        return
    for node in ast.walk(piece.tree):
        if isinstance(node, ast.Name) and node.id in names:
            node.id = names[node.id]
