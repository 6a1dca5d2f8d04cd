"""The caller's environment variables in; out those that a result may depend on, each dealt with.

A result depends on the study's settings and on the machine, not on who starts the job. What would
change it all the same is set by `runtime.set_up`, cleared here, or recorded in run.json.
"""

import os
from collections.abc import Mapping

# `runtime.set_up` gives these their values, whatever the caller's are;
# the last of the threads' is that of XLA, and so of JAX.
THREADS = ["OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "NPROC"]
SET = {
    "KERAS_BACKEND": "each job's back end follows from the study's settings (`backends`)",
    **dict.fromkeys(THREADS, "a job has as many threads as its rule says"),
}
# Nothing of the study could say so, and nothing would show it.
CLEARED = {
    "KERAS_MAX_EPOCHS": "would end every training early",
    "KERAS_MAX_STEPS_PER_EPOCH": "would leave out batches",
    "KERAS_NNX_ENABLED": "would build JAX's models in another way",
}
# How the names begin by which the libraries are told to compute in another way: legitimate where a
# machine needs it. Whatever is set of these stands in run.json, so that no difference is without a
# name. Not all that begins with TF_: Terraform keeps passwords there.
RECORDED = (
    "TF_AUTO", "TF_CONV2D_", "TF_CUDNN_", "TF_DETERMINISTIC_", "TF_DISABLE_", "TF_ENABLE_",
    "TF_FP16_", "TF_JIT", "TF_MATMUL_", "TF_MKL_", "TF_ONEDNN_", "TF_OVERRIDE_GLOBAL_THREADPOOL",
    "TF_SET_ONEDNN_", "TF_USE_", "TF_XLA_", "XLA_", "JAX_", "KERAS_TORCH_DEVICE", "PYTORCH_",
    "TORCH_", "ONEDNN_", "DNNL_", "MKL_", "KMP_", "OMP_", "OPENBLAS_", "BLIS_", "NPY_",
    "GLIBC_TUNABLES", "CUBLAS_", "CUDNN_", "NVIDIA_TF32_OVERRIDE",
)  # fmt: skip
# Of these, what is only said, found or kept by them, and what scikit-learn sets once imported.
HARMLESS = (
    "JAX_PLATFORMS", "JAX_COMPILATION_CACHE_", "JAX_LOG", "KMP_WARNINGS", "KMP_SETTINGS",
    "KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK",
    "OMP_DISPLAY_", "ONEDNN_VERBOSE", "DNNL_VERBOSE", "MKL_VERBOSE", "TORCH_HOME",
)  # fmt: skip


def clear() -> None:
    """Take the variables of `CLEARED` out of this process's environment."""
    for name in CLEARED:
        os.environ.pop(name, None)


def recorded(variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that choose the arithmetic and were set by nobody but the caller."""
    return {
        name: variables[name]
        for name in sorted(variables)
        if name.startswith(RECORDED) and not name.startswith(HARMLESS) and name not in SET
    }


def overruled(
    backend: str = "tensorflow", variables: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """What the caller set for nothing, as `NAME=value` -> why.

    Args:
        backend: the one that the job uses.
    """
    ignored = dict(CLEARED)
    if variables.get("KERAS_BACKEND", backend) != backend:
        ignored["KERAS_BACKEND"] = SET["KERAS_BACKEND"]
    return {f"{name}={variables[name]}": why for name, why in ignored.items() if name in variables}
