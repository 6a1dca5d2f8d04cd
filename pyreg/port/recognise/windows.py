"""A matrix whose rows are stretches of a series in, the windows of the series out."""

from collections.abc import Iterator

import numpy as np

from pyreg.port.python import Py, combine
from pyreg.port.recognise.encodings import spelled

WINDOWS = "np.lib.stride_tricks.sliding_window_view(_0, _1)"


def proposals(target: np.ndarray, sources: list[Py]) -> Iterator[Py]:
    """Windows of one of the sources, from its beginning or from a later place."""
    if target.ndim != 2 or target.dtype.kind not in "iuf" or target.shape[1] < 2:
        return
    for source in sources:
        series = source.value
        if not isinstance(series, np.ndarray) or series.ndim != 1 or len(series) < target.size**0.5:
            continue
        starts = np.flatnonzero(series == target[0, 0])
        for start in starts[:3].tolist():
            if start + len(target) + target.shape[1] - 1 > len(series):
                continue
            windows = combine(WINDOWS, source, spelled(target.shape[1], sources))
            if start == 0 and len(windows.value) == len(target):
                yield windows
            end = spelled(start + len(target), sources)
            yield combine("_0[:_1]" if start == 0 else f"_0[{start}:_1]", windows, end)
