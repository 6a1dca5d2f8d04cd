"""Who may import whom: each room's `__init__.py` says it, and nothing runs back."""

import ast
import re
import subprocess
import sys

import pytest
from conftest import ROOT

PACKAGE = ROOT / "pyreg"
HEAVY = {"keras", "tensorflow", "optuna", "rpy2", "plotnine", "matplotlib"}
# Room -> heavy libraries it may import.
ALLOWED = {
    "networks": {"keras"},
    "engines": {"keras", "tensorflow"},
    "replicates": {"keras", "tensorflow"},
    "serving": {"keras"},
    "compression": {"keras"},
    "search": {"keras", "optuna"},
    "figures": {"plotnine", "matplotlib"},
    "rbridge": {"rpy2", "keras"},
    "export": {"tensorflow", "keras"},
    "port": {"keras"},
}
FOUNDATIONS = {"errors", "files"}  # of every room
# They stand above the rooms: Snakemake's glue, its progress, the check of a machine, the command
# line.
ABOVE = {"commands", "cli", "workflow", "progress", "doctor", "__main__", "__init__"}
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def modules():
    return sorted(path for path in PACKAGE.rglob("*.py") if "commands" not in path.parts)


def room_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_imported(path):
    names = (name.split(".") for name in imports(path))
    return {parts[1] for parts in names if parts[0] == "pyreg" and len(parts) > 1}


def may_import(room):
    """What the room's own three lines say."""
    text = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text()))
    said = re.search(r"^May import: (.*)\.$", text, re.MULTILINE)
    assert said, f"pyreg/{room}/__init__.py does not say whom it may import"
    return set() if said[1] == "no other room" else set(said[1].split(", "))


@pytest.mark.parametrize("room", sorted(set(ROOMS) - ABOVE))
def test_a_room_imports_whom_it_says_and_all_of_them(room):
    found = {name for path in (PACKAGE / room).rglob("*.py") for name in rooms_imported(path)}
    assert found & set(ROOMS) - {room} == may_import(room)
    assert found & ABOVE - {"__init__"} == set()


def test_no_arrow_runs_back():
    waiting = {room: may_import(room) for room in set(ROOMS) - ABOVE}
    while waiting:
        free = [room for room, others in waiting.items() if not others & set(waiting)]
        assert free, f"these rooms import each other in a circle: {sorted(waiting)}"
        for room in free:
            del waiting[room]


@pytest.mark.parametrize("foundation", sorted(FOUNDATIONS))
def test_the_foundations_stand_on_no_room(foundation):
    assert rooms_imported(PACKAGE / f"{foundation}.py") <= FOUNDATIONS


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_libraries_stay_in_their_rooms(path):
    heavy = {name.split(".")[0] for name in imports(path)} & HEAVY
    assert heavy <= ALLOWED.get(room_of(path), set())


def test_the_command_line_starts_without_heavy_libraries():
    check = (
        "import sys, pyreg.cli; pyreg.cli.build_parser(); "
        f"sys.exit(str({HEAVY | {'pandas', 'numpy'}} & set(sys.modules) or ''))"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True)
    assert done.stderr.strip() == ""
