"""R's syntax tree in nested lists in, typed and immutable out; and what can be read from it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

LOOPS = ("for", "while", "repeat")


class Span(NamedTuple):
    """Where code stands: lines and columns count from 1, both ends are included."""

    file: str
    first_line: int
    first_column: int
    last_line: int
    last_column: int

    def holds(self, other: "Span") -> bool:
        return self.file == other.file and self[1:3] <= other[1:3] and other[3:5] <= self[3:5]


@dataclass(frozen=True)
class Symbol:
    """A name. `.` in a pipe, `..1` and backticked names are names too."""

    name: str


@dataclass(frozen=True)
class Constant:
    """A literal of length one, or NULL (None). A double is a float, `2L` an int."""

    value: bool | int | float | str | None


@dataclass(frozen=True)
class Argument:
    """`name = value` of a call; without value in `x[1, ]`."""

    name: str | None
    value: "Node | None"


@dataclass(frozen=True)
class Call:
    """A call; operators, `if`, `for` and `{` are calls of functions of that name."""

    function: "Node"
    arguments: tuple[Argument, ...]
    span: Span | None = field(default=None, compare=False)

    @property
    def head(self) -> str | None:
        """The name that is called, without its package."""
        function = self.function
        if isinstance(function, Call) and function.head in ("::", ":::"):
            function = function[1]
        return function.name if isinstance(function, Symbol) else None

    def __getitem__(self, position: int) -> "Node":
        """An argument by its position, whatever its name."""
        value = self.arguments[position].value
        assert value is not None
        return value

    def __len__(self) -> int:
        return len(self.arguments)


@dataclass(frozen=True)
class Function:
    """A definition. A parameter without default has None."""

    parameters: tuple[Argument, ...]
    body: "Node"
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Other:
    """What code cannot write: an object that was put into a call."""

    kind: str


Node = Symbol | Constant | Call | Function | Other


@dataclass(frozen=True)
class Statement:
    """A statement of the file's top level."""

    tree: Node
    span: Span


@dataclass(frozen=True)
class Comment:
    line: int
    column: int
    text: str


def from_lists(tree: dict[str, Any]) -> Node:
    """The node for what `as_tree()` of R/port_script.R gives."""
    if "symbol" in tree:
        return Symbol(tree["symbol"])
    if "constant" in tree:
        value = tree["constant"]
        known = value is None or isinstance(value, (bool, int, float, str))
        return Constant(value) if known else Symbol("NA")
    if "call" in tree:
        arguments = zip(tree["names"], tree["arguments"], strict=True)
        return Call(
            from_lists(tree["call"]),
            tuple(_argument(name, value) for name, value in arguments),
            span_from(tree["span"]),
        )
    if "parameters" in tree:
        parameters = zip(tree["parameters"], tree["defaults"], strict=True)
        return Function(
            tuple(_argument(name, default) for name, default in parameters),
            from_lists(tree["body"]),
            span_from(tree["span"]),
        )
    return Other(tree["other"])


def statement(tree: dict[str, Any], span: Span) -> Statement:
    """A statement of the top level; the call that it is knows its lines too."""
    node = from_lists(tree)
    return Statement(replace(node, span=span) if isinstance(node, Call) else node, span)


def span_from(numbers: list[Any] | None) -> Span | None:
    return None if numbers is None else Span(*numbers)


def _argument(name: str, value: dict[str, Any]) -> Argument:
    return Argument(name or None, None if "missing" in value else from_lists(value))


def walk(node: Node | None) -> Iterator[Node]:
    """The node and all below it, in the order of the text."""
    if node is None:
        return
    yield node
    if isinstance(node, Call):
        yield from walk(node.function)
        for argument in node.arguments:
            yield from walk(argument.value)
    elif isinstance(node, Function):
        for parameter in node.parameters:
            yield from walk(parameter.value)
        yield from walk(node.body)


def names_in(node: Node | None) -> set[str]:
    """Every name the code mentions."""
    return {inner.name for inner in walk(node) if isinstance(inner, Symbol)}


@dataclass(frozen=True)
class Assignment:
    """`target <- value`; `target` may be a name, a part of one, or `c(a, b)` of `%<-%`."""

    target: Node
    value: Node

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that it changes."""
        return tuple(_targets(self.target))


def as_assignment(node: Node | None) -> Assignment | None:
    """The node as an assignment, if it is one."""
    if not isinstance(node, Call) or len(node) < 2:
        return None
    if node.head in ("<-", "=", "<<-", "%<-%"):
        return Assignment(node[0], node[1])
    if node.head == "%->%":
        return Assignment(node[1], node[0])
    if node.head == "assign" and isinstance(node[0], Constant) and isinstance(node[0].value, str):
        return Assignment(Symbol(node[0].value), node[1])
    return None


def assigned_names(node: Node | None) -> set[str]:
    """Every variable that the code assigns to, those of its functions left out."""
    if isinstance(node, Function):
        return set()
    found = set()
    assignment = as_assignment(node)
    if assignment:
        found |= set(assignment.names)
    if isinstance(node, Call):
        if node.head == "for" and isinstance(node[0], Symbol):
            found.add(node[0].name)
        for argument in node.arguments:
            found |= assigned_names(argument.value)
    return found


def _targets(target: Node) -> Iterator[str]:
    if isinstance(target, Symbol):
        yield target.name
    elif isinstance(target, Constant) and isinstance(target.value, str):
        yield target.value
    elif isinstance(target, Call) and target.head == "c":
        for argument in target.arguments:
            if argument.value is not None:
                yield from _targets(argument.value)
    elif isinstance(target, Call) and target.arguments:  # x$y, x[i], names(x)
        yield from _targets(target[0])
