"""Calls with placeholders in, lines of Python with names out; what can stands inside others."""

import ast
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from pyreg.port import rtree
from pyreg.port.lists import ListState, object_lists, written
from pyreg.port.names import Taken, identifier, snake
from pyreg.port.python import assignment, expression, statement
from pyreg.port.recording import Call, Made
from pyreg.port.resolve import NotPorted, Resolved, Unit
from pyreg.port.rtree import Span
from pyreg.port.rvalues import PythonObject
from pyreg.port.timeline import BindingStep, FunctionCall, Path, Step
from pyreg.port.workspace import PREDICT_CLASSES, Workspace, made_by, outermost, placeholder

# Only answers: a call of these whose result is not used is left out.
QUESTIONS = {"get_weights", "get_layer", "get_vocabulary", "result", "__call__"}
# What may stand inside another expression: it has no effect but its result.
PURE_FUNCTIONS = (
    "keras.utils.",
    "keras.ops.",
    "keras.layers.",
    "keras.Input",
    "keras.activations.",
)
IMPURE = ("keras.utils.set_random_seed", "keras.utils.clear_session")
INPUT_LAYER = "keras.layers.InputLayer"
DATA_NAMES = {(0, 0): "x_train", (0, 1): "y_train", (1, 0): "x_test", (1, 1): "y_test"}


# What a name holds: an object, or the list of R's in this frame, of this name.
Holding = Made | tuple[int, str]


@dataclass
class _Notes:
    """What is learnt as the expressions of a line get their names; see `Line`."""

    helpers: dict[str, str] = field(default_factory=dict)
    draws: list[int] = field(default_factory=list)
    means: set[tuple[str, Holding]] = field(default_factory=set)


@dataclass
class Line:
    """A statement of Python's.

    Attributes:
        order: its place among all.
        path: functions and loops around it in R.
        span: the R statement it comes from.
        given: it gives a value to this parameter of a function that is called here.
        call: the call of Keras that it makes, if it is one.
        is_kept: it stays, though nothing may use what it computes.
        means: names in it, each with the object that it is to hold by then.
        binds: names that it gives an object, or another value (None).
    """

    order: float
    path: Path
    tree: ast.stmt
    span: Span
    given: str | None = None
    call: Call | None = None
    helpers: dict[str, str] = field(default_factory=dict)
    is_kept: bool = False
    means: set[tuple[str, Holding]] = field(default_factory=set)
    binds: dict[str, Holding | None] = field(default_factory=dict)


def assemble(workspace: Workspace, resolved: Resolved) -> list[Line]:
    """The lines of a script, in their order."""
    return _Assembler(workspace, resolved).lines()


class _Assembler:
    """Builds the lines of one script."""

    def __init__(self, workspace: Workspace, resolved: Resolved) -> None:
        self.workspace = workspace
        self.resolved = resolved
        self.units = {unit.call.number: unit for unit in resolved.units}
        self.merged: dict[int, int] = {}  # call of `add` -> the model it is a part of
        self.members: dict[int, tuple[int, int]] = {}  # layer -> its model, its place in there
        self.stand_alone: set[int] = set()  # calls that must not move
        self.objects = _object_bindings(workspace)
        self.taken = Taken(set())
        self.births: dict[int, ast.expr] = {}
        self.astray: set[int] = set()  # calls whose name had come to hold another object
        self.own_named: set[int] = set()  # those that no list keeps either
        self._forget_unneeded()

    def _forget_unneeded(self) -> None:
        """Variables that were tried on the way and that nothing uses."""
        needed: set[int] = set()
        waiting = [version for unit in self.units.values() for version in unit.uses.values()]
        waiting += self.resolved.carried
        waiting += [v for output in self.resolved.outputs for v in output.uses.values()]
        waiting += [v for p in self.workspace.parameters.values() for v in p.given.uses.values()]
        waiting += [v for py in self.workspace.loop_code.values() for v in py.uses.values()]
        while waiting:
            version = waiting.pop()
            if version in needed:
                continue
            needed.add(version)
            if version in self.workspace.assigned:
                waiting += self.workspace.assigned[version].uses.values()
                waiting += self._other_turns(version)
        for version in set(self.workspace.assigned) - needed:
            del self.workspace.assigned[version]

    def _other_turns(self, version: int) -> list[int]:
        """The same statement in the other turns of its loop."""
        tree = self.workspace.assigned[version].step.binding.tree
        return [
            other
            for other in self.resolved.completed
            if other in self.workspace.assigned
            and self.workspace.assigned[other].step.binding.tree is tree
        ]

    def lines(self) -> list[Line]:
        self._leave_out_what_needs_the_unportable()
        self._merge_sequentials()
        taken = {(a.step.binding.frame, a.step.name) for a in self.workspace.assigned.values()}
        self.lists = object_lists(self.workspace, set(self.units) - set(self.merged), taken)
        while True:
            lines = self._attempt()
            moved = _first_out_of_order(lines)
            if moved is not None:
                self.stand_alone.add(moved)
            elif not self._has_names_gone_astray([line for line, _ in lines]):
                return _with_names_for_values([line for line, _ in lines])

    def _has_names_gone_astray(self, lines: list[Line]) -> bool:
        """Whether a name has come to hold something else than is meant; it is avoided from then.

        An object is then sought in the lists that R keeps; one that is in none gets its own name.
        """
        found: set[int] = set()
        before = len(self.astray), len(self.own_named), len(self.lists), len(self.stand_alone)
        for held in _astray(lines):
            if not isinstance(held, Made):
                self.lists.pop(held, None)
                continue
            those = {held.call, *self._beside(held)}
            if held.call in self.astray:
                self.own_named |= those
            else:
                found |= those
        self.astray |= found
        self.stand_alone |= {made.call for made in self._listed()} & self.inlined
        after = len(self.astray), len(self.own_named), len(self.lists), len(self.stand_alone)
        return before != after

    def _beside(self, made: Made) -> Iterator[int]:
        """What made the other objects of the lists that hold it."""
        for states in self.lists.values():
            items = {item for state in states for item in state.items.values() if item}
            if made in items:
                yield from (item.call for item in items)

    def _listed(self) -> Iterator[Made]:
        """The objects in the lists that are written."""
        for key in self.lists_used & set(self.lists):
            for state in self.lists[key]:
                yield from (made for made in state.items.values() if made is not None)

    # What cannot be written ----------------------------------------------------------------------

    def _leave_out_what_needs_the_unportable(self) -> None:
        lost = {p.step.call.number for p in self.resolved.not_ported}
        lost -= set(self.units)
        for number, unit in list(self.units.items()):
            needed = {made.call for made in _made_in(unit.tree)}
            if unit.target is not None:
                needed |= {made.call for made in _made_in(unit.target)}
            if needed & lost:
                lost.add(number)
                del self.units[number]
                why = "it needs what has no Python"
                self.resolved.not_ported.append(NotPorted(unit.step, unit.call.target, why))

    # Sequential models ---------------------------------------------------------------------------

    def _merge_sequentials(self) -> None:
        for number, unit in self.units.items():
            if unit.call.target == "keras.Sequential" and isinstance(unit.tree, ast.Call):
                self._merge(number, unit, unit.tree)

    def _merge(self, number: int, unit: Unit, tree: ast.Call) -> None:
        """`Sequential([...])` for a model whose layers are added right away."""
        layers: list[ast.expr] = []
        given = tree.args[0] if tree.args else None
        if given is not None and not isinstance(given, ast.List):
            return
        layers += given.elts if given is not None else []
        last = unit.step
        for other in self.units.values():
            if other.call.number <= number or not _mentions(other, number):
                continue
            is_add = other.call.target == "add" and other.call.owner == Made(number)
            if not is_add or other.step.path != unit.step.path or other.call.draws:
                break
            assert isinstance(other.tree, ast.Call)
            layers.append(other.tree.args[0])
            self.merged[other.call.number] = number
            last = other.step
        if layers:
            tree.args = [ast.List(self._with_input(layers), ast.Load())]
            unit.last = last
            self._learn_members(number, layers)

    def _learn_members(self, number: int, layers: list[ast.expr]) -> None:
        made = [made_by(layer.id) if isinstance(layer, ast.Name) else None for layer in layers]
        units = [self.units.get(m.call) if m and not m.path else None for m in made]
        if units and units[0] and units[0].call.target in ("keras.Input", INPUT_LAYER):
            units = units[1:]
        for place, layer in enumerate(units):
            if layer is not None:
                self.members[layer.call.number] = number, place

    def _with_input(self, layers: list[ast.expr]) -> list[ast.expr]:
        """`keras.Input` in front, where the first layer says its input's shape."""
        made = made_by(layers[0].id) if isinstance(layers[0], ast.Name) else None
        unit = self.units.get(made.call) if made else None
        if unit is None or not isinstance(unit.tree, ast.Call) or unit.call.target == "keras.Input":
            return layers
        shape, others = _taken_keyword(unit.tree.keywords, "input_shape")
        if shape is None or unit.call.target == INPUT_LAYER:
            return layers
        unit.tree.keywords = others
        entry = ast.Call(expression("keras.Input"), [], [ast.keyword("shape", shape)])
        return [entry, *layers]

    # One attempt ---------------------------------------------------------------------------------

    def _attempt(self) -> list[tuple[Line, list[int]]]:
        """All lines, each with the calls that it makes which draw seeds."""
        self.births = {}
        self.lists_used: set[tuple[int, str]] = set()
        self.own_names: dict[tuple, str] = {}  # of functions
        self.num_own: Counter[tuple] = Counter()
        self.taken = Taken(self._names_of_r())
        self.uses = self._count_uses()
        self.inlined = {
            number for number, unit in self.units.items() if self._can_stand_inside(number, unit)
        }
        found = [
            *self._unit_lines(),
            *self._data_lines(),
            *self._parameters(),
            *self._outputs(),
            *self._aliases(),
        ]
        found += self._list_lines()
        return sorted(found, key=lambda pair: pair[0].order)

    def _names_of_r(self) -> set[str]:
        data = {assigned.name for assigned in self.workspace.assigned.values()}
        own = bool(self.own_named)  # they may leave the function that they were made in
        return data | {identifier(s.name) for s, _ in self.objects if own or not s.frame}

    def _count_uses(self) -> Counter[int]:
        """How often each call's result is used, parts of it counting as two."""
        uses: Counter[int] = Counter()
        for tree in self._all_trees():
            for made in _made_in(tree):
                uses[made.call] += 2 if any(isinstance(k, int) for k in made.path) else 1
        return uses

    def _all_trees(self) -> Iterator[ast.expr]:
        for number, unit in self.units.items():
            if number not in self.merged:
                yield unit.tree
                if unit.target is not None:
                    yield unit.target
        for assigned in self.workspace.assigned.values():
            yield assigned.tree
        for parameter in self.workspace.parameters.values():
            yield parameter.given.tree
        for output in self.resolved.outputs:
            yield output.tree

    def _can_stand_inside(self, number: int, unit: Unit) -> bool:
        if number in self.merged or number in self.stand_alone:
            return False
        if self._r_name(unit) is not None:
            return False
        if self.uses[number] != 1 and not self._is_only_in_its_model(number):
            return False
        user = next((u for u in self.units.values() if number in _needed(u)), None)
        if user is not None and user.step.path != unit.step.path:
            return False
        call = unit.call
        if call.outcome is not None:
            return call.target == "predict" and self._is_in_own_statement(number, unit)
        if call.kind in ("make", "operator"):
            return call.target not in ("keras.Sequential", "keras.Model")
        if call.kind == "method":
            is_layer = call.target == "__call__" and not self._is_chained(unit, user)
            return is_layer or call.target == "get_layer"
        return call.target.startswith(PURE_FUNCTIONS) and call.target not in IMPURE

    def _is_in_own_statement(self, number: int, unit: Unit) -> bool:
        """Whether a prediction is used within the R statement that makes it, by data alone."""
        return any(
            assigned.step.span == unit.step.span
            and assigned.step.path == unit.step.path
            and number in {made.call for made in _made_in(assigned.tree)}
            for assigned in self.workspace.assigned.values()
        )

    def _is_only_in_its_model(self, number: int) -> bool:
        """Whether all other uses of a layer come when its model is there to be asked for it."""
        if number not in self.members or not self.uses[number]:
            return False
        model = self.units[self.members[number][0]]
        users = [u for u in self.units.values() if u is not model and number in _needed(u)]
        return all(user.order > model.order for user in users)

    def _is_chained(self, unit: Unit, user: Unit | None) -> bool:
        """Whether the result goes straight into another layer: a line each reads better."""
        return user is not None and user.call.target == "__call__"

    # Lines ---------------------------------------------------------------------------------------

    def _unit_lines(self) -> Iterator[tuple[Line, list[int]]]:
        for number, unit in self.units.items():
            if number in self.inlined or number in self.merged or self._is_idle(unit):
                continue
            notes = _Notes(dict(unit.helpers))
            tree = self._filled(unit.tree, unit.step, notes, number)
            if unit.call.draws:
                notes.draws.append(number)
            code = self._statement(unit, tree, notes)
            line = Line(unit.order, unit.step.path, code, unit.span, None, unit.call)
            line.helpers, line.means = notes.helpers, notes.means
            birth = None if unit.target is not None else self.births.get(number)
            line.binds = dict(_bound(birth, Made(number)))
            yield line, notes.draws

    def _is_idle(self, unit: Unit) -> bool:
        """Whether the call has no effect: its result is not used."""
        call = unit.call
        if self.uses[call.number] or call.draws or call.outcome:
            return False
        if call.kind == "method":
            return call.target in QUESTIONS and self._r_name(unit) is None
        return call.kind in ("make", "operator") or (
            call.target.startswith(PURE_FUNCTIONS) and call.target not in IMPURE
        )

    def _statement(self, unit: Unit, tree: ast.expr, notes: _Notes) -> ast.stmt:
        if unit.target is not None:
            target = self._filled(unit.target, unit.step, notes)
            return assignment(target, tree)
        wanted = self._birth(unit)
        return statement(tree) if wanted is None else assignment(wanted, tree)

    def _data_lines(self) -> Iterator[tuple[Line, list[int]]]:
        for assigned in self.workspace.assigned.values():
            notes = _Notes(dict(assigned.helpers))
            tree = self._filled(assigned.tree, assigned.step, notes)
            if ast.unparse(tree) == assigned.name:
                continue
            step = assigned.step
            assign = _appending(assigned.name, tree) or assignment(assigned.target, tree)
            line = Line(assigned.order, step.path, assign, step.span, helpers=notes.helpers)
            line.is_kept = step.order in self.resolved.carried
            line.means, line.binds = notes.means, {assigned.name: None}
            yield line, notes.draws

    def _outputs(self) -> Iterator[tuple[Line, list[int]]]:
        for output in self.resolved.outputs:
            step = output.step
            if {made.call for made in _made_in(output.tree)} <= set(self.units):
                notes = _Notes()
                code = statement(self._filled(output.tree, step, notes))
                yield Line(step.at, step.path, code, step.span, means=notes.means), []

    def _parameters(self) -> Iterator[tuple[Line, list[int]]]:
        for (frame, _), parameter in self.workspace.parameters.items():
            step = parameter.caller
            notes = _Notes()
            tree = self._filled(parameter.given.tree, step, notes)
            path = _path_into(self.workspace, frame)
            assign = assignment(parameter.name, tree)
            line = Line(step.order - 0.25, path, assign, step.span, given=parameter.name)
            line.means, line.binds = notes.means, {parameter.name: None}
            yield line, []

    def _aliases(self) -> Iterator[tuple[Line, list[int]]]:
        """Other variables of R's for objects that have a name."""
        for step, made in self.objects:
            if made.call not in self.units or made.path:
                continue
            if made.call in self.own_named and self._is_of_birth(step, made):
                continue
            birth = self.births.get(made.call)
            name = identifier(step.name)
            is_elsewhere = self.units[made.call].step.path != step.path
            if birth is None or (ast.unparse(birth) == name and not is_elsewhere):
                continue
            notes = _Notes()
            held = self._held(made, step, notes)
            if held is None:
                notes.means |= set(_bound(birth, made))
            assign = assignment(name, held or birth)
            line = Line(step.order, step.path, assign, step.span, means=notes.means)
            line.binds = {name: made}
            yield line, []

    def _list_lines(self) -> Iterator[tuple[Line, list[int]]]:
        """The lists of R's in which objects are sought."""
        known = -1
        while known != len(self.lists_used):  # one may hold what another is asked for
            known = len(self.lists_used)
            lines = [
                (self._list_line(before, state), list[int]())
                for key in sorted(self.lists_used)
                for before, state in pairwise([None, *self.lists[key]])
                if state is not None
            ]
        yield from lines

    def _list_line(self, before: ListState | None, state: ListState) -> Line:
        step, notes = state.step, _Notes()
        code = written(before, state, lambda made: self.name_at(made, step, notes))
        line = Line(step.order, step.path, code, step.span, means=notes.means)
        line.binds = {state.name: state.key}
        return line

    # Names ---------------------------------------------------------------------------------------

    def _filled(
        self,
        tree: ast.expr,
        step: Step,
        notes: _Notes,
        host: int | None = None,
    ) -> ast.expr:
        """The expression with names, or other expressions, for its placeholders."""
        filler = _Filler(self, step, notes)
        filler.host = host
        return filler.visit(_copy(tree))

    def name_at(self, made: Made, step: Step, notes: _Notes) -> ast.expr:
        """What an object, or a part of one, is called at a place."""
        mentioned = [rtree.names_in(step.code)] if made.call in self.astray else []
        for names in (*mentioned, None):
            if names is None and made.call in self.own_named:
                break
            found = self._r_variable(made, step, notes, names)
            found = found or self._held(made, step, notes, names)
            if found is not None:
                return found
        unit = self.units[made.call]
        whole = self._birth(unit)
        if isinstance(whole, ast.Tuple):
            return _part_of(whole, made.path)
        if whole is None:
            whole = self._invent(unit)
        notes.means |= set(_bound(whole, Made(made.call)))
        if isinstance(whole, ast.Name):
            whole = ast.Name(whole.id, ast.Load())
        return _with_path(whole, made.path)

    def _r_variable(
        self, made: Made, step: Step, notes: _Notes, names: Container[str] | None = None
    ) -> ast.expr | None:
        """The variable of R's, of one of these names, that holds it at a place."""
        for other, known in reversed(self.objects):
            if names is not None and other.name not in names:
                continue
            visible = other.order < step.order and other.frame in step.frames
            if known == made and visible and self.workspace.latest(other.name, step) is other:
                if made.call in self.own_named and self._is_of_birth(other, made):
                    continue
                name = identifier(other.name)
                notes.means.add((name, made))
                return ast.Name(name, ast.Load())
        return None

    def _is_of_birth(self, step: BindingStep, made: Made) -> bool:
        """Whether the variable got the object where that was made."""
        return self._r_name(self.units[made.call]) == rtree.Symbol(step.name)

    def _held(
        self, made: Made, step: Step, notes: _Notes, names: Container[str] | None = None
    ) -> ast.expr | None:
        """Where a list, of one of these names, holds what has lost its own: `models["small"]`."""
        if made.call not in self.astray - self.own_named:
            return None
        for key, states in self.lists.items():
            if names is not None and key[1] not in names:
                continue
            now = self.workspace.latest(key[1], step)
            for state in states:
                place = state.place_of(Made(made.call))
                if state.step is now and place is not None:
                    self.lists_used.add(key)
                    notes.means.add((state.name, key))
                    item = expression(f"{state.name}[{place!r}]")
                    return _with_path(item, made.path)
        return None

    def _birth(self, unit: Unit) -> ast.expr | None:
        """The name that the result gets where it is made; None if nothing needs one."""
        number = unit.call.number
        if number not in self.births:
            found = self._first_name(unit)
            if number in self.own_named and isinstance(found, ast.Name):
                found = ast.Name(self.taken.new(found.id), ast.Store())
            if found is None and self.uses[number] and number not in self.inlined:
                found = self._invent(unit)
            if found is None:
                return None
            self.births[number] = found
        return self.births[number]

    def _first_name(self, unit: Unit) -> ast.expr | None:
        if unit.call.target.endswith(".load_data"):
            return self._names_of_halves(unit)
        name = self._r_name(unit)
        return None if name is None else _target(name)

    def _r_name(self, unit: Unit) -> rtree.Node | None:
        """R's variable for the result, of the statement that makes it."""
        if unit.call.returns == "NoneType":
            return None
        assignment = rtree.as_assignment(unit.step.code)
        if assignment is not None and self._is_value_of_statement(unit, assignment):
            target = assignment.target
            if isinstance(target, rtree.Symbol) or _is_plain_list(target):
                return target
        for step, made in self.objects:
            same_place = step.frame == unit.step.frame and step.span == unit.step.span
            if made == Made(unit.call.number) and same_place:
                return rtree.Symbol(step.name)
        return None

    def _is_value_of_statement(self, unit: Unit, assignment: rtree.Assignment) -> bool:
        """Whether the statement's value is this call's result, or the model it was added to."""
        verb = _head(outermost(assignment.value))
        if verb == PREDICT_CLASSES:
            return False
        last = None
        for other in self.units.values():
            if other.step.span == unit.step.span and other.step.path == unit.step.path:
                last = other
        if last is None or last.call.verb is None or last.call.verb.head != verb:
            return False
        if last.call.owner == Made(unit.call.number) and last.call.target in ("add", "compile"):
            return True
        return last is unit

    def _names_of_halves(self, unit: Unit) -> ast.expr:
        """`(x_train, y_train), (x_test, y_test)`: R's variables where it has them."""
        names = {
            path: self._name_of_half(unit, path) or default for path, default in DATA_NAMES.items()
        }
        halves: list[ast.expr] = [
            ast.Tuple([ast.Name(names[half, item], ast.Store()) for item in (0, 1)], ast.Store())
            for half in (0, 1)
        ]
        return ast.Tuple(halves, ast.Store())

    def _name_of_half(self, unit: Unit, path: tuple[int, int]) -> str | None:
        """R's first variable that holds a part of a data set as it is."""
        wanted = placeholder(Made(unit.call.number, path))
        for step in self.workspace.timeline.bindings:
            if (
                step.order > unit.step.order
                and rtree.names_in(step.binding.tree)
                and self.workspace.is_vector(step)
            ):
                found = self.workspace.computed_as(step)
                if found is not None and found.code == wanted:
                    return identifier(step.name)
        return None

    def _invent(self, unit: Unit) -> ast.expr:
        if unit.call.number not in self.births:
            name = identifier(_default_name(unit.call))
            if not self._passes_through(unit) or not self._is_free(name, unit):
                name = self._new_name(name, unit)
            self.births[unit.call.number] = ast.Name(name, ast.Load())
        return self.births[unit.call.number]

    def _new_name(self, name: str, unit: Unit) -> str:
        """A name that nothing has; the same in each call of one of the user's functions."""
        calls = [segment for segment in unit.step.path if isinstance(segment, FunctionCall)]
        is_kept_by_r = any(made == Made(unit.call.number) for _, made in self.objects)
        is_alone = unit.call.number in self.own_named
        if not calls or not is_kept_by_r or is_alone:  # what a list holds must not lose its name
            return self.taken.new(name)
        before = (name, calls[-1].number, unit.step.span)
        self.num_own[before] += 1
        place = (name, calls[-1].definition, unit.step.span, self.num_own[before])
        if place not in self.own_names:
            self.own_names[place] = self.taken.new(name)
        return self.own_names[place]

    def _passes_through(self, unit: Unit) -> bool:
        """Whether a tensor is used by the next layer, and by nothing else."""
        if unit.call.target != "__call__" or self.uses[unit.call.number] != 1:
            return False
        user = next((u for u in self.units.values() if unit.call.number in _needed(u)), None)
        return user is not None and user.step.path == unit.step.path

    def _is_free(self, name: str, unit: Unit) -> bool:
        """Whether no variable of this name is used any more after a call."""
        if name in {assigned.name for assigned in self.workspace.assigned.values()}:
            return False
        for step, made in self.objects:
            if identifier(step.name) == name and step.order < unit.step.order:
                users = [u for u in self.units.values() if made.call in _needed(u)]
                if any(user.step.order > unit.step.order for user in users):
                    return False
        return True


class _Filler(ast.NodeTransformer):
    """Replaces placeholders, in the order in which Python evaluates."""

    def __init__(self, assembler: _Assembler, step: Step, notes: _Notes) -> None:
        self.assembler = assembler
        self.step = step
        self.notes = notes
        self.host: int | None = None  # the call whose own expression is being filled

    def visit_Name(self, node: ast.Name) -> ast.expr:
        made = made_by(node.id)
        if made is None:
            return node
        model, place = self.assembler.members.get(made.call, (None, 0))
        if model is not None and made.call in self.assembler.inlined and model != self.host:
            layer = expression(f"{placeholder(Made(model))}.layers[{place}]")
            return self.visit(_with_path(layer, made.path))
        if made.call in self.assembler.inlined:
            unit = self.assembler.units[made.call]
            self.notes.helpers.update(unit.helpers)
            host, self.host = self.host, made.call
            tree = self.visit(_copy(unit.tree))
            self.host = host
            if unit.call.draws:
                self.notes.draws.append(made.call)
            return _with_path(tree, made.path)
        return self.assembler.name_at(made, self.step, self.notes)


_ATTRIBUTES = {
    "input",
    "output",
    "inputs",
    "outputs",
    "layers",
    "layer",
    "cell",
    "weights",
    "optimizer",
    "learning_rate",
}


def _object_bindings(workspace: Workspace) -> list[tuple[BindingStep, Made]]:
    """Each variable of R's that got an object which a call has made."""
    recorder = workspace.run.recorder
    found = []
    for step in workspace.timeline.bindings:
        value = workspace.value(step)
        if isinstance(value, PythonObject):
            made = recorder.made_with_id(value.id)
            if made is not None:
                found.append((step, made))
    return found


def _first_out_of_order(lines: list[tuple[Line, list[int]]]) -> int | None:
    """The first call that draws its seed too late: it must get a line of its own."""
    order = [number for _, draws in lines for number in draws]
    for i, number in enumerate(order):
        if any(earlier > number for earlier in order[:i]):
            return number
    return None


def _bound(target: ast.expr | None, made: Made) -> Iterator[tuple[str, Made]]:
    """The names in a target, each with what it is given of what a call returned."""
    if isinstance(target, ast.Name):
        yield target.id, made
    if isinstance(target, ast.Tuple):
        for i, item in enumerate(target.elts):
            yield from _bound(item, Made(made.call, (*made.path, i)))


def _astray(lines: list[Line]) -> list[Holding]:
    """What names mean that have come to hold something else by then."""
    holds: dict[str, Holding | None] = {}
    found: list[Holding] = []
    for line in lines:
        found += [meant for name, meant in line.means if holds.get(name, meant) != meant]
        holds |= line.binds
    return found


def _with_names_for_values(lines: list[Line]) -> list[Line]:
    """Values that were given a name right before a statement go by it there."""
    names: dict[str, str] = {}
    for line in lines:
        if names:
            line.tree = ast.fix_missing_locations(_Named(names).visit(line.tree))
        if not _is_moved(line):
            names = {}
        elif isinstance(line.tree, ast.Assign) and isinstance(line.tree.value, ast.Call):
            names[ast.unparse(line.tree.value)] = ast.unparse(line.tree.targets[0])
    return lines


def _is_moved(line: Line) -> bool:
    """Whether it stands before the statement that it is from; see `Assigned.order`."""
    return line.order != int(line.order) and line.given is None


class _Named(ast.NodeTransformer):
    """Expressions replaced by names."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = self.names.get(ast.unparse(node))
        return ast.Name(name, ast.Load()) if name else self.generic_visit(node)


def _path_into(workspace: Workspace, frame: int) -> Path:
    for step in workspace.timeline.steps:
        for i, segment in enumerate(step.path):
            if isinstance(segment, FunctionCall) and segment.number == frame:
                return step.path[: i + 1]
    raise AssertionError(f"no step of frame {frame}")


def _made_in(tree: ast.expr) -> Iterator[Made]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            made = made_by(node.id)
            if made is not None:
                yield made


def _needed(unit: Unit) -> set[int]:
    trees = [unit.tree] if unit.target is None else [unit.tree, unit.target]
    return {made.call for tree in trees for made in _made_in(tree)}


def _mentions(unit: Unit, number: int) -> bool:
    return number in _needed(unit)


def _appending(name: str, tree: ast.expr) -> ast.stmt | None:
    """`x.append(y)` for `x = x + [y]`."""
    if not isinstance(tree, ast.BinOp) or ast.unparse(tree.left) != name:
        return None
    if not isinstance(tree.right, ast.List) or len(tree.right.elts) != 1:
        return None
    method = ast.Attribute(ast.Name(name, ast.Load()), "append", ast.Load())
    return statement(ast.Call(method, tree.right.elts, []))


def _taken_keyword(
    keywords: list[ast.keyword], name: str
) -> tuple[ast.expr | None, list[ast.keyword]]:
    found = [k.value for k in keywords if k.arg == name]
    return (found[0] if found else None), [k for k in keywords if k.arg != name]


def _head(node: rtree.Node | None) -> str | None:
    if isinstance(node, rtree.Symbol):
        return node.name
    return node.head if isinstance(node, rtree.Call) else None


def _is_plain_list(target: rtree.Node) -> bool:
    return (
        isinstance(target, rtree.Call)
        and target.head == "c"
        and all(isinstance(a.value, rtree.Symbol) for a in target.arguments)
    )


def _target(node: rtree.Node) -> ast.expr:
    if isinstance(node, rtree.Symbol):
        return ast.Name(identifier(node.name), ast.Store())
    assert isinstance(node, rtree.Call)
    return ast.Tuple([_target(a.value) for a in node.arguments if a.value is not None], ast.Store())


def _with_path(whole: ast.expr, path: tuple[str | int, ...]) -> ast.expr:
    """Attributes and items, one after the other."""
    for key in path:
        whole = (
            ast.Attribute(whole, key, ast.Load())
            if isinstance(key, str) and key in _ATTRIBUTES
            else ast.Subscript(whole, ast.Constant(key), ast.Load())
        )
    return whole


def _part_of(whole: ast.expr, path: tuple[str | int, ...]) -> ast.expr:
    for key in path:
        assert isinstance(whole, ast.Tuple)
        assert isinstance(key, int)
        whole = whole.elts[key]
    return whole


def _default_name(call: Call) -> str:
    name = call.target.rpartition(".")[2]
    if call.kind == "method":
        return {
            "__call__": "x",
            "fit": "history",
            "evaluate": "score",
            "predict": "predictions",
            "get_weights": "weights",
            "get_layer": "layer",
        }.get(name, name)
    return {"Input": "inputs", "Sequential": "model", "Model": "model"}.get(name, snake(name))


def _copy(tree: ast.expr) -> ast.expr:
    return expression(ast.unparse(tree))
