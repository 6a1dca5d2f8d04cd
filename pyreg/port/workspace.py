"""R's variables in, the Python that computes them out, each compared with R's value.

What is asked for is computed from what it was computed from in R, and so on; what no rule gives
bit for bit is kept as R's own array.
"""

import ast
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from pyreg.port import rtree
from pyreg.port.arrays import same
from pyreg.port.names import Taken, identifier
from pyreg.port.python import (
    Py,
    UntranslatableError,
    combine,
    expression,
    literal,
    modules,
    variable,
)
from pyreg.port.recognise import (  # noqa: F401  rules register themselves
    arithmetic,
    encodings,
    indexing,
    printing,
    shapes,
    statistics,
    tables,
    windows,
)
from pyreg.port.recognise.rules import Translator, arguments
from pyreg.port.recording import Call, Made, Place
from pyreg.port.rtree import Constant, Function, Node, Symbol
from pyreg.port.rvalues import (
    RTYPES,
    Factor,
    Frame,
    History,
    RList,
    RValue,
    Vector,
    agrees,
    as_sequences,
    is_close,
    rvalue,
)
from pyreg.port.script import GLOBAL, Binding, Run
from pyreg.port.timeline import (
    BindingStep,
    CallStep,
    FunctionCall,
    ParameterStep,
    Path,
    Step,
    Timeline,
    Turn,
)
from pyreg.rbridge import session

PREDICT_CLASSES = "predict_classes"  # of keras 2: what is left of it in Keras is predict()
SHORT = 10  # numbers that are written out rather than kept as data
# Data sets of Keras: R's `dataset$train$x` is item (0, 0) of what `load_data()` returns.
HALVES: dict[str, dict[str, tuple[str | int, ...]]] = {
    "train": {"x": (0, 0), "y": (0, 1)},
    "test": {"x": (1, 0), "y": (1, 1)},
}


@dataclass(frozen=True)
class Assigned:
    """A statement that computes a variable; `target`: the variable, or a part of it.

    `order`: its place; before its step, where R asks what a variable was before it was changed.
    """

    step: BindingStep
    name: str
    target: ast.expr
    tree: ast.expr
    version: int
    helpers: dict[str, str]
    uses: dict[str, int]
    order: float


@dataclass(frozen=True)
class Parameter:
    """What a function's parameter is given where it is called."""

    caller: Step
    name: str
    given: Py


@dataclass
class Frozen:
    """An array that is R's own. `wanted`: its name if no other had that; `code`: R's, of it."""

    name: str
    wanted: str
    array: np.ndarray
    code: str | None


@dataclass
class WrittenOut:
    """A number, or a few, that are R's own and stand in the script. `code`: R's, of it."""

    name: str
    value: np.ndarray
    code: str | None
    line: int
    tree: ast.expr

    def stands_in(self, script: ast.Module) -> bool:
        """Whether the script has it; a number by itself is told by the variable that holds it."""
        written = ast.unparse(self.tree)
        for node in ast.walk(script):
            if self.value.ndim:
                found = isinstance(node, (ast.Call, ast.List)) and ast.unparse(node) == written
            else:
                found = isinstance(node, ast.Assign) and ast.unparse(node) == (
                    f"{self.name} = {written}"
                )
            if found:
                return True
        return False


@dataclass
class Workspace:
    """What is known of a run's data.

    Attributes:
        assigned: the statements that were asked for, in no order.
        frozen: arrays that are R's own, by their key in data.npz.
        parameters: what the user's functions were given, by the call's frame and the name.
        loop_code: what loops run over, or how often, by the loop and its frame.
        is_approximate: a variable was taken whose last bits are not R's.
        written_out: what is R's own too, but short: it stands in the script.
    """

    run: Run
    timeline: Timeline
    exact: bool = False
    assigned: dict[int, Assigned] = field(default_factory=dict)
    frozen: dict[str, Frozen] = field(default_factory=dict)
    parameters: dict[tuple[int, str], Parameter] = field(default_factory=dict)
    loop_code: dict[tuple[int, int], Py] = field(default_factory=dict)
    is_approximate: bool = False
    written_out: list[WrittenOut] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._bindings: dict[tuple[int, str], list[BindingStep]] = {}
        self._values: dict[int, RValue] = {}
        self._known: dict[int, Py | None] = {}
        self._under_way: set[int] = set()
        self._no_parameter: set[tuple[int, str]] = set()
        for step in self.timeline.bindings:
            self._bindings.setdefault((step.binding.frame, step.name), []).append(step)
        self._keys = Taken(set())
        self._index_only = _index_only({s.tree for s in self.run.statements})

    # Variables -----------------------------------------------------------------------------------

    def latest(self, name: str, step: Step) -> BindingStep | None:
        """The step in which R's variable got the value that it has at `step`."""
        for frame in step.frames:
            before = [s for s in self._bindings.get((frame, name), []) if s.order < step.order]
            found = before[-1] if before else self._parameter(frame, name)
            if found is not None:
                return found
        return None

    def _parameter(self, frame: int, name: str) -> BindingStep | None:
        """The step in which a function was called with a value for this parameter.

        R's promises are evaluated when they are used: only what the script has used is asked for.
        """
        if frame == GLOBAL or (frame, name) in self._no_parameter:
            return None
        function, caller = self._function_call(frame)
        value = None
        if name in {parameter.name for parameter in function.parameters}:
            value = session.call_raw("parameter", self.run.environments[frame], name)
        if value is None or value.typeof == RTYPES.NILSXP:
            self._no_parameter.add((frame, name))
            return None
        binding = Binding(name, frame, Place(0), 0, value[0], None)
        number = -1 - sum(step.order < 0 for steps in self._bindings.values() for step in steps)
        step = ParameterStep(number, caller.path, caller.span, caller.code, binding, caller)
        self._bindings[frame, name] = [step]
        return step

    def _function_call(self, frame: int) -> tuple[Function, Step]:
        """The function that a frame is of, and the place it was called from."""
        first = next(step for step in self.timeline.steps if frame in step.frames)
        depth = next(
            i for i, s in enumerate(first.path) if isinstance(s, FunctionCall) and s.number == frame
        )
        segment = first.path[depth]
        assert isinstance(segment, FunctionCall)
        function = self.run.functions[segment.definition][1]
        span = segment.called or first.span
        code = self.timeline.spans.get(span, first.code)
        return function, Step(first.order, first.path[:depth], span, code)

    def visible(self, step: Step) -> Iterator[BindingStep]:
        """Of each variable that R knows at `step` the step in which it got its value."""
        names = dict.fromkeys(name for frame, name in self._bindings if frame in step.frames)
        for name in names:
            found = self.latest(name, step)
            if found is not None:
                yield found

    def value(self, step: BindingStep) -> RValue:
        """R's value of the variable that got one in `step`."""
        if step.order not in self._values:
            self._values[step.order] = rvalue(step.binding.value)
        return self._values[step.order]

    def variable(self, step: BindingStep) -> Py | None:
        """The Python for the variable that got its value in `step`; None if there is none."""
        if step.order not in self._known and step.order not in self._under_way:
            self._under_way.add(step.order)
            self._known[step.order] = self._variable(step)
            self._under_way.discard(step.order)
        return self._known.get(step.order)

    def _variable(self, step: BindingStep) -> Py | None:
        value = self.value(step)
        if isinstance(step, ParameterStep):
            return self._given(step, value)
        if isinstance(value, (Vector, Factor, Frame)):
            if self._counter(step):
                return self._counted(step, value)
            found = self._appended(step) or self._computed(step, value)
            if found is not None:
                return self._assign(step, found, value)
            return self._freeze_variable(step, value)
        if isinstance(value, (RList, History)):
            return self._list(step, value)
        return self._empty(step)

    def _empty(self, step: BindingStep) -> Py | None:
        """A list that R begins empty, to be filled in a loop."""
        assignment = rtree.as_assignment(step.binding.tree)
        empty = assignment.value if assignment else None
        is_empty = empty == Constant(None) or (
            isinstance(empty, rtree.Call)
            and empty.head in ("c", "list", "vector", "numeric")
            and not empty.arguments
        )
        return self._statement(step, identifier(step.name), literal([])) if is_empty else None

    def attempt(self, ask: Callable[[], Py]) -> Py | None:
        """What is asked for, unless that would take an array of R's own, or another statement."""
        frozen, assigned, known = dict(self.frozen), dict(self.assigned), dict(self._known)
        num_own, num_written_out = len(frozen), len(self.written_out)
        try:
            found = ask()
        except UntranslatableError:
            found = None
        if found is not None and (len(self.frozen), len(self.written_out)) == (
            num_own,
            num_written_out,
        ):
            return found
        self.frozen, self.assigned, self._known = frozen, assigned, known
        del self.written_out[num_written_out:]
        return None

    def carry_over(self) -> list[int]:
        """Arrays of the top level that Keras never saw, but that need nothing new."""
        carried = []
        for step in self.timeline.bindings:
            if step.path or step.order in self.assigned or not self._is_array(step):
                continue
            before = set(self.assigned)
            found = self.attempt(partial(self._asked, step))
            if found is not None and step.order in self.assigned:
                known = set(self.assigned[step.order].uses.values())
                is_new = bool(set(self.assigned) - before - {step.order})
                rests_on = known or "__made__" in ast.unparse(self.assigned[step.order].tree)
                if rests_on and not is_new:
                    carried.append(step.order)
        return carried

    def complete_turns(self) -> list[int]:
        """Variables that are asked for in some turns of a loop are written in all of them."""
        asked = {
            (id(step.binding.tree), _without_numbers(step.path))
            for step in (a.step for a in self.assigned.values())
            if step.path and isinstance(step.path[-1], Turn)
        }
        completed = []
        for step in self.timeline.bindings:
            key = (id(step.binding.tree), _without_numbers(step.path))
            if step.path and key in asked and step.order not in self.assigned:
                self.attempt(partial(self._asked, step))
            if key in asked:
                completed.append(step.order)
        return completed

    def _is_array(self, step: BindingStep) -> bool:
        value = self.value(step)
        return isinstance(value, Vector) and value.array.size > SHORT

    def _asked(self, step: BindingStep) -> Py:
        found = self.variable(step)
        if found is None:
            raise UntranslatableError(step.name)
        return found

    def _computed(self, step: BindingStep, value: RValue) -> Py | None:
        """The Python that gives R's value, if a rule proposes one that does."""
        for proposal in self._proposals(step, value):
            if proposal.parts and proposal.value is None:
                return proposal
            if agrees(proposal.value, value):
                return self._named_columns(proposal, value)
            if not self.exact and is_close(proposal.value, value):
                self.is_approximate = True
                return proposal  # what reaches Keras is compared once more
        return None

    def _proposals(self, step: BindingStep, value: RValue) -> Iterator[Py]:
        result = self._result_of_call(step, value)
        if result is not None:
            yield result
            return
        assignment = rtree.as_assignment(step.binding.tree)
        if assignment is None:
            return
        with contextlib.suppress(UntranslatableError):
            yield self._assigned_value(step, assignment)
        yield from self._encodings(step, value, assignment.value)

    def _appended(self, step: BindingStep) -> Py | None:
        """`x <- c(x, value)`, which adds to a list."""
        assignment = rtree.as_assignment(step.binding.tree)
        node = assignment.value if assignment else None
        if not isinstance(node, rtree.Call) or node.head not in ("c", "append") or len(node) != 2:
            return None
        before = self.latest(step.name, step)
        if node[0] != Symbol(step.name) or before is None:
            return None
        known, added = self.variable(before), self.attempt(lambda: self.translator(step)(node[1]))
        if known is None or added is None or not isinstance(known.value, list):
            return None
        tree = combine("_0 + [_1]", known, added)
        value = self.value(step)
        return tree if agrees(tree.value, value) else None

    def _assigned_value(self, step: BindingStep, assignment: rtree.Assignment) -> Py:
        """What the assignment's code gives to the variable."""
        translate = self.translator(step)
        target = assignment.target
        if isinstance(target, (Symbol, Constant)):
            return translate(assignment.value)
        if isinstance(target, rtree.Call) and target.head == "c":
            return _unpacked(translate(assignment.value), target, step.name)
        if isinstance(target, rtree.Call) and target.head == "dim":
            reshape = rtree.Call(
                Symbol("array"),
                (rtree.Argument(None, target[0]), rtree.Argument("dim", assignment.value)),
            )
            return translate(reshape)
        return self._part_assigned(step, assignment)

    def _part_assigned(self, step: BindingStep, assignment: rtree.Assignment) -> Py:
        """The variable with a part changed: a column of a table, or items of an array."""
        target = assignment.target
        assert isinstance(target, rtree.Call)
        before = self.latest(step.name, step)
        whole = None if before is None else self.variable(before)
        if whole is None or target[0] != Symbol(step.name):
            raise UntranslatableError("an assignment to a part of a part")
        column = target[1] if target.head in ("$", "[[") else None
        if whole.columns and isinstance(column, (Symbol, Constant)):
            name = column.name if isinstance(column, Symbol) else column.value
            return self._column_assigned(step, whole, str(name), assignment.value)
        if target.head == "[" and isinstance(whole.value, np.ndarray):
            return self._items_assigned(step, whole, target, assignment.value)
        raise UntranslatableError("an assignment to a part")

    def _column_assigned(self, step: BindingStep, table: Py, name: str, node: Node) -> Py:
        if node == Constant(None):
            left = tuple(column for column in table.columns if column != name)
            return replace(combine("_0.drop(columns=_1)", table, literal(name)), columns=left)
        column = self.translator(step)(node)
        own = dict(zip(table.columns, table.value.columns, strict=True)).get(name, name)
        changed = combine("_0.assign(**{_1: _2})", table, literal(own), column)
        columns = table.columns if name in table.columns else (*table.columns, name)
        return replace(changed, columns=columns, part=(f"[{own!r}]", column))

    def _items_assigned(self, step: BindingStep, whole: Py, target: rtree.Call, node: Node) -> Py:
        translate = self.translator(step)
        place, value = translate(target), translate(node)
        inner = place.tree
        if not isinstance(inner, ast.Subscript) or ast.unparse(inner.value) != whole.code:
            raise UntranslatableError("an assignment to items that are taken away")
        changed = whole.value.copy()
        index = ast.unparse(inner.slice)
        names = {name: py.value for name, py in self._named(step, place).items()}
        try:
            exec(
                f"changed[{index}] = value",
                modules(),
                {"changed": changed, "value": value.value, **names},
            )
        except Exception as error:
            raise UntranslatableError(f"an assignment to items: {error}") from None
        both = combine("(_0, _1)", place, value)
        return replace(both, value=changed, part=(f"[{index}]", value))

    def _named(self, step: BindingStep, py: Py) -> dict[str, Py]:
        """The variables in an expression, with what they are worth."""
        found = {}
        for other in self.visible(step):
            known = self.variable(other) if identifier(other.name) in py.uses else None
            if known is not None:
                found[identifier(other.name)] = known
        return found

    def _encodings(self, step: BindingStep, value: RValue, node: Node) -> Iterator[Py]:
        if not isinstance(value, Vector):
            return
        call = node if isinstance(node, rtree.Call) else None
        function = self.function(call.head) if call and call.head else None
        sources = list(self._mentioned(step, node))
        yield from encodings.proposals(value.array.shape, sources, call, function)
        yield from windows.proposals(value.array, sources)

    def _mentioned(self, step: Step, node: Node | None) -> Iterator[Py]:
        """What parts of R code give, names first."""
        translate = self.translator(step)
        for part in sorted(rtree.walk(node), key=lambda n: not isinstance(n, Symbol)):
            if isinstance(part, (Symbol, rtree.Call)):
                try:
                    yield translate(part)
                except UntranslatableError:
                    continue

    def is_vector(self, step: BindingStep) -> bool:
        return isinstance(self.value(step), (Vector, RList))

    def computed_as(self, step: BindingStep) -> Py | None:
        """The Python that gives a variable's value, whether or not it is asked for."""
        return self._computed(step, self.value(step))

    def learn_loops(self) -> None:
        """What the loops run over: the last number of `1:k`, or the vector."""
        for step in self.timeline.steps:
            for depth, turn in enumerate(step.path):
                if not isinstance(turn, Turn) or (turn.loop, turn.frame) in self.loop_code:
                    continue
                node = _end_of_range(self.timeline.loops[turn.loop])
                before = Step(step.order, step.path[:depth], step.span, step.code)
                try:
                    self.loop_code[turn.loop, turn.frame] = self.translator(before)(node)
                except UntranslatableError:
                    continue

    def translator(self, step: Step) -> Translator:
        return Translator(_AtStep(self, step), self.exact)

    def function(self, name: str) -> Function | None:
        """The user's function of this name."""
        found = [f for known, f in self.run.functions.values() if known == name]
        return found[-1] if found else None

    def _given(self, step: ParameterStep, value: RValue) -> Py | None:
        """The variable of a function's parameter; what it is given is noted for who calls it."""
        outer = self._argument(step, value)
        if outer is None or outer.parts:
            return outer
        name = identifier(step.name)
        self.parameters[step.binding.frame, name] = Parameter(step.caller, name, outer)
        return variable(name, step.order, outer)

    def _argument(self, step: ParameterStep, value: RValue) -> Py | None:
        """What a parameter is given, as its caller writes it."""
        code = self._argument_code(step)
        try:
            found = self.translator(step.caller)(code)
        except UntranslatableError:
            found = None
        if found is not None and (found.parts or agrees(found.value, value)):
            return found
        if isinstance(value, Vector) and value.is_scalar:
            number = value.array.item()
            return None if number is None or number != number else literal(_number(number))
        for other in self.visible(step.caller):
            known = self.variable(other)
            if known is not None and agrees(known.value, value):
                return known
        return None

    def _argument_code(self, step: ParameterStep) -> Node | None:
        """R's code of what a parameter is given: of the call, or its default."""
        function, caller = self._function_call(step.binding.frame)
        names = [parameter.name or "" for parameter in function.parameters]
        own = [name for name, f in self.run.functions.values() if f is function]
        for node in rtree.walk(caller.code):
            if isinstance(node, rtree.Call) and node.head in own:
                try:
                    given = arguments(node, *names)
                except UntranslatableError:
                    continue
                if step.name in given:
                    return given[step.name]
        return next(p.value for p in function.parameters if p.name == step.name)

    # What Keras' calls returned ------------------------------------------------------------------

    def result(self, call: Call, path: tuple[str | int, ...] = ()) -> Py:
        """A placeholder for what a call returned, or for an array in it."""
        number = call.result.get(path)
        value = None if number is None else self.run.recorder.arrays[number]
        return Py(expression(placeholder(Made(call.number, path))), value)

    def results_of(self, step: Step, node: Node | None) -> Py | None:
        """The placeholder for what an R call in the statement of `step` gave, if it is Keras'."""
        if not isinstance(node, rtree.Call):
            return None
        for call in self._calls_in_statement(step):
            if call.verb is not None and call.verb.head == node.head:
                found = self._whole_result(call)
                if found is not None:
                    return found
        return None

    def _whole_result(self, call: Call) -> Py | None:
        """What a call returned, with its parts by the names that R has for them."""
        if call.target.endswith(".load_data"):
            return self._halves(call)
        if call.outcome is not None and "history" in call.outcome:
            history = SimpleNamespace(history=call.outcome["history"])
            whole = replace(self.result(call), value=history)
            parts = {n: combine(f"_0.history[{n!r}]", whole) for n in history.history}
            return replace(whole, parts={"metrics": replace(literal(None), parts=parts)})
        values = (call.outcome or {}).get("values")
        if isinstance(values, dict):
            whole = replace(self.result(call), value=values)
            return replace(whole, parts={n: combine(f"_0[{n!r}]", whole) for n in values})
        return self.result(call) if () in call.result else None

    def _calls_in_statement(self, step: Step) -> Iterator[Call]:
        """Calls that the statement of `step` has made, the last one first."""
        for other in reversed(self.timeline.steps[: step.order]):
            if not isinstance(other, CallStep):
                continue
            if other.path != step.path or other.span != step.span:
                return
            yield other.call

    def _result_of_call(self, step: BindingStep, value: RValue) -> Py | None:
        """The result of the call of Keras that the variable holds, as it is or as classes."""
        assignment = rtree.as_assignment(step.binding.tree)
        node = outermost(assignment.value) if assignment else None
        are_classes = isinstance(node, rtree.Call) and node.head == PREDICT_CLASSES
        for call in self._calls_in_statement(step):
            for path in call.result:
                found = self.result(call, path)
                if are_classes and found.value is not None:
                    found = classes_of(found)
                if agrees(found.value, value):
                    return found
        return None

    def _halves(self, call: Call) -> Py:
        parts = {
            half: replace(
                literal(None),
                parts={name: self.result(call, path) for name, path in paths.items()},
            )
            for half, paths in HALVES.items()
        }
        return replace(self.result(call), parts=parts)

    # Lists ---------------------------------------------------------------------------------------

    def _list(self, step: BindingStep, value: RList | History) -> Py | None:
        """A list needs no Python of its own: its items are known by their names."""
        assignment = rtree.as_assignment(step.binding.tree)
        node = assignment.value if assignment else None
        found = self.results_of(step, outermost(node))
        if found is not None and isinstance(assignment and assignment.target, Symbol):
            return found
        if isinstance(value, History):
            return None
        sequences = as_sequences(value)
        if sequences is not None:
            found = self._computed(step, value)
            if found is not None:
                return self._assign(step, found, value)
        if node is None:
            return None
        try:
            return self.translator(step)(node)
        except UntranslatableError:
            return None

    # Statements ----------------------------------------------------------------------------------

    def _assign(self, step: BindingStep, found: Py, value: RValue) -> Py:
        """The variable that holds it, and the statement that computes it."""
        name = identifier(step.name)
        if found.parts and found.value is None:
            return found
        if found.index is not None and step.name in self._index_only:
            index = self._statement(step, name, found.index)
            return replace(combine("_0 + 1", index), index=index)
        return self._statement(step, name, found)

    def _statement(self, step: BindingStep, name: str, found: Py) -> Py:
        version = step.order
        if found.part is not None:
            index, value = found.part
            target = expression(f"{name}{index}")
            self.assigned[version] = Assigned(
                step,
                name,
                target,
                value.tree,
                version,
                dict(found.helpers),
                dict(found.uses),
                step.order,
            )
            return variable(name, version, replace(found, part=None))
        uses = dict(found.uses)
        changed = self._changed(step, uses)
        order = step.order if changed is None else changed - 0.5
        self.assigned[step.order] = Assigned(
            step, name, expression(name), found.tree, version, dict(found.helpers), uses, order
        )
        return variable(name, version, found)

    def _changed(self, step: BindingStep, uses: dict[str, int]) -> int | None:
        """The step that first gave one of these variables another value, if any did."""
        steps = [s for (frame, _), known in self._bindings.items() for s in known]
        later = [
            s.order
            for s in steps
            for name, version in uses.items()
            if identifier(s.name) == name and version < s.order < step.order and s.path == step.path
        ]
        return min(later, default=None)

    def assign_list(
        self, step: BindingStep, tree: ast.expr, helpers: dict[str, str], uses: dict[str, int]
    ) -> Py | None:
        """The variable for a list of objects; None if it has come to hold another list."""
        known = self.assigned.get(step.order)
        if known is not None and ast.unparse(known.tree) != ast.unparse(tree):
            return None
        return self._statement(
            step, identifier(step.name), Py(tree, None, helpers=helpers, uses=uses)
        )

    def _named_columns(self, py: Py, value: RValue) -> Py:
        return replace(py, columns=tuple(value.columns)) if isinstance(value, Frame) else py

    def _counter(self, step: BindingStep) -> bool:
        """Whether the variable is a loop's."""
        return any(
            isinstance(loop[0], Symbol) and loop[0].name == step.name
            for loop in self.timeline.loops
            if loop.head == "for"
        )

    def _counted(self, step: BindingStep, value: RValue) -> Py | None:
        """A loop's variable: the loop itself will assign it."""
        if not isinstance(value, Vector) or not value.is_scalar:
            return None
        number = literal(_number(value.array.item()))
        return variable(identifier(step.name), step.order, number)

    # R's own -------------------------------------------------------------------------------------

    def _freeze_variable(self, step: BindingStep, value: RValue) -> Py | None:
        if isinstance(value, Frame):
            return None  # what is computed from it will be kept
        if isinstance(value, Factor):
            array = np.array([value.levels[c - 1] if c else None for c in value.codes])
        else:
            assert isinstance(value, Vector)
            array = value.array
            if value.is_scalar:
                return self._statement_of_literal(step, array.item())
        if array.dtype == object and not all(isinstance(item, str) for item in array.flat):
            return None
        if array.size <= SHORT:
            name = identifier(step.name)
            return self._statement(step, name, self.write_out(name, array, step))
        shift = step.name in self._index_only and array.dtype.kind in "iuf"
        kept = self.freeze(identifier(step.name), array - 1 if shift else array, self._code(step))
        found = self._statement(step, identifier(step.name), kept)
        return replace(combine("_0 + 1", found), index=found) if shift else found

    def _statement_of_literal(self, step: BindingStep, value: Any) -> Py | None:
        if value is None or value != value:
            return None
        name = identifier(step.name)
        return self._statement(step, name, self.write_out(name, np.asarray(value), step))

    def write_out(self, name: str, array: np.ndarray, step: Step) -> Py:
        """Write R's own numbers or texts into the script."""
        if not array.ndim:
            found = literal(_number(array.item()))
        elif array.dtype == object:
            found = literal(array.tolist())
        else:
            found = combine("np.array(_0)", literal(_plain_numbers(array.tolist())))
        line = step.span.first_line
        self.written_out.append(WrittenOut(name, array, self._code(step), line, found.tree))
        return found

    def freeze(self, name: str, array: np.ndarray, code: str | None) -> Py:
        """Keep an array as R's own."""
        if array.dtype == object:
            array = array.astype(str)
        for key, frozen in self.frozen.items():
            if frozen.array.dtype == array.dtype and same(frozen.array, array):
                return Py(expression(f"data[{key!r}]"), frozen.array)
        key = self._keys.new(name)
        self.frozen[key] = Frozen(key, name, np.ascontiguousarray(array), code)
        return Py(expression(f"data[{key!r}]"), self.frozen[key].array)

    def stack(self, keys: list[str]) -> str | None:
        """The key of one array that holds several of R's own; None if they have no one shape."""
        arrays = [self.frozen[key].array for key in keys]
        if len({(array.shape, array.dtype) for array in arrays}) != 1:
            return None
        first = self.frozen[keys[0]]
        whole = self.freeze(first.wanted, np.stack(arrays), first.code)
        return next(k for k, known in self.frozen.items() if known.array is whole.value)

    def _code(self, step: Step) -> str | None:
        """The R code of the step's statement, if it is a line."""
        lines = self.run.lines[step.span.file][step.span.first_line - 1 : step.span.last_line]
        return lines[0].strip() if len(lines) == 1 else None


class _AtStep:
    """The scope of one place of the script."""

    def __init__(self, workspace: Workspace, step: Step) -> None:
        self.workspace = workspace
        self.step = step

    def variable(self, name: str) -> Py | None:
        found = self.workspace.latest(name, self.step)
        return None if found is None else self.workspace.variable(found)

    def function(self, name: str) -> Function | None:
        return self.workspace.function(name)


def outermost(node: Node | None) -> Node | None:
    """The call whose value an expression is: the last one of a pipe."""
    while isinstance(node, rtree.Call) and node.head in ("%>%", "|>", "("):
        node = node[len(node) - 1]
    return node


def classes_of(predictions: Py) -> Py:
    """What keras 2's predict_classes() makes of predictions."""
    shape = predictions.value.shape
    return combine(
        "_0.argmax(axis=1)" if len(shape) == 2 and shape[1] > 1 else "(_0 > 0.5).astype(int)",
        predictions,
    )


def placeholder(made: Made) -> str:
    """Stands for what a call returned until it has a name."""
    return "__".join(["", "made", str(made.call), *map(str, made.path)])


def made_by(name: str) -> Made | None:
    """What a placeholder stands for; None for other names."""
    parts = name.split("__")
    if parts[:2] != ["", "made"]:
        return None
    path = tuple(int(part) if part.isdigit() else part for part in parts[3:])
    return Made(int(parts[2]), path)


def _unpacked(whole: Py, target: rtree.Call, name: str) -> Py:
    """The part of a list that `c(a, c(b, d)) %<-% list` gives to a variable."""
    parts = list(whole.parts.values())
    for i, argument in enumerate(target.arguments):
        inner = argument.value
        if isinstance(inner, Symbol) and inner.name == name and i < len(parts):
            return parts[i]
        if isinstance(inner, rtree.Call) and name in rtree.names_in(inner) and i < len(parts):
            return _unpacked(parts[i], inner, name)
    raise UntranslatableError(f"what {name} is given")


def _end_of_range(loop: rtree.Call) -> Node | None:
    """`k` of `for (i in 1:k)`, `x` of `for (i in x)`."""
    if loop.head != "for":
        return None
    node = loop[1]
    if isinstance(node, rtree.Call) and node.head == ":" and node[0] == Constant(1.0):
        return node[1]
    if isinstance(node, rtree.Call) and node.head == "seq_len":
        return node[0]
    if isinstance(node, rtree.Call) and node.head == "seq_along":
        return rtree.Call(Symbol("length"), node.arguments)
    return node


def _without_numbers(path: Path) -> Path:
    """A path, whatever the turn of the innermost loop."""
    last = path[-1] if path else None
    return (*path[:-1], replace(last, number=0)) if isinstance(last, Turn) else path


def _index_only(trees: set[Node]) -> set[str]:
    """Variables that are used for nothing but to index, and to be counted."""
    used: set[str] = set()
    others: set[str] = set()
    for tree in trees:
        _uses(tree, used, others)
    return used - others


def _uses(node: Node | None, index: set[str], others: set[str]) -> None:
    if isinstance(node, Symbol):
        others.add(node.name)
        return
    if isinstance(node, Function):
        _uses(node.body, index, others)
        return
    if not isinstance(node, rtree.Call):
        return
    assignment = rtree.as_assignment(node)
    if assignment and isinstance(assignment.target, Symbol):
        _uses(assignment.value, index, others)
        return
    for i, argument in enumerate(node.arguments):
        if (node.head in ("[", "[[") and i > 0 and argument.name is None) or node.head in (
            "length",
            "setdiff",
            "rm",
        ):
            _index_uses(argument.value, index, others)
        else:
            _uses(argument.value, index, others)


def _index_uses(node: Node | None, index: set[str], others: set[str]) -> None:
    while isinstance(node, rtree.Call) and node.head in ("-", "(") and len(node) == 1:
        node = node[0]
    if isinstance(node, Symbol):
        index.add(node.name)
    else:
        _uses(node, index, others)


def _plain_numbers(value: Any) -> Any:
    return [_plain_numbers(v) for v in value] if isinstance(value, list) else _number(value)


def _number(value: Any) -> Any:
    """R's whole doubles are whole numbers in Python code."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**31:
        return int(value)
    return value
