"""A study's histories in, an MLflow database out: an experiment with a run for each."""

from pathlib import Path
from typing import Any

from pyreg import files
from pyreg.config import Study
from pyreg.errors import InputError
from pyreg.export.histories import Run, runs
from pyreg.records.layout import Layout

MILLISECONDS = 1000
MOST_AT_ONCE = 1000  # metrics that MLflow takes in one call


def write(study: Study, layout: Layout, path: Path) -> int:
    """Write the SQLite database `path`, in place of one that is there.

    Returns:
        the number of runs.

    Raises:
        InputError: MLflow is not installed; there is no run, or one is damaged.
    """
    try:
        from mlflow import MlflowClient
    except ImportError:
        raise InputError('MLflow is not installed here; pip install "mlflow>=3"') from None
    files.require_file(path)
    found = list(runs(study, layout))
    with files.atomic_file(path) as temporary:
        client = MlflowClient(tracking_uri=f"sqlite:///{temporary}")
        experiment = client.create_experiment(study.study)
        for run in found:
            _log(client, experiment, run)
    return len(found)


def _log(client: Any, experiment: str, run: Run) -> None:
    """As `mlflow.keras` does: a metric per curve, a step per epoch, counted from 0."""
    from mlflow.entities import Metric, Param

    started, ended = int(run.started * MILLISECONDS), int(run.ended * MILLISECONDS)
    number = client.create_run(experiment, start_time=started, run_name=run.name).info.run_id
    columns = ["metric", "data", "epoch", "value"]
    metrics = [
        Metric(metric if data == "training" else f"val_{metric}", value, ended, epoch - 1)
        for metric, data, epoch, value in run.history[columns].values.tolist()
    ]
    named = ("engine", "model", "shuffle", "seed")
    client.log_batch(number, params=[Param(name, getattr(run, name)) for name in named])
    for first in range(0, len(metrics), MOST_AT_ONCE):
        client.log_batch(number, metrics=metrics[first : first + MOST_AT_ONCE])
    client.set_terminated(number, end_time=ended)
