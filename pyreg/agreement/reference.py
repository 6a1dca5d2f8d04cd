"""A finished study's results in, the small part of them worth keeping for ever out."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from pyreg import config
from pyreg.errors import InputError
from pyreg.records.layout import Layout
from pyreg.study import plan


def make(results: Path, output: Path) -> list[Path]:
    """Copy what is kept, all of it or nothing; an earlier reference is replaced.

    Returns:
        the files copied, relative to `output`.

    Raises:
        InputError: a run of the study is missing, or `output` holds something else.
    """
    _check_complete(results)
    _check_replaceable(output)
    kept = sorted(filter(Path.exists, _worth_keeping(Layout(results))))
    bands = Layout(output).bands()  # of many seeds, which no study trains; they stay
    temporary, old = (output.with_name(f".{output.name}.{word}") for word in ("incomplete", "old"))
    for leftover in (temporary, old):
        shutil.rmtree(leftover, ignore_errors=True)
    for path in kept:
        target = temporary / path.relative_to(results)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    for path in bands:
        target = temporary / path.relative_to(output)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
    if output.exists():
        output.rename(old)
    temporary.rename(output)
    shutil.rmtree(old, ignore_errors=True)
    return [path.relative_to(results) for path in kept]


def _worth_keeping(layout: Layout) -> Iterator[Path]:
    """Everything that a later machine can be held against.

    Weights stay behind, their digests in chain.json suffice; so do figures and the replicates'
    predictions, which nothing is compared with.
    """
    yield from [layout.config, layout.data.provenance, *layout.tables()]
    for key in layout.runs():
        run = layout.run(key)
        yield from [run.history, run.info, run.chain, run.predictions]
    for one in layout.replicate_sets():
        for batch in layout.batches(one):
            yield from [batch.history, batch.info]


def _check_complete(results: Path) -> None:
    """A reference with holes would let a difference pass."""
    layout = Layout(results)
    if not layout.config.exists():
        raise InputError(f"{results} holds no config.yaml; expected a study's finished results")
    study = config.load(layout.config)
    keys = plan.runs(study, with_r=study.r != "off")
    missing = [str(key) for key in keys if not layout.run(key).info.exists()]
    missing += [
        f"tables/{name}.csv" for name in ("agreement", "metrics") if not layout.table(name).exists()
    ]
    if missing:
        raise InputError(
            f"{results} is not complete: {', '.join(missing)}; run snakemake (with R, or r: off)"
        )


def _check_replaceable(output: Path) -> None:
    if output.exists() and any(output.iterdir()) and not Layout(output).config.exists():
        raise InputError(
            f"{output} holds files but no config.yaml, so it is no earlier reference and is not "
            "replaced; name another folder"
        )
