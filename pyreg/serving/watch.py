"""A run and its service's counts in, how far the two are apart out, looked at now and then."""

import threading
import time
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pyreg.errors import InputError
from pyreg.records.layout import Layout, RecordFolder
from pyreg.serving import DRIFT_LIMIT, counts, drift

SECONDS = 60  # for which an answer is good
SHARE = 20  # and so many times as long as it took: at most 5 % of a processor


class Seen(NamedTuple):
    """What was found: the table of `drift.compare` and what it says, or why there is none."""

    table: pd.DataFrame | None
    verdict: str


class Watch:
    """Holds what was counted against the training data, whoever asks and however often.

    Args:
        folder: of the run.
        path: of the counts.
    """

    def __init__(self, folder: Path, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._good_until = 0.0
        self._seen = Seen(None, "")
        self._training: drift.Sample | None
        try:
            self._training = drift.training_sample(Layout.of_run(folder), RecordFolder(folder))
        except InputError:  # a run may be served without its study's data
            self._training = None

    def latest(self) -> Seen:
        with self._turn:
            begin = time.monotonic()
            if begin >= self._good_until:
                self._seen = self._look()
                took = time.monotonic() - begin
                self._good_until = begin + took + max(SECONDS, SHARE * took)
            return self._seen

    def _look(self) -> Seen:
        # Whoever visits is told no path of this machine, which our errors name.
        if self._training is None:
            return Seen(None, "the training data are not here")
        try:
            counted = counts.read(self._path, "", len(self._training.per_word))
        except InputError:
            return Seen(None, "the counts cannot be read")
        num_texts = len(counted[0])
        if num_texts < drift.FEWEST:
            return Seen(None, f"{num_texts} texts were asked; {drift.FEWEST} are needed to compare")
        table = drift.compare(self._training, drift.served_sample(*counted), DRIFT_LIMIT)
        return Seen(table, drift.verdict(table, DRIFT_LIMIT, num_texts))
