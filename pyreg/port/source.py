"""A script's file (.R, .Rmd, .qmd) in, its R code line by line out; line numbers stay."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from pyreg.errors import InputError

SUFFIXES = (".R", ".r", ".Rmd", ".rmd", ".qmd")
CHUNK = re.compile(r"^\s*```+\s*\{\s*[rR]\b(?P<options>[^}]*)\}\s*$")
FENCE = re.compile(r"^\s*```+\s*$")
HEADING = re.compile(r"^#+\s+(?P<title>.*?)\s*(\{.*\})?\s*$")
NOT_RUN = re.compile(r"\beval\s*[=:]\s*(FALSE|F|false|no)\b")


@dataclass(frozen=True)
class Source:
    """A script.

    Attributes:
        name: of the file, as messages call it.
        lines: R code; what is not code is empty or a comment.
    """

    name: str
    lines: tuple[str, ...]


def require_plain(path: Path) -> None:
    """Refuse a name that messages, R or JSON cannot hold.

    Raises:
        InputError: there are control characters in it, or bytes that are no text.
    """
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in str(path)):
        raise InputError(
            f"got {str(path)!r}, expected a name of printable characters; rename the script, or "
            "the folder that has such a name"
        )


def read(path: Path) -> Source:
    """Read a script.

    Raises:
        InputError: there is no such file, or it is none of `SUFFIXES`.
    """
    if path.suffix not in SUFFIXES:
        raise InputError(f"got {path}, expected an R script: a file that ends in .R, .Rmd or .qmd")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"got {path}, but there is no such file; name an R script") from None
    except UnicodeDecodeError:
        text = path.read_text(encoding="latin-1")
    lines = tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    is_document = path.suffix.lower() != ".r"
    return Source(path.name, code_of_document(lines) if is_document else lines)


def code_of_document(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The R chunks of a document; headings become comments, other prose becomes empty lines."""
    code: list[str] = []
    chunk: list[str] | None = None
    in_other = False
    for line in lines:
        opens = CHUNK.match(line)
        if chunk is not None and FENCE.match(line):
            code += [*_if_run(chunk), ""]
            chunk = None
        elif chunk is not None:
            chunk.append(line)
        elif in_other or line.lstrip().startswith("```"):
            if opens and not in_other:
                chunk = ["#| eval: false" if NOT_RUN.search(opens["options"]) else ""]
            else:
                in_other = not FENCE.match(line) or not in_other
                code.append("")
        else:
            heading = HEADING.match(line)
            code.append(f"# {heading['title']}" if heading else "")
    return tuple(code + _if_run(chunk or []))


def _if_run(chunk: list[str]) -> list[str]:
    """A chunk's lines, its options taken out; empty lines if it is not to be run."""
    options = [line for line in chunk if line.lstrip().startswith("#|")]
    if any(NOT_RUN.search(line) for line in options):
        return [""] * len(chunk)
    return ["" if line.lstrip().startswith("#|") else line for line in chunk]
