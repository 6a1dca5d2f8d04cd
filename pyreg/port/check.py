"""Run script.py, which lies beside this file, and compare all that it trains, evaluates and
predicts with what R gave, bit for bit. Needs Keras, NumPy and no R.

    python check.py

port.json, beside this file too, holds R's results. Exit code 0: identical; 1: different; 2: the
folder is too large. The script is run in a copy of the current folder: be in that of the R script
if it reads files. Files that stood in for data sets of Keras are taken from there too; without them
Keras loads its own.
"""

import builtins
import contextlib
import functools
import hashlib
import json
import math
import os
import runpy
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

METHODS = (
    "fit",
    "evaluate",
    "predict",
    "train_on_batch",
    "test_on_batch",
    "predict_on_batch",
    "save",
    "save_weights",
)
SAVE = ("keras.models.save_model", "keras.saving.save_model")  # two names of one function
SHOWN = 5  # values of a prediction that are kept to be shown
MOST_BYTES = 2 * 2**30  # of a folder that is copied
NOT_COPIED = shutil.ignore_patterns(
    ".*", "__pycache__", "renv", "node_modules", "packrat", "*.Rcheck"
)


# What is compared ---------------------------------------------------------------------------------


def outcome(method: str, model: Any, result: Any) -> dict[str, Any]:
    """What is compared of a call: numbers as they are, predictions and weights by their digests."""
    if method in ("fit", "save", "save_weights"):
        weights = [digest(np.asarray(weight)) for weight in model.get_weights()]
        if method != "fit":
            return {"call": method, "weights": weights}
        history = {name: [_number(v) for v in values] for name, values in result.history.items()}
        return {"call": method, "history": history, "weights": weights}
    if method.startswith("predict"):
        arrays = [np.asarray(array) for array in _flat(result)]
        first = [_number(value) for array in arrays[:1] for value in array.ravel()[:SHOWN]]
        return {"call": method, "predictions": [digest(array) for array in arrays], "first": first}
    if isinstance(result, dict):
        return {"call": method, "values": {name: _number(v) for name, v in result.items()}}
    return {"call": method, "values": [_number(value) for value in _flat(result)]}


def _number(value: Any) -> float | str:
    """The number, or "nan", "inf", "-inf": JSON knows none of them, and texts equal themselves."""
    number = float(value)
    return number if math.isfinite(number) else str(number)


def digest(array: np.ndarray) -> str:
    """SHA-256 of type, shape and content: equal for equal bits."""
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    content = little.tobytes() if little.dtype.kind in "biufc" else repr(little.tolist()).encode()
    return hashlib.sha256(f"{array.dtype.str}{array.shape}".encode() + content).hexdigest()


def first_difference(
    r: list[dict[str, Any]], python: list[dict[str, Any]], failure: str | None = None
) -> str | None:
    """Where the outcomes of R and of Python part first; None if they are identical.

    Args:
        failure: why the Python script stopped, if it did.
    """
    for number, (left, right) in enumerate(zip(r, python, strict=False), start=1):
        apart = difference(left, right)
        if apart:
            line = f", line {left['line']} of the R script" if "line" in left else ""
            return f"call {number} ({left['call']}{line}): {apart}"
    if failure is None and len(r) != len(python):
        return f"R makes {_calls(r)} to train, evaluate, predict or save, Python {len(python)}"
    return failure


def _calls(outcomes: list[dict[str, Any]]) -> str:
    return "1 call" if len(outcomes) == 1 else f"{len(outcomes)} calls"


def difference(left: dict[str, Any], right: dict[str, Any]) -> str | None:
    """Where R's outcome (left) and Python's of one call part; None if they are identical."""
    if left["call"] != right["call"]:
        return f"R calls {left['call']}, Python {right['call']}"
    for name, values in left.get("history", {}).items():
        others = right["history"].get(name)
        if others is None or len(values) != len(others):
            return f"{name}: {len(values)} epochs in R, {len(others or [])} in Python"
        for epoch, (a, b) in enumerate(zip(values, others, strict=True), start=1):
            if not _equal(a, b):
                return f"{name} in epoch {epoch}: R {a!r}, Python {b!r}"
    apart = _values_apart(left.get("values", []), right.get("values", []))
    if apart:
        return apart
    for name in ("first", "predictions", "weights"):
        apart = _apart(left.get(name, []), right.get(name, []))
        if apart:
            return f"{name.replace('first', 'prediction')} {apart}"
    return None


def _values_apart(left: Any, right: Any) -> str | None:
    """Loss and metrics: by their names where both have them; R names them, Python need not."""
    if isinstance(left, dict) and isinstance(right, dict):
        for name, value in left.items():
            if not _equal(value, right.get(name)):
                return f"{name}: R {value!r}, Python {right.get(name)!r}"
        return None
    lists = [list(v.values()) if isinstance(v, dict) else v for v in (left, right)]
    apart = _apart(*(sorted(values, key=_rank) for values in lists))
    return f"value {apart}" if apart else None


def _rank(value: float | str) -> tuple[bool, float | str]:
    """Numbers in their order, then what is none."""
    return isinstance(value, str), value


def _apart(left: list[Any], right: list[Any]) -> str | None:
    if len(left) != len(right):
        return f"{len(left)} in R, {len(right)} in Python"
    for i, (a, b) in enumerate(zip(left, right, strict=True), start=1):
        if not _equal(a, b):
            is_digest = isinstance(a, str) and isinstance(b, str)
            return f"{i} differs" if is_digest else f"{i}: R {a!r}, Python {b!r}"
    return None


def _equal(a: Any, b: Any) -> bool:
    return bool(a == b)


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _flat(item)
    elif value is not None:
        yield value


# Running the script -------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    folder = Path(__file__).resolve().parent
    verdict = json.loads((folder / "port.json").read_text(encoding="utf-8"))
    set_up(verdict["threads"])
    data = {name: Path(file).resolve() for name, file in verdict["data"].items()}
    found = {name: str(file) for name, file in data.items() if file.exists()}
    wanted = folder / "script.py", verdict["max_epochs"], found
    if arguments[:1] == ["--seen"]:  # for pyreg, which has made a copy, and compares by itself
        seen, failure = run(*wanted)
        told = json.dumps({"outcomes": seen, "failure": failure})
        Path(arguments[1]).write_text(told, encoding="utf-8")
        return 0
    if bytes_to_copy(Path.cwd()) > MOST_BYTES:
        print(
            f"{Path.cwd()} holds more than {MOST_BYTES // 2**30} GB, and the script is to run in a "
            "copy of it; run check.py in a folder with no more than the files that the script reads"
        )
        return 2
    with _in_a_copy():
        seen, failure = run(*wanted)
    apart = first_difference(verdict["outcomes"], seen, failure)
    if apart is None and not seen:
        print("nothing compared: the script trains, evaluates, predicts and saves nothing")
        return 1
    print(f"different: {apart}" if apart else f"identical: {_calls(seen)}")
    return 1 if apart else 0


def set_up(threads: int) -> None:
    """As R ran: so many threads, no GPU, Keras' own defaults."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    for variable in ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH"):  # cut training short
        os.environ.pop(variable, None)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    for variable in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ[variable] = str(threads)
    if threads > 1:
        os.environ["TF_DETERMINISTIC_OPS"] = "1"


@contextlib.contextmanager
def _in_a_copy() -> Iterator[None]:
    """Work in a copy of the current folder. What an earlier run of the script has left there is
    replaced: Keras would ask before it does so."""
    home = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="pyreg-check-") as temporary:
        copy = Path(temporary, home.name or "folder")
        copy_folder(home, copy)
        os.chdir(copy)
        ask, builtins.input = builtins.input, lambda prompt="": "y"
        try:
            yield
        finally:
            builtins.input = ask
            os.chdir(home)


def copy_folder(home: Path, copy: Path) -> None:
    """Copy a folder, but for what is hidden or no script's, and what cannot be read."""
    copy = copy.resolve()

    def left_out(folder: str, names: list[str]) -> set[str]:
        others = {name for name in names if not _is_copied(Path(folder, name), copy)}
        return NOT_COPIED(folder, names) | others

    shutil.copytree(home, copy, ignore=left_out, symlinks=True, ignore_dangling_symlinks=True)


def _is_copied(path: Path, copy: Path) -> bool:
    is_readable = (path.is_file() or path.is_dir()) and os.access(path, os.R_OK)
    return path.is_symlink() or (is_readable and path not in copy.parents)


def bytes_to_copy(home: Path) -> int:
    """How large what is copied of a folder is; counted no further than to the limit."""
    size = 0
    for folder, names, found in os.walk(home):
        left_out = NOT_COPIED(folder, [*names, *found])
        names[:] = [name for name in names if name not in left_out]
        for path in (Path(folder, name) for name in found if name not in left_out):
            size += path.stat().st_size if path.is_file() and not path.is_symlink() else 0
        if size > MOST_BYTES:
            break
    return size


def run(
    script: Path, max_epochs: int | None = None, data: dict[str, str] | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Run a script.

    Args:
        max_epochs: of every fit; None: as many as the script says.
        data: data set of Keras -> the file that stands in for it.

    Returns:
        the outcomes of its calls, in their order, and why it stopped, if it did.
    """
    keras = _keras()
    use_data(data or {})
    seen: list[dict[str, Any]] = []
    at_work: list[str] = []
    for method in METHODS:
        place = defining_class(keras.Model, method)
        _listen(place, method, method, seen, at_work, max_epochs)
    for path in SAVE:
        module, name = path.split(".")[1:]
        _listen(getattr(keras, module), name, "save", seen, at_work, max_epochs)
    sys.argv = [str(script)]
    try:
        runpy.run_path(str(script), run_name="__main__")
    except Exception as error:
        traceback.print_exc()
        lines = [
            f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(script)
        ]
        at = f" in line {lines[-1]}" if lines else ""
        return seen, f"script.py stops{at}: {type(error).__name__}: {str(error)[:200]}"
    return seen, None


def _keras() -> Any:
    """Keras, imported without a configuration file of the user's."""
    home = os.environ.get("KERAS_HOME")
    os.environ["KERAS_HOME"] = os.devnull  # where Keras finds none
    import keras

    del os.environ["KERAS_HOME"]
    if home is not None:
        os.environ["KERAS_HOME"] = home
    return keras


def _use_home() -> None:
    """Let Keras keep what it downloads where it always does, though it has read no file there."""
    import keras

    get_file = keras.utils.get_file
    namespace = getattr(get_file, "__wrapped__", get_file).__globals__
    home = os.environ.get("KERAS_HOME", Path.home() / ".keras")
    namespace["config"]._KERAS_DIR = str(home)


def _listen(
    place: Any, name: str, method: str, seen: list, at_work: list[str], max_epochs: int | None
) -> None:
    """Note calls of the function `name` of `place`, which takes a model first, as `method`'s."""
    original = getattr(place, name)

    @functools.wraps(original)
    def listened(*args: Any, **kwargs: Any) -> Any:
        if at_work:  # Keras' own call
            return original(*args, **kwargs)
        at_work.append(method)
        try:
            if method == "fit":
                kwargs = bounded(kwargs, max_epochs)
            result = original(*args, **kwargs)
        finally:
            at_work.pop()
        seen.append(outcome(method, args[0] if args else kwargs["model"], result))
        return result

    setattr(place, name, listened)


def defining_class(cls: type, name: str) -> Any:
    """The class a method is from: Keras asks whether others have overridden it."""
    return next(known for known in cls.__mro__ if name in vars(known))


def bounded(kwargs: dict[str, Any], max_epochs: int | None) -> dict[str, Any]:
    """Arguments of `fit` with at most so many epochs."""
    if max_epochs is None:
        return kwargs
    first = kwargs.get("initial_epoch") or 0
    return {**kwargs, "epochs": min(kwargs.get("epochs") or 1, first + max_epochs)}


# Data that stand in for Keras' --------------------------------------------------------------------


def use_data(files: dict[str, str]) -> list[str]:
    """Let `keras.datasets.NAME` read FILE, an .npz or .json, in place of what it downloads.

    Returns:
        A list that grows: the names of those that are loaded, files or not.
    """
    import keras

    _use_home()
    asked: list[str] = []
    for name in ("imdb", "reuters", "boston_housing", "mnist", "california_housing"):
        _redirect(getattr(keras.datasets, name).load_data, name, files, asked)
    for name in ("fashion_mnist", "cifar10", "cifar100"):  # their files are several
        module = getattr(keras.datasets, name)
        _redirect(module.load_data, name, {}, asked)
        if name in files:
            module.load_data = _loader(module.load_data, name, files[name], asked)
    return asked


def _redirect(
    function: Callable[..., Any], name: str, files: dict[str, str], asked: list[str]
) -> None:
    """Let the module of a data set, and its index of words, take files that it is given."""
    namespace = getattr(function, "__wrapped__", function).__globals__
    original = namespace["get_file"]

    def get_file(fname: str, *args: Any, **kwargs: Any) -> str:
        wanted = Path(fname).stem
        wanted = wanted if wanted.startswith(name) else name  # one of several files
        asked.append(wanted)
        return files[wanted] if wanted in files else original(fname, *args, **kwargs)

    namespace["get_file"] = get_file


def _loader(
    original: Callable[..., Any], name: str, file: str, asked: list[str]
) -> Callable[..., Any]:
    @functools.wraps(original)
    def load_data(*args: Any, **kwargs: Any) -> Any:
        asked.append(name)
        with np.load(file) as arrays:
            train = arrays["x_train"], arrays["y_train"]
            return train, (arrays["x_test"], arrays["y_test"])

    return load_data


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
