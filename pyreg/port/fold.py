"""Lines with the loops and functions of R around them in, Python's loops and functions out.

A loop is folded where its turns are the same but for values; a function of the user's becomes
Python's where it is called more than once, or builds something. All else stays as it ran.
"""

import ast
import builtins
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

from pyreg.port import rtree
from pyreg.port.assemble import Line
from pyreg.port.names import RESERVED, Taken, identifier
from pyreg.port.python import (
    assignment,
    expression,
    is_literal,
    statement,
)
from pyreg.port.rtree import Function, Span
from pyreg.port.timeline import FunctionCall, Path, Turn
from pyreg.port.unify import Unified, unify
from pyreg.port.workspace import Workspace
from pyreg.port.write import Block, Piece


@dataclass
class Loop:
    """The turns of a loop, before they are compared."""

    loop: int
    frame: int
    turns: list["list[Node]"]
    numbers: list[int]
    span: Span


@dataclass
class Use:
    """One call of a function of the user's, before it is known what becomes of it."""

    definition: Span
    body: "list[Node]"
    given: dict[str, ast.expr]
    given_lines: list[Line]
    span: Span


Node = Line | Block | Loop | Use


def fold(lines: list[Line], workspace: Workspace) -> list[Piece]:
    """Fold the lines of a script."""
    return _Folder(lines, workspace).fold()


class _Folder:
    def __init__(self, lines: list[Line], workspace: Workspace) -> None:
        self.lines = lines
        self.workspace = workspace
        self.functions: list[Block] = []

    def fold(self) -> list[Piece]:
        nodes = self._grouped(self.lines, 0)
        nodes = self._without_functions(nodes)
        pieces = _with_functions(self._without_loops(nodes), self.functions)
        while (fewer := _without_idle(pieces, _names_used(pieces))) != pieces:
            pieces = fewer
        return pieces

    # The tree of loops and functions --------------------------------------------------------------

    def _grouped(self, lines: list[Line], depth: int) -> list[Node]:
        nodes: list[Node] = []
        for key, group in groupby(lines, key=lambda line: _key(line, depth)):
            found = list(group)
            if key is None:
                nodes += found
            elif isinstance(key, FunctionCall):
                nodes.append(self._use(key, found, depth))
            else:
                nodes.append(self._loop(key, found, depth))
        return nodes

    def _use(self, call: FunctionCall, lines: list[Line], depth: int) -> Use:
        given = [line for line in lines if line.given and len(line.path) == depth + 1]
        rest = [line for line in lines if line not in given]
        values = {line.given or "": line.tree.value for line in given}  # type: ignore[attr-defined]
        body = self._grouped(rest, depth + 1)
        return Use(call.definition, body, values, given, call.called or lines[0].span)

    def _loop(self, key: tuple[int, int], lines: list[Line], depth: int) -> Loop:
        turns, numbers = [], []
        for number, group in groupby(lines, key=lambda line: line.path[depth].number):
            turns.append(self._grouped(list(group), depth + 1))
            numbers.append(number)
        loop = self.workspace.timeline.loops[key[0]]
        span = loop.span or lines[0].span
        return Loop(*key, turns, numbers, span)

    # Functions -----------------------------------------------------------------------------------

    def _without_functions(self, nodes: list[Node]) -> list[Node]:
        """Make functions of Python's of those that can be; others are written where they ran."""
        while uses := [use for use in _uses(nodes) if not any(_uses(use.body))]:
            # Those that still hold calls of others wait for them, to be compared as a whole.
            waiting = {use.definition for use in _uses(nodes) if any(_uses(use.body))}
            ready = [use for use in uses if use.definition not in waiting] or uses
            same = [use for use in ready if use.definition == ready[0].definition]
            made = self._function(same, nodes)
            nodes = _replaced(nodes, same, made)
        return nodes

    def _function(self, uses: list[Use], nodes: list[Node]) -> dict[int, list[Node]]:
        """What stands for each use: a call of a new function, or the function's own lines."""
        inline: dict[int, list[Node]] = {id(use): [*_needed_givens(use), *use.body] for use in uses}
        name, function = self.workspace.run.functions[uses[0].definition]
        bodies = [self._without_loops(use.body) for use in uses]
        returned = [self._escaping(use) for use in uses]
        own = _common(returned)
        if (
            not name
            or self._calls_itself(uses[0])
            or own is None
            or len({len(names) for names in returned}) > 1
        ):
            return inline
        bodies = [_renamed(body, r, own) for body, r in zip(bodies, returned, strict=True)]
        if not (len(uses) > 1 or (own and not _has_outcome(bodies[0]))):
            return inline
        unified = unify(bodies)
        if unified is None or unified.differences or not bodies[0]:
            return inline
        outer = sorted(_free(unified.pieces) & set[str]().union(*map(self._around, uses)))
        for use in uses:  # what is the enclosing function's is handed on
            use.given = {n: ast.Name(n, ast.Load()) for n in outer} | use.given
        parameters = _parameters(uses[0], function, _names_used(unified.pieces), outer)
        unknown = _free(unified.pieces) - set(parameters)
        if any(unknown - self._known_before(use) for use in uses):
            return inline
        self._define(name, parameters, unified.pieces, own, uses[0], function)
        return {
            id(use): [self._call(identifier(name), parameters, use, r)]
            for use, r in zip(uses, returned, strict=True)
        }

    def _define(
        self,
        name: str,
        parameters: dict[str, ast.expr | None],
        body: list[Piece],
        returned: list[str],
        use: Use,
        function: Function,
    ) -> None:
        shown = ", ".join(
            p if d is None else f"{p}={ast.unparse(d)}" for p, d in parameters.items()
        )
        pieces = list(body)
        if returned:
            last = pieces[-1]
            if isinstance(last, Line) and _assigned(last) == {returned[0]}:
                assert isinstance(last.tree, ast.Assign)
                value: ast.expr = last.tree.value
                end = ast.fix_missing_locations(ast.Return(value))
                pieces[-1] = Line(last.order, last.path, end, last.span, helpers=last.helpers)
            else:
                own = _shorter(returned[0], pieces)
                end = ast.fix_missing_locations(ast.Return(ast.Name(own, ast.Load())))
                pieces.append(Line(0, (), end, _last_span(pieces)))
        span = function.span or use.span
        self.functions.append(Block(f"def {identifier(name)}({shown}):", pieces, span))

    def _call(
        self, name: str, parameters: dict[str, ast.expr | None], use: Use, returned: list[str]
    ) -> Line:
        keywords = [
            ast.keyword(parameter, use.given[parameter])
            for parameter, default in parameters.items()
            if default is None or ast.dump(default) != ast.dump(use.given[parameter])
        ]
        is_first_alone = [k.arg for k in keywords] == list(parameters)[:1]
        bare = [k.value for k in keywords] if is_first_alone else []
        call = ast.Call(ast.Name(name, ast.Load()), bare, [] if bare else keywords)
        first = next(_lines(use.body))
        path = first.path[: _depth_of(first, use.definition)]
        if not returned:
            return Line(first.order, path, statement(call), use.span)
        return Line(first.order, path, assignment(returned[0], call), use.span)

    def _escaping(self, use: Use) -> list[str]:
        """The names of a function's own that are used after it has returned."""
        own = list(_lines(use.body))
        if not own:  # all that it computes is said elsewhere
            return []
        inside = {id(line) for line in own}
        made = {name for line in own for name in _assigned(line)}
        found: list[str] = []
        last = max(line.order for line in own)
        for line in self.lines:
            if id(line) in inside or line.order < last:
                continue
            found += sorted((_loaded(line.tree) & made) - set(found))
            made -= _assigned(line)
        return found

    def _calls_itself(self, use: Use) -> bool:
        """Whether a function does: only the turns that were taken are known, not what ends them."""
        paths = [_calls(line.path) for line in self.lines]
        return any(sum(call.definition == use.definition for call in p) > 1 for p in paths)

    def _around(self, use: Use) -> set[str]:
        """The names of the functions' own that a function is called in."""
        first = next(_lines(use.body))
        calls = _calls(first.path[: _depth_of(first, use.definition)])
        inside = [line for line in self.lines if _calls(line.path)[-1:] in [[c] for c in calls]]
        return {name for line in inside for name in _assigned(line)}

    def _known_before(self, use: Use) -> set[str]:
        """The names that are there where a function is called."""
        first = next(_lines(use.body)).order
        known = {name for line in self.lines if line.order < first for name in _assigned(line)}
        helpers = {name for line in self.lines for name in line.helpers}
        functions = {block.name for block in self.functions}
        return known | helpers | functions | RESERVED | set(dir(builtins))

    # Loops ---------------------------------------------------------------------------------------

    def _without_loops(self, nodes: list[Node]) -> list[Piece]:
        pieces: list[Piece] = []
        for node in nodes:
            if isinstance(node, Loop):
                pieces += self._folded(node)
            else:
                assert not isinstance(node, Use)
                pieces.append(node)
        return _merged_aliases(pieces)

    def _folded(self, loop: Loop) -> list[Piece]:
        turns = [self._without_loops(turn) for turn in loop.turns]
        code = self.workspace.timeline.loops[loop.loop]
        given, bodies = _given_first(turns, code)
        unified = unify(bodies) if len(turns) > 1 else None
        if unified is None or not bodies[0] or _changes_own_values(unified, given):
            return self._unrolled(loop, turns, code)
        header = _Header(self.workspace, loop, code, unified, given)
        if header.has_unknown():
            return self._unrolled(loop, turns, code)
        return [Block(header.text(), header.body(), loop.span)]

    def _unrolled(self, loop: Loop, turns: list[list[Piece]], code: rtree.Call) -> list[Piece]:
        """The turns one behind the other; the loop's variable gets its value where it is used."""
        if code.head != "for" or not isinstance(code[0], rtree.Symbol):
            return [piece for turn in turns for piece in turn]
        name = identifier(code[0].name)
        pieces: list[Piece] = []
        for turn, number in zip(turns, loop.numbers, strict=True):
            value = _counter(self.workspace, loop, number)
            if value is not None and name in _names_used(turn) and turn:
                first = turn[0]
                assign = assignment(name, expression(repr(value)))
                pieces.append(Line(0, (), assign, first.span))
            pieces += turn
        return pieces


class _Header:
    """The first line of a folded loop, and the body that fits it."""

    def __init__(
        self,
        workspace: Workspace,
        loop: Loop,
        code: rtree.Call,
        unified: Unified,
        given: list[ast.expr] | None = None,
    ) -> None:
        self.workspace = workspace
        self.loop = loop
        self.code = code
        self.unified = unified
        symbol = code[0] if code.head == "for" else None
        self.name = identifier(symbol.name) if isinstance(symbol, rtree.Symbol) else None
        self.values = [_counter(workspace, loop, number) for number in loop.numbers]
        self.given = given  # objects that the loop runs over
        self._name_differences()

    def _name_differences(self) -> None:
        """Give each value that changes a name: the loop's own where it is its value."""
        taken = Taken(_names_used(self.unified.pieces) | {self.name or ""})
        self.extra: dict[str, list[ast.expr]] = {}
        names: dict[str, str] = {}
        replaced: dict[str, ast.expr] = {}
        for placeholder, difference in self.unified.differences.items():
            values = [_literal(tree) for tree in difference.trees]
            stacked = self._stacked(difference.trees)
            if stacked is not None:
                replaced[placeholder] = stacked
            elif self.name and values == self.values and None not in values:
                names[placeholder] = self.name
            else:
                names[placeholder] = taken.new(identifier(difference.hint))
                self.extra[names[placeholder]] = difference.trees
        self.pieces = self.unified.renamed(names)
        for line in _lines(self.pieces):
            line.tree = ast.fix_missing_locations(_Replaced(replaced).visit(line.tree))

    def _stacked(self, trees: list[ast.expr]) -> ast.expr | None:
        """`data["noise"][step - 1]` for an array of R's own in each turn."""
        counts = list(range(1, len(trees) + 1))
        keys = [_frozen_key(tree) for tree in trees]
        if self.name is None or self.values != counts or None in keys:
            return None
        key = self.workspace.stack([key for key in keys if key is not None])
        return None if key is None else expression(f"data[{key!r}][{self.name} - 1]")

    def text(self) -> str:
        uses_own = self._uses_own()
        if not self.extra and self.given is None:
            return f"for {self.name or '_'} in {self._range(uses_own)}:"
        lists = dict(self.extra)
        if uses_own:
            own = self.given or [expression(repr(value)) for value in self.values]
            lists = {self.name or "_": own, **lists}
        if len(lists) == 1:
            ((name, trees),) = lists.items()
            return f"for {name} in {ast.unparse(ast.List(trees, ast.Load()))}:"
        rows = [ast.Tuple(list(row), ast.Load()) for row in zip(*lists.values(), strict=True)]
        return f"for {', '.join(lists)} in {ast.unparse(ast.List(list(rows), ast.Load()))}:"

    def _uses_own(self) -> bool:
        return self.name is not None and self.name in _names_used(self.pieces)

    def has_unknown(self) -> bool:
        """Whether the loop's variable is used, and its values have no Python."""
        is_known = self.given is not None or None not in self.values
        return self._uses_own() and not is_known and self.code.head == "for"

    def _range(self, uses_own: bool) -> str:
        """What the loop runs over: `range(k)` where it only counts."""
        size = self._size()
        if not uses_own or self._counts_from_zero():
            return f"range({size})"
        if self.values == list(range(1, len(self.values) + 1)):
            last = f"{size} + 1" if not size.isdigit() else str(int(size) + 1)
            return f"range(1, {last})"
        found = self._translated()
        return found or repr(self.values)

    def _size(self) -> str:
        """How often, as R's code has it where that is a variable."""
        number = len(self.loop.numbers)
        found = self.workspace.loop_code.get((self.loop.loop, self.loop.frame))
        is_same = found is not None and np.ndim(found.value) == 0 and found.value == number
        return (
            found.code if found is not None and is_same and not is_literal(found) else str(number)
        )

    def _translated(self) -> str | None:
        found = self.workspace.loop_code.get((self.loop.loop, self.loop.frame))
        if found is None or not isinstance(found.tree, (ast.Name, ast.List)):
            return None
        return found.code if list(found.value) == self.values else None

    def _counts_from_zero(self) -> bool:
        """Whether the loop's variable is used as an index only: `i - 1`; then count from 0."""
        name = self.name or ""
        trees = [line.tree for line in _lines(self.pieces)]
        nodes = [node for tree in trees for node in ast.walk(tree)]
        less = [isinstance(n, ast.BinOp) and ast.unparse(n) == f"{name} - 1" for n in nodes]
        uses = [isinstance(n, ast.Name) and n.id == name for n in nodes]
        if not sum(uses) or sum(less) != sum(uses):
            return False
        for line in _lines(self.pieces):
            line.tree = _Lessened(name).visit(line.tree)
        return True

    def body(self) -> list[Piece]:
        return self.pieces


def _given_first(
    turns: list[list[Piece]], code: rtree.Call
) -> tuple[list[ast.expr] | None, list[list[Piece]]]:
    """The objects that a loop runs over, from `network = networks[0]` in each turn; the rest."""
    if code.head != "for" or not isinstance(code[0], rtree.Symbol):
        return None, turns
    name = identifier(code[0].name)
    first = [turn[0].tree if turn and isinstance(turn[0], Line) else None for turn in turns]
    values: list[ast.expr] = [
        tree.value
        for tree in first
        if isinstance(tree, ast.Assign)
        and ast.unparse(tree.targets[0]) == name
        and isinstance(tree.value, (ast.Name, ast.Subscript))
    ]
    if len(values) < len(turns):
        return None, turns
    return values, [turn[1:] for turn in turns]


def _changes_own_values(unified: Unified, given: list[ast.expr] | None) -> bool:
    """Whether the body gives another value to a variable that the loop's first line names."""
    trees = [tree for difference in unified.differences.values() for tree in difference.trees]
    named = {n.id for t in [*trees, *(given or [])] for n in ast.walk(t) if isinstance(n, ast.Name)}
    return any(named & _assigned(line) for line in _lines(unified.pieces))


class _Replaced(ast.NodeTransformer):
    """Names replaced by expressions."""

    def __init__(self, trees: dict[str, ast.expr]) -> None:
        self.trees = trees

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.trees.get(node.id, node)


class _Lessened(ast.NodeTransformer):
    """`i - 1` as `i`."""

    def __init__(self, name: str) -> None:
        self.text = f"{name} - 1"
        self.name = name

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        if ast.unparse(node) == self.text:
            return ast.Name(self.name, ast.Load())
        self.generic_visit(node)
        return node


def _key(line: Line, depth: int) -> Any:
    if len(line.path) <= depth:
        return None
    segment = line.path[depth]
    return (segment.loop, segment.frame) if isinstance(segment, Turn) else segment


def _uses(nodes: list[Node]) -> Iterator[Use]:
    for node in nodes:
        if isinstance(node, Use):
            yield from _uses(node.body)
            yield node
        elif isinstance(node, Loop):
            for turn in node.turns:
                yield from _uses(turn)
        elif isinstance(node, Block):
            yield from _uses(list(node.body))


def _replaced(nodes: list[Node], uses: list[Use], made: dict[int, list[Node]]) -> list[Node]:
    found: list[Node] = []
    wanted = {id(use) for use in uses}
    for node in nodes:
        if isinstance(node, Use) and id(node) in wanted:
            found += made[id(node)]
            continue
        if isinstance(node, Use):
            node.body = _replaced(node.body, uses, made)
        elif isinstance(node, Loop):
            node.turns = [_replaced(turn, uses, made) for turn in node.turns]
        found.append(node)
    return found


def _common(returned: list[list[str]]) -> list[str] | None:
    """What a function calls the one thing it returns; None if it returns more, or others."""
    if any(len(names) > 1 for names in returned):
        return None
    names = {name for names in returned for name in names}
    bases = {re.sub(r"_\d+$", "", name) for name in names}
    if len(names) < 2:
        return list(names)
    return list(bases) if len(bases) == 1 else None


def _renamed(pieces: list[Piece], names: list[str], own: list[str]) -> list[Piece]:
    """A function's lines with its own name for what it returns."""
    if names == own or own[0] in _names_used(pieces):
        return pieces
    copies = deepcopy(pieces)
    for line in _lines(copies):
        for node in ast.walk(line.tree):
            if isinstance(node, ast.Name) and node.id == names[0]:
                node.id = own[0]
    return copies


def _shorter(name: str, pieces: list[Piece]) -> str:
    """`model` for `model_2`, where a function has no other; renamed in its lines."""
    short = re.sub(r"_\d+$", "", name)
    if short == name or short in _names_used(pieces):
        return name
    for line in _lines(pieces):
        for node in ast.walk(line.tree):
            if isinstance(node, ast.Name) and node.id == name:
                node.id = short
    return short


def _needed_givens(use: Use) -> list[Line]:
    """What a function's parameters were given, as lines; not where the name is the same."""
    used = {name for line in _lines(use.body) for name in _loaded(line.tree)}
    return [
        line
        for line in use.given_lines
        if line.given in used and ast.unparse(use.given[line.given]) != line.given
    ]


def _parameters(
    use: Use, function: Function, used: set[str], outer: list[str]
) -> dict[str, ast.expr | None]:
    """The parameters that the body uses, with their defaults; what it has from outside first."""
    found: dict[str, ast.expr | None] = dict.fromkeys(outer)
    for parameter in function.parameters:
        name = identifier(parameter.name or "")
        if name in use.given and name in used and name not in found:
            value = parameter.value
            known = isinstance(value, rtree.Constant)
            found[name] = expression(repr(_plain(value.value))) if known else None  # type: ignore[union-attr]
    return dict(sorted(found.items(), key=lambda item: item[1] is not None))


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _with_functions(pieces: list[Piece], functions: list[Block]) -> list[Piece]:
    """Functions stand where R defines them, before they are used."""
    found = list(pieces)
    for block in reversed(functions):
        name = block.name
        place = next(
            (
                i
                for i, piece in enumerate(found)
                if name in _names_used([piece])
                or (piece.span.file == block.span.file and piece.span > block.span)
            ),
            len(found),
        )
        found.insert(place, block)
    return found


def _without_idle(pieces: list[Piece], used: set[str]) -> list[Piece]:
    """The pieces without variables that nothing uses."""
    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Block):
            body = _without_idle(piece.body, used)
            found.append(piece if body == piece.body else replace(piece, body=body))
        elif piece.call or piece.is_kept or not _assigned(piece) or _assigned(piece) & used:
            found.append(piece)
    return found


def _merged_aliases(pieces: list[Piece]) -> list[Piece]:
    """`x = f()` and `y = x` as `y = f()`, where x is a function's own name; no `x = x`."""
    found: list[Piece] = []
    merged: set[tuple[str, str]] = set()
    for i, piece in enumerate(pieces):
        alias = _alias(piece)
        if alias is not None and (alias[0] == alias[1] or alias in merged):
            continue
        before = found[-1] if found else None
        others = [p for p in pieces[i + 1 :] if _alias(p) != alias]
        if alias is not None and _gives(before, alias[1]) and alias[1] not in _names_used(others):
            before.tree.targets = [ast.Name(alias[0], ast.Store())]  # type: ignore[union-attr]
            merged.add(alias)
            continue
        found.append(piece)
    return found


def _gives(piece: Piece | None, name: str) -> bool:
    """Whether it is `name = f()` for a function of the script."""
    return (
        isinstance(piece, Line)
        and _assigned(piece) == {name}
        and isinstance(piece.tree, ast.Assign)
        and piece.call is None
    )


def _alias(piece: Piece) -> tuple[str, str] | None:
    tree = piece.tree if isinstance(piece, Line) else None
    if isinstance(tree, ast.Assign) and isinstance(tree.value, ast.Name):
        target = tree.targets[0]
        if isinstance(target, ast.Name):
            return target.id, tree.value.id
    return None


def _lines(nodes: Any) -> Iterator[Line]:
    for node in nodes:
        if isinstance(node, Line):
            yield node
        elif isinstance(node, Loop):
            for turn in node.turns:
                yield from _lines(turn)
        else:
            yield from _lines(node.body)


def _assigned(line: Line) -> set[str]:
    targets = line.tree.targets if isinstance(line.tree, ast.Assign) else []
    return (
        {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        if not any(isinstance(t, (ast.Attribute, ast.Subscript)) for t in targets)
        else set()
    )


def _loaded(tree: ast.stmt) -> set[str]:
    inner = tree.value if isinstance(tree, ast.Assign) else tree
    names = {n.id for n in ast.walk(inner) if isinstance(n, ast.Name)}
    if isinstance(tree, ast.Assign):
        for target in tree.targets:
            if isinstance(target, (ast.Attribute, ast.Subscript)):
                names |= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
    return names


def _free(pieces: list[Piece]) -> set[str]:
    """The names that lines use before they give them a value."""
    found: set[str] = set()
    bound: set[str] = set()
    for piece in pieces:
        if isinstance(piece, Block):
            header = ast.walk(ast.parse(f"{piece.header}\n    pass"))
            names = [node for node in header if isinstance(node, ast.Name)]
            found |= {n.id for n in names if isinstance(n.ctx, ast.Load)} - bound
            bound |= {n.id for n in names if isinstance(n.ctx, ast.Store)}
            found |= _free(piece.body) - bound
            bound |= {name for line in _lines(piece.body) for name in _assigned(line)}
        else:
            found |= _loaded(piece.tree) - _inner(piece.tree) - bound
            bound |= _assigned(piece)
    return found


def _inner(tree: ast.stmt) -> set[str]:
    """The variables of lambdas and comprehensions."""
    nodes = list(ast.walk(tree))
    targets = [n.target for n in nodes if isinstance(n, ast.comprehension)]
    names = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    return names | {n.arg for n in nodes if isinstance(n, ast.arg)}


def _calls(path: Path) -> list[FunctionCall]:
    return [segment for segment in path if isinstance(segment, FunctionCall)]


def _names_used(pieces: list[Piece]) -> set[str]:
    found: set[str] = set()
    for piece in pieces:
        if isinstance(piece, Block):
            header = f"{piece.header}\n    pass"
            names = {n.id for n in ast.walk(ast.parse(header)) if isinstance(n, ast.Name)}
            found |= names | _names_used(list(piece.body))
        else:
            found |= _loaded(piece.tree)
    return found


def _has_outcome(pieces: list[Piece]) -> bool:
    return any(line.call is not None and line.call.outcome is not None for line in _lines(pieces))


def _last_span(pieces: list[Piece]) -> Span:
    span = pieces[-1].span
    return span._replace(first_line=span.last_line)


def _depth_of(line: Line, definition: Span) -> int:
    for i, segment in enumerate(line.path):
        if isinstance(segment, FunctionCall) and segment.definition == definition:
            return i
    return len(line.path)


def _frozen_key(tree: ast.expr) -> str | None:
    """The key of `data["key"]`."""
    if isinstance(tree, ast.Subscript) and ast.unparse(tree.value) == "data":
        return _literal(tree.slice)
    return None


def _literal(tree: ast.expr) -> Any:
    try:
        return ast.literal_eval(tree)
    except ValueError:
        return None


def _counter(workspace: Workspace, loop: Loop, number: int) -> Any:
    """The value of a loop's variable in one of its turns."""
    code = workspace.timeline.loops[loop.loop]
    if code.head != "for" or not isinstance(code[0], rtree.Symbol):
        return None
    for step in workspace.timeline.bindings:
        if step.name == code[0].name and step.binding.frame == loop.frame:
            turns = [s for s in step.path if isinstance(s, Turn) and s.loop == loop.loop]
            if turns and turns[-1].number == number:
                found = workspace.variable(step)
                return None if found is None else found.value
    return None
