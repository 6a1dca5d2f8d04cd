"""A trained network in, the file that Keras would save out: the same bytes for the same network."""

import io
import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import keras

from pyreg import files

# A file says neither when it was written nor where its objects lay in memory.
DATE = "1980-01-01@00:00:00"
SHARED_OBJECT = re.compile(r'("shared_object_id": )(\d+)')


def forget_names() -> None:
    """Let Keras name layers anew, `dense` first, whatever this process has built before.

    Call it before the seed is set.
    """
    keras.utils.clear_session(free_memory=False)


def as_bytes(model: keras.Model) -> bytes:
    """`model.keras`: architecture, weights, how it was compiled, and the optimizer's state."""
    with files.temporary_folder("pyreg-model") as folder:
        path = folder / "model.keras"
        model.save(path)
        return _without_chance(path)


def without_optimizer(model: keras.Model) -> bytes:
    """`as_bytes` without what only further training needs, to a third of the size with adam."""
    optimizer, model.optimizer = model.optimizer, None
    try:
        return as_bytes(model)
    finally:
        model.optimizer = optimizer


def side_by_side(networks: Sequence[keras.Model], seeds: Sequence[int]) -> keras.Model:
    """One network that says what each of these says, array (num_samples, num_networks, ...).

    Each is a layer of it, `seed-N`, and can be taken out.
    """
    copies = [_copy(network, f"seed-{seed}") for network, seed in zip(networks, seeds, strict=True)]
    (first,) = copies[0].inputs
    inputs = keras.Input(first.shape[1:], dtype=first.dtype)
    return keras.Model(inputs, keras.ops.stack([copy(inputs) for copy in copies], axis=1))


def _copy(network: keras.Model, name: str) -> keras.Model:
    """With nothing of what training needs."""
    copy = type(network).from_config({**network.get_config(), "name": name})
    copy.set_weights(network.get_weights())
    return copy


def _without_chance(path: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(content, "w") as written:
        for name in archive.namelist():
            # A ZipInfo of a name alone has the date 1980-01-01.
            written.writestr(zipfile.ZipInfo(name), _normal(name, archive.read(name)))
    return content.getvalue()


def _normal(name: str, content: bytes) -> bytes:
    if name == "metadata.json":
        return json.dumps({**json.loads(content), "date_saved": DATE}).encode()
    if name == "config.json":
        return _numbered(content.decode()).encode()
    return content


def _numbered(config: str) -> str:
    """Objects that several layers share are told by their address: here by the order they come."""
    numbers: dict[str, int] = {}
    return SHARED_OBJECT.sub(
        lambda found: f"{found[1]}{numbers.setdefault(found[2], len(numbers) + 1)}", config
    )
