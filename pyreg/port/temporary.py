"""Code with paths in R's folder for temporary files in, in a folder of Python's own out.

R's is gone when R has ended, and its name and those that `tempfile()` gives are others each time.
"""

import ast
import re

from pyreg.port.python import expression
from pyreg.port.write import TEMPORARY, Block, Piece


class TemporaryFiles(ast.NodeTransformer):
    """Puts `os.path.join(temporary.name, "file-1.keras")` for what R calls
    `/tmp/RtmpAbCdEf/file1a2b3c4d5e6f.keras`.

    Args:
        folder: R's.
        process: R's number, with which it begins the numbers in names that it makes up.
    """

    def __init__(self, folder: str, process: int) -> None:
        self.folder = folder
        self._made_up = re.compile(f"{process:x}[0-9a-f]{{6,8}}(?![0-9a-f])")
        self._numbers: dict[str, int] = {}

    def replace_in(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            if isinstance(piece, Block):
                piece.header = self._in_header(piece.header)
                self.replace_in(piece.body)
            else:
                self.visit(piece.tree)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str) or not f"{node.value}/".startswith(f"{self.folder}/"):
            return node
        within = node.value.removeprefix(self.folder)
        if not within:
            return expression(f"{TEMPORARY}.name")
        # What is left empty by its slash ends the path with one.
        name = self._made_up.sub(self._number, within.removeprefix("/"))
        return expression(f"os.path.join({TEMPORARY}.name, {name!r})")

    def _in_header(self, header: str) -> str:
        if self.folder not in header:
            return header
        block = self.visit(ast.parse(f"{header} pass"))
        return ast.unparse(block).rpartition("\n")[0]

    def _number(self, found: re.Match[str]) -> str:
        return f"-{self._numbers.setdefault(found[0], len(self._numbers) + 1)}"
