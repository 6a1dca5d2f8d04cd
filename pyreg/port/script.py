"""A script in, what it did out: calls of Keras, values of its variables, what was left out.

Runs R in this process, statement by statement, so that every call is known by its line.
"""

import re
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pyreg.errors import InputError, PyregError
from pyreg.port import rtree
from pyreg.port.recorder import Recorder
from pyreg.port.recording import Call, Frame, Place
from pyreg.port.rtree import Comment, Function, Node, Span, Statement
from pyreg.port.source import Source, read
from pyreg.rbridge import calls as rcalls
from pyreg.rbridge import session
from pyreg.rbridge.rinterface import RObject, callbacks, ri

GLOBAL = 0  # number of the frame of top-level variables
LONGEST = 400  # characters of what Python says
TERMINAL = re.compile(r"\x1b\[[\d;]*m")  # bold letters and the like
# What TensorFlow says of places in its graph, which are not the user's.
WHEREABOUTS = re.compile(
    r"Graph execution error:|Detected at node|<stack traces|File \"|\[\[\{\{node"
)


class ScriptError(InputError):
    """The script cannot be run: R's message, with the file and the line."""


@dataclass(frozen=True)
class Binding:
    """A variable that got a value.

    Attributes:
        name: R's.
        frame: number of the function call whose variable it is; 0: of the script.
        place: where the script was.
        num_calls: how many calls of Keras had been made.
        value: R's own.
        tree: the code that computed it, where it is known.
    """

    name: str
    frame: int
    place: Place
    num_calls: int
    value: RObject
    tree: Node | None


@dataclass(frozen=True)
class LeftOut:
    """What the script asked for and did not get."""

    span: Span
    what: str
    why: str


@dataclass
class Run:
    """A script that was run.

    Attributes:
        lines: of each file's code.
        files: file -> its statements and comments.
        became: old spellings that the script uses, and what they are today.
        data_sets: those of Keras that it asked for.
        functions: the user's functions, by where they are defined, with the names they are given.
        printed: numbers of the statements in which R wrote to its console.
    """

    source: Source
    recorder: Recorder
    statements: list[Statement] = field(default_factory=list)
    comments: dict[str, list[Comment]] = field(default_factory=dict)
    lines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bindings: list[Binding] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    functions: dict[Span, tuple[str, Function]] = field(default_factory=dict)
    environments: dict[int, RObject] = field(default_factory=dict)
    became: dict[str, str] = field(default_factory=dict)
    data_sets: list[str] = field(default_factory=list)
    printed: set[int] = field(default_factory=set)


def require_code(source: Source) -> None:
    """Start R and let it read a script, before anything starts that takes longer.

    Raises:
        ScriptError: R cannot parse it.
    """
    session.start()
    session.source_into_bridge("inst/bridge/port_script.R")
    _parse(source)


def _parse(source: Source) -> RObject:
    try:
        return session.call_raw("parse_script", list(source.lines), source.name)
    except rcalls.RError as error:
        raise ScriptError(f"R cannot read {source.name}: {error}") from None


class Runner:
    """Runs one script in R. Attributes: `run`, what came of it so far."""

    def __init__(self, source: Source, home: Path, max_epochs: int | None = None) -> None:
        """Args: home: the folder that the script was written in; it runs in a copy of it."""
        recorder = Recorder(self._locate, self._announce, max_epochs)
        self.run = Run(source, recorder)
        self._home = home
        self._number = -1  # of the statement under way
        self._seen: dict[tuple[int, str], RObject] = {}
        self._frames: dict[int, tuple[int, RObject]] = {}  # address -> number, environment
        self._heads: set[str] = set()
        self._has_ended = False  # by quit()

    def start(self) -> None:
        """Attach what the script needs of ours, and remember what R has by itself."""
        session.call("stay_interpreted")
        session.call_raw("attach_stand_ins", self._leave_out, self._run_file, str(self._home))
        self._where = rcalls.bridge.environment["where"]
        self._write = callbacks.consolewrite_print
        callbacks.consolewrite_print = self._print

    def execute(self) -> Run:
        """Run the script.

        Raises:
            ScriptError: R cannot parse it, or a statement failed.
        """
        self._execute(self.run.source)
        for call in self.run.recorder.calls:
            call.verb = self._verb(call)
        self.run.became = dict(session.call("spellings_that_became") or {})
        return self.run

    def _verb(self, call: Call) -> rtree.Call | None:
        """The R call behind a call of Keras; read after the run, which it would slow down."""
        tree = session.call("verb_of", call.place.calls, sorted(self._heads))
        found = None if tree is None else rtree.from_lists(tree)
        return found if isinstance(found, rtree.Call) else None

    def _execute(self, source: Source) -> None:
        expressions = _parse(source)
        statements = [
            rtree.statement(found["tree"], Span(*found["span"]))
            for found in session.call("script_statements", expressions)
        ]
        self._learn(source, expressions, statements)
        for i, statement in enumerate(statements):
            self._number = len(self.run.statements)
            self.run.statements.append(statement)
            self._execute_statement(expressions, i)
            self._capture_globals(statement)
            if self._has_ended:
                break
            session.call_raw("restore_stand_ins")

    def _execute_statement(self, expressions: RObject, i: int) -> None:
        try:
            self._has_ended = not session.call("run_statement", expressions, i + 1)
        except ScriptError:  # in a file that the script sources
            raise
        except Exception as error:  # R's, or Python's that R did not catch
            raise self._failure(error) from None

    def _failure(self, error: Exception) -> ScriptError:
        """One message: R's or Python's, with the line of the script."""
        failed = session.call("what_failed")
        statement = self.run.statements[self._number]
        span = Span(*failed["span"]) if failed["span"] else statement.span
        message = str(error) if isinstance(error, PyregError) else in_a_line(error)
        if failed["in_call"] and failed["head"] not in self._heads:  # not the user's
            message = message.removesuffix(failed["in_call"])
        if failed["warning"] and "cannot open" in message:
            message = f"{failed['warning']}; the script runs in a copy of its folder"
        if "URL fetch failure" in message and self.run.data_sets:
            name = self.run.data_sets[-1]
            kind = ".json" if name.endswith("index") else ".npz"
            message += f"; name a file that holds it, as Keras' own {kind}: --data {name}=FILE"
        return ScriptError(f"{span.file}:{span.first_line}: {message}")

    def _learn(self, source: Source, expressions: RObject, statements: list[Statement]) -> None:
        """What the code says before it runs: comments, functions, what is called."""
        self.run.lines[source.name] = source.lines
        found = session.call("script_comments", expressions)
        columns = (found["line"], found["column"], found["text"])
        self.run.comments[source.name] = [Comment(*row) for row in zip(*columns, strict=True)]
        for statement in statements:
            for node in rtree.walk(statement.tree):
                if isinstance(node, rtree.Call) and node.head:
                    self._heads.add(node.head)
                if isinstance(node, Function) and node.span:
                    self.run.functions.setdefault(node.span, ("", node))
                assignment = rtree.as_assignment(node)
                if assignment and isinstance(assignment.value, Function) and assignment.value.span:
                    named = (assignment.names[0], assignment.value)
                    self.run.functions[assignment.value.span] = named

    def _run_file(self, file: str) -> bool:
        """Another file, as `source()` runs it: its statements are the script's.

        Returns:
            Whether the script goes on; False after `quit()`.
        """
        number = self._number
        self._execute(read(Path(file)))
        self._number = number
        return not self._has_ended

    def _leave_out(self, what: str, why: str) -> None:
        self.run.left_out.append(LeftOut(self.run.statements[self._number].span, what, why))

    def _print(self, s: str) -> None:
        self.run.printed.add(self._number)
        self._write(s)

    # While R calls Keras --------------------------------------------------------------------------

    def _locate(self) -> Place:
        raw = self._where()
        frames = tuple(
            Frame(_span(span), self._number_of(environment), _last_span(called))
            for span, environment, called in raw[0]
        )
        place = Place(self._number, frames, _last_span(raw[1]), raw[2])
        self._capture_inside(place)
        return place

    def _number_of(self, environment: RObject) -> int:
        """Function calls are told apart by their environments, which are kept."""
        number, _ = self._frames.setdefault(environment.rid, (len(self._frames) + 1, environment))
        self.run.environments[number] = environment
        return number

    def _announce(self, call: Call) -> None:
        if call.kind == "method" and call.target in ("fit", "evaluate", "predict"):
            place = call.place
            span = place.span or self.run.statements[place.statement].span
            print(f"{span.file}:{span.first_line}: {call.target}", file=sys.stderr, flush=True)

    # Values of variables --------------------------------------------------------------------------

    def _capture_globals(self, statement: Statement) -> None:
        place = Place(self._number)
        names = [name for name in list(ri.globalenv.keys()) if not name.startswith(".")]
        self._capture(ri.globalenv, GLOBAL, place, names, statement.tree)

    def _capture_inside(self, place: Place) -> None:
        """Variables of the functions at work, and of a loop that is under way."""
        tree = self.run.statements[place.statement].tree
        if isinstance(tree, rtree.Call) and tree.head in (*rtree.LOOPS, "if", "{"):
            self._capture(ri.globalenv, GLOBAL, place, rtree.assigned_names(tree), tree)
        for frame in place.frames:
            function = self.run.functions[frame.definition][1]
            names = rtree.assigned_names(function.body)
            names -= {parameter.name for parameter in function.parameters}
            environment = self.run.environments[frame.number]
            self._capture(environment, frame.number, place, names, function.body)

    def _capture(
        self, environment: RObject, frame: int, place: Place, names: Iterable[str], code: Node
    ) -> None:
        present = set(environment.keys())
        for name in names:
            if name not in present:
                continue
            value = environment[name]
            before = self._seen.get((frame, name))
            if before is not None and before.rid == value.rid:
                continue
            self._seen[frame, name] = value
            tree = _assigning(code, name, place.span)
            num_calls = len(self.run.recorder.calls)
            self.run.bindings.append(Binding(name, frame, place, num_calls, value, tree))


def in_a_line(error: Exception) -> str:
    """What Python says, its whole reason, without where in Keras it was and what it was given."""
    text, _, _ = TERMINAL.sub("", str(error)).partition("Arguments received by")
    lines = [line.strip() for line in text.splitlines()]
    reason = " ".join(line for line in lines if line and not WHEREABOUTS.match(line))
    return f"Python says {type(error).__name__}: {textwrap.shorten(reason, LONGEST)}"


def _span(raw: RObject) -> Span:
    return Span(*(item[0] for item in raw))


def _last_span(raw: RObject) -> Span | None:
    return _span(raw[-1]) if len(raw) else None


def _assigning(code: Node, name: str, before: Span | None) -> Node | None:
    """The assignment to a variable in code: the last one before a place, else the last one."""
    found = [
        node
        for node in rtree.walk(code)
        if (assignment := rtree.as_assignment(node)) and name in assignment.names
    ]
    earlier = [
        node
        for node in found
        if before and isinstance(node, rtree.Call) and node.span and node.span[:3] <= before[:3]
    ]
    return (earlier or found or [None])[-1]
