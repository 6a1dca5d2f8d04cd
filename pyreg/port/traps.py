"""A script that was run in, the values in it that are silently NULL out.

Keras 3 names a metric as the script does, keras 2 named it in full: `history$metrics$acc` was there
and is not, or the other way round, and R goes on with NULL.
"""

from collections.abc import Iterator

from pyreg.port import rtree
from pyreg.port.rtree import Call, Node, Span, Symbol
from pyreg.port.rvalues import History, RList
from pyreg.port.workspace import Workspace

ALSO_CALLED = {
    "acc": "accuracy",
    "mae": "mean_absolute_error",
    "mse": "mean_squared_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
}


def traps(workspace: Workspace) -> Iterator[tuple[Span, str, str]]:
    """Where the script asks for a metric that is not there; what it asks for; why it is NULL."""
    known = _results(workspace)
    for statement in workspace.run.statements:
        for node in rtree.walk(statement.tree):
            found = _asked(node)
            if found is None:
                continue
            variable, name, shown = found
            names = known.get(variable, [])
            if names and not any(n == name or n.startswith(name) for n in names):
                yield _span(statement, node), shown, _why(name, names)


def _results(workspace: Workspace) -> dict[str, list[str]]:
    """Variables that hold a history or the result of evaluate(), with the names in them."""
    found: dict[str, list[str]] = {}
    for step in workspace.timeline.bindings:
        value = workspace.value(step)
        if isinstance(value, History):
            found[step.name] = list(value.metrics)
        elif isinstance(value, RList) and "loss" in value.names:
            found[step.name] = value.names
        elif step.name in found:
            found.pop(step.name)
    return found


def _asked(node: Node) -> tuple[str, str, str] | None:
    """`history$metrics$acc` or `score$acc`: the variable, the name, and how it reads."""
    if not isinstance(node, Call) or node.head not in ("$", "[[") or len(node) != 2:
        return None
    whole, key = node[0], node[1]
    name = key.name if isinstance(key, Symbol) and node.head == "$" else getattr(key, "value", None)
    if not isinstance(name, str):
        return None
    of_metrics = isinstance(whole, Call) and whole.head == "$" and whole[1] == Symbol("metrics")
    if of_metrics and isinstance(whole, Call) and isinstance(whole[0], Symbol):
        return whole[0].name, name, f"{whole[0].name}$metrics${name}"
    if isinstance(whole, Symbol) and name not in ("metrics", "params", "loss"):
        return whole.name, name, f"{whole.name}${name}"
    return None


def _why(name: str, names: list[str]) -> str:
    prefix = "val_" if name.startswith("val_") else ""
    bare = name.removeprefix("val_")
    others = {**ALSO_CALLED, **{long: short for short, long in ALSO_CALLED.items()}}
    today = prefix + others.get(bare, "")
    instead = f"it is {today} today" if today in names else f"there are {', '.join(names)}"
    return f"NULL, without a word from R; {instead}"


def _span(statement: rtree.Statement, node: Node) -> Span:
    """The innermost statement that holds the node."""
    inner = [
        known.span
        for known in rtree.walk(statement.tree)
        if isinstance(known, Call) and known.span and any(n is node for n in rtree.walk(known))
    ]
    return inner[-1] if inner else statement.span
