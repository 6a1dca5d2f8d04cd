"""Modules in, every file of code that they depend on out: what a step's results depend on.

An edit of one of these files makes a step's results stale. Python's imports are read from the
syntax tree, also those inside functions, and so are the names of R's files, which R's own code may
source more of, and what lies in a package's folders that hold no code: templates, translations.
A module imported by a name that is computed is not seen: who imports it that way names it.
"""

import ast
import functools
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
NAME = PACKAGE.name
# Inside the package where it is installed, beside it in a clone.
R_FOLDER = PACKAGE / "R" if (PACKAGE / "R").is_dir() else PACKAGE.parent / "R"
# Below R's folder, as text in the code: "R/lesson.R", "inst/verbs/keras3.csv".
R_FILE = re.compile(r"[\"']([\w./-]+\.(?:R|csv))[\"']")


def code_of(*modules: str) -> list[Path]:
    """The files of modules of pyreg and of all that they import of pyreg, sorted.

    Args:
        modules: dotted names such as `pyreg.commands.train`.
    """
    found: set[Path] = set()
    waiting = [path for module in modules for path in _files_of(module)]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _needed(path)
    return sorted(found)


@functools.cache
def version(module: str) -> tuple[str, bool]:
    """The last commit that changed what a module depends on, and whether it was changed since.

    Not the newest commit: work on something else must not change what is made. Without a
    repository of ours the commit is empty.
    """
    files = [str(path) for path in code_of(module)]
    commit = _git("log", "-1", "--format=%h", "--abbrev=7", "--", *files)
    return commit or "", _git("diff", "--quiet", "HEAD", "--", *files) is None


def _git(*arguments: str) -> str | None:
    command = ["git", "-C", str(PACKAGE), "-c", "log.showSignature=false", *arguments]
    # In a hook of another repository these would lead git there.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=10, env=kept
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


@functools.cache
def _needed(path: Path) -> tuple[Path, ...]:
    """What a file imports or sources by itself."""
    if path.suffix not in (".py", ".R"):
        return ()
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return tuple(_r_files(R_FILE.findall(text)))
    tree = ast.parse(text)
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    modules = (file for name in _imported_names(tree) for file in _files_of(name))
    return (*modules, *_r_files(text for text in texts if isinstance(text, str)))


def _imported_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # A name may be a module of the package or an object in it.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _r_files(names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        if name.endswith((".R", ".csv")) and (R_FOLDER / name).is_file():
            yield R_FOLDER / name


def _files_of(name: str) -> Iterable[Path]:
    """The file of a module of ours and of the packages it lies in, which importing it runs."""
    parts = name.split(".")
    if parts[0] != NAME:
        return
    folder = PACKAGE.parent
    for part in parts:
        if (folder / part).is_dir():
            folder = folder / part
            yield folder / "__init__.py"
            yield from _beside(folder) if folder != PACKAGE else ()
        else:
            module = folder / f"{part}.py"
            if module.exists():
                yield module
            return


def _beside(package: Path) -> Iterator[Path]:
    """The files in a package's folders that hold no code, such as its templates."""
    for folder in package.iterdir():
        if folder.is_dir() and not any(folder.glob("*.py")) and folder.name != "__pycache__":
            yield from (path for path in folder.rglob("*") if path.is_file())
