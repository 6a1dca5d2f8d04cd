"""The code that a step depends on, against what Python and R really load."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from pyreg.cli import STEPS
from pyreg.commands.train import ENGINES
from pyreg.study import code as study_code
from pyreg.study.code import PACKAGE, code_of, version

NAMES_LOADED = """
import json, sys
import {module}
print(json.dumps([m.__file__ for name, m in sys.modules.items() if name.startswith("pyreg.")]))
"""


def names(paths):
    return {str(path.relative_to(ROOT)) for path in paths}


def test_imports_inside_functions_and_of_packages_count():
    found = names(code_of("pyreg.commands.encode"))
    assert {"pyreg/commands/encode.py", "pyreg/commands/__init__.py"} <= found
    assert {"pyreg/data/encoding.py", "pyreg/data/folds.py", "pyreg/files.py"} <= found


def test_an_engine_brings_its_own_code_alone():
    python, r, plain = (
        names(code_of("pyreg.commands.train", ENGINES[engine])) for engine in ENGINES
    )
    assert {name for name in python if name.endswith(".R")} == set()
    assert not any(name.startswith("pyreg/rbridge") for name in python)
    assert any(name.endswith("/bridge.R") for name in r)
    assert any(name.endswith("/lesson.R") for name in r)
    assert not any(name.endswith("/bridge.R") for name in plain)


@pytest.mark.parametrize("step", ["train", "replicate", "search", "compress", "encode", "data"])
def test_no_number_depends_on_a_figure(step):
    engines = ENGINES.values() if step == "train" else []
    found = names(code_of(f"pyreg.commands.{step}", *engines))
    assert not any(name.startswith(("pyreg/figures", "pyreg/report")) for name in found)


@pytest.mark.parametrize("module", [*(f"pyreg.commands.{s.replace('-', '_')}" for s in STEPS)])
def test_what_python_loads_is_in_the_closure(module):
    loaded = subprocess.run(
        [sys.executable, "-c", NAMES_LOADED.format(module=module)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    files = {Path(file) for file in json.loads(loaded.stdout)}
    assert files <= set(code_of(module))


def test_no_module_is_imported_by_a_name_that_is_computed_but_engines_and_steps():
    """A closure sees none of these."""
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "import_module(" in path.read_text()
    }
    # Engines are named by the rules; steps are what is asked for; R asks for Python's modules;
    # compress draws for a person, never as a step.
    compress = "commands/compress.py"
    assert found == {"cli.py", compress, "commands/train.py", "rbridge/offered.py"}


def test_templates_and_translations_are_code_of_what_shows_them():
    report, train = (names(code_of(f"pyreg.commands.{step}")) for step in ("report", "train"))
    assert "pyreg/report/templates/report.html" in report
    assert not any(name.endswith((".html", ".po", ".mo")) for name in train)


def test_the_version_is_the_commit_of_what_a_step_depends_on(monkeypatch):
    asked = []
    monkeypatch.setattr(study_code, "_git", lambda *arguments: asked.append(arguments) or "1234567")
    version.cache_clear()
    assert version("pyreg.commands.figures") == ("1234567", False)
    named = names(Path(name) for name in asked[0] if name.endswith(".py"))
    assert {"pyreg/figures/theme.py", "pyreg/statistics/metrics.py"} <= named
    assert not any(name.startswith(("pyreg/report", "pyreg/engines")) for name in named)
    version.cache_clear()


def test_without_a_repository_there_is_no_commit(monkeypatch):
    monkeypatch.setattr(study_code, "_git", lambda *arguments: None)
    version.cache_clear()
    assert version("pyreg.commands.figures")[0] == ""
    version.cache_clear()
