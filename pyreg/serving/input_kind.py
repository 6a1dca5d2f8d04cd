"""The record of a network in, what it takes out; without loading Keras."""

from pyreg import files
from pyreg.data import vocabulary_file
from pyreg.data.image_input import ImageInput
from pyreg.data.vocabulary import Vocabulary
from pyreg.errors import InputError, refusing
from pyreg.records.integrity import verified
from pyreg.records.layout import RecordFolder
from pyreg.records.network import expected


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
        InputError: the file that says so is missing or damaged, or tells of neither texts nor
            images.
    """
    if not record.vocabulary.exists():
        raise InputError(f"{record.folder} holds no vocabulary.json; {expected()}")
    with refusing(
        f"{record.vocabulary} cannot be read", "delete the run's folder and run snakemake again"
    ):
        return vocabulary_file.read(files.read_json(verified(record.vocabulary)))
