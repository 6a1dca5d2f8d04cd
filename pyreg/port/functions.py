"""An R function in, the Python function that does the same out: for callbacks, losses and layers.

Only code that reads the same in both languages is translated: arithmetic, `if`, Keras' operations.
What comes out is proved by the results of the training it takes part in.
"""

import ast
from collections.abc import Callable, Mapping
from typing import Any

from pyreg.port import hooks
from pyreg.port.names import identifier
from pyreg.port.python import Py, UntranslatableError, expression
from pyreg.port.recognise.arithmetic import BINARY
from pyreg.port.rtree import Argument, Call, Constant, Function, Node, Symbol, as_assignment

MATHS = {"exp", "log", "sqrt", "sin", "cos", "tanh", "floor"}
SAME = {"max", "min", "abs", "round", "sum"}
# The old package's operations that have another name today.
OPERATIONS = {
    "pow": "power",
    "dot": "matmul",
    "constant": "convert_to_tensor",
    "int_shape": "shape",
}
AXES = ("axis", "axes")


class FunctionWriter:
    """Writes one function.

    Args:
        outer: the Python for a variable of the script; None if it has none.
        is_of_tensors: R's `exp(x)` and others mean Keras' operations.
    """

    def __init__(self, outer: Callable[[str], Py | None], is_of_tensors: bool) -> None:
        self.outer = outer
        self.is_of_tensors = is_of_tensors
        self.own: set[str] = set()
        self.used: list[Py] = []

    def definition(self, name: str, function: Function) -> str:
        """The code of `def name(...)`; a function without a name in it is called `function`.

        Raises:
            UntranslatableError: some of it has no Python of ours.
        """
        return "\n".join(self._definition(name, function)) + "\n"

    def as_lambda(self, function: Function) -> ast.expr:
        """`lambda x: x / 255` for a function of one expression.

        Raises:
            UntranslatableError: it has more than one, or no Python of ours.
        """
        parameters = [self._parameter(parameter) for parameter in function.parameters]
        value = self._expression(_only(function.body))
        return expression(f"lambda {', '.join(parameters)}: {ast.unparse(value)}")

    def _definition(self, name: str, function: Function) -> list[str]:
        parameters = [self._parameter(parameter) for parameter in function.parameters]
        return [f"def {name}({', '.join(parameters)}):", *_indented(self._body(function.body))]

    def _parameter(self, parameter: Argument) -> str:
        name = identifier(parameter.name or "")
        if parameter.name == "...":
            raise UntranslatableError("a function with ...")
        self.own.add(parameter.name or "")
        if parameter.value is None:
            return name
        return f"{name}={ast.unparse(self._expression(parameter.value))}"

    # Statements ----------------------------------------------------------------------------------

    def _body(self, body: Node) -> list[str]:
        statements = _statements(body)
        lines: list[str] = []
        for i, statement in enumerate(statements):
            lines += self._statement(statement, is_last=i == len(statements) - 1)
        return lines

    def _statement(self, node: Node, is_last: bool) -> list[str]:
        assignment = as_assignment(node)
        if assignment is not None and isinstance(assignment.target, Symbol):
            if isinstance(node, Call) and node.head == "<<-":
                raise UntranslatableError("an assignment outside of the function")
            name = identifier(assignment.target.name)
            if isinstance(assignment.value, Function):
                lines = self._definition(name, assignment.value)
            else:
                lines = [f"{name} = {ast.unparse(self._expression(assignment.value))}"]
            self.own.add(assignment.target.name)
            return [*lines, *([f"return {name}"] if is_last else [])]
        if isinstance(node, Call) and node.head == "if" and not self._is_conditional(node):
            return self._branches(node, is_last)
        if isinstance(node, Call) and node.head in ("cat", "print", "message"):
            return [ast.unparse(self._printed(node))]
        if not is_last and not (isinstance(node, Call) and node.head == "return"):
            raise UntranslatableError("a statement that is used for its effect")
        given = given_by(node)
        if isinstance(given, Function):
            return [*self._definition("function", given), "return function"]
        return [f"return {ast.unparse(self._expression(node))}"]

    def _is_conditional(self, node: Call) -> bool:
        """Whether `if` is used as a value: `if (a) b else c`."""
        return len(node) == 3 and all(
            not (isinstance(branch, Call) and branch.head in ("{", "if", "return", "<-"))
            for branch in (node[1], node[2])
        )

    def _branches(self, node: Call, is_last: bool) -> list[str]:
        condition = ast.unparse(self._expression(node[0]))
        lines = [f"if {condition}:", *_indented(self._branch(node[1], is_last))]
        if len(node) == 3:
            other = node[2]
            if isinstance(other, Call) and other.head == "if" and not self._is_conditional(other):
                first, *rest = self._branches(other, is_last)
                lines += [f"el{first}", *rest]
            else:
                lines += ["else:", *_indented(self._branch(other, is_last))]
        return lines

    def _branch(self, node: Node, is_last: bool) -> list[str]:
        statements = _statements(node)
        lines: list[str] = []
        for i, statement in enumerate(statements):
            lines += self._statement(statement, is_last and i == len(statements) - 1)
        return lines

    # Expressions ---------------------------------------------------------------------------------

    def _expression(self, node: Node | None) -> ast.expr:
        if isinstance(node, Constant):  # R's numbers are doubles, which a tensor's type may rest on
            return expression(repr(node.value if self.is_of_tensors else _number(node.value)))
        if isinstance(node, Symbol):
            return self._symbol(node.name)
        if isinstance(node, Call):
            return self._call(node)
        raise UntranslatableError("a function within a function")

    def _symbol(self, name: str) -> ast.expr:
        if name in self.own:
            return ast.Name(identifier(name), ast.Load())
        if name == "pi":
            return expression("np.pi")
        found = self.outer(name)
        if found is None:
            raise UntranslatableError(f"the variable {name}")
        self.used.append(found)
        return found.tree

    def _call(self, node: Call) -> ast.expr:
        head = node.head or ""
        if head in ("(", "return", "invisible", "{") and len(node) == 1:
            return self._expression(node[0])
        if head == "if":
            return self._filled("_0 if _1 else _2", node[1], node[0], node[2])
        if head in BINARY:
            code = f"{head}_0" if len(node) == 1 else BINARY[head]
            return self._filled(code, *(node[i] for i in range(len(node))))
        if head in ("&&", "||"):
            return self._filled({"&&": "_0 and _1", "||": "_0 or _1"}[head], node[0], node[1])
        if head == "!":
            return self._filled("not _0", node[0])
        if head in ("%>%", "|>") and isinstance(node[1], Call):
            return self._call(Call(node[1].function, (Argument(None, node[0]), *node[1].arguments)))
        if head == "$" and isinstance(node[1], Symbol):
            return self._filled(f"_0[{node[1].name!r}]", node[0])
        if head == "[[" and isinstance(node[1], Constant):
            return self._filled(f"_0[{_index(node[1].value)!r}]", node[0])
        if head == "[":
            return self._sliced(node)
        return self._function_call(head, node)

    def _function_call(self, head: str, node: Call) -> ast.expr:
        if head.startswith(("op_", "k_")):
            return self._operation(head.partition("_")[2], node)
        if head.startswith(("loss_", "metric_")):
            module, _, name = head.partition("_")
            return self._keras_call(f"keras.{module.replace('loss', 'losse')}s.{name}", node)
        if head in MATHS:
            where = "keras.ops" if self.is_of_tensors else "math"
            return self._plain_call(f"{where}.{head}", node)
        if head in ("mean", "sum", "max", "min", "abs") and self.is_of_tensors:
            return self._plain_call(f"keras.ops.{head}", node)
        if head in SAME:
            return self._plain_call(head, node)
        measured = node[0] if head == "length" else None
        if isinstance(measured, Call) and measured.head == "dim":
            return self._filled("len(_0.shape)", measured[0])
        raise UntranslatableError(f"the R function {head}")

    def _operation(self, name: str, node: Call) -> ast.expr:
        if name == "epsilon":
            return expression("keras.config.epsilon()")
        if name.startswith("random_"):
            return self._keras_call(f"keras.random.{name.removeprefix('random_')}", node)
        return self._keras_call(f"keras.ops.{OPERATIONS.get(name, name)}", node)

    def _keras_call(self, path: str, node: Call) -> ast.expr:
        try:
            hooks.resolve(path)
        except AttributeError:
            raise UntranslatableError(f"the R function {node.head}") from None
        return self._plain_call(path, node)

    def _plain_call(self, path: str, node: Call) -> ast.expr:
        args = [self._expression(a.value) for a in node.arguments if not a.name]
        keywords = [
            ast.keyword(
                identifier(a.name), self._axis(a) if a.name in AXES else self._list(a.value)
            )
            for a in node.arguments
            if a.name
        ]
        return ast.Call(expression(path), args, keywords)

    def _axis(self, argument: Argument) -> ast.expr:
        """R counts axes from 1, and from the end as Python does."""
        try:
            axes = ast.literal_eval(self._list(argument.value))
        except ValueError:
            raise UntranslatableError("an axis that is computed") from None
        if isinstance(axes, list):
            return expression(repr([_axis(axis) for axis in axes]))
        return expression(repr(_axis(axes)))

    def _list(self, node: Node | None) -> ast.expr:
        if isinstance(node, Call) and node.head in ("c", "list"):
            return ast.List([self._expression(a.value) for a in node.arguments], ast.Load())
        return self._expression(node)

    def _sliced(self, node: Call) -> ast.expr:
        """`x[, 1:2]` as `x[:, :2]`."""
        shown = [_slice(argument.value) for argument in node.arguments[1:] if not argument.name]
        return self._filled(f"_0[{', '.join(shown)}]", node[0])

    def _printed(self, node: Call) -> ast.expr:
        parts = [self._expression(a.value) for a in node.arguments if a.value != Constant("\n")]
        return ast.Call(ast.Name("print", ast.Load()), parts, [])

    def _filled(self, template: str, *nodes: Node) -> ast.expr:
        parts = {f"_{i}": self._expression(node) for i, node in enumerate(nodes)}
        return _Filled(parts).visit(expression(template))


class _Filled(ast.NodeTransformer):
    def __init__(self, parts: Mapping[str, ast.expr]) -> None:
        self.parts = parts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.parts.get(node.id, node)


def given_by(node: Node) -> Node:
    """What `return(x)` gives, or the statement itself."""
    if isinstance(node, Call) and node.head in ("return", "invisible") and len(node) == 1:
        return node[0]
    return node


def _statements(body: Node) -> list[Node]:
    if isinstance(body, Call) and body.head == "{":
        return [argument.value for argument in body.arguments if argument.value is not None]
    return [body]


def _only(body: Node) -> Node:
    statements = _statements(body)
    if len(statements) != 1:
        raise UntranslatableError("a function of several statements")
    return statements[0]


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines or ["pass"]]


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _axis(axis: float) -> int:
    return int(axis) - 1 if axis > 0 else int(axis)


def _index(value: Any) -> Any:
    return value if isinstance(value, str) else int(value) - 1


def _slice(node: Node | None) -> str:
    if node is None:
        return ":"
    if isinstance(node, Constant) and isinstance(node.value, (int, float)):
        return str(int(node.value) - 1)
    if isinstance(node, Call) and node.head == ":":
        ends = [n.value for n in (node[0], node[1]) if isinstance(n, Constant)]
        if len(ends) == 2 and all(isinstance(end, (int, float)) for end in ends):
            first, last = (int(end) for end in ends if isinstance(end, (int, float)))
            return f"{first - 1 or ''}:{last}"
    raise UntranslatableError("an index that is computed")
