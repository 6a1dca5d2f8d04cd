"""A study and its data in, the small print of its figures out: runs, data, code."""

from collections.abc import Mapping
from typing import Any

from pyreg import __version__
from pyreg.config import Study
from pyreg.study.code import version
from pyreg.wording.language import _
from pyreg.wording.sentences import recorded

NO_BREAK = "\N{NO-BREAK SPACE}"  # which Python does not call printable


def caption(study: Study, provenance: Mapping[str, Any], notes: str) -> str:
    """The caption of a figure: `notes` of its own, in sentences, then its data and its code."""
    drawn = _("Drawn by pyreg/figures, {code}.").format(code=code_version("figures"))
    return f"{notes} {data_sentence(provenance)} {drawn}"


def runs_phrase(study: Study) -> str:
    """Which runs each model is shown by: `10 replicates, seeds 1 to 10`."""
    if study.replicates < 2:
        return _("one run, seed {seed}").format(seed=study.seed)
    return _("{number} replicates, seeds {first} to {last}").format(
        number=study.replicates, first=study.seed, last=study.seed + study.replicates - 1
    )


def lines_sentence(study: Study) -> str:
    """What a figure's lines and bands stand for."""
    text = (
        _("Lines: {runs}.")
        if study.replicates < 2
        else _("Lines: median of {runs}; bands: the middle 80 per cent of them.")
    )
    return text.format(runs=runs_phrase(study))


def few_seeds(study: Study) -> str:
    """What bootstrap intervals can cover where that is less than their level; else nothing.

    None reaches beyond its values, and n values lie all on one side of their true mean in one study
    of 2^(n - 1) or in more. The wider intervals of a cross-validation do reach beyond them.
    """
    covered = 1 - 2.0 ** (1 - study.replicates)
    if covered >= study.confidence or study.data.folds:
        return ""
    return _("Over so few seeds bootstrap intervals cover {share} per cent at most.").format(
        share=f"{100 * covered:.0f}"
    )


def samples(study: Study) -> str:
    """What the networks are shown, in a word."""
    return _("reviews") if study.data.holds_reviews else _("samples")


def data_sentence(provenance: Mapping[str, Any]) -> str:
    """Which samples a figure is about; says plainly when they are not the lesson's."""
    digest = _("content digest {digest}").format(digest=provenance["content_digest"][:8])
    found = f"{provenance['file']}, {digest}" if provenance["file"] else digest
    description = recorded(provenance["description"]).rstrip(".")
    sentence = _("Data: {description} ({found}).").format(description=description, found=found)
    notice = recorded(provenance["notice"] or "").rstrip(".")
    return on_one_line(f"{sentence} {notice}." if notice else sentence)


def on_one_line(text: str) -> str:
    """A text without line breaks and other signs that are not shown, as a file's name may hold."""
    return "".join(sign if sign.isprintable() or sign == NO_BREAK else " " for sign in text)


def code_version(step: str) -> str:
    """The commit of what a step depends on, in words; the version where there is no repository.

    Args:
        step: a module of `pyreg.commands`, such as `figures`.
    """
    commit, is_modified = version(f"pyreg.commands.{step}")
    if not commit:  # installed: a repository around it is someone else's
        return f"pyreg {__version__}"
    text = _("commit {commit} (modified)") if is_modified else _("commit {commit}")
    return text.format(commit=commit)
