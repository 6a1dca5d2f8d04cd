"""A folder in, its record out, if a network was saved there; without loading Keras."""

from pathlib import Path

from pyreg.errors import InputError
from pyreg.records.layout import RESULTS, Layout, RecordFolder, RunKey

EXAMPLE = Layout(RESULTS / "imdb").run(RunKey("python", "dropout", "per-epoch", 1)).folder


def of_network(folder: str | Path, *, or_networks: bool = False) -> RecordFolder:
    """The record of a run that Keras trained.

    Args:
        or_networks: whether a batch of replicates, whose networks were kept, will do as well.

    Raises:
        InputError: there is no such folder, or no such network in it; the message names one that is
            there.
    """
    record = RecordFolder(Path(folder))
    if not record.folder.is_dir():
        raise InputError(f"{folder} is no folder that is there; {expected()}")
    if not record.model.exists():
        raise InputError(
            f"{folder} holds no model.keras; {expected()}; earlier versions saved none: run "
            "snakemake again. Of replicates it is kept with `save_models: true`"
        )
    if not or_networks and record.info.exists() and not record.chain.exists():
        raise InputError(
            f"{folder} holds the networks of replicates, which only `pyreg predict` asks; "
            f"{expected()}"
        )
    return record


def expected() -> str:
    """What will do, for messages."""
    found = sorted(RESULTS.glob("*/runs/*/*/*/*/model.keras"))
    example = found[0].parent if found else EXAMPLE
    return f"expected the folder of a run that Keras trained, such as {example}"
