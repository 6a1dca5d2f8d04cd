"""One run in each of the shapes that R and Python users have it in: the verdict each gets.

docs/own-results.md has the table; all are written here, by Python or by one R session.
"""

import gzip
import json
import shutil
import subprocess

import pandas as pd
import pytest

from own_runs.test_comparison import EPOCHS, STUDY, history, results  # noqa: F401
from pyreg.errors import InputError
from pyreg.own_runs import sentences
from pyreg.own_runs.basis import basis_for
from pyreg.own_runs.comparison import compare
from pyreg.records.layout import Layout

LONG = history(1)[["epoch", "value", "metric", "data"]]
LONG = LONG[LONG["metric"] != "binary_crossentropy"]  # as the lesson's fit() has it
WIDE = LONG.assign(
    column=LONG["metric"].where(LONG["data"] == "training", "val_" + LONG["metric"])
).pivot(index="epoch", columns="column", values="value")
METRICS = {str(name): list(map(float, column)) for name, column in WIDE.items()}
NAN, STOPPED = WIDE.copy(), WIDE.copy()
NAN.loc[3:, "loss"] = float("nan")
STOPPED.loc[3:] = float("nan")
INFINITE = LONG.assign(value=LONG["value"].where(LONG["epoch"] < 3, float("inf")))


def csv(table: pd.DataFrame, **options) -> bytes:
    return table.to_csv(**{"index": False, **options}).encode()


COMPARED = WIDE.rename(columns={"loss": "baseline_train", "val_loss": "baseline_val"})
COMPARED = COMPARED[["baseline_train", "baseline_val"]].assign(dropout_train=9, dropout_val=9)
COMPARED = COMPARED.rename_axis(index="rowname", columns=None).reset_index()
HALVES = LONG.pivot(index=["epoch", "data"], columns="metric", values="value").reset_index()
# The name of a file -> its bytes, and how its verdict begins or what its message says.
FILES = {
    "fwrite.csv.gz": (gzip.compress(csv(LONG)), "identical"),
    "compare_cx-wide.csv": (csv(COMPARED), "identical"),
    "compare_cx-long.csv": (
        csv(COMPARED.melt("rowname", var_name="type")),
        "identical",
    ),
    "capitals.csv": (
        csv(WIDE.reset_index().rename(columns=lambda name: str(name).title())),
        "identical",
    ),
    "data-val.csv": (csv(LONG.replace({"training": "train", "validation": "val"})), "identical"),
    "data-bool.csv": (csv(LONG.assign(data=LONG["data"] == "validation")), "identical"),
    "pivot-data.csv": (csv(HALVES), "identical"),
    "utf16.csv": (csv(LONG, sep="\t").decode().encode("utf-16"), "identical"),
    "epoch-float.csv": (csv(LONG.astype({"epoch": float})), "identical"),
    "epoch-from-0.0.csv": (csv(LONG.assign(epoch=LONG["epoch"] - 1.0)), "identical"),
    "tfruns-metrics.json": (json.dumps(METRICS).encode(), "identical"),
    "python-history": (json.dumps({"history": METRICS, "epoch": [0]}).encode(), "identical"),
    "csvlogger-appended.csv": (csv(pd.concat([WIDE, WIDE]), index=True), "as of 2 runs"),
    "tensorboard.csv": (b"Wall time,Step,Value\n1,0,0.5\n", "one curve exported from TensorBoard"),
    "no-validation.csv": (csv(WIDE.assign(val_loss=float("nan"), val_accuracy=None)), "identical"),
    "nan.csv": (csv(NAN, na_rep="NaN"), "diverged"),
    "nan-written-NA.csv": (csv(NAN, na_rep="NA"), "diverged"),
    "nan-everywhere-NA.csv": (csv(STOPPED, na_rep="NA", index=True), "diverged or stopped"),
    "inf.csv": (csv(INFINITE), "diverged"),
}
BY_R = {
    "ascii.rds": "identical",
    "validation_freq.rds": "identical",
    "data.table.rds": "identical",
    "lists-of-numbers.rds": "identical",
    "history.RData": "identical",
    "write.table.csv": "identical",
    "row-names.rds": "identical",
    "rownames_to_column.rds": "identical",
    "compare_cx.rds": "identical",
    "longer.rds": "identical in part",
    "nan.rds": "diverged",
    "accuracy_1-wrong.rds": "outside",
}
CODE = r"""
long <- read.csv("long.csv"); wide <- as.list(read.csv("wide.csv"))
as_history <- function(metrics) structure(
  list(params = list(epochs = length(metrics$loss)), metrics = metrics),
  class = "keras_training_history"
)
saveRDS(as_history(wide), "ascii.rds", ascii = TRUE)
second <- function(x) x[c(FALSE, TRUE)]
saveRDS(as_history(within(wide, {val_loss <- second(val_loss); val_accuracy <- second(val_accuracy)})),
        "validation_freq.rds")
saveRDS(structure(long, class = c("data.table", "data.frame"),
                  .internal.selfref = methods::new("externalptr")), "data.table.rds")
saveRDS(lapply(wide, as.list), "lists-of-numbers.rds")
history <- as_history(wide); save(history, file = "history.RData")
write.table(long, "write.table.csv")
table <- as.data.frame(wide); rownames(table) <- as.character(seq_len(nrow(table)))
saveRDS(table, "row-names.rds")
saveRDS(cbind(rowname = as.character(seq_len(nrow(table))), table), "rownames_to_column.rds")
saveRDS(data.frame(rowname = as.character(seq_len(nrow(table))), baseline_train = wide$loss,
                   baseline_val = wide$val_loss, dropout_train = 9, dropout_val = 9),
        "compare_cx.rds")
saveRDS(as_history(lapply(wide, function(x) c(x, x))), "longer.rds")
saveRDS(as_history(within(wide, loss[3:4] <- NaN)), "nan.rds")
names(wide)[names(wide) == "accuracy"] <- "accuracy_1"
saveRDS(as_history(within(wide, accuracy_1[] <- 0.25)), "accuracy_1-wrong.rds")
"""


@pytest.fixture
def compared(results):  # noqa: F811
    basis = basis_for(STUDY, Layout(results), "baseline")
    return lambda path: compare(str(path), "baseline", basis, seed=1)


@pytest.fixture(scope="module")
def by_r(tmp_path_factory):
    """All that R writes, by one R."""
    folder = tmp_path_factory.mktemp("by-r")
    (folder / "long.csv").write_bytes(csv(LONG))
    (folder / "wide.csv").write_bytes(csv(WIDE))
    subprocess.run(["Rscript", "-e", CODE], cwd=folder, check=True)
    return folder


@pytest.mark.parametrize("name", FILES)
def test_files_of_python_and_of_text_get_their_verdict(name, compared, tmp_path):
    content, expected = FILES[name]
    (tmp_path / name).write_bytes(content)
    if expected.startswith(("as of", "one curve")):
        with pytest.raises(InputError, match=expected):
            compared(tmp_path / name)
    else:
        assert compared(tmp_path / name).kind == expected


@pytest.mark.r
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no Rscript on the PATH")
@pytest.mark.parametrize("name", BY_R)
def test_files_of_r_get_their_verdict(name, compared, by_r):
    found = compared(by_r / name)
    assert found.kind == BY_R[name]
    sentence = sentences.sentence(found)
    if name == "validation_freq.rds":
        assert "loss and accuracy (training) of epochs 1 to 4" in sentence
        assert "and in loss and accuracy (validation) of epochs 2, 4." in sentence
    if name == "longer.rds":
        assert f"epochs {EPOCHS + 1} to {2 * EPOCHS} were not compared" in sentence
    if name == "accuracy_1-wrong.rds":
        assert "but not in the training accuracy of epoch 1, which is 0.25" in sentence
