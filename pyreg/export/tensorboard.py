"""A study's histories in, TensorBoard's event files out: a folder per run, as Keras names them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from pyreg import files
from pyreg.config import Study
from pyreg.errors import InputError
from pyreg.records.layout import Layout, RecordFolder
from pyreg.records.run import read_history, read_info
from pyreg.study import plan

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
    number = 0
    for record in _records(study, layout):
        history, ended = _read(record)
        for names, run in history.groupby(["engine", "model", "shuffle", "seed"]):
            engine, model, shuffle, seed = map(str, names)
            number += 1
            for data, part in PARTS.items():
                place = folder / engine / model / shuffle / f"seed-{seed}" / part / FILE
                _write_events(place, run[run["data"] == data], ended)
    if not number:
        raise InputError(f"no run in {layout.folder}; run `snakemake --cores all` first")
    return number


def _records(study: Study, layout: Layout) -> Iterator[RecordFolder]:
    records = [layout.run(key) for key in plan.runs(study, with_r=True)]
    for one in [*plan.replicate_sets(study), *plan.backend_sets(study)]:
        records += plan.batches(study, layout, one)
    return (record for record in records if record.history.exists())


def _read(record: RecordFolder) -> tuple[pd.DataFrame, float]:
    """A history, and when its runs ended, in seconds."""
    try:
        times: dict[str, Any] = read_info(record.info)["times"]
        ended = datetime.fromisoformat(times["started"]).timestamp() + times["seconds"]
        return read_history(record.history), ended
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"cannot export {record.folder} ({error}); delete it and run `snakemake --cores all`"
        ) from None


def _write_events(path: Path, values: pd.DataFrame, wall_time: float) -> None:
    """An event per value: its metric as the tag, its epoch as the step, counted from 0 by Keras."""
    from tensorflow.core.framework.summary_pb2 import Summary
    from tensorflow.core.util.event_pb2 import Event
    from tensorflow.io import TFRecordWriter

    with files.atomic_file(path) as temporary, TFRecordWriter(str(temporary)) as writer:
        writer.write(Event(wall_time=wall_time, file_version=VERSION).SerializeToString())
        for metric, epoch, number in values[["metric", "epoch", "value"]].values.tolist():
            value = Summary.Value(tag=f"epoch_{metric}", simple_value=number)
            event = Event(wall_time=wall_time, step=epoch - 1, summary=Summary(value=[value]))
            writer.write(event.SerializeToString())
