"""Bytes of a text in, the text out, whichever encoding Excel, R or an editor gave it."""

import codecs
from pathlib import Path

from pyreg.errors import InputError

# The marks that tell an encoding, the longer ones first: UTF-32's begins with UTF-16's.
MARKS = [
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
SAMPLE = 2**18  # bytes that an encoding is guessed from


def decode(path: Path, content: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 or UTF-32 as Excel's "Unicode text" is.

    No other encoding is guessed at: a wrong guess would change words without a word.

    Raises:
        InputError: it is in another encoding; the message names the line and the likely one.
    """
    encoding = _encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        likely = _likely(content)
        raise InputError(
            f"{path}, line {line}: got byte 0x{content[error.start]:02x}, expected "
            f"{'UTF-8' if encoding == 'utf-8' else encoding.upper()}; save the file as UTF-8 "
            f"(`iconv -f {likely} -t UTF-8` may do it)"
        ) from None


def one_line(words: str) -> str:
    """What a file holds, as a message may show it: line breaks and the like as blanks."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def head_of(content: bytes) -> str | None:
    """The text that a file begins with, its last character perhaps cut; None if it is no text."""
    head = codecs.getincrementaldecoder(_encoding(content))(errors="strict")
    try:
        decoded = head.decode(content)
    except UnicodeDecodeError:
        # Another encoding, which `decode` will name, is a text all the same: it has no zeros.
        return None if b"\0" in content else content.decode("latin-1")
    return None if "\0" in decoded else decoded


def _encoding(content: bytes) -> str:
    for mark, name in MARKS:
        if content.startswith(mark):
            return name
    pairs = content[:400]
    if len(pairs) >= 4 and not any(pairs[1::2]) and all(pairs[::2][: len(pairs) // 2]):
        return "utf-16-le"  # without its mark: every other byte of such a text is 0
    return "utf-8"


def _likely(content: bytes) -> str:
    import charset_normalizer  # slow to import, and rarely needed

    best = charset_normalizer.from_bytes(content[:SAMPLE]).best()
    return best.encoding.upper().replace("_", "-") if best else "WINDOWS-1252"
