"""R's cat(), print() and paste() in, Python's print() out."""

import ast
import re
from typing import Any

import numpy as np

from pyreg.port.python import Py, UntranslatableError, expression, literal
from pyreg.port.recognise.rules import Translator, rule
from pyreg.port.rtree import Argument, Call, Constant, Node

LARGEST = 100  # numbers that are worth a look


def printing(translate: Translator, node: Node) -> Py:
    """`print(...)` for a statement that prints; its value is None.

    Raises:
        UntranslatableError: what it prints has no Python.
    """
    if isinstance(node, Call) and node.head == "cat":
        parts = _parts(translate, node, separator=_separator(node, " "))
    elif isinstance(node, Call) and node.head == "message":
        parts = _parts(translate, node, separator="")
    elif isinstance(node, Call) and node.head == "print":
        parts = [translate(node[0])]
    else:
        parts = [translate(node)]
        if isinstance(parts[0].value, str):
            raise UntranslatableError("a text by itself")
    for part in parts:
        if not _is_shown(part.value):
            raise UntranslatableError("a value that is not for a look")
    end = [ast.keyword("end", ast.Constant(""))] if _stays_on_the_line(node) else []
    call = ast.Call(ast.Name("print", ast.Load()), [part.tree for part in parts], end)
    uses = {name: version for part in parts for name, version in part.uses.items()}
    return Py(ast.fix_missing_locations(call), None, uses=uses)


def _stays_on_the_line(node: Node) -> bool:
    """Whether it is a mark such as `cat(".")`, of which many stand in a line."""
    text = node[0] if isinstance(node, Call) and node.head == "cat" and len(node) == 1 else None
    return isinstance(text, Constant) and isinstance(text.value, str) and "\n" not in text.value


def _separator(node: Call, default: str) -> str:
    for argument in node.arguments:
        if argument.name == "sep" and isinstance(argument.value, Constant):
            return str(argument.value.value)
        if argument.name is not None:
            raise UntranslatableError(f"the argument {argument.name} of {node.head}")
    return default


def _parts(translate: Translator, node: Call, separator: str) -> list[Py]:
    """What is printed one behind the other; as one text where nothing parts it."""
    nodes = [argument for argument in node.arguments if argument.name is None]
    parts = [part for a in nodes if (part := _part(translate, a)) is not None]
    if not parts:
        raise UntranslatableError("an empty line")
    if separator.strip("\n") == " " or len(parts) == 1:
        return parts
    return [_joined(parts, separator.strip("\n"))]


def _part(translate: Translator, argument: Argument) -> Py | None:
    node = argument.value
    if isinstance(node, Constant) and isinstance(node.value, str):
        text = node.value.strip("\n")
        return literal(text) if text.strip() else None
    return translate(node)


def _joined(parts: list[Py], separator: str) -> Py:
    """Texts and values as one f-string."""
    values: list[ast.expr] = []
    for i, part in enumerate(parts):
        if i and separator:
            values.append(ast.Constant(separator))
        is_text = isinstance(part.tree, ast.Constant) and isinstance(part.value, str)
        values.append(part.tree if is_text else ast.FormattedValue(part.tree, -1, None))
    uses = {name: version for part in parts for name, version in part.uses.items()}
    tree = expression(ast.unparse(ast.fix_missing_locations(ast.JoinedStr(values))))
    return Py(tree, "".join(str(part.value) for part in parts), uses=uses)


def _is_shown(value: Any) -> bool:
    if isinstance(value, dict):
        return True
    is_scalar = isinstance(value, (str, bool, int, float, np.generic, tuple))
    return is_scalar or (isinstance(value, (np.ndarray, list)) and np.size(value) <= LARGEST)


@rule("paste0")
def pasted(translate: Translator, call: Call) -> Py:
    return _pasted(translate, call, "")


@rule("paste")
def pasted_apart(translate: Translator, call: Call) -> Py:
    return _pasted(translate, call, _separator(call, " "))


def _pasted(translate: Translator, call: Call, separator: str) -> Py:
    parts = [translate(argument.value) for argument in call.arguments if argument.name is None]
    if any(np.ndim(part.value) or isinstance(part.value, dict) for part in parts):
        raise UntranslatableError("paste of vectors")
    return _joined(parts, separator)


@rule("sprintf")
def formatted(translate: Translator, call: Call) -> Py:
    """`sprintf("%.2f", x)` as `f"{x:.2f}"`."""
    template = call[0]
    if not isinstance(template, Constant) or not isinstance(template.value, str):
        raise UntranslatableError("sprintf of a text that is computed")
    parts = [translate(argument.value) for argument in call.arguments[1:]]
    try:
        value = template.value % tuple(part.value for part in parts)
    except (TypeError, ValueError):
        raise UntranslatableError("sprintf of this template") from None
    uses = {name: version for part in parts for name, version in part.uses.items()}
    return Py(_f_string(template.value.strip("\n"), parts), value, uses=uses)


def _f_string(template: str, parts: list[Py]) -> ast.expr:
    values: list[ast.expr] = []
    waiting = list(parts)
    for text in re.split(r"(%[-+0 #]*\d*(?:\.\d+)?[dfegs]|%%)", template):
        if text == "%%":
            values.append(ast.Constant("%"))
        elif text.startswith("%"):
            kind = text[1:].removesuffix("s").removesuffix("d") if text[-1] in "sd" else text[1:]
            shown = ast.JoinedStr([ast.Constant(kind)]) if kind else None
            values.append(ast.FormattedValue(waiting.pop(0).tree, -1, shown))
        elif text:
            values.append(ast.Constant(text))
    return expression(ast.unparse(ast.fix_missing_locations(ast.JoinedStr(values))))
