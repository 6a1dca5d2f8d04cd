"""The folder of a run in, its record out, if a network was saved there; without loading Keras."""

from pathlib import Path

from pyreg import files
from pyreg.data import vocabulary_file
from pyreg.data.image_input import ImageInput
from pyreg.data.vocabulary import Vocabulary
from pyreg.errors import InputError, refusing
from pyreg.records.integrity import verified
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


def require_kind(record: RecordFolder, *, images: bool) -> None:
    """Refuse to ask a network of texts about images, and the other way round.

    Raises:
        InputError: the network takes the others, or neither.
    """
    takes_images = isinstance(taken_by(record), ImageInput)
    if takes_images and not images:
        raise InputError(f"the network in {record.folder} takes images; name some with --image")
    if images and not takes_images:
        raise InputError(f"the network in {record.folder} takes texts, not images")


def taken_by(record: RecordFolder) -> Vocabulary | ImageInput:
    """How raw samples become what the network was trained on.

    Raises:
        InputError: the file that says so is damaged, or tells of neither texts nor images.
    """
    with refusing(
        f"{record.vocabulary} cannot be read", "delete the run's folder and run snakemake again"
    ):
        return vocabulary_file.read(files.read_json(verified(record.vocabulary)))


def _expected() -> str:
    found = sorted(RESULTS.glob("*/runs/*/*/*/*/model.keras"))
    example = found[0].parent if found else EXAMPLE
    return f"expected the folder of a run that Keras trained, such as {example}"
