"""A study's patterns in, the R scripts that it ports out, by the names of their folders."""

from pathlib import Path

from pyreg.config import Study
from pyreg.errors import InputError


def scripts(study: Study, folder: Path | None = None) -> dict[str, Path]:
    """Name -> R script, as the study's `ports` name them below the folder that it is run in.

    Raises:
        InputError: a pattern that fits no file, or two scripts of one name.
    """
    here = folder or Path()
    found: dict[str, Path] = {}
    for pattern in study.ports:
        paths = sorted(here.glob(pattern)) if not Path(pattern).is_absolute() else [Path(pattern)]
        if not any(path.is_file() for path in paths):
            raise InputError(
                f"ports: {pattern} fits no file in {here.resolve()}, expected R scripts; mend it "
                "or leave it out"
            )
        for path in paths:
            if found.setdefault(path.stem, path) != path:
                raise InputError(
                    f"ports: {found[path.stem]} and {path} have one name, expected names that "
                    "differ, as each gets a folder of that name; rename one"
                )
    return found
