"""Recorded calls in, a Python expression for each out, with placeholders for what others made."""

import ast
import contextlib
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from pyreg.port import hooks, rtree
from pyreg.port.arrays import same
from pyreg.port.functions import FunctionWriter
from pyreg.port.names import identifier
from pyreg.port.python import Py, UntranslatableError, combine, expression, is_literal
from pyreg.port.recognise.printing import printing
from pyreg.port.recognise.rows import rows_of
from pyreg.port.recording import (
    Array,
    Batches,
    Call,
    Items,
    Made,
    Plain,
    Public,
    RFunction,
    Table,
    Unknown,
    Value,
)
from pyreg.port.rtree import Function, Node, Span
from pyreg.port.rvalues import Vector
from pyreg.port.signatures import SHAPES, Given, given_arguments
from pyreg.port.timeline import CallStep, OutputStep, ParameterStep
from pyreg.port.workspace import SHORT, Workspace, placeholder

GENERATOR = """\
def {name}():
    for {shown} in zip({columns}):
        yield {shown}
"""
# Keras begins a plain generator of validation data anew in each epoch, and loses what it has read
# ahead; this one is asked for each epoch's own batches.
VALIDATION = """\
class {name}(keras.utils.PyDataset):
    \"\"\"{steps} batches per epoch, the next ones in each.\"\"\"

    num_batches = {steps}

    def __init__(self):
        super().__init__()
        self.epoch = 0
        self.has_begun = False

    def __getitem__(self, index):
        i = self.epoch * self.num_batches + index
        return {items}

    def on_epoch_begin(self):
        self.epoch += self.has_begun
        self.has_begun = True
"""
STEPS = {"fit": "steps_per_epoch"}
ROOTED = {"keras.layers.InputLayer": "keras.Input"}


class UnportableError(Exception):
    """A value that Python code cannot write. The message says which."""


@dataclass
class Unit:
    """The Python for one recorded call: an expression, or `owner.name = value`.

    Attributes:
        step: where R made the call; `last`: where the script makes it, if that is later.
        uses: variables in it -> which of their values it means.
    """

    step: CallStep
    call: Call
    tree: ast.expr
    target: ast.expr | None = None
    helpers: dict[str, str] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)
    last: CallStep | None = None

    @property
    def order(self) -> int:
        return (self.last or self.step).order

    @property
    def span(self) -> Span:
        """The R code that it stands for."""
        first, last = self.step.span, (self.last or self.step).span
        if first.file != last.file or last.last_line < first.first_line:
            return first
        return first._replace(last_line=last.last_line, last_column=last.last_column)


@dataclass(frozen=True)
class NotPorted:
    """What of the script has no Python, and why."""

    step: CallStep
    what: str
    why: str


@dataclass(frozen=True)
class Output:
    """A statement that prints."""

    step: OutputStep
    tree: ast.expr
    uses: dict[str, int]


@dataclass
class Resolved:
    """All of a script.

    Attributes:
        carried: variables that are written though nothing uses them.
        completed: variables of a loop's turns that are written since other turns use theirs.
        not_printed: statements that print what has no Python.
    """

    units: list[Unit] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    not_ported: list[NotPorted] = field(default_factory=list)
    carried: list[int] = field(default_factory=list)
    completed: list[int] = field(default_factory=list)
    not_printed: list[OutputStep] = field(default_factory=list)


def resolve(workspace: Workspace) -> Resolved:
    """The Python of every call of a run."""
    result = Resolved()
    workspace.learn_loops()
    for step in workspace.timeline.calls:
        resolver = _Resolver(workspace, step, step.call, result)
        try:
            result.units.append(resolver.unit())
        except UnportableError as reason:
            result.not_ported.append(NotPorted(step, _shown(step.call), str(reason)))
    result.carried = workspace.carry_over()
    result.completed = workspace.complete_turns()
    for output in workspace.timeline.outputs:
        printed = workspace.attempt(partial(printing, workspace.translator(output), output.code))
        if printed is None:
            result.not_printed.append(output)
        else:
            result.outputs.append(Output(output, printed.tree, dict(printed.uses)))
    return result


class _Resolver:
    """Resolves one call."""

    def __init__(self, workspace: Workspace, step: CallStep, call: Call, result: Resolved) -> None:
        self.workspace = workspace
        self.step = step
        self.call = call
        self.result = result
        self.translate = workspace.translator(step)
        self.helpers: dict[str, str] = {}
        self.uses: dict[str, int] = {}

    def unit(self) -> Unit:
        call = self.call
        if call.kind == "operator":
            return self._unit(self._operator())
        if call.kind == "set":
            target = ast.Attribute(self._owner(), call.target, ast.Store())
            return self._unit(self._value(call.args[0]), target)
        if call.kind == "method" and call.target == "__call__":
            function: ast.expr = self._owner()
        elif call.kind == "method":
            function = ast.Attribute(self._owner(), call.target, ast.Load())
        else:
            function = expression(ROOTED.get(call.target, call.target))
        args, keywords = [], []
        for given in self._with_steps(given_arguments(call)):
            if given.name == "return_dict" and not self._is_kept():
                continue
            tree = self._argument(given)
            if given.name == "callbacks" and isinstance(tree, ast.List) and not tree.elts:
                continue
            if given.name is None or given.name.isdigit():
                args.append(tree)
            else:
                keywords.append(ast.keyword(given.name, tree))
        return self._unit(ast.Call(function, args, keywords))

    def _unit(self, tree: ast.expr, target: ast.expr | None = None) -> Unit:
        return Unit(self.step, self.call, tree, target, self.helpers, self.uses)

    def _owner(self) -> ast.expr:
        assert self.call.owner is not None
        return self._value(self.call.owner)

    def _operator(self) -> ast.expr:
        parts = [self._owner(), *(self._value(value) for value in self.call.args)]
        filled = {f"_{i}": part for i, part in enumerate(parts)}
        template = hooks.OPERATORS[self.call.target].format(*filled)
        tree = expression(template)
        for node in ast.walk(tree):
            for name, old in ast.iter_fields(node):
                if isinstance(old, ast.Name) and old.id in filled:
                    setattr(node, name, filled[old.id])
        return tree

    def _with_steps(self, found: list[Given]) -> list[Given]:
        """Arguments of `fit` with the number of batches that a generator of R's gives an epoch."""
        added = []
        for given in found:
            number = given.value.number if isinstance(given.value, Batches) else None
            size = self.workspace.run.recorder.num_steps.get(-1 if number is None else number)
            if size is not None and given.parameter == "x":
                name = STEPS.get(self.call.target, "steps")
                added.append(Given(name, name, Plain(size), None))
        if added:  # R gives the order
            found = [given for given in found if given.parameter != "shuffle"]
        return found + added

    def _is_kept(self) -> bool:
        """Whether R keeps what the call gives as it is; it then takes the numbers by names."""
        assignment = rtree.as_assignment(self.step.code)
        return assignment is not None and isinstance(assignment.target, rtree.Symbol)

    # Values --------------------------------------------------------------------------------------

    def _argument(self, given: Given) -> ast.expr:
        if given.name == "callbacks":
            return self._callbacks(given)
        return self._value(given.value, given.code, given.parameter)

    def _callbacks(self, given: Given) -> ast.expr:
        """Those that are R's own are left out: it is said where they are made, or here."""
        lost = {remark.step.call.number for remark in self.result.not_ported}
        value = given.value
        items = value.items if isinstance(value, Items) else (value,)
        kept: list[Value] = []
        for item in items:
            name = _class_of_r(item)
            if name is not None:
                what, why = f"callback {name}", "it is a class written in R"
                self.result.not_ported.append(NotPorted(self.step, what, why))
            elif not (isinstance(item, Made) and item.call in lost):
                kept.append(item)
        return self._value(Items("list", tuple(kept)), given.code)

    def _value(self, value: Value, code: Node | None = None, name: str = "") -> ast.expr:
        match value:
            case Plain():
                return self._plain(value, code)
            case Made():
                return expression(placeholder(value))
            case Public():
                return expression(value.path)
            case Array():
                return self._array(value, code, name)
            case Items():
                return self._items(value, code, name)
            case Table():
                return self._table(value, code, name)
            case RFunction():
                return self._function(value, code, name)
            case Batches():
                return self._generator(value, code, name)
            case Unknown():
                class_of_r = _class_of_r(value)
                what = f"class {class_of_r}, written in R" if class_of_r else value.description
                raise UnportableError(f"it is a {what}")

    def _plain(self, value: Plain, code: Node | None) -> ast.expr:
        """A literal; the code's own variable where R's code has one that is worth the same."""
        if code is not None and rtree.names_in(code):
            try:
                found = self.translate(code)
            except UntranslatableError:
                found = None
            if found is not None and not is_literal(found) and _is_worth(found.value, value.value):
                return self._use(found)
        return expression(repr(value.value))

    def _items(self, value: Items, code: Node | None, name: str) -> ast.expr:
        parts = self._codes(code, len(value.items))
        items = [self._value(v, p, name) for v, p in zip(value.items, parts, strict=True)]
        if value.kind == "tuple" or name in SHAPES:
            return ast.Tuple(items, ast.Load())
        return self._variable_for(ast.List(items, ast.Load()), code)

    def _table(self, value: Table, code: Node | None, name: str) -> ast.expr:
        keys: list[ast.expr | None] = [ast.Constant(key) for key, _ in value.items]
        parts = self._codes(code, len(value.items))
        items = [self._value(v, p, name) for (_, v), p in zip(value.items, parts, strict=True)]
        return self._variable_for(ast.Dict(keys, items), code)

    def _codes(self, code: Node | None, size: int) -> list[Node | None]:
        """R's code of each item of `c(...)` or `list(...)`, or of the variable that holds it."""
        if isinstance(code, rtree.Symbol):
            step = self.workspace.latest(code.name, self.step)
            assignment = rtree.as_assignment(step.binding.tree) if step else None
            inner = assignment.value if assignment else None
            if isinstance(inner, rtree.Call) and inner.head in ("c", "list"):
                return self._codes(inner, size)
        if isinstance(code, rtree.Call) and code.head in ("c", "list", "tuple"):
            found = [argument.value for argument in code.arguments]
            if len(found) == size:
                return found
        return [code] if size == 1 else [None] * size

    def _variable_for(self, tree: ast.expr, code: Node | None) -> ast.expr:
        """The variable, where R has put a list of several objects into one."""
        is_long = any(isinstance(node, ast.Name) for node in ast.walk(tree))
        if not isinstance(code, rtree.Symbol) or not is_long:
            return tree
        step = self.workspace.latest(code.name, self.step)
        if step is None or isinstance(step, ParameterStep):
            return tree
        found = self.workspace.assign_list(step, tree, self.helpers, self.uses)
        return tree if found is None else self._use(found)

    def _use(self, py: Py) -> ast.expr:
        self.helpers.update(py.helpers)
        self.uses.update(py.uses)
        return py.tree

    # R's functions -------------------------------------------------------------------------------

    def _function(self, value: RFunction, code: Node | None, name: str) -> ast.expr:
        """The function in Python: by its name, or in a line where it has none."""
        given = self._assigned(code)
        if isinstance(given, rtree.Call) and not name.endswith("metrics"):  # those go by its name
            maker = self.workspace.function(given.head or "")
            if maker is not None:
                return self._made_by(maker, given)
        found = self._function_of(code)
        if found is None:
            raise UnportableError("it is an R function")
        own_name, function = found
        is_of_tensors = not self.call.target.startswith("keras.callbacks.")
        writer = FunctionWriter(self._variable, is_of_tensors)
        try:
            if not own_name and name != "metrics":
                with contextlib.suppress(UntranslatableError):
                    return self._used(writer, writer.as_lambda(function))
            shown = own_name or name
            if name in ("metrics", "weighted_metrics"):  # the name is a column of the history
                shown = self.workspace.run.recorder.functions[value.number].__name__
            shown = identifier(shown)
            self.helpers[shown] = writer.definition(shown, function)
            return self._used(writer, ast.Name(shown, ast.Load()))
        except UntranslatableError as reason:
            raise UnportableError(f"it is an R function with {reason}") from None

    def _made_by(self, maker: Function, code: rtree.Call) -> ast.expr:
        """`quantile_loss(0.9)`: the function that a function of the script gives."""
        name = identifier(code.head or "")
        writer = FunctionWriter(self._variable, is_of_tensors=True)
        try:
            definition = writer.definition(name, maker)
            given = [(a.name, self.translate(a.value)) for a in code.arguments if a.value]
        except UntranslatableError as reason:
            raise UnportableError(f"it is an R function with {reason}") from None
        self.helpers[name] = definition
        args = [self._use(py) for own, py in given if not own]
        keywords = [ast.keyword(identifier(own), self._use(py)) for own, py in given if own]
        return self._used(writer, ast.Call(ast.Name(name, ast.Load()), args, keywords))

    def _used(self, writer: FunctionWriter, tree: ast.expr) -> ast.expr:
        for py in writer.used:
            self._use(py)
        return tree

    def _variable(self, name: str) -> Py | None:
        found = self.workspace.latest(name, self.step)
        return None if found is None else self.workspace.variable(found)

    def _function_of(self, code: Node | None) -> tuple[str, Function] | None:
        """The R function that an argument is, with its name if it has one."""
        if isinstance(code, Function):
            return "", code
        if isinstance(code, rtree.Symbol):
            function = self.workspace.function(code.name)
            if function is not None:
                return code.name, function
            given = self._assigned(code)
            return None if given is code else self._function_of(given)
        if isinstance(code, rtree.Call):
            found = [self._function_of(argument.value) for argument in code.arguments]
            return next((f for f in found if f is not None), None)
        return None

    def _assigned(self, code: Node | None) -> Node | None:
        """What was assigned to a variable; other code as it is."""
        step = (
            self.workspace.latest(code.name, self.step) if isinstance(code, rtree.Symbol) else None
        )
        assignment = rtree.as_assignment(step.binding.tree) if step else None
        return assignment.value if assignment else code

    def _generator(self, value: Batches, code: Node | None, name: str) -> ast.expr:
        """A generator that gives the batches that R's has given."""
        batches = self.workspace.run.recorder.batches[value.number]
        own = code.name if isinstance(code, rtree.Symbol) else f"{name or 'x'}_batches"
        own = identifier(own)
        rows = [item.items for item in batches if isinstance(item, Items)]
        if not batches or len(rows) != len(batches) or len({len(row) for row in rows}) != 1:
            raise UnportableError("it is an R generator of no batches that could be kept")
        columns = list(zip(*rows, strict=True))
        names = ["x", "y", "sample_weight"][: len(columns)]
        kept = [
            ast.unparse(self._column(f"{own}_{part}", column))
            for part, column in zip(names, columns, strict=True)
        ]
        steps = self.workspace.run.recorder.num_steps.get(value.number)
        if name == "validation_data" and steps is not None:
            own = "".join(word.title() for word in own.split("_"))
            shown = ", ".join(f"{column}[i]" for column in kept)
            self.helpers[own] = VALIDATION.format(name=own, steps=steps, items=shown)
            return expression(f"{own}()")
        shown = ", ".join(names)
        self.helpers[own] = GENERATOR.format(name=own, shown=shown, columns=", ".join(kept))
        return expression(f"{own}()")

    def _column(self, name: str, values: tuple[Value, ...]) -> ast.expr:
        """The same part of all batches, one behind the other."""
        numbers = [value.number for value in values if isinstance(value, Array)]
        arrays = [self.workspace.run.recorder.arrays[number] for number in numbers]
        if len(arrays) != len(values):
            raise UnportableError("it is an R generator of more than arrays")
        if len({array.shape for array in arrays}) == 1:
            return self._use(self.workspace.freeze(name, np.stack(arrays), None))
        sizes = np.cumsum([len(array) for array in arrays])[:-1].tolist()
        whole = self.workspace.freeze(name, np.concatenate(arrays), None)
        return self._use(combine(f"np.split(_0, {sizes})", whole))

    # Arrays --------------------------------------------------------------------------------------

    def _array(self, value: Array, code: Node | None, name: str) -> ast.expr:
        array = self.workspace.run.recorder.arrays[value.number]
        found = self._known(array, code)
        if found is None:
            found = self._new(array, code, name)
        return self._use(found)

    def _known(self, array: np.ndarray, code: Node | None) -> Py | None:
        """The array by its R code, by a variable that holds it, or by the call that made it."""
        for proposal in self._proposals(code):
            if _is_array(proposal.value, array):
                return proposal
        for step in self.workspace.visible(self.step):
            if _may_hold(self.workspace.value(step), array):
                found = self.workspace.variable(step)
                if found is not None and _is_array(found.value, array):
                    return found
        for unit in reversed(self.result.units):
            for path in unit.call.result:
                result = self.workspace.result(unit.call, path)
                if _is_array(result.value, array):
                    return result
        return None

    def _proposals(self, code: Node | None) -> Any:
        """What the R code of the argument gives."""
        if code is None:
            return
        result = self.workspace.results_of(self.step, code)
        if result is not None and result.value is not None:
            yield result
        with contextlib.suppress(UntranslatableError):
            yield self.translate(code)

    def _new(self, array: np.ndarray, code: Node | None, name: str) -> Py:
        """An array that no code gives: written out if it is short, rows of another, or kept."""
        if array.size <= SHORT and array.dtype != object:
            return self.workspace.write_out(name or "x", array, self.step)
        known = [self.workspace.variable(step) for step in self.workspace.visible(self.step)]
        rows = rows_of(array, [py for py in known if py is not None])
        assignment = rtree.as_assignment(self.step.code)
        name = identifier(assignment.names[0] if assignment else name or "x")
        if rows is not None:
            source, numbers = rows
            kept = self.workspace.freeze(f"{name}_rows", numbers, None)
            return combine("_0[_1]", source, kept)
        return self.workspace.freeze(name, array, None)


def _is_worth(found: Any, value: Any) -> bool:
    if isinstance(found, np.generic):
        found = found.item()
    return type(found) in (bool, int, float, str) and found == value


def _is_array(found: Any, array: np.ndarray) -> bool:
    """Equal bits; a vector may come as a column, and a column as a vector."""
    return found is not None and not np.isscalar(found) and same(found, array)


def _may_hold(value: Any, array: np.ndarray) -> bool:
    if not isinstance(value, Vector):
        return array.dtype == object
    return value.array.shape == array.shape


def _class_of_r(value: Value) -> str | None:
    """The name of the class, where it is one written in R: its module is R's environment."""
    module, _, path = value.description.partition(".") if isinstance(value, Unknown) else [""] * 3
    return path.rpartition(".")[2] if module == "R" else None


def _shown(call: Call) -> str:
    """A call as messages name it."""
    return call.target.rpartition(".")[2] if call.kind != "method" else f".{call.target}()"
