"""A record's folder in, the SHA-256 of its files out; and a file, if it is still that one.

The digests stand in chain.json of a run and in run.json of a batch of replicates, under `files`.
Records from before they did are read without.
"""

from collections.abc import Mapping
from pathlib import Path

from pyreg import files
from pyreg.errors import InputError
from pyreg.records.layout import RecordFolder


def digests(folder: Path) -> dict[str, str]:
    """File -> SHA-256, of all that lies in a folder."""
    return {path.name: files.digest_file(path) for path in sorted(folder.iterdir())}


def verified(path: Path) -> Path:
    """`path`, if it is the file that its record was written with.

    Raises:
        InputError: it was changed since.
        OSError, ValueError: the record's digests are missing, or damaged.
    """
    index = _index(RecordFolder(path.parent))
    told = _told(index).get(path.name)
    if told is not None and files.digest_file(path) != told:
        raise InputError(
            f"{path} is not the file that the run left: its SHA-256 is not the one in "
            f"{index.name}; restore it, or delete {path.parent} and run snakemake again"
        )
    return path


def _index(record: RecordFolder) -> Path:
    return record.chain if record.chain.exists() else record.info


def _told(index: Path) -> Mapping[str, object]:
    content = files.read_json(index) if index.exists() else {}
    told = content.get("files", {}) if isinstance(content, dict) else None
    if not isinstance(told, dict):
        raise ValueError(f"{index.name} holds no digests of files")
    return told
