"""The files in which R users keep a history, typed by hand, all read to the same values."""

import shutil
import subprocess

import numpy as np
import pytest

from pyreg import cli, files
from pyreg.errors import InputError
from pyreg.own_runs import band
from pyreg.own_runs.history import read_history
from pyreg.records.layout import RunKey
from pyreg.records.run import history_table

# as.data.frame(history) of two epochs, as write.csv() prints it
LONG = """\
"","epoch","value","metric","data"
"1",1,0.842340171337128,"loss","training"
"2",2,0.5,"loss","training"
"3",1,0.736093997955322,"loss","validation"
"4",2,NA,"loss","validation"
"5",1,0.40625,"accuracy","training"
"""
VALUES = {
    ("loss", "training", 1): 0.842340171337128,
    ("loss", "training", 2): 0.5,
    ("loss", "validation", 1): 0.736093997955322,
    ("accuracy", "training", 1): 0.40625,
}
FILES = {
    "write.csv": LONG,
    "without row names": "\n".join(line.split(",", 1)[1] for line in LONG.splitlines()),
    "write.csv2": LONG.replace(",", ";").replace("0.", "0,"),
    "tabs": LONG.replace(",", "\t"),
    "old names": LONG.replace('"accuracy"', '"acc"'),
    "val_ in the metric": LONG.replace('"loss","validation"', '"val_loss","validation"'),
    "byte order mark": "\ufeff" + LONG,
    "other metrics too": LONG + '"6",1,0.7,"auc","training"\n',
    "wide": """loss,val_loss,acc
0.842340171337128,0.736093997955322,0.40625
0.5,NA,NA
""",
    "Keras' CSVLogger": """epoch,loss,val_loss,accuracy
0,0.842340171337128,0.736093997955322,0.40625
1,0.5,,
""",
}


@pytest.mark.parametrize("kind", FILES)
def test_every_form_gives_the_same_values(kind, tmp_path):
    path = tmp_path / "history.csv"
    path.write_text(FILES[kind], encoding="utf-8")
    assert read_history(path).values.to_dict() == VALUES


@pytest.mark.parametrize(
    ("column", "metric"),
    [
        ("mse", "mean_squared_error"),
        ("mae", "mean_absolute_error"),
        ("sparse_categorical_accuracy", "accuracy"),
        ("sparse_categorical_crossentropy", "sparse_categorical_crossentropy"),
    ],
)
def test_metrics_of_other_tasks_are_known_by_their_names_and_short_ones(column, metric, tmp_path):
    (tmp_path / "mine.csv").write_text(f"{column},val_{column}\n0.5,0.25\n")
    values = read_history(tmp_path / "mine.csv").values
    assert values.to_dict() == {(metric, "training", 1): 0.5, (metric, "validation", 1): 0.25}


def steps_of(tmp_path, *texts):
    path = tmp_path / "history.csv"
    path.write_text("loss\n" + "\n".join(texts) + "\n")
    history = read_history(path)
    return history.digits, [pytest.approx(step) for step in history.steps]


def test_rounding_in_print_is_seen(tmp_path):
    # round(x, 4), print(x, digits = 3), write.csv(x)
    assert steps_of(tmp_path, "0.1234", "0.05", "1.5") == (4, [1e-4, 1e-4, 1e-3])
    assert steps_of(tmp_path, "0.123", "0.0512", "12.3") == (3, [1e-3, 1e-4, 1e-1])
    assert steps_of(tmp_path, "0.842340171337128", "0.40625")[0] == 15
    assert steps_of(tmp_path, "1.2e-05", "0.5") == (2, [1e-6, 1e-2])


BAD = {
    "empty": ("", "got columns none"),
    "no metric known": ('"x","y"\n1,2\n', "no value of loss or of a metric"),
    "not a number": ("loss\nhigh\n", "'high' is no number"),
    "a field too many": ("loss,acc\n1,2,3\n", "line 2: got 3 fields, expected 2"),
    "two histories": ("epoch,value,metric,data\n1,2,loss,training\n1,3,loss,training\n", "twice"),
    "only missing values": ("loss\nNA\n", "no value of loss or of a metric"),
}


@pytest.mark.parametrize("kind", BAD)
def test_other_files_are_refused_with_a_reason(kind, tmp_path):
    content, reason = BAD[kind]
    path = tmp_path / "history.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=reason):
        read_history(path)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.csv"):
        read_history(tmp_path / "none.csv")


@pytest.mark.r
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no Rscript on the PATH")
def test_rds_of_a_history_and_of_its_data_frame(tmp_path):
    code = f"""
        metrics <- list(loss = c(0.842340171337128, 0.5), val_loss = c(0.736093997955322, NA),
                        acc = c(0.40625, NA))
        history <- structure(list(params = list(epochs = 2L), metrics = metrics),
                             class = "keras_training_history")
        saveRDS(history, "{tmp_path}/history.rds")
        frame <- data.frame(epoch = rep(1:2, 3), value = unlist(metrics),
                            metric = factor(rep(c("loss", "loss", "acc"), each = 2)),
                            data = factor(rep(c("training", "validation", "training"), each = 2)))
        saveRDS(frame, "{tmp_path}/frame.rds")
        saveRDS(1:3, "{tmp_path}/numbers.rds")"""
    subprocess.run(["Rscript", "-e", code], check=True)
    for name in ("history", "frame"):
        history = read_history(tmp_path / f"{name}.rds")
        assert history.values.to_dict() == VALUES
        assert history.digits is None
        assert (history.steps == 0).all()
    with pytest.raises(InputError, match="holds no keras history"):
        read_history(tmp_path / "numbers.rds")


@pytest.mark.r
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no Rscript on the PATH")
def test_history_rds_of_a_run_reads_back_bit_for_bit(tmp_path):
    key = RunKey("python", "baseline", "per-epoch", 1)
    values = np.random.RandomState(1).uniform(0, 2, 300).astype(np.float32)
    table = history_table({"loss": values, "val_accuracy": values[::-1]}, key)
    files.write_csv(tmp_path / "history.csv", table)
    assert cli.main(["rds", str(tmp_path)]) == 0
    read = read_history(tmp_path / "history.rds").values
    assert read.to_dict() == band.values_of(table).to_dict()
