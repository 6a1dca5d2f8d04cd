"""The files in which R users keep a history, typed by hand, all read to the same values."""

import bz2
import gzip
import json
import lzma
import shutil
import subprocess

import numpy as np
import pytest

from pyreg import cli, files
from pyreg.errors import InputError
from pyreg.own_runs import band
from pyreg.own_runs import history as reading
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


def read_history(path, model="baseline"):
    return reading.read_history(path, model)


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
    "epochs as 1.0": LONG.replace('",1,', '",1.0,').replace('",2,', '",2.0,'),
    "names in capitals": """Epoch,Loss,Val_Loss,Accuracy
1,0.842340171337128,0.736093997955322,0.40625
2,0.5,NA,NA
""",
    "numbered by Keras": """loss,val_loss,accuracy_1
0.842340171337128,0.736093997955322,0.40625
0.5,NA,NA
""",
    "write.table": LONG.replace('"",', "").replace(",", " "),
    "write.table with commas": LONG.replace('"",', ""),
    "as printed in R": """
  epoch             value   metric       data
1     1 0.842340171337128     loss   training
2     2 0.5               loss       training
3     1 0.736093997955322     loss validation
4     2 NA     loss validation
5     1 0.40625 accuracy   training
""",
    "data as train and val": LONG.replace('"training"', '"train"').replace("validation", "val"),
    "data as FALSE and TRUE": LONG.replace('"training"', "FALSE").replace('"validation"', "TRUE"),
    "half wide": """epoch,data,loss,accuracy
1,training,0.842340171337128,0.40625
2,training,0.5,
1,validation,0.736093997955322,
2,validation,,
""",
    "all models in one": "model,"
    + "\n".join(
        line and f"{name}{line.split(',', 1)[1]}"
        for name, line in [
            ("", LONG.splitlines()[0].replace('""', "x")),
            *(("baseline,", line) for line in LONG.splitlines()[1:]),
            ("dropout,", '"9",1,0.1,"loss","training"'),
        ]
    ),
    "Python's history": """{"loss": [0.842340171337128, 0.5],
 "val_loss": [0.736093997955322, null], "accuracy": [0.40625, null]}""",
    "Python's whole History": """{"epoch": [0, 1], "params": {"epochs": 2}, "history":
 {"loss": [0.842340171337128, 0.5], "val_loss": [0.736093997955322, null],
  "acc": [0.40625, null]}}""",
    "jsonlite": """[{"epoch": 1, "loss": 0.842340171337128, "val_loss": 0.736093997955322,
 "acc": 0.40625}, {"epoch": 2, "loss": 0.5, "val_loss": "NA", "acc": "NA"}]""",
    "several histories by name": """{"dropout": {"loss": [9]}, "Baseline": {"metrics":
 {"loss": [0.842340171337128, 0.5], "val_loss": [0.736093997955322, null],
  "acc": [0.40625, null]}}}""",
    "for Excel": "sep=;\n" + LONG.replace(",", ";").replace("0.", "0,"),
}


@pytest.mark.parametrize("kind", FILES)
def test_every_form_gives_the_same_values(kind, tmp_path):
    path = tmp_path / "history.csv"
    path.write_text(FILES[kind], encoding="utf-8")
    assert read_history(path).values.to_dict() == VALUES


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_excel_s_unicode_is_read(encoding, tmp_path):
    (tmp_path / "history.csv").write_bytes(LONG.encode(encoding))
    assert read_history(tmp_path / "history.csv").values.to_dict() == VALUES


@pytest.mark.parametrize("opened", [gzip.open, bz2.open, lzma.open])
@pytest.mark.parametrize("name", ["history.csv.gz", "history", "history.rds"])
def test_files_are_known_by_what_they_hold(opened, name, tmp_path):
    with opened(tmp_path / name, "wt") as file:
        file.write(LONG)
    assert read_history(tmp_path / name).values.to_dict() == VALUES


# As the lesson compares its networks: rownames_to_column(), then perhaps gather().
COMPARED = """"rowname","baseline_train","baseline_val","dropout_train","dropout_val"
1,0.5,0.25,0.75,0.125
2,0.25,0.5,0.5,0.0625
"""
GATHERED = """"rowname","type","value"
1,"baseline_train",0.5
2,"baseline_train",0.25
1,"baseline_val",0.25
2,"baseline_val",0.5
1,"dropout_train",0.75
2,"dropout_train",0.5
1,"dropout_val",0.125
2,"dropout_val",0.0625
"""


@pytest.mark.parametrize("text", [COMPARED, GATHERED])
def test_the_lesson_s_own_table_gives_the_model_that_is_named(text, tmp_path):
    (tmp_path / "compare_cx.csv").write_text(text)
    found = read_history(tmp_path / "compare_cx.csv", "dropout")
    assert found.values.to_dict() == {
        ("loss", "training", 1): 0.75,
        ("loss", "training", 2): 0.5,
        ("loss", "validation", 1): 0.125,
        ("loss", "validation", 2): 0.0625,
    }
    assert found.assumed == ["its columns of dropout are the loss, which they do not say"]
    with pytest.raises(InputError, match="compares the models baseline, dropout, and no bigger"):
        read_history(tmp_path / "compare_cx.csv", "bigger")


@pytest.mark.parametrize(
    "text",
    [
        LONG.replace(",epoch,", ",time,"),
        "data,loss,acc\nval,0.736093997955322,NA\nval,NA,NA\n"
        "train,0.842340171337128,0.40625\ntrain,0.5,NA\n",
        "model,loss,val_loss,acc\nDropout,9,9,9\nBaseline,0.842340171337128,0.736093997955322,"
        "0.40625\nBaseline,0.5,NA,NA\nDropout,9,9,9\n",
    ],
)
def test_epochs_that_nothing_numbers_are_counted_within_each_curve(text, tmp_path):
    (tmp_path / "history.csv").write_text(text)
    assert read_history(tmp_path / "history.csv", "baseline").values.to_dict() == VALUES


def test_a_number_that_is_none_is_named_as_the_file_has_it(tmp_path):
    (tmp_path / "history.csv").write_text("epoch;loss;acc\n1;12.718,90;0,5\n2;8.001,25;0,7\n")
    with pytest.raises(InputError, match=r"'12\.718,90' is no number"):
        read_history(tmp_path / "history.csv", "baseline")


def test_validation_every_second_epoch_has_its_epochs(tmp_path):
    loss, val_loss = [0.5, 0.4, 0.3, 0.2, 0.1], [0.6, 0.7]
    (tmp_path / "h.json").write_text(json.dumps({"loss": loss, "val_loss": val_loss}))
    found = read_history(tmp_path / "h.json")
    assert found.values.xs("validation", level="data").to_dict() == {
        ("loss", 2): 0.6,
        ("loss", 4): 0.7,
    }
    assert found.assumed == ["its validation values are of every 2nd epoch (validation_freq = 2)"]
    # Of 1 value in 5 epochs, or of 3, nothing says which they are.
    for values in ([0.6], [0.6, 0.7, 0.8]):
        (tmp_path / "h.json").write_text(json.dumps({"loss": loss, "val_loss": values}))
        with pytest.raises(InputError, match="nothing says of which epochs they are"):
            read_history(tmp_path / "h.json")


def test_a_training_curve_is_never_shorter_than_another(tmp_path):
    for short in (
        {"loss": [4, 3, 2, 1], "accuracy": [0.5, 0.6]},
        {"loss": [1], "val_loss": [1, 2]},
    ):
        (tmp_path / "h.json").write_text(json.dumps(short))
        with pytest.raises(InputError, match="leaves no training value out; save the whole"):
            read_history(tmp_path / "h.json")


def test_a_training_value_that_is_left_out_is_a_gap(tmp_path):
    (tmp_path / "h.csv").write_text("epoch,loss,val_loss\n0,1,NA\n1,NA,NA\n2,2,1\n3,NA,NA\n")
    found = read_history(tmp_path / "h.csv")
    assert (found.gaps, found.diverged, found.ended) == ([2], None, 4)


@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_a_row_that_another_training_curve_has_is_a_gap(epoch, tmp_path):
    rows = [f"{e},0.5,{metric},training" for metric in ("loss", "acc") for e in (1, 2, 3)]
    rows.remove(f"{epoch},0.5,loss,training")
    (tmp_path / "h.csv").write_text("\n".join(["epoch,value,metric,data", *rows]))
    found = read_history(tmp_path / "h.csv")
    assert (found.gaps, found.diverged, found.ended) == ([epoch], None, None)


def test_columns_of_no_known_metric_are_named(tmp_path):
    (tmp_path / "h.csv").write_text("epoch,loss,auc,lr\n1,0.5,0.9,0.1\n")
    assert read_history(tmp_path / "h.csv").ignored == ["lr", "auc"]


def test_of_two_names_for_one_metric_the_plain_one_counts(tmp_path):
    (tmp_path / "h.csv").write_text("loss,accuracy,accuracy_1\n0.5,0.9,0.1\n")
    found = read_history(tmp_path / "h.csv")
    assert found.values["accuracy", "training", 1] == 0.9
    assert found.ignored == ["accuracy_1"]


@pytest.mark.parametrize(
    ("text", "diverged", "ended"),
    [
        ("loss,acc\n0.5,1\nNaN,1\nNaN,1\n", 2, None),
        ("loss,acc\n0.5,1\nInf,1\n", 2, None),
        ("loss,acc\n0.5,1\nNA,1\n", 2, None),  # R writes NaN as NA, but acc went on
        ("loss,acc\n0.5,1\nNA,NA\n", None, 2),  # diverged, or stopped
        ("epoch,loss,val_loss\n0,0.5,NA\n1,0.4,NA\n", None, None),  # no validation data
        ("loss,val_loss\n0.5,nan\n0.4,nan\n", None, None),
        ("epoch,loss,val_loss\n1,0.5,NA\n2,0.4,0.6\n3,0.3,NA\n", None, None),
    ],
)
def test_no_number_missing_and_stopped_are_told_apart(text, diverged, ended, tmp_path):
    (tmp_path / "h.csv").write_text(text)
    found = read_history(tmp_path / "h.csv")
    assert (found.diverged, found.ended) == (diverged, ended)


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
    "empty": ("", "is empty; expected saveRDS"),
    "blank": ("\n \n", "is empty; expected saveRDS"),
    "two runs by CSVLogger": ("epoch,loss\n0,0.5\n1,0.4\n0,0.5\n", "as of 2 runs; save one run"),
    "TensorBoard": ("Wall time,Step,Value\n1,0,0.5\n", "one curve exported from TensorBoard"),
    "too large": ("epoch,loss\n1,1e400\n", "larger or longer than any number of R's"),
    "an epoch before the first": ("epoch,loss\n-9,0.5\n", "an epoch is -9, expected whole"),
    "an epoch beyond all": ("epoch,loss\n100000000,0.5\n", "expected whole numbers from 0 or 1"),
    "a beginning lost": (
        "epoch,loss\n2,0.5\n3,0.4\n",
        "begins with epoch 2; save it from its first",
    ),
    "half an epoch": ("epoch,loss\n1.5,0.5\n", "an epoch is 1.5"),
    "other halves": ("epoch,value,metric,data\n1,2,loss,dev\n", "data is 'dev', expected training"),
    "other models": ("model,loss\nA,1\nB,2\n", "holds the models A, B, and no baseline"),
    "a column twice but for capitals": (
        '{"Loss": [9, 9], "loss": [1, 2]}',
        "Loss and loss differ in capitals alone",
    ),
    "no number, to Decimal one": ("loss\nnan123\n", "'nan123' is no number"),
    "underscores in a number": ("loss\n0.7_05\n", "'0.7_05' is no number"),
    "a truth value": ('{"loss": [true, false]}', "in place of a number there is true"),
    "a column twice": ("loss,loss\n1,2\n", "two columns are named loss"),
    "half a JSON": ('{"loss": [1, ', "is no whole JSON file"),
    "a name twice": ('{"loss": [1], "loss": [2]}', "has the name loss twice"),
    "a list of histories": (
        '[{"loss": [1, 2]}, {"loss": [1, 2]}]',
        "histories without names, 2 of",
    ),
    "numbers in lists": ('{"loss": [[1, 2], [3, 4]]}', "in place of a number there is a list of 2"),
    "null": ("[null]", "1 values without names"),
    "deep JSON": ("[" * 100_000, "nested too deeply"),
    "dput": ("structure(list(loss = 1))", "R code, as of dput"),
    "a web page": ("<!DOCTYPE html><html>", "a web page"),
    "no metric known": ('"x","y"\n1,2\n', "no value of loss or of a metric"),
    "not a number": ("loss\nhigh\n", "'high' is no number"),
    "a field too many": ("loss,acc\n0.5,2,3\n", "line 2: got 3 fields, expected 2"),
    "two histories": (
        "epoch,value,metric,data\n1,2,loss,training\n1,3,loss,training\n",
        "there 2 times, as of 2 runs",
    ),
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
        saveRDS(1:3, "{tmp_path}/numbers.rds")
        saveRDS(NULL, "{tmp_path}/null.rds")
        history$metrics <- list(loss = c(0.5, NA), acc = c(0.25, NA))
        saveRDS(history, "{tmp_path}/stopped.rds")"""
    subprocess.run(["Rscript", "-e", code], check=True)
    for name in ("history", "frame"):
        history = read_history(tmp_path / f"{name}.rds")
        assert history.values.to_dict() == VALUES
        assert history.digits == 15  # in no single precision, so it has been printed in between
    assert read_history(tmp_path / "stopped.rds").ended == 2
    for name, reason in (("numbers", "3 values without names"), ("null", r"nothing \(NULL\)")):
        with pytest.raises(InputError, match=f"holds no history to compare: it holds {reason}"):
            read_history(tmp_path / f"{name}.rds")


@pytest.mark.r
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no Rscript on the PATH")
def test_history_rds_of_a_run_reads_back_bit_for_bit(tmp_path):
    key = RunKey("python", "baseline", "per-epoch", 1)
    values = np.random.RandomState(1).uniform(0, 2, 300).astype(np.float32)
    table = history_table({"loss": values, "val_loss": values[::-1]}, key)
    files.write_csv(tmp_path / "history.csv", table)
    assert cli.main(["rds", str(tmp_path)]) == 0
    read = read_history(tmp_path / "history.rds")
    assert read.values.to_dict() == band.values_of(table).to_dict()
    assert (read.digits, read.steps.max()) == (None, 0)
