"""A trained network in, files that Keras 2 and the tools of its time read out.

`model.json` and `model.weights.h5`, architecture and weights apart, and `model.h5`, both in one.
"""

import json
from pathlib import Path
from typing import Any

import h5py
import keras

from pyreg import files
from pyreg.errors import InputError
from pyreg.records.integrity import verified
from pyreg.records.network import of_network

VERSION = "2.15.0"  # whose form the architecture has
# What Keras 3 writes of layers and Keras 2 does not know.
UNKNOWN = ("module", "registered_name", "build_config", "optional", "quantization_config")
UNKNOWN_IF_EMPTY = (
    *("lora_rank", "lora_alpha", "use_cudnn", "zero_output_for_mask", "input_axes", "output_axes"),
    "rms_scaling",
)


def write(run: Path, folder: Path) -> list[str]:
    """Write the network of a run for Keras 2.

    Returns:
        the names of the files.

    Raises:
        InputError: there is no network, or one whose layers are no plain chain.
    """
    model = keras.saving.load_model(verified(of_network(run).model), compile=False)
    if not isinstance(model, keras.Sequential):
        raise InputError(
            f"{run} holds a network whose layers are no plain chain, which Keras 2 describes in "
            "another way; expected one without attention and positions"
        )
    architecture = json.dumps({**_in_keras_2(model), "backend": "tensorflow"})
    with files.atomic_folder(folder) as temporary:
        (temporary / "model.json").write_text(architecture, encoding="utf-8")
        model.save_weights(temporary / "model.weights.h5")
        model.save(temporary / "model.h5")
        with h5py.File(temporary / "model.h5", "r+") as file:
            file.attrs["model_config"] = architecture
            file.attrs["keras_version"] = VERSION
        return sorted(path.name for path in temporary.iterdir())


def _in_keras_2(model: keras.Sequential) -> dict[str, Any]:
    config = _known(model.get_config())
    return {"class_name": "Sequential", "config": config, "keras_version": VERSION}


def _known(value: Any) -> Any:
    """A configuration in the words of Keras 2."""
    if isinstance(value, (list, tuple)):
        return [_known(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "DTypePolicy":
        return value["config"]["name"]
    kept = {
        name: _known(one)
        for name, one in value.items()
        if name not in UNKNOWN and (one or name not in UNKNOWN_IF_EMPTY)
    }
    if "batch_shape" in kept:
        kept["batch_input_shape"] = kept.pop("batch_shape")
    return kept
