"""Snakemake's configuration in, a study or one message and exit code 2 out."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from pyreg import config, files
from pyreg.config import Study
from pyreg.engines import environment
from pyreg.errors import InputError
from pyreg.records.layout import Layout
from pyreg.study import ported
from pyreg.study.code import PACKAGE

# The committed results, in a clone.
REFERENCE = PACKAGE.parent / "results" / "reference"


def load_or_exit(content: Mapping[str, Any], config_files: Iterable[str | Path]) -> Study:
    """Validate Snakemake's configuration; a mistake is one message and exit code 2.

    Args:
        content: what Snakemake read, and what `--config` added.
        config_files: what it read from, which are looked at once more: Snakemake's reader takes
            the last of two equal keys, and 010 for 8.
    """
    for setting, why in environment.overruled().items():
        print(f"note: {setting} is not used: {why}", file=sys.stderr)
    try:
        texts = {path: config.read_text(path) for path in config_files}
        whole = config.with_numbers(content)
        same = [path for path, text in texts.items() if config.with_numbers(text) == whole]
        # Nothing else from the command line: then messages name the line.
        study = config.load(same[0] if same else whole)
        for model in study.models.values():
            model.require_weights()
        return study
    except InputError as error:
        _exit(error)


def r_missing_or_exit(study: Study) -> str | None:
    """Why the R engines cannot run, None if they can; exit code 2 if the study requires them."""
    if study.r == "off":
        return "r is off in the configuration"
    from pyreg import rbridge

    found, reason = rbridge.available()
    if not found and study.r == "required":
        _exit(InputError(f"r is required, but {reason}; install R, or set r: auto"))
    return None if found else reason


def data_identity_or_exit(study: Study) -> str:
    """Identity of the reviews the study asks for; exit code 2 if the file named is not there."""
    from pyreg.data import request_identity

    try:
        return request_identity(study.data, Layout.of_study(study.study).data.folder)
    except InputError as error:
        _exit(error)


def farewell(layout: Layout) -> str:
    """The three answers, and where the report lies; nothing where the report is older."""
    tables = [path.stat().st_mtime for path in layout.tables()]
    if not layout.answers.exists() or max(tables, default=0) > layout.report.stat().st_mtime:
        return ""
    return f"{layout.answers.read_text(encoding='utf-8')}Report: {layout.report}\n"


def identity_of_own_runs(study: Study) -> list[str]:
    """What the user's own histories are, by their content: when one changes, it is judged again."""
    paths = [Path(mine.file) for mine in study.my_runs]
    return [files.digest_file(path) if path.is_file() else "missing" for path in paths]


def scripts_or_exit(study: Study) -> dict[str, Path]:
    """The R scripts to port, by name; exit code 2 if a pattern fits none."""
    try:
        return ported.scripts(study)
    except InputError as error:
        _exit(error)


def _exit(error: InputError) -> NoReturn:
    print(f"pyreg: {error}", file=sys.stderr)
    raise SystemExit(error.exit_code)
