"""Device and threads in, a Keras set up for one job out; and what it ran on, for the record."""

import ctypes
import gc
import importlib.metadata
import importlib.util
import logging
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyreg.engines import environment
from pyreg.errors import InputError

PACKAGES = ["keras", "tensorflow", "jax", "torch", "numpy", "pandas", "rpy2", "rpy2-rinterface"]
# Keras and TensorFlow look for these to offer them more; training never uses what they offer.
LEFT_OUT = ["sklearn", "matplotlib", "jax"]
STDERR = 2
CPU_FEATURES = ["sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_bf16", "amx_tile"]
MOST_THREADS = 1024

# What `set_up` found and chose, for `describe`: the environment may change behind it.
_chosen: dict[str, Any] = {"threads": 0, "variables": {}}  # 0: as many as the library likes


def set_up(device: str = "auto", threads: int = 1, backend: str = "tensorflow") -> None:
    """Choose device, threads and backend. Call before anything imports Keras.

    One thread per job by default: these models gain nothing from more, and several jobs at once do.
    What the caller's environment and Keras' configuration file in the home say of these, or of
    anything else that numbers depend on, is set, left unread or recorded (see `environment`).

    Args:
        device: `auto`, `cpu` or `gpu`.
        threads: threads of one job.
        backend: `tensorflow`, `jax` or `torch`.

    Raises:
        InputError: the backend is not installed, `gpu` was asked for and the backend sees none, or
            the threads are no number of threads.
    """
    _check(threads, backend)
    for setting, why in environment.overruled(backend).items():
        print(f"note: {setting} is not used: {why}", file=sys.stderr)
    environment.clear()
    _chosen.update(threads=threads, variables=environment.recorded())
    # Importing and tracing TensorFlow makes a million objects that stay: looking for garbage among
    # them again and again took 1.5 s of every job.
    gc.set_threshold(100_000)
    _keep_freed_memory()
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # CUDA's absence is no news on a CPU
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # nor that each network is traced anew
    if device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
        os.environ["JAX_PLATFORMS"] = "cpu"
    for variable in environment.THREADS:
        os.environ[variable] = str(threads)
    _import_keras()
    if device == "gpu" and not _gpu_seen():
        raise InputError(
            f"device is gpu, but Keras on {backend} sees none; expected an "
            "NVIDIA GPU with its driver and `pip install pyreg[gpu]`; or set device: cpu"
        )


def describe() -> dict[str, Any]:
    """What a run's bits may depend on, as the libraries themselves answer.

    versions, CPU, threads, device, backend, oneDNN (None without TensorFlow), Keras' own settings,
    and `variables`: those of the environment that choose between ways to compute.
    """
    import keras

    device = "gpu" if _gpu_seen() else "cpu"
    return {
        "versions": {"python": platform.python_version(), **_versions()},
        "backend": keras.config.backend(),
        "keras": {
            "floatx": keras.config.floatx(),
            "epsilon": keras.config.epsilon(),
            "image_data_format": keras.config.image_data_format(),
        },
        "device": device,
        "device_name": _gpu_name() if device == "gpu" else cpu()["model"],
        "cpu": cpu(),
        "onednn": _onednn(),
        "platform": f"{platform.system()} {platform.machine()}",
        **_chosen,
    }


def _check(threads: int, backend: str) -> None:
    if not 1 <= threads <= MOST_THREADS:
        raise InputError(
            f"got {threads} threads, expected 1 to {MOST_THREADS}; name a number there"
        )
    if importlib.util.find_spec(backend) is None:
        raise InputError(
            f"Keras' backend {backend} is not installed here; `pip install {backend}`, "
            "or leave it out of `backends` in the configuration"
        )


def _keep_freed_memory() -> None:
    """Tell the C library to keep freed memory for the next step instead of returning it.

    Measured: a quarter to a half of the time of training went into getting the same pages back.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):  # not glibc
        return
    trim_threshold, mmap_max, arena_max = -1, -4, -8  # names in malloc.h, less M_
    mallopt(trim_threshold, 2**31 - 1)
    mallopt(mmap_max, 0)
    mallopt(arena_max, 1)  # other threads' arenas are given back all the same


def _import_keras() -> None:
    """Import Keras with its own defaults, whatever a keras.json says, and without what it would
    only offer more with: measured, 3 s instead of 5."""
    backend = os.environ["KERAS_BACKEND"]
    home = os.environ.get("KERAS_HOME")
    os.environ["KERAS_HOME"] = os.devnull  # where Keras finds no configuration and writes none
    hidden = _hidden([name for name in LEFT_OUT if name not in (backend, *sys.modules)])
    try:
        with hidden, start_up_lines_kept_back():
            import keras  # noqa: F401
    finally:
        del os.environ["KERAS_HOME"]
        if home is not None:
            os.environ["KERAS_HOME"] = home


@contextmanager
def _hidden(names: list[str]) -> Iterator[None]:
    """Let these packages seem not installed."""
    for name in names:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]


@contextmanager
def start_up_lines_kept_back() -> Iterator[None]:
    """Keep back what C++ prints on standard error before it can be told not to.

    It is shown if the import fails.
    """
    sys.stderr.flush()
    kept = os.dup(STDERR)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), STDERR)
        try:
            yield
        except BaseException:
            os.lseek(said.fileno(), 0, os.SEEK_SET)
            os.write(kept, said.read())
            raise
        finally:
            os.dup2(kept, STDERR)
            os.close(kept)


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _onednn() -> bool | None:
    """Whether TensorFlow computes with oneDNN; it alone knows how it reads its variable."""
    import keras

    if keras.config.backend() != "tensorflow":
        return None
    from tensorflow.python.util import _pywrap_util_port

    return bool(_pywrap_util_port.IsMklEnabled())


def _gpu_seen() -> bool:
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return bool(tf.config.list_physical_devices("GPU"))
    return any("gpu" in name or "cuda" in name for name in keras.distribution.list_devices())


def _gpu_name() -> str:
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        gpu = tf.config.list_physical_devices("GPU")[0]
        return tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name)
    if keras.backend.backend() == "jax":
        import jax

        return jax.devices()[0].device_kind
    return keras.distribution.list_devices()[0]


def cpu() -> dict[str, Any]:
    """Model name and the instruction sets that choose between arithmetic kernels."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return {"model": platform.processor() or platform.machine(), "features": []}
    entries = dict(line.split(":", 1) for line in lines if ":" in line)
    entries = {name.strip(): value.strip() for name, value in entries.items()}
    flags = set(entries.get("flags", "").split())
    return {
        "model": entries.get("model name", platform.machine()),
        "features": [feature for feature in CPU_FEATURES if feature in flags],
    }
