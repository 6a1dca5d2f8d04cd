"""A finished study's results in, the small part of them worth keeping for ever out."""

import shutil
from pathlib import Path

from pyreg import config, plan
from pyreg.errors import InputError

# Everything that a later machine can be held against. Weights stay behind, their digests in
# chain.json suffice; so do the replicates' predictions, and pictures that PDF and CSV replace.
KEPT = [
    "config.yaml",
    "data/provenance.json",
    "tables/*.csv",
    "figures/*.pdf",
    "figures/*.csv",
    "runs/*/*/*/seed-*/history.csv",
    "runs/*/*/*/seed-*/run.json",
    "runs/*/*/*/seed-*/chain.json",
    "runs/*/*/*/seed-*/predictions.npz",
    "replicates*/*/*/seeds-*/history.csv",
    "replicates*/*/*/seeds-*/run.json",
]


def make(results: Path, output: Path) -> list[Path]:
    """Copy what is kept, all of it or nothing; an earlier reference is replaced.

    Returns:
        the files copied, relative to `output`.

    Raises:
        InputError: a run of the study is missing, or `output` holds something else.
    """
    _check_complete(results)
    _check_replaceable(output)
    kept = sorted(path for pattern in KEPT for path in results.glob(pattern))
    temporary, old = (output.with_name(f".{output.name}.{word}") for word in ("incomplete", "old"))
    for leftover in (temporary, old):
        shutil.rmtree(leftover, ignore_errors=True)
    for path in kept:
        target = temporary / path.relative_to(results)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    if output.exists():
        output.rename(old)
    temporary.rename(output)
    shutil.rmtree(old, ignore_errors=True)
    return [path.relative_to(results) for path in kept]


def _check_complete(results: Path) -> None:
    """A reference with holes would let a difference pass."""
    if not (results / "config.yaml").exists():
        raise InputError(f"{results} holds no config.yaml; expected a study's finished results")
    study = config.load(results / "config.yaml")
    keys = plan.runs(study, with_r=study.r != "off")
    missing = [str(key) for key in keys if not (key.folder(results) / "run.json").exists()]
    missing += [
        f"tables/{name}.csv"
        for name in ("agreement", "metrics")
        if not (results / "tables" / f"{name}.csv").exists()
    ]
    if missing:
        raise InputError(
            f"{results} is not complete: {', '.join(missing)}; run snakemake (with R, or r: off)"
        )


def _check_replaceable(output: Path) -> None:
    if output.exists() and any(output.iterdir()) and not (output / "config.yaml").exists():
        raise InputError(
            f"{output} holds files but no config.yaml, so it is no earlier reference and is not "
            "replaced; name another folder"
        )
