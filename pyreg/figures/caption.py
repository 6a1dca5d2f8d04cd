"""A study's records in, the small print of its figures out: runs, data, code."""

import os
import subprocess
from functools import cache

from pyreg import __version__
from pyreg.config import Study
from pyreg.figures.results import Results
from pyreg.study.code import PACKAGE, code_of


def caption(results: Results, notes: str) -> str:
    """The caption of a figure: `notes` of its own, in sentences, then its data and its code."""
    return f"{notes} {data_sentence(results)} Drawn by pyreg/figures, {code_version('figures')}."


def runs_phrase(study: Study) -> str:
    """Which runs each model is shown by: `10 replicates, seeds 1 to 10`."""
    if study.replicates < 2:
        return f"one run, seed {study.seed}"
    last = study.seed + study.replicates - 1
    return f"{study.replicates} replicates, seeds {study.seed} to {last}"


def lines_sentence(study: Study) -> str:
    """What a figure's lines and bands stand for."""
    if study.replicates < 2:
        return f"Lines: {runs_phrase(study)}."
    return f"Lines: median of {runs_phrase(study)}; bands: the middle 80 % of them."


def samples(study: Study) -> str:
    """What the networks are shown, in a word."""
    return "reviews" if study.data.holds_reviews else "samples"


def data_sentence(results: Results) -> str:
    """Which samples a figure is about; says plainly when they are not the lesson's."""
    provenance = results.provenance
    digest = f"content digest {provenance['content_digest'][:8]}"
    found = f"{provenance['file']}, {digest}" if provenance["file"] else digest
    sentence = f"Data: {provenance['description'].rstrip('.')} ({found})."
    notice = provenance["notice"]
    return on_one_line(f"{sentence} {notice.rstrip('.')}." if notice else sentence)


def on_one_line(text: str) -> str:
    """A text without line breaks and other signs that are not shown, as a file's name may hold."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


@cache
def code_version(step: str) -> str:
    """The last commit that changed what a step depends on; the version without a repository.

    Not the newest commit: work on something else must not change a figure.

    Args:
        step: a module of `pyreg.commands`, such as `figures`.
    """
    files = [str(path) for path in code_of(f"pyreg.commands.{step}")]
    commit = _git("log", "-1", "--format=%h", "--abbrev=7", "--", *files)
    if not commit:  # installed: a repository around it is someone else's
        return f"pyreg {__version__}"
    is_modified = _git("diff", "--quiet", "HEAD", "--", *files) is None
    return f"commit {commit}{' (modified)' if is_modified else ''}"


def _git(*arguments: str) -> str | None:
    command = ["git", "-C", str(PACKAGE), "-c", "log.showSignature=false", *arguments]
    # In a hook of another repository these would lead git there.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=10, env=kept
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
