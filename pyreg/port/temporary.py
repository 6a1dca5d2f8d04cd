"""Code with paths in R's folder for temporary files in, in a folder of Python's own out.

R's is gone when R has ended, and its name and those that `tempfile()` gives are others each time.
"""

import ast
import re

from pyreg.port.python import expression
from pyreg.port.write import TEMPORARY, Block, Piece


class TemporaryFiles(ast.NodeTransformer):
    """Puts `os.path.join(temporary.name, "file1.keras")` for what R calls
    `/tmp/RtmpAbCdEf/file1a2b3c4d5e6f.keras`.

    Args:
        folder: R's.
        process: R's number, with which it begins the numbers in names that it makes up.
    """

    def __init__(self, folder: str, process: int) -> None:
        self.folder = folder
        self._made_up = re.compile(f"{process:x}[0-9a-f]{{4,8}}(?![0-9a-f])")
        self._numbers: dict[str, int] = {}

    def replace_in(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            if isinstance(piece, Block):
                self.replace_in(piece.body)
            else:
                self.visit(piece.tree)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str) or not f"{node.value}/".startswith(f"{self.folder}/"):
            return node
        within = node.value.removeprefix(self.folder).strip("/")
        if not within:
            return expression(f"{TEMPORARY}.name")
        name = self._made_up.sub(self._number, within)
        return expression(f"os.path.join({TEMPORARY}.name, {name!r})")

    def _number(self, found: re.Match[str]) -> str:
        return str(self._numbers.setdefault(found[0], len(self._numbers) + 1))
