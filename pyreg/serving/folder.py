"""The folder of a run in, its record out, if a network was saved there; without loading Keras."""

from pathlib import Path

from pyreg.errors import InputError
from pyreg.records.layout import RESULTS, Layout, RecordFolder, RunKey

EXAMPLE = Layout(RESULTS / "imdb").run(RunKey("python", "dropout", "per-epoch", 1)).folder


def of_network(folder: str | Path) -> RecordFolder:
    """Raises:
    InputError: there is no such folder, or no network in it; the message names one that is there.
    """
    record = RecordFolder(Path(folder))
    if not record.folder.is_dir():
        raise InputError(f"{folder} is no folder that is there; {_expected()}")
    if not record.model.exists() or not record.vocabulary.exists():
        raise InputError(
            f"{folder} holds no model.keras with its vocabulary.json; {_expected()}; earlier "
            "versions saved none: run snakemake again"
        )
    return record


def _expected() -> str:
    found = sorted(RESULTS.glob("*/runs/*/*/*/*/model.keras"))
    example = found[0].parent if found else EXAMPLE
    return f"expected the folder of a run that Keras trained, such as {example}"
