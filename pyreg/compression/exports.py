"""A network in, its file for another program and that program's answers out: ONNX, LiteRT.

What they need is the extra `export`, and is imported where it is used.
"""

from pathlib import Path

import keras
import numpy as np

from pyreg.compression.measures import Network
from pyreg.engines.runtime import start_up_lines_kept_back


class Onnx:
    """Answers by ONNX Runtime, with one thread, as Keras has here."""

    ending = ".onnx"

    def __init__(self, path: Path, dtype: str) -> None:
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = 1
        self._session = InferenceSession(path, options, providers=["CPUExecutionProvider"])
        (self._input,) = self._session.get_inputs()
        self._dtype = dtype

    def predict_on_batch(self, x: np.ndarray) -> np.ndarray:
        (answers,) = self._session.run(None, {self._input.name: x.astype(self._dtype)})
        return answers


class LiteRT:
    """Answers by LiteRT's interpreter, with one thread."""

    ending = ".tflite"

    def __init__(self, path: Path, dtype: str) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(str(path), num_threads=1)
        (self._input,) = self._interpreter.get_input_details()
        (self._output,) = self._interpreter.get_output_details()
        self._dtype = dtype
        self._shape: tuple[int, ...] = ()

    def predict_on_batch(self, x: np.ndarray) -> np.ndarray:
        if x.shape != self._shape:
            self._interpreter.resize_tensor_input(self._input["index"], x.shape)
            self._interpreter.allocate_tensors()
            self._shape = x.shape
        self._interpreter.set_tensor(self._input["index"], x.astype(self._dtype))
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self._output["index"])


FORMATS: dict[str, type[Onnx] | type[LiteRT]] = {"onnx": Onnx, "litert": LiteRT}


def path_of(name: str, folder: Path) -> Path:
    return folder / f"{name}{FORMATS[name].ending}"


def exported(model: keras.Model, name: str, folder: Path) -> Network:
    """Write the network in a format, and answer by what was written."""
    path = path_of(name, folder)
    if name == "litert":
        _unroll(model)
    model(np.zeros((1, *model.input_shape[1:])))  # or Keras calls it never called
    with start_up_lines_kept_back():
        model.export(path, format=name, verbose=False)
    return FORMATS[name](path, model.inputs[0].dtype)


def _unroll(model: keras.Model) -> None:
    """Write each step of recurrent layers out: LiteRT's interpreter lacks TensorFlow's loop."""
    for layer in model.layers:
        directions = (getattr(layer, f"{name}_layer", None) for name in ("forward", "backward"))
        for one in (layer, *directions):
            if isinstance(one, keras.layers.RNN):
                one.unroll = True
