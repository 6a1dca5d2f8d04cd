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


@pytest.mark.parametrize(
    ("words", "encoding", "is_western"),
    [
        ("Qué película: ¡no engaña!", "latin-1", True),
        ("Não há emoção — “ação”", "windows-1252", True),
        ("Straße, schön", "latin-1", True),
        ("zażółć gęślą", "windows-1250", False),
        ("příliš žluťoučký kůň", "windows-1250", False),
        ("güzel değil, şey", "windows-1254", False),
        ("хороший фильм", "windows-1251", False),
        ("良い映画", "shift_jis", False),
        ("好電影", "big5hkscs", False),
        ("café", "mac-roman", False),
        ("café", "cp850", False),
        ("schön", "cp850", False),
    ],
)
def test_a_codec_is_named_for_western_text_only(words, encoding, is_western):
    with pytest.raises(InputError) as refused:
        text.decode(PATH, f"text\n{words}\n".encode(encoding))
    assert ("iconv -f WINDOWS-1252 -t UTF-8" in str(refused.value)) == is_western
    assert "save the file as UTF-8 (" in str(refused.value)


def test_a_text_half_in_utf_8_is_not_called_western():
    with pytest.raises(InputError, match="in the program that wrote it"):
        text.decode(PATH, "café\n".encode() + "café".encode("latin-1"))


def test_the_beginning_of_a_text_may_end_within_a_letter():
    assert text.head_of("fün".encode()[:2]) == "f"
    assert text.head_of("cafés".encode("latin-1")) == "cafés"
    assert text.head_of(b"\x00\x01\x02\xff") is None


def test_a_message_shows_what_a_file_holds_on_one_line():
    assert text.one_line("a\nb\r\n\tc\x1b[31m\x00d") == "a b c [31m d"
