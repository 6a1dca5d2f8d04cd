"""R code in, a Python expression with its value out, by rules: one for each R function."""

from collections.abc import Callable
from typing import Protocol

from pyreg.port.python import Py, UntranslatableError, combine, literal
from pyreg.port.rtree import Call, Constant, Function, Node, Symbol


class Scope(Protocol):
    """Where R's variables are known."""

    def variable(self, name: str) -> Py | None:
        """The Python for an R variable; None if it has none."""

    def function(self, name: str) -> Function | None:
        """The user's R function of this name."""


Rule = Callable[["Translator", Call], Py]
RULES: dict[str, Rule] = {}


def rule(*functions: str) -> Callable[[Rule], Rule]:
    """Register the Python for calls of these R functions."""

    def register(found: Rule) -> Rule:
        for name in functions:
            RULES[name] = found
        return found

    return register


class Translator:
    """Translates R expressions of one place of a script.

    Attributes:
        exact: sums are made in R's order and precision, where the usual way differs in a last bit.
    """

    def __init__(self, scope: Scope, exact: bool = False) -> None:
        self.scope = scope
        self.exact = exact

    def __call__(self, node: Node | None) -> Py:
        """The Python for R code.

        Raises:
            UntranslatableError: some of it has no rule, or no variable.
        """
        if isinstance(node, Constant):
            return literal(_plain(node.value))
        if isinstance(node, Symbol):
            return self._symbol(node.name)
        if isinstance(node, Call):
            found = RULES.get(node.head or "")
            if found and (node.head is None or self.scope.function(node.head) is None):
                return found(self, node)
            return self._call_of_the_user_s(node)
        raise UntranslatableError(f"R code of type {type(node).__name__}")

    def _symbol(self, name: str) -> Py:
        if name in _CONSTANTS:
            return literal(_CONSTANTS[name])
        if name == "pi":
            return combine("np.pi")
        found = self.scope.variable(name)
        if found is None:
            raise UntranslatableError(f"the variable {name}")
        return found

    def _call_of_the_user_s(self, call: Call) -> Py:
        """A call of a function that the script defines, in a line: `function(x) x / 255`."""
        function = self.scope.function(call.head) if call.head else None
        if function is None:
            raise UntranslatableError(f"the R function {call.head}")
        body = only_expression(function.body)
        if body is None:
            raise UntranslatableError(f"the body of {call.head}")
        names = [parameter.name or "" for parameter in function.parameters]
        given = arguments(call, *names)
        inner = {
            name: self(given.get(name, parameter.value))
            for name, parameter in zip(names, function.parameters, strict=True)
            if name in given or parameter.value is not None
        }
        return Translator(_Inside(self.scope, inner), self.exact)(body)

    def sequence(self, node: Node | None) -> list[Py]:
        """The items of `c(1, n)`, or the only item."""
        if isinstance(node, Call) and node.head in ("c", "list"):
            return [self(argument.value) for argument in node.arguments]
        return [self(node)]


class _Inside:
    """The scope inside a function: its parameters, then what is outside."""

    def __init__(self, outer: Scope, parameters: dict[str, Py]) -> None:
        self.outer = outer
        self.parameters = parameters

    def variable(self, name: str) -> Py | None:
        return self.parameters.get(name) or self.outer.variable(name)

    def function(self, name: str) -> Function | None:
        return self.outer.function(name)


def arguments(call: Call, *parameters: str) -> dict[str, Node]:
    """The arguments of a call by the names of R's parameters, as R matches them.

    Raises:
        UntranslatableError: there are others.
    """
    named = {a.name: a.value for a in call.arguments if a.name and a.value is not None}
    found: dict[str, Node] = {}
    for given, value in named.items():
        matches = [p for p in parameters if p == given]
        matches = matches or [p for p in parameters if p.startswith(given)]
        if len(matches) != 1:
            raise UntranslatableError(f"the argument {given} of {call.head}")
        found[matches[0]] = value
    free = [p for p in parameters if p not in found]
    unnamed = [a.value for a in call.arguments if not a.name and a.value is not None]
    if len(unnamed) > len(free):
        raise UntranslatableError(f"{len(unnamed)} arguments of {call.head}")
    return found | dict(zip(free, unnamed, strict=False))


def constant(node: Node | None, default: object = None) -> object:
    """The value of a literal, of TRUE and FALSE; `default` where there is none.

    Raises:
        UntranslatableError: it is computed.
    """
    if node is None:
        return default
    if isinstance(node, Constant):
        return _plain(node.value)
    if isinstance(node, Symbol) and node.name in _CONSTANTS:
        return _CONSTANTS[node.name]
    raise UntranslatableError("an argument that is computed")


def only_expression(body: Node) -> Node | None:
    """The expression of a function of one; None for longer ones."""
    while isinstance(body, Call) and body.head in ("{", "return", "(") and len(body) == 1:
        body = body[0]
    return None if isinstance(body, Call) and body.head in ("{", "<-", "for", "while") else body


_CONSTANTS = {"TRUE": True, "FALSE": False, "T": True, "F": False, "Inf": float("inf")}


def _plain(value: object) -> object:
    """R's whole doubles are whole numbers in Python code."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**31:
        return int(value)
    return value
