"""Who may import whom: data -> encode -> models -> train -> compare -> claims -> figures -> report."""

import ast
import subprocess
import sys

import pytest
from conftest import ROOT

PACKAGE = ROOT / "pyreg"
HEAVY = {"keras", "tensorflow", "optuna", "rpy2", "plotnine", "matplotlib"}
# Module -> heavy libraries it may import.
ALLOWED = {
    "models": {"keras"},
    "train": {"keras"},
    "replicates": {"keras", "tensorflow"},
    "search": {"keras", "optuna"},
    "runtime": {"keras", "tensorflow"},
    "base_r": {"keras"},
    "figures": {"plotnine", "matplotlib"},
    "rbridge": {"rpy2", "keras"},
}


def modules():
    return sorted(path for path in PACKAGE.rglob("*.py") if "commands" not in path.parts)


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_libraries_stay_in_their_rooms(path):
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    heavy = {name.split(".")[0] for name in imports(path)} & HEAVY
    assert heavy <= ALLOWED.get(room, set())


FOUNDATIONS = ("pyreg.config", "pyreg.errors", "pyreg.config.tasks")


@pytest.mark.parametrize("room", ["config", "errors", "tasks"])
def test_the_foundations_stand_on_nothing_else_of_ours(room):
    paths = [path for path in modules() if path.relative_to(PACKAGE).parts[0].startswith(room)]
    ours = {name for path in paths for name in imports(path) if name.startswith("pyreg.")}
    assert [name for name in ours if not name.startswith(FOUNDATIONS)] == []


def test_the_command_line_starts_without_heavy_libraries():
    check = (
        "import sys, pyreg.cli; pyreg.cli.build_parser(); "
        f"sys.exit(str({HEAVY | {'pandas', 'numpy'}} & set(sys.modules) or ''))"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True)
    assert done.stderr.strip() == ""
