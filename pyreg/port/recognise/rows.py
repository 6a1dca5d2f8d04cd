"""A matrix and others in, the other whose rows it holds out, with the numbers of the rows."""

from collections.abc import Iterable

import numpy as np

from pyreg.port.python import Py

LARGEST = 2**28  # bytes of what is searched


def rows_of(target: np.ndarray, sources: Iterable[Py]) -> tuple[Py, np.ndarray] | None:
    """The first source that has every row of the target, in whatever order."""
    for source in sources:
        value = source.value
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "biuf":
            continue
        if value.ndim != target.ndim or value.ndim < 2 or value.shape[1:] != target.shape[1:]:
            continue
        if value.nbytes > LARGEST or np.prod(value.shape[1:]) < 2:
            continue
        found = _rows(target, value)
        if found is not None:
            return source, found
    return None


def _rows(target: np.ndarray, value: np.ndarray) -> np.ndarray | None:
    index = {row.tobytes(): i for i, row in enumerate(_flat(value, target.dtype))}
    try:
        return np.array([index[row.tobytes()] for row in _flat(target, target.dtype)])
    except KeyError:
        return None


def _flat(array: np.ndarray, dtype: np.dtype) -> np.ndarray:
    return np.ascontiguousarray(array, dtype=dtype).reshape(len(array), -1)
