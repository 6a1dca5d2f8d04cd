import numpy as np
import pandas as pd
import pytest

from pyreg import config, files
from pyreg.errors import InputError
from pyreg.records.layout import Layout, RunKey
from pyreg.records.run import history_table
from pyreg.statistics import metrics
from pyreg.statistics.metrics import COLUMNS


def history(
    training, validation, metric="binary_crossentropy", seed=1, engine="python", model="baseline"
):
    key = RunKey(engine, model, "per-epoch", seed)
    return history_table({metric: training, f"val_{metric}": validation}, key)


def test_cross_entropy_is_best_where_it_is_lowest():
    row = metrics.summarize(history([0.5, 0.25, 0.125], [0.75, 0.5, 1.0])).iloc[0]
    assert row[["last_training", "last_validation", "gap"]].tolist() == [0.125, 1.0, 0.875]
    assert row[["best_validation", "best_epoch"]].tolist() == [0.5, 2]
    assert row[["best_training", "best_gap"]].tolist() == [0.25, 0.25]


def test_accuracy_is_best_where_it_is_highest_and_its_gap_grows_with_overfitting_too():
    row = metrics.summarize(history([0.5, 0.75, 1.0], [0.625, 0.75, 0.5], "accuracy")).iloc[0]
    assert row["gap"] == 0.5  # 1.0 on training data, 0.5 on validation data
    assert row[["best_validation", "best_epoch", "best_gap"]].tolist() == [0.75, 2, 0.0]


def test_of_equal_epochs_the_first_is_the_best():
    assert metrics.summarize(history([1.0] * 3, [0.5, 0.25, 0.25])).iloc[0]["best_epoch"] == 2


def test_epochs_count_in_their_order_whatever_the_order_of_the_rows():
    shuffled = history([0.5, 0.25, 0.125], [0.75, 0.5, 1.0]).sample(frac=1, random_state=1)
    assert metrics.summarize(shuffled).iloc[0]["gap"] == 0.875


def test_a_diverged_run_has_no_best_epoch_and_stays_in_the_table(tmp_path):
    table = metrics.summarize(history([0.5, np.nan], [0.5, np.nan]))
    assert table["best_epoch"].isna().all()
    assert len(table) == 1


def test_the_loss_is_left_out_as_it_holds_each_model_s_own_penalty():
    both = pd.concat([history([1.0], [1.0], "loss"), history([1.0], [1.0])])
    assert metrics.summarize(both)["metric"].tolist() == ["binary_crossentropy"]


def test_every_run_is_a_row_of_its_own():
    runs = [history([1.0], [1.0], seed=s, engine=e) for s in (1, 2) for e in ("python", "r")]
    assert len(metrics.summarize(pd.concat(runs))) == 4


@pytest.fixture
def study():
    return config.load(
        {"models": {"baseline": {"units": [2]}}, "replicates": 2, "replicate_batch": 1}
    )


def save(folder, engine, seed=1):
    files.write_csv(folder / "history.csv", history([1.0], [0.5], seed=seed, engine=engine))


def test_exact_runs_and_replicates_are_collected_and_r_may_be_absent(study, tmp_path):
    save(tmp_path / "runs/python/baseline/per-epoch/seed-1", "python")
    for seed in (1, 2):
        folder = tmp_path / f"replicates/baseline/per-epoch/seeds-{seed}-{seed}"
        save(folder, "python-replicates", seed)
    table = metrics.collect(study, Layout(tmp_path))
    assert table.columns.tolist() == COLUMNS
    assert table[["engine", "seed"]].to_numpy().tolist() == [
        ["python", 1],
        ["python-replicates", 1],
        ["python-replicates", 2],
    ]


def test_a_missing_python_run_and_a_missing_batch_of_replicates_are_named(study, tmp_path):
    with pytest.raises(InputError, match="seed-1"):
        metrics.collect(study, Layout(tmp_path))
    save(tmp_path / "runs/python/baseline/per-epoch/seed-1", "python")
    with pytest.raises(InputError, match="seeds-1-1"):
        metrics.collect(study, Layout(tmp_path))


def test_the_table_s_epochs_are_whole_numbers(study, tmp_path):
    table = metrics.summarize(pd.concat([history([1.0], [0.5]), history([1.0], [np.nan], seed=2)]))
    files.write_csv(tmp_path / "metrics.csv", table[COLUMNS])
    lines = (tmp_path / "metrics.csv").read_text().splitlines()
    assert lines[1].endswith(",0.5,1")
    assert lines[2].endswith(",NA,NA")
