"""Bytes of a text in, the text out, whichever encoding Excel, R or an editor gave it."""

import codecs
import re
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
# Letters beyond ASCII's of the languages that Windows-1252 is for. A text in Windows-1250 (Czech,
# Polish, ...) or of DOS, read as Windows-1252, has letters of no single one of them.
ALPHABETS = {
    "Danish, Norwegian": "æøåéèêóòôü",
    "Finnish, Swedish": "åäöéàü",
    "French": "àâæçéèêëîïôœùûüÿ",
    "German": "äöüßéà",
    "Italian": "àèéìíîòóùª",
    "Portuguese": "áâãàçéêíóôõúüªº",
    "Spanish, Catalan": "áéíóúüñàèïòçªº",
}
SIGNS = set("‘’“”„–—…€£§°«»‹›·¡¿´\xa0")
WITHIN_A_WORD = re.compile(r"\w[„“”]\w")  # letters of DOS
UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")


def decode(path: Path, content: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 or UTF-32 as Excel's "Unicode text" is.

    No other encoding is guessed at: a wrong guess would change words without a word.

    Raises:
        InputError: it is in another encoding; the message names the line.
    """
    encoding = _encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        remedy = (
            "`iconv -f WINDOWS-1252 -t UTF-8` does it for a Western European text"
            if _is_western(content)
            else "in the program that wrote it"
        )
        raise InputError(
            f"{path}, line {line}: got byte 0x{content[error.start]:02x}, expected "
            f"{'UTF-8' if encoding == 'utf-8' else encoding.upper()}; save the file as UTF-8 "
            f"({remedy})"
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


def _is_western(content: bytes) -> bool:
    """Whether it reads as one Western European language in Windows-1252, and nothing is UTF-8."""
    try:
        words = content.decode("windows-1252").lower()
    except UnicodeDecodeError:
        return False
    letters = {character for character in words if not character.isascii()} - SIGNS
    if WITHIN_A_WORD.search(words) or UTF_8.search(content):
        return False
    return any(letters <= set(one) for one in ALPHABETS.values())
