"""R's lists of networks and other objects in, Python's lists and dicts of them out."""

import ast
from collections.abc import Callable
from dataclasses import dataclass

from pyreg.port.names import identifier
from pyreg.port.python import assignment, statement
from pyreg.port.recorder import Recorder
from pyreg.port.recording import Made
from pyreg.port.rtree import Constant, as_assignment
from pyreg.port.rvalues import Opaque, PythonObject, RList, RValue
from pyreg.port.timeline import BindingStep
from pyreg.port.workspace import Workspace

_Items = dict[str | int, Made | None]


@dataclass(frozen=True)
class ListState:
    """What a list of R's holds once it got its value in `step`.

    Attributes:
        items: what stands at each place: a name, or a number from 0; None: nothing yet.
        is_dict: its places have names, if not yet, then later.
    """

    step: BindingStep
    items: _Items
    is_dict: bool

    @property
    def key(self) -> tuple[int, str]:
        """The variable: its frame and its name."""
        return self.step.binding.frame, self.step.name

    @property
    def name(self) -> str:
        return identifier(self.step.name)

    def place_of(self, made: Made) -> str | int | None:
        return next((place for place, item in self.items.items() if item == made), None)


def object_lists(
    workspace: Workspace, calls: set[int], taken: set[tuple[int, str]]
) -> dict[tuple[int, str], list[ListState]]:
    """R's variables that hold lists of what these calls have made, and nothing else."""
    recorder = workspace.run.recorder
    found: dict[tuple[int, str], list[tuple[BindingStep, _Items]] | None] = dict.fromkeys(taken)
    for step in workspace.timeline.bindings:
        key = step.binding.frame, step.name
        items = _items(step, workspace.value(step), recorder)
        known = found.setdefault(key, [])
        if items is None or any(made and made.call not in calls for made in items.values()):
            found[key] = None
        elif known is not None:
            known.append((step, items))
    lists = {}
    for key, states in found.items():
        kinds = {type(place) for _, items in states or [] for place in items}
        if states and len(kinds) == 1:  # a list or a dict all the time, and not always empty
            lists[key] = [ListState(step, items, kinds == {str}) for step, items in states]
    return lists


def _items(step: BindingStep, value: RValue, recorder: Recorder) -> _Items | None:
    """What a value holds, if that is what calls have made alone."""
    if isinstance(value, Opaque):
        code = as_assignment(step.binding.tree)
        return {} if code is not None and code.value == Constant(None) else None
    if not isinstance(value, RList):
        return None
    items: list[Made | None] = []
    for item in value.items:
        made = recorder.made_with_id(item.id) if isinstance(item, PythonObject) else None
        if made is None and item != Opaque("NILSXP"):
            return None
        items.append(made)
    places: list[str] | list[int] = value.names or list(range(len(items)))
    if len(set(places)) < len(items) or "" in places:
        return None
    return _Items(zip(places, items, strict=True))


def written(
    before: ListState | None, state: ListState, name: Callable[[Made], ast.expr]
) -> ast.stmt:
    """The statement that makes a list what it is: an item is added or changed, or it is new."""

    def shown(made: Made | None) -> ast.expr:
        return ast.Constant(None) if made is None else name(made)

    items = state.items
    old = before.items if before else {}
    new = [place for place in items if place not in old or items[place] != old[place]]
    if before is not None and set(old) <= set(items) and len(new) == 1:
        (place,) = new
        if isinstance(place, int) and place == len(old):
            append = ast.Attribute(ast.Name(state.name, ast.Load()), "append", ast.Load())
            return statement(ast.Call(append, [shown(items[place])], []))
        target = ast.Subscript(ast.Name(state.name, ast.Load()), ast.Constant(place), ast.Store())
        return assignment(target, shown(items[place]))
    values = [shown(made) for made in items.values()]
    if not state.is_dict:
        return assignment(state.name, ast.List(values, ast.Load()))
    return assignment(state.name, ast.Dict([ast.Constant(place) for place in items], values))
