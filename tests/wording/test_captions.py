"""Captions: which code drew a figure."""

import pytest

import pyreg
from pyreg.wording import captions


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (("1234567", False), "commit 1234567"),
        (("1234567", True), "commit 1234567 (modified)"),
        (("", True), f"pyreg {pyreg.__version__}"),
    ],
)
def test_code_is_named_by_its_commit_or_its_version(monkeypatch, found, words):
    monkeypatch.setattr(captions, "version", lambda module: found)
    assert captions.code_version("figures") == words
