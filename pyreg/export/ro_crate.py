"""A study's results folder in, its description as an RO-Crate 1.1 out, for an archive.

The folder becomes the crate: `ro-crate-metadata.json` names every file of it, the samples that it
rests on, the program that made it and how. See https://w3id.org/ro/crate/1.1.
"""

import datetime
import mimetypes
from pathlib import Path
from typing import Any

from pyreg import __version__, files
from pyreg.config import Study
from pyreg.errors import InputError
from pyreg.records.layout import Layout

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
METADATA = "ro-crate-metadata.json"
LICENCE = "https://spdx.org/licenses/MIT"
SOFTWARE, ACTION, SAMPLES = "#pyreg", "#study", "#samples"
# What a crate says of the samples, by the names in provenance.json.
ABOUT_SAMPLES = {
    "name": "description",
    "url": "url",
    "license": "licence",
    "citation": "citation",
    "identifier": "content_digest",
    "description": "notice",
}
DESCRIPTION = "Regularization in Keras: R and Python, side by side"
# What mimetypes does not know, or not on every system.
FORMATS = {
    ".npz": "application/zip",
    ".rds": "application/gzip",
    ".yaml": "application/yaml",
    ".log": "text/plain",
    ".tex": "application/x-tex",
    ".md": "text/markdown",
    ".tsv": "text/tab-separated-values",
    ".keras": "application/zip",
}

Entity = dict[str, Any]


def write(study: Study, layout: Layout) -> int:
    """Write the description into the results folder.

    Returns:
        the number of files that it names.

    Raises:
        InputError: the study is not finished, or where its samples come from is not known.
    """
    files.require_file(layout.folder / METADATA)
    if not layout.report.exists():
        raise InputError(f"no {layout.report}; run `snakemake --cores all` first")
    samples = _samples(layout)
    parts = [_file(layout.folder, path) for path in _paths(layout.folder)]
    graph = [_metadata(), _root(study, layout, parts), *_story(layout, samples), *parts]
    files.write_json(layout.folder / METADATA, {"@context": CONTEXT, "@graph": graph})
    return len(parts)


def _samples(layout: Layout) -> Entity:
    try:
        provenance = files.read_json(layout.data.provenance)
        told = {term: provenance[name] for term, name in ABOUT_SAMPLES.items()}
    except (OSError, ValueError, TypeError, KeyError):
        raise InputError(
            f"{layout.data.provenance} does not say where the samples come from; delete it and "
            "run `snakemake --cores all` again"
        ) from None
    known = {term: value for term, value in told.items() if value}
    return {"@id": SAMPLES, "@type": "Dataset", **known}


def _paths(folder: Path) -> list[Path]:
    """The files of the results, but for hidden ones and the description itself."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if path != Path(METADATA) and not _is_hidden(path))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _metadata() -> Entity:
    return {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": SPECIFICATION},
        "about": {"@id": "./"},
    }


def _root(study: Study, layout: Layout, parts: list[Entity]) -> Entity:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"pyreg study {study.study}",
        "description": DESCRIPTION,
        "datePublished": _date(layout),
        "license": {"@id": LICENCE},
        "isBasedOn": {"@id": SAMPLES},
        "mentions": {"@id": ACTION},
        "hasPart": [{"@id": part["@id"]} for part in parts],
    }


def _story(layout: Layout, samples: Entity) -> list[Entity]:
    """The program, the samples, what was done with them, and the licence of what came out."""
    action = {
        "@id": ACTION,
        "@type": "CreateAction",
        "name": "snakemake --cores all",
        "instrument": {"@id": SOFTWARE},
        "object": [{"@id": SAMPLES}, {"@id": layout.config.name}],
        "result": {"@id": layout.report.name},
    }
    software = {
        "@id": SOFTWARE,
        "@type": "SoftwareApplication",
        "name": "pyreg",
        "version": __version__,
    }
    licence = {"@id": LICENCE, "@type": "CreativeWork", "name": "MIT License"}
    return [samples, action, software, licence]


def _file(folder: Path, path: Path) -> Entity:
    size = (folder / path).stat().st_size
    return {
        "@id": path.as_posix(),
        "@type": "File",
        "name": path.name,
        "contentSize": str(size),
        "encodingFormat": _format(path),
        "sha256": files.digest_file(folder / path),
    }


def _format(path: Path) -> str:
    return FORMATS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"


def _date(layout: Layout) -> str:
    """The day of the report, in ISO form."""
    return datetime.date.fromtimestamp(layout.report.stat().st_mtime).isoformat()
