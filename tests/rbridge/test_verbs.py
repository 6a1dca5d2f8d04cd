"""The tables of verbs, against the signatures of Python's Keras, the bridge and R's keras3."""

import ast
import inspect
import json
import re
import subprocess
from collections import Counter

import pandas as pd
import pytest
from conftest import ROOT

from pyreg.rbridge import available
from pyreg.rbridge.front_end import KERAS2, KERAS3

FOUND, REASON = available()
needs_r = pytest.mark.skipif(not FOUND, reason=REASON)

# What R has for itself: the piped object, and the count from 1.
OF_R = {"object", "inputs", "...", "zero_indexed", "convert"}
SERVED_FROM_TABLE = {"layer", "merge", "call", "choice", "method", "application", "dataset"}

OPTIMIZERS = "adadelta adafactor adagrad adam adam_w adamax ftrl lamb lion muon nadam rmsprop sgd"
OLDER_MUON = "keras3 1.5.1 shows what an older Keras had; nothing is sent, so Keras' own holds"
# R's default is not Python's: why.
OTHER_DEFAULTS = {
    **{
        (f"optimizer_{name}", "name"): "Keras takes it from the class"
        for name in OPTIMIZERS.split()
    },
    ("optimizer_muon", "weight_decay"): OLDER_MUON,
    ("optimizer_muon", "adam_lr_ratio"): OLDER_MUON,
    ("optimizer_muon", "ns_steps"): OLDER_MUON,
    ("dataset_reuters_word_index", "path"): "keras3 names a file that Keras no longer has",
    ("op_ctc_decode", "mask_index"): "counted from 1",
    ("op_ctc_loss", "mask_index"): "counted from 1",
    ("op_image_extract_patches", "data_format"): "None means this to Keras",
    # of keras 2
    ("loss_kullback_leibler_divergence", "reduction"): "`auto` was this in keras 2",
    ("loss_logcosh", "reduction"): "`auto` was this in keras 2",
    ("metric_accuracy", "name"): "Keras takes it from the class",
    ("metric_kullback_leibler_divergence", "name"): "its name in Keras 3",
}
# Python takes it among its **kwargs, or not at all: why.
OTHER_NAMES = {
    ("layer_feature_space", "feature_names"): "keras3 has it, Keras does not",
    ("text_one_hot", "text"): "an old name of input_text",
    ("text_to_word_sequence", "text"): "Keras calls it input_text",
}


def read_table(name):
    return pd.read_csv(ROOT / "R" / name, comment="#", dtype=str, keep_default_na=False)


TABLES = {"keras3": read_table(KERAS3), "keras2": read_table(KERAS2)}
ROWS = [
    pytest.param(row, id=row.verb)
    for table in TABLES.values()
    for row in table.itertuples()
    if row.kind in SERVED_FROM_TABLE
]


def arguments_of(row):
    """Names and defaults, as R writes them; None where there is no default."""
    parts, depth, quoted = [""], 0, False
    for character in row.arguments:
        quoted ^= character == '"'
        depth += 0 if quoted else (character in "([") - (character in ")]")
        if character == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    pairs = (part.strip().partition(" = ") for part in parts if part.strip())
    return {name: default if equals else None for name, equals, default in pairs}


def value_of(default):
    """What R's text of a default is in Python."""
    text = re.sub(r"\b(\d+)L\b", r"\1", default)
    for r, python in {"NULL": "None", "TRUE": "True", "FALSE": "False"}.items():
        text = re.sub(rf"\b{r}\b", python, text)
    text = re.sub(r"\b(list|c|tuple)\(", "[", text).replace(")", "]")
    return ast.literal_eval(text)


def comparable(value):
    if isinstance(value, (list, tuple)):
        return [comparable(item) for item in value]
    return value if isinstance(value, (bool, str)) or value is None else float(value)


def from_zero(axis):
    if isinstance(axis, list):
        return [from_zero(one) for one in axis]
    return axis - 1 if axis is not None and axis > 0 else axis


def parameters_of(row):
    """What Python takes by name, and whether it takes others as well."""
    from pyreg.rbridge.offered import symbol

    found, takes_others = {}, False
    for path in row.symbol.split():
        target = symbol(path)
        signature = inspect.signature(target.__init__ if inspect.isclass(target) else target)
        for parameter in signature.parameters.values():
            takes_others |= parameter.kind is inspect.Parameter.VAR_KEYWORD
            found.setdefault(parameter.name, parameter.default)
    return found, takes_others


def pairs(text):
    return dict(pair.split("=") for pair in text.split())


@needs_r
@pytest.mark.parametrize("row", ROWS)
def test_python_takes_what_the_table_sends_and_has_its_defaults(row):
    parameters, takes_others = parameters_of(row)
    renamed, converted = pairs(row.rename), pairs(row.convert)
    for name, default in arguments_of(row).items():
        python_name = renamed.get(name, name)
        if name in OF_R:
            continue
        if python_name not in parameters:
            assert takes_others or (row.verb, name) in OTHER_NAMES, f"Python has no {python_name}"
            continue
        if default is None:
            continue
        value = value_of(default)
        if converted.get(name) == "axis":
            value = from_zero(value)
        if converted.get(name) == "first":
            value = value[0]
        is_same = parameters[python_name] is not inspect.Parameter.empty and (
            comparable(value) == comparable(parameters[python_name])
        )
        assert is_same != ((row.verb, name) in OTHER_DEFAULTS), (name, default)


@needs_r
def test_the_page_on_the_bridge_counts_right():
    page = " ".join((ROOT / "docs" / "bridge.md").read_text().split())
    table, old = TABLES["keras3"], TABLES["keras2"]
    with_symbol = int((table["symbol"] != "").sum())
    own = table["kind"].isin(["own", "object", "none"])
    assert f"{with_symbol} stand for a function or class" in page
    assert f"{791 - with_symbol} are R's own helpers" in page
    assert f"{int((~own).sum())} of them need no code of their own" in page
    compared = sum(
        default is not None and renamed.get(name, name) in parameters
        for row in table.itertuples()
        if row.kind in SERVED_FROM_TABLE
        for parameters, renamed in [(parameters_of(row)[0], pairs(row.rename))]
        for name, default in arguments_of(row).items()
        if name not in OF_R
    )
    differing = sum(verb in set(table["verb"]) for verb, _ in OTHER_DEFAULTS)
    assert f"{compared - differing:,} of the {compared:,} defaults are the same" in page
    works = ~old["kind"].isin(["gone", "argument"])
    assert f"{int(works.sum())} work" in page
    scripts = (ROOT / "tests" / "rbridge" / "verbs.R").read_text()
    assert f"{len(re.findall(r'^  [a-z0-9_]+ = function', scripts, re.MULTILINE))} scripts" in page


def test_the_lists_of_exceptions_name_arguments_that_are_there():
    known = {(row.verb, name) for p in ROWS for row in p.values for name in arguments_of(row)}
    assert set(OTHER_DEFAULTS) | set(OTHER_NAMES) <= known


def test_all_792_exports_of_keras3_are_accounted_for():
    kinds = Counter(TABLES["keras3"]["kind"])
    assert sum(kinds.values()) == TABLES["keras3"]["verb"].nunique() == 792
    assert set(kinds) == SERVED_FROM_TABLE | {"own", "object", "none"}
    assert list(TABLES["keras3"].query("kind == 'none'")["verb"]) == ["."]  # dotty's


def test_all_exports_of_keras_2_that_are_gone_are_accounted_for():
    old = TABLES["keras2"].query("kind != 'argument'")
    assert old["verb"].is_unique
    assert not set(old["verb"]) & set(TABLES["keras3"]["verb"])
    assert len(old) == 259
    assert (old["becomes"] != "").all()


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_conversion_in_the_tables_is_one_that_is_made(table):
    made = (ROOT / "R" / "inst" / "bridge" / "arguments.R").read_text().split("conversions <- ")[1]
    known = set(re.findall(r"(\w+) = ", made)) | {"index_from"}
    used = {code for text in table["convert"] for code in pairs(text).values()}
    assert used <= known


# In R --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def r():
    from pyreg.rbridge import front_end, session

    front_end.use("bridge")
    return session


@needs_r
@pytest.mark.r
def test_the_functions_in_r_have_the_arguments_of_the_table(r):
    written = r.evaluate("""
      place <- as.environment("pyreg:keras3")
      verbs <- Filter(function(name) is.function(place[[name]]), ls(place, all.names = TRUE))
      as.list(vapply(verbs, function(name) {
        given <- formals(place[[name]])
        texts <- vapply(given, function(x) paste(deparse(x, 500L), collapse = " "), "")
        toString(ifelse(texts == "", names(given), paste(names(given), "=", texts)))
      }, ""))
    """)
    table = TABLES["keras3"].query("kind not in ['object', 'none']")
    expected = {row.verb: row.arguments for row in table.itertuples()}
    assert {name: text.replace("`", "") for name, text in written.items()} == expected


@needs_r
@pytest.mark.r
@pytest.mark.parametrize("code", ["set_random_seed(1)", "clear_session()", "gc$collect"])
def test_what_python_returns_none_of_is_not_shown(r, code):
    r.evaluate("gc <- import_python('gc')")
    assert r.evaluate(f"withVisible({code})$visible") is (code == "gc$collect")


@needs_r
@pytest.mark.keras3
def test_the_table_is_what_keras3_exports():
    code = """
      suppressPackageStartupMessages(library(keras3))
      keras_model <- "keras.src.models.model.Model"
      shown <- function(name) {
        f <- getExportedValue("keras3", name)
        if (name %in% c("compile", "evaluate", "export_savedmodel", "fit")) {
          namespace <- asNamespace("keras3")
          f <- getS3method(name, keras_model, envir = namespace)
        }
        if (!is.function(f)) return("")
        given <- formals(args(f))
        texts <- vapply(given, function(x) paste(deparse(x, 500L), collapse = " "), "")
        toString(ifelse(texts == "", names(given), paste(names(given), "=", texts)))
      }
      names <- getNamespaceExports("keras3")
      cat(jsonlite::toJSON(as.list(sapply(names, shown)), auto_unbox = TRUE))
    """
    done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True)
    if "there is no package called" in done.stderr:
        pytest.skip("R's keras3 is not installed")
    exported = json.loads(done.stdout)
    table = {row.verb: row.arguments for row in TABLES["keras3"].itertuples()}
    assert table.keys() == exported.keys()
    assert {name: text for name, text in table.items() if text != exported[name]} == {}
