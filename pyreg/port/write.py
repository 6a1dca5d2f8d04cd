"""Lines of Python in, the text of script.py out: imports, R's comments, formatted by ruff."""

import ast
import difflib
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyreg.errors import PyregError
from pyreg.port.assemble import Line
from pyreg.port.names import identifier
from pyreg.port.rtree import Comment, Span

WIDTH = 88
STANDARD = {
    "math": "import math",
    "os": "import os",
    "tempfile": "import tempfile",
    "Path": "from pathlib import Path",
}
INSTALLED = {
    "keras": "import keras",
    "np": "import numpy as np",
    "pd": "import pandas as pd",
}
TEMPORARY = "temporary"
MAKE_TEMPORARY = f"{TEMPORARY} = tempfile.TemporaryDirectory()"
LOAD_DATA = 'data = np.load(Path(__file__).with_name("data.npz"))'
MARK = re.compile(r"\s*# R (?P<first>\d+) (?P<last>\d+) (?P<file>.*)$")
FUNCTION = re.compile(r"\s*(?P<name>[\w.]+)\s*(<-|=)\s*(function\b|\\\()")
SEED = "keras.utils.set_random_seed({seed})"


@dataclass
class Block:
    """A loop or a function: its first line, and what is in it.

    Attributes:
        header: such as `for i in range(3):`.
    """

    header: str
    body: "list[Line | Block]"
    span: Span

    @property
    def is_function(self) -> bool:
        return self.header.startswith("def ")

    @property
    def name(self) -> str:
        """Of a function."""
        return self.header.removeprefix("def ").partition("(")[0]


Piece = Line | Block


@dataclass
class Script:
    """What is written.

    Attributes:
        comments: of each R file; `lines`: its code.
        seed: set before everything else; None: the script sets one.
    """

    pieces: list[Piece]
    comments: dict[str, list[Comment]]
    lines: dict[str, tuple[str, ...]]
    seed: int | None = None


def write(script: Script) -> str:
    """The text of the script, formatted."""
    return _written(script, _Body(script))


def line_map(script: Script, text: str, file: str) -> list[tuple[int, int, int]]:
    """Where statements of the R file stand in the text that was written of it.

    Returns:
        first line in Python, first and last line in R, in Python's order.
    """
    marked = _written(script, _Body(script, is_marked=True)).splitlines()
    plain = [line for line in marked if not MARK.match(line)]
    numbers = _numbers_in(plain, text.splitlines())
    found, i = [], 0
    for line in marked:
        mark = MARK.match(line)
        if mark is None:
            i += 1
        elif mark["file"] == file and i in numbers:
            found.append((numbers[i] + 1, int(mark["first"]), int(mark["last"])))
    return found


def _numbers_in(lines: list[str], others: list[str]) -> dict[int, int]:
    """Lines that both have: the number in one, the number in the other, both from 0."""
    matcher = difflib.SequenceMatcher(None, lines, others, autojunk=False)
    return {
        block.a + k: block.b + k
        for block in matcher.get_matching_blocks()
        for k in range(block.size)
    }


def _written(script: Script, writer: "_Body") -> str:
    body = writer.text()
    helpers = [
        "\n".join([*writer.comments_of(name), code])
        for name, code in _helpers(script.pieces).items()
    ]
    start = []
    if script.seed is not None:
        start.append(SEED.format(seed=script.seed))
    if re.search(r"\bdata\[", body + "".join(helpers)):
        start.append(LOAD_DATA)
    if TEMPORARY in _names_in(body):
        start.append(MAKE_TEMPORARY)
    code = "\n\n".join(part for part in ["\n".join(start), *helpers, body] if part)
    return formatted(f"{_imports(code)}\n\n{code}\n")


def formatted(code: str) -> str:
    """The code as ruff formats it."""
    beside = Path(sys.executable).with_name("ruff")
    ruff = str(beside) if beside.exists() else shutil.which("ruff")
    if ruff is None:
        raise PyregError("no ruff beside Python, expected the package ruff; pip install ruff")
    command = [ruff, "format", "--isolated", f"--line-length={WIDTH}", "-"]
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PyregError(f"ruff cannot format the script: {done.stderr.strip()}")
    return done.stdout


def _imports(code: str) -> str:
    used = _names_in(code)
    groups = [
        "\n".join(line for name, line in known.items() if name in used)
        for known in (STANDARD, INSTALLED)
    ]
    return "\n\n".join(filter(None, groups))


def _names_in(code: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


def _helpers(pieces: list[Piece]) -> dict[str, str]:
    found: dict[str, str] = {}
    for piece in pieces:
        found |= _helpers(piece.body) if isinstance(piece, Block) else piece.helpers
    return found


class _Body:
    """The statements with R's comments and empty lines."""

    def __init__(self, script: Script, is_marked: bool = False) -> None:
        self.script = script
        self.is_marked = is_marked  # with a comment that names R's lines before each statement
        self.written: dict[str, int] = {}  # file -> R's last line that has been dealt with
        self.file: str | None = None  # that the last statement came from
        self.kept: set[tuple[str, int]] = set()  # files and lines of the comments written

    def text(self) -> str:
        return "\n".join(self._pieces(self.script.pieces))

    def comments_of(self, name: str) -> Iterator[str]:
        """Comments right above a function of R's that is defined at the top, as far as no
        statement has them."""
        for file, lines in self.script.lines.items():
            found = [i for i, line in enumerate(lines, 1) if _defines(line) == name]
            if not found:
                continue
            comments = {c.line: c for c in self.script.comments.get(file, [])}
            first = found[0]
            while first - 1 in comments and lines[first - 2].lstrip().startswith("#"):
                first -= 1
            for line in range(first, found[0]):
                if (file, line) not in self.kept and not _is_help(comments[line], lines):
                    yield _spaced(comments[line].text)
            return

    def _pieces(self, pieces: list[Piece]) -> Iterator[str]:
        for piece in pieces:
            if self.is_marked:
                span = piece.span
                yield f"# R {span.first_line} {span.last_line} {span.file}"
            yield from self._before(piece.span)
            if isinstance(piece, Block):
                yield from self._block(piece)
            else:
                code = unparsed(piece.tree)
                trailing = self._trailing(piece.span)
                if trailing and "\n" not in code and len(code) + len(trailing) + 2 <= WIDTH:
                    yield f"{code}  {trailing}"
                else:
                    yield from filter(None, [trailing, code])

    def _block(self, block: Block) -> Iterator[str]:
        yield block.header
        yield textwrap.indent("\n".join(self._pieces(block.body)), "    ")
        if block.is_function:
            yield "\n"

    def _before(self, span: Span) -> Iterator[str]:
        """Comments above an R statement, and an empty line where R has one."""
        done = self.written.get(span.file, 0)
        if span.first_line <= done:
            return
        lines = self.script.lines.get(span.file, ())
        between = lines[done : span.first_line - 1]
        comments = [
            c
            for c in self.script.comments.get(span.file, [])
            if done < c.line < span.first_line and not lines[c.line - 1][: c.column - 1].strip()
        ]
        kept = [
            c
            for c in comments
            if _belongs(c, lines[c.line : span.first_line - 1]) and not _is_help(c, lines)
        ]
        is_elsewhere = self.file is not None and self.file != span.file
        if is_elsewhere or (done and (kept or any(not line.strip() for line in between))):
            yield ""
        self.file = span.file
        self.kept |= {(span.file, comment.line) for comment in kept}
        for i, comment in enumerate(kept):
            if i and comment.line > kept[i - 1].line + 1:
                yield ""
            yield _spaced(comment.text)
        self.written[span.file] = span.first_line - 1

    def _trailing(self, span: Span) -> str:
        """Comments within the statement's own lines."""
        done = self.written.get(span.file, 0)
        self.written[span.file] = max(done, span.last_line)
        return "\n".join(
            _spaced(c.text)
            for c in self.script.comments.get(span.file, [])
            if max(done + 1, span.first_line) <= c.line <= span.last_line
        )


def _defines(line: str) -> str | None:
    """The Python name of the function that a line of R assigns."""
    found = FUNCTION.match(line)
    return identifier(found["name"]) if found else None


def _belongs(comment: Comment, below: tuple[str, ...]) -> bool:
    """Whether a comment is about the statement that follows `below`, the lines between the two.

    It is if no empty line parts them, or if it stands alone, as a heading does.
    """
    if re.search(r"[-=#]{4,}\s*$", comment.text) or not "".join(below).strip():
        return True
    code = [i for i, line in enumerate(below) if line.strip() and not line.lstrip().startswith("#")]
    if not code:
        return True
    others = [i for i, line in enumerate(below) if line.lstrip().startswith("#")]
    is_followed = any(i > code[0] for i in others)
    return not is_followed and all(line.strip() for line in below)


def _is_help(comment: Comment, lines: tuple[str, ...]) -> bool:
    """Whether it is roxygen's, behind the title: R's help pages need it, the script does not."""
    above = lines[comment.line - 2] if comment.line > 1 else ""
    return comment.text.startswith("#'") and above.lstrip().startswith("#'")


def _spaced(text: str) -> str:
    """`#'`, `##` and `#text` as Python's comments."""
    stripped = text.lstrip("#'").strip().rstrip("-=#").strip() or text.lstrip("#'").strip()
    return f"# {stripped}" if stripped else "#"


def unparsed(statement: ast.stmt) -> str:
    """A statement's code; a model's layers stand one below the other."""
    ast.fix_missing_locations(statement)
    for node in ast.walk(statement):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) != "keras.Sequential":
            continue
        if node.args and isinstance(node.args[0], ast.List):
            return _with_commas(statement, node.args[0])
    return ast.unparse(statement)


def _with_commas(statement: ast.stmt, layers: ast.List) -> str:
    """ruff leaves a list with a comma behind its last item on lines of its own."""
    items = [ast.unparse(layer) for layer in layers.elts]
    kept, layers.elts = layers.elts, [ast.Name("__layers__", ast.Load())]
    code = ast.unparse(statement)
    layers.elts = kept
    return code.replace("[__layers__]", "[\n" + "".join(f"{item},\n" for item in items) + "]")
