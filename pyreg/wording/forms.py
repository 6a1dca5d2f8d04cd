"""A network's smaller form as tables name it in, the words that a reader sees out."""

from pyreg.wording.language import _


def form(name: str) -> str:
    """`original`, `50 % cut`, or a name that is one everywhere: `int8`."""
    if name == "original":
        return _("original")
    kind, _dash, share = name.partition("-")
    return _("{share} cut").format(share=f"{share} %") if kind == "pruned" else name
