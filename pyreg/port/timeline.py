"""A run in, its calls and variables in their order out, with the loops and functions around."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from pyreg.port import rtree
from pyreg.port.recording import Call, Frame, Place
from pyreg.port.rtree import Node, Span
from pyreg.port.script import GLOBAL, Binding, Run


@dataclass(frozen=True)
class FunctionCall:
    """One call of a function of the user's."""

    number: int
    definition: Span
    called: Span | None = None


@dataclass(frozen=True)
class Turn:
    """One turn of a loop. `loop`: number of the loop's code; `start`: of this time it is run."""

    loop: int
    frame: int
    number: int


Segment = FunctionCall | Turn
Path = tuple[Segment, ...]


@dataclass(frozen=True, eq=False)
class Step:
    """A place in what a script did.

    Attributes:
        order: its place among all.
        path: functions and loops around it, outermost first.
        span: the statement it belongs to.
        code: that statement.
    """

    order: int
    path: Path
    span: Span
    code: Node

    @property
    def frame(self) -> int:
        """Number of the innermost function call; 0 outside of all."""
        return self.frames[0]

    @property
    def frames(self) -> list[int]:
        """Numbers of the function calls around it, innermost first, then 0."""
        numbers = [s.number for s in self.path if isinstance(s, FunctionCall)]
        return [*reversed(numbers), GLOBAL]


@dataclass(frozen=True, eq=False)
class CallStep(Step):
    """A call of Keras."""

    call: Call


@dataclass(frozen=True, eq=False)
class BindingStep(Step):
    """A variable that got a value."""

    binding: Binding

    @property
    def name(self) -> str:
        return self.binding.name


@dataclass(frozen=True, eq=False)
class ParameterStep(BindingStep):
    """A function's parameter that was given a value; `caller`: the place of the call."""

    caller: Step


@dataclass(frozen=True, eq=False)
class OutputStep(Step):
    """A statement that prints: `cat("loss", x)`, or a value by itself.

    Attributes:
        at: its place between the steps, which are whole numbers apart.
    """

    at: float


@dataclass
class Timeline:
    """All steps, the loops by their numbers, the code of each statement; what prints."""

    steps: list[CallStep | BindingStep] = field(default_factory=list)
    loops: list[rtree.Call] = field(default_factory=list)
    spans: dict[Span, rtree.Call] = field(default_factory=dict)
    outputs: list[OutputStep] = field(default_factory=list)

    @property
    def calls(self) -> list[CallStep]:
        return [step for step in self.steps if isinstance(step, CallStep)]

    @property
    def bindings(self) -> list[BindingStep]:
        return [step for step in self.steps if isinstance(step, BindingStep)]


def timeline(run: Run) -> Timeline:
    """Put a run's calls and variables into one order."""
    return _Builder(run).build()


class _Builder:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.turns: dict[tuple[int, int], int] = {}  # frame, loop -> turn under way
        self.last_path: dict[int, Path] = {}  # frame -> of its last step
        self.statements: list[int] = []  # of each step, the statement of the top level
        spans = {
            node.span: node
            for statement in run.statements
            for node in rtree.walk(statement.tree)
            if isinstance(node, rtree.Call) and node.span
        }
        self.result = Timeline(spans=spans)

    def build(self) -> Timeline:
        bindings = {
            number: list(group)
            for number, group in groupby(self.run.bindings, key=lambda b: b.num_calls)
        }
        for call in self.run.recorder.calls:
            self._bindings(bindings.get(call.number, []))
            self._add(call.place, self._path(call.place), call=call)
        self._bindings(bindings.get(len(self.run.recorder.calls), []))
        self._outputs_of_script()
        for path in dict.fromkeys(path for step in self.result.steps for path in _turns(step.path)):
            self._outputs_of_turn(path)
        return self.result

    def _outputs_of_script(self) -> None:
        """Statements of the top level that print; those that called Keras are there already."""
        called = {call.place.statement for call in self.run.recorder.calls}
        for number, statement in enumerate(self.run.statements):
            shows = number in self.run.printed and _may_show(statement.tree)
            if number not in called and (shows or _prints(statement.tree)):
                before = [k for k, known in enumerate(self.statements) if known <= number]
                self._output(before[-1] if before else -1, (), statement.span, statement.tree)

    def _outputs_of_turn(self, path: Path) -> None:
        """Statements of a loop's body that print, in one of its turns."""
        turn = path[-1]
        assert isinstance(turn, Turn)
        loop = self.result.loops[turn.loop]
        inside = [s for s in self.result.steps if s.path[: len(path)] == path]
        for node in _statements(loop[len(loop) - 1]):
            if isinstance(node, rtree.Call) and node.span and _prints(node):
                earlier = [s.order for s in inside if _span_at(s, len(path)) < node.span]
                last = max(earlier) if earlier else inside[0].order
                self._output(last, path, node.span, node)

    def _output(self, last: int, path: Path, span: Span, code: Node) -> None:
        at = last + 0.5 + span.first_line / 1e6
        self.result.outputs.append(OutputStep(last + 1, path, span, code, at))

    def _bindings(self, bindings: list[Binding]) -> None:
        """Variables that were seen at one time: those of the turn that ended come first."""
        for key, group in groupby(bindings, key=lambda b: (b.place.statement, b.frame)):
            found = list(group)
            late = [b for b in found if self._is_late(b)]
            for binding in sorted(late, key=_position):
                path = self.last_path.get(key[1], ())
                self._add(binding.place, path, binding=binding)
            others = [b for b in found if b not in late]
            for binding in sorted(others, key=lambda b: (not self._is_counter(b), _position(b))):
                self._count_turn(binding)
                path = self._path(_within(binding.place, binding.frame))
                self._add(binding.place, path, binding=binding)

    def _is_late(self, binding: Binding) -> bool:
        """Whether it was computed after the last step of its function, before the loop went on."""
        tree = binding.tree
        if not isinstance(tree, rtree.Call) or tree.span is None:
            return False
        if _loops_around(self._code_of(binding), tree.span) == []:
            return False
        here = _here(binding.place, binding.frame)
        return here is None or tree.span[:3] > here[:3]

    def _is_counter(self, binding: Binding) -> bool:
        return self._loop_of(binding) is not None

    def _loop_of(self, binding: Binding) -> rtree.Call | None:
        """The `for` whose variable this is."""
        here = _here(binding.place, binding.frame)
        for loop in _loops_around(self._code_of(binding), here):
            if loop.head == "for" and loop[0] == rtree.Symbol(binding.name):
                return loop
        return None

    def _count_turn(self, binding: Binding) -> None:
        loop = self._loop_of(binding)
        if loop is not None:
            key = binding.frame, self._number(loop)
            self.turns[key] = self.turns.get(key, 0) + 1

    def _code_of(self, binding: Binding) -> Node:
        for frame in binding.place.frames:
            if frame.number == binding.frame:
                return self.run.functions[frame.definition][1].body
        return self.run.statements[binding.place.statement].tree

    def _path(self, place: Place) -> Path:
        path: list[Segment] = []
        code: Node = self.run.statements[place.statement].tree
        number = GLOBAL
        for frame in (*place.frames, None):
            here = frame.called if frame else place.span
            for loop in _loops_around(code, here):
                turn = self.turns.get((number, self._number(loop)), 0)
                path.append(Turn(self._number(loop), number, turn))
            if frame:
                path.append(FunctionCall(frame.number, frame.definition, frame.called))
                code, number = self.run.functions[frame.definition][1].body, frame.number
        return tuple(path)

    def _number(self, loop: rtree.Call) -> int:
        for number, known in enumerate(self.result.loops):
            if known is loop:
                return number
        self.result.loops.append(loop)
        return len(self.result.loops) - 1

    def _add(
        self, place: Place, path: Path, call: Call | None = None, binding: Binding | None = None
    ) -> None:
        statement = self.run.statements[place.statement]
        span = self._span(place, binding, statement.span)
        code = self.result.spans.get(span, statement.tree)
        common = (len(self.result.steps), path, span, code)
        step = CallStep(*common, call) if call else BindingStep(*common, binding)  # type: ignore[arg-type]
        self.result.steps.append(step)
        self.statements.append(place.statement)
        self.last_path[step.frame] = path

    def _span(self, place: Place, binding: Binding | None, statement: Span) -> Span:
        if binding is None:
            return place.span or (place.frames[-1].called if place.frames else None) or statement
        tree = binding.tree
        span = tree.span if isinstance(tree, rtree.Call) else None
        return span or _here(place, binding.frame) or statement


def _within(place: Place, frame: int) -> Place:
    """The place as seen from one of the functions at work in it."""
    numbers = [GLOBAL, *(f.number for f in place.frames)]
    depth = numbers.index(frame)
    return replace(place, frames=place.frames[:depth], span=_here(place, frame))


def _here(place: Place, frame: int) -> Span | None:
    """The statement under way in one of the functions at work."""
    frames: list[Frame | None] = [None, *place.frames]
    for i, known in enumerate(frames):
        if (known.number if known else GLOBAL) == frame:
            inner = frames[i + 1] if i + 1 < len(frames) else None
            return inner.called if inner else place.span
    return None


def _position(binding: Binding) -> tuple[int, ...]:
    tree = binding.tree
    return tuple(tree.span[1:3]) if isinstance(tree, rtree.Call) and tree.span else (0, 0)


def _loops_around(code: Node, here: Span | None) -> list[rtree.Call]:
    """The loops that a place lies in, outermost first."""
    return list(_loops(code, here))


def _loops(node: Node, here: Span | None) -> Iterator[rtree.Call]:
    if not isinstance(node, rtree.Call):
        return
    if node.head in rtree.LOOPS:
        body = node[len(node) - 1]
        if _holds(body, here):
            yield node
            yield from _loops(body, here)
        return
    for argument in node.arguments:
        if argument.value is not None and _holds(argument.value, here):
            yield from _loops(argument.value, here)


def _holds(node: Node, here: Span | None) -> bool:
    """Whether a place lies in code; code without lines of its own is as far as can be told."""
    spans = [n.span for n in rtree.walk(node) if isinstance(n, rtree.Call) and n.span]
    if not spans:
        return any(
            isinstance(n, rtree.Call) and n.head in rtree.LOOPS for n in rtree.walk(node)
        ) or (here is None)
    return here is not None and any(span.holds(here) for span in spans)


def _turns(path: Path) -> Iterator[Path]:
    """The path up to each loop in it."""
    for i, segment in enumerate(path):
        if isinstance(segment, Turn):
            yield path[: i + 1]


def _span_at(step: Step, depth: int) -> Span:
    """Where a step stands in the code at some depth of its path."""
    if len(step.path) > depth:
        segment = step.path[depth]
        if isinstance(segment, FunctionCall) and segment.called:
            return segment.called
    return step.span


def _statements(body: Node) -> Iterator[Node]:
    if isinstance(body, rtree.Call) and body.head == "{":
        yield from (argument.value for argument in body.arguments if argument.value is not None)


def _prints(node: Node) -> bool:
    return isinstance(node, rtree.Call) and node.head in ("cat", "print", "message")


def _may_show(node: Node) -> bool:
    """Whether it is a value by itself, as far as its code says."""
    if rtree.as_assignment(node) is not None:
        return False
    return isinstance(node, rtree.Symbol) or (
        isinstance(node, rtree.Call) and node.head not in SILENT and node.head is not None
    )


SILENT = {"library", "require", "if", "for", "while", "repeat", "function", "{", "set.seed", "rm"}
