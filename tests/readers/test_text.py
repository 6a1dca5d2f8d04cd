"""Texts in the encodings that Excel, R and editors give them."""

from pathlib import Path

import pytest

from pyreg.errors import InputError
from pyreg.readers import text

PATH = Path("mine.csv")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "ascii"]
)
def test_unicode_is_known_by_its_mark_or_its_bytes(encoding):
    words = "text,label\ngood,1\n" + ("" if encoding == "ascii" else "fün,0\n")
    assert text.decode(PATH, words.encode(encoding)) == words


def test_another_encoding_is_named_with_its_line_and_never_guessed_at():
    with pytest.raises(
        InputError, match=r"mine\.csv, line 3: got byte 0xe9, expected UTF-8; .*iconv"
    ):
        text.decode(PATH, "text,label\nok,1\ncafé,1\n".encode("latin-1"))
    with pytest.raises(InputError, match="expected UTF-16"):
        text.decode(PATH, b"\xff\xfea\x00b")


def test_the_beginning_of_a_text_may_end_within_a_letter():
    assert text.head_of("fün".encode()[:2]) == "f"
    assert text.head_of("cafés".encode("latin-1")) == "cafés"
    assert text.head_of(b"\x00\x01\x02\xff") is None


def test_a_message_shows_what_a_file_holds_on_one_line():
    assert text.one_line("a\nb\r\n\tc\x1b[31m\x00d") == "a b c [31m d"
