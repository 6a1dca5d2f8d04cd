"""A study's histories in, TensorBoard's event files out: a folder per run, as Keras names them."""

from pathlib import Path

import pandas as pd

from pyreg import files
from pyreg.config import Study
from pyreg.export.histories import runs
from pyreg.records.layout import Layout

FILE = "events.out.tfevents.0.pyreg"
VERSION = "brain.Event:2"  # without this first event TensorBoard reads none
# As the folders of keras.callbacks.TensorBoard are called.
PARTS = {"training": "train", "validation": "validation"}


def write(study: Study, layout: Layout, folder: Path) -> int:
    """Write the events of every run and replicate, into `folder`/ENGINE/MODEL/SHUFFLE/seed-N.

    Returns:
        the number of runs.

    Raises:
        InputError: there is no run, or one is damaged.
    """
    found = list(runs(study, layout))  # all are read before the first is written
    with files.atomic_folder(folder) as temporary:
        for run in found:
            for data, part in PARTS.items():
                values = run.history[run.history["data"] == data]
                _write_events(temporary / run.name / part, values, run.ended)
    return len(found)


def _write_events(folder: Path, values: pd.DataFrame, wall_time: float) -> None:
    """An event per value: its metric as the tag, its epoch as the step, counted from 0 by Keras."""
    from tensorflow.core.framework.summary_pb2 import Summary
    from tensorflow.core.util.event_pb2 import Event
    from tensorflow.io import TFRecordWriter

    folder.mkdir(parents=True)
    with TFRecordWriter(str(folder / FILE)) as writer:
        writer.write(Event(wall_time=wall_time, file_version=VERSION).SerializeToString())
        for metric, epoch, number in values[["metric", "epoch", "value"]].values.tolist():
            value = Summary.Value(tag=f"epoch_{metric}", simple_value=number)
            event = Event(wall_time=wall_time, step=epoch - 1, summary=Summary(value=[value]))
            writer.write(event.SerializeToString())
