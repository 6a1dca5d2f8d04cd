import inspect
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pandas as pd
import psutil
import pytest

from pyreg.errors import InputError, PyregError
from pyreg.rbridge import availability, available

FOUND, REASON = available()
pytestmark = [pytest.mark.r, pytest.mark.skipif(not FOUND, reason=REASON)]

ROUND_TRIPS = [
    "NULL",
    "NA",
    "TRUE",
    "1L",
    "-2.5",
    "1e300",
    "NA_real_",
    "NaN",
    "c(1.5, NA, NaN, Inf)",
    "c(1L, NA, 3L)",
    "c(TRUE, NA, FALSE)",
    "1:10",
    "seq_len(5e6)",
    "'grüße, 漢字 \\u20ac'",
    "c('a', NA, 'ß')",
    "''",
    "as.raw(c(0, 255))",
    "list()",
    "list(1L, 'a', NULL, TRUE, 2.5)",
    "list(a = 1L, b = list(c = 'x', d = c(1, 2)))",
    "matrix(1:6, nrow = 2)",
    "matrix(c(1L, NA, 3L, 4L), nrow = 2)",
    "matrix(c(TRUE, NA, FALSE, TRUE), nrow = 2)",
    "matrix(c(1.5, NA, NaN, 2), nrow = 2)",
    "matrix(c('a', NA, 'é', 'd'), nrow = 2)",
    "matrix(0, nrow = 0, ncol = 3)",
    "array(as.numeric(1:24), c(2, 3, 4))",
    "factor(c('b', NA, 'a', 'b'), levels = c('b', 'a', 'unused'))",
    "factor(c('low', 'high'), levels = c('low', 'high'), ordered = TRUE)",
    "data.frame(n = 1:3, x = c(0.5, NA, 1), s = c('é', NA, 'b'), l = c(TRUE, NA, FALSE))",
    "data.frame(i = c(1L, NA), f = factor(c('u', 'v')), row.names = c('first', 'second'))",
    "data.frame(x = 1)",
    "data.frame()",
]


@pytest.fixture(scope="module")
def r():
    from pyreg.rbridge import session

    session.start()
    return session


# Conversions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ROUND_TRIPS)
def test_r_gets_back_from_python_what_it_gave(r, code):
    assert r.evaluate(f"x <- {code}; identical(import_python('copy')$copy(x), x)") is True


@pytest.mark.parametrize("code", ["integer()", "numeric()", "logical()", "character()"])
def test_an_empty_vector_is_an_empty_list_to_python_and_back(r, code):
    assert r.evaluate(f"identical(import_python('copy')$copy({code}), list())") is True
    assert len(r.evaluate(code)) == 0


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("NULL", None),
        ("3L", 3),
        ("3", 3.0),
        ("FALSE", False),
        ("'café'", "café"),
        ("c('a', 'b')", ["a", "b"]),
        ("list(1L, 'a')", [1, "a"]),
        ("list(a = 1L, b = NULL)", {"a": 1, "b": None}),
        ("as.raw(c(1, 2))", b"\x01\x02"),
    ],
)
def test_scalars_strings_and_lists_are_python_s_own(r, code, expected):
    value = r.evaluate(code)
    assert value == expected
    assert type(value) is type(expected)


def test_an_r_matrix_keeps_its_rows_and_columns(r):
    matrix = r.evaluate("matrix(1:6, nrow = 2)")  # column by column: 1 2, 3 4, 5 6
    assert matrix.tolist() == [[1, 3, 5], [2, 4, 6]]
    assert matrix.dtype == np.int32


def test_a_row_major_array_becomes_the_same_r_matrix(r):
    array = np.arange(6, dtype=np.int64).reshape(2, 3)
    assert r.call("dim", array).tolist() == [2, 3]
    assert r.call("[", array, 2, 1) == 3
    assert r.call("[", np.asfortranarray(array), 2, 1) == 3


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int16, np.int64, np.float32, np.float64])
def test_numpy_types_keep_their_values(r, dtype):
    array = np.array([[0, 1], [1, 0], [1, 1]], dtype=dtype)
    assert np.array_equal(r.call("identity", array), array)


def test_missing_values_stay_missing(r):
    assert r.evaluate("NA_integer_") is pd.NA
    assert r.evaluate("NA_character_") is pd.NA
    integers = r.evaluate("c(1L, NA)")
    assert integers.mask.tolist() == [False, True]
    assert np.isnan(r.evaluate("c(1, NA)")[1])
    assert r.call("is.na", [1, pd.NA, 3]).tolist() == [False, True, False]
    assert r.call("is.na", np.ma.MaskedArray([1.5, 2.5], [True, False])).tolist() == [True, False]


def test_a_data_frame_arrives_with_the_types_of_its_columns(r):
    frame = r.evaluate("data.frame(i = c(1L, NA), s = c('a', NA), f = factor(c('u', 'v')))")
    assert frame["i"].dtype == "Int32"
    assert frame["i"].isna().tolist() == [False, True]
    assert frame["s"].isna().tolist() == [False, True]
    assert frame["f"].cat.categories.tolist() == ["u", "v"]


def test_a_pandas_data_frame_arrives_in_r(r):
    frame = pd.DataFrame(
        {
            "i": pd.array([1, None], dtype="Int64"),
            "x": [0.5, 1.5],
            "s": ["é", None],
            "f": pd.Categorical(["u", None], ["u", "v"]),
        },
        index=["one", "two"],
    )
    expected = (
        "data.frame(i = c(1L, NA), x = c(0.5, 1.5), s = c('é', NA), "
        "f = factor(c('u', NA), levels = c('u', 'v')), row.names = c('one', 'two'))"
    )
    assert r.call("identical", frame, r.call_raw("evaluate_text", expected)) is True


@pytest.mark.parametrize(
    ("value", "type_in_r"),
    [(2**31 - 1, "integer"), (2**31, "double"), (-(2**31), "double"), (2**53, "double")],
)
def test_integers_beyond_r_s_are_doubles_while_exact(r, value, type_in_r):
    assert r.call("typeof", value) == type_in_r
    assert r.call("identity", value) == value


@pytest.mark.parametrize("value", [2**53 + 1, 2**70])
def test_integers_that_r_cannot_hold_are_refused(r, value):
    with pytest.raises(OverflowError, match="exactly"):
        r.call("identity", value)


def test_what_has_no_counterpart_is_refused_with_a_remedy(r):
    with pytest.raises(TypeError, match=r"Date.*as\.character"):
        r.evaluate("as.Date('2020-01-01')")
    with pytest.raises(TypeError, match="unname"):
        r.evaluate("list(a = 1, 2)")
    with pytest.raises(ValueError, match="NUL"):
        r.call("identity", "a\0b")


def test_values_are_copies(r):
    array = np.zeros(3)
    r.call("assign", "copied", array, envir=r.ri.globalenv)
    array[0] = 1.0
    assert r.evaluate("copied").tolist() == [0.0, 0.0, 0.0]


# Python from R -----------------------------------------------------------------------------------


def test_modules_attributes_and_calls(r):
    r.evaluate("fractions <- import_python('fractions')")
    assert r.evaluate("fractions$Fraction(3L, denominator = 6L)$denominator") == 2
    assert r.evaluate("import_python('math')$pi") == pytest.approx(3.14159265)
    assert r.evaluate("'gcd' %in% names(import_python('math'))") is True


def test_attributes_can_be_set_and_items_taken(r):
    code = """
      types <- import_python("types")
      box <- types$SimpleNamespace(size = 1L)
      box$size <- 5L
      letters <- import_python("collections")$OrderedDict(list(list("a", 1L)))
      c(box$size, letters[["a"]])
    """
    assert r.evaluate(code).tolist() == [5, 1]


def test_an_object_comes_back_as_itself(r):
    box = object()
    assert r.call("identity", box) is box


def test_python_calls_r_functions_it_is_given(r):
    code = "python_builtin('sorted')(c(3, 1, 2), key = function(x) -x)"
    assert r.evaluate(code).tolist() == [3.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("code", "signature"),
    [
        ("function(x, by = 2) x / by", "(x, by=NOT_GIVEN)"),
        ("function(named, ..., rest = 1) named", "(named, *_rest, rest=NOT_GIVEN, **_named)"),
        ("function(a = 1, b) b", "(*rest, **named)"),  # no order of Python's
        ("function(x.y) x.y", "(*rest, **named)"),  # no name of Python's
    ],
)
def test_an_r_function_shows_its_arguments_to_python(r, code, signature):
    function = r.evaluate(code)
    assert str(inspect.signature(function)).replace(": Any", "").replace(" -> Any", "") == signature


def test_defaults_of_an_r_function_are_r_s(r):
    function = r.evaluate("function(x, by = x * 2, ...) c(x / by, ...)")
    assert function(4.0) == 0.5
    assert function(4.0, 1.0, 7.0, 8.0) == [4.0, 7.0, 8.0]
    assert function(by=8.0, x=4.0) == 0.5
    assert r.call("identical", function, r.call_raw("identity", function)) is True


def test_an_object_prints_as_python_shows_it(r):
    assert (
        r.evaluate("capture.output(print(python_builtin('slice')(1L)))") == "slice(None, 1, None)"
    )


# Errors, warnings, random numbers ----------------------------------------------------------------


def test_a_python_exception_is_an_r_condition_with_python_s_message(r):
    code = """
      tryCatch(import_python("math")$sqrt(-1), error = function(condition) {
        list(class(condition)[[1]], conditionMessage(condition), condition$type)
      })
    """
    assert r.evaluate(code) == ["python_error", "ValueError: math domain error", "ValueError"]


def test_an_exception_that_r_lets_pass_reaches_python_as_itself(r):
    def fail():
        raise InputError("got this, expected that")

    with pytest.raises(InputError, match="got this, expected that"):
        r.call("do.call", fail, [])


def test_an_r_error_is_a_python_exception_with_r_s_message(r):
    with pytest.raises(PyregError, match="Größe stimmt nicht"):
        r.evaluate("stop('Größe stimmt nicht')")
    with pytest.raises(PyregError, match=r"non-numeric argument.*log"):
        r.evaluate("log('a')")
    assert r.evaluate("1 + 1") == 2.0  # and R goes on


def test_endless_recursion_is_an_error_and_no_crash():
    program = """
from pyreg.rbridge import session
session.start()
session.evaluate("endless <- function(x) endless(x + 1)")
print(session.evaluate("tryCatch(endless(1), error = conditionMessage)"))
print(session.evaluate("2 + 2"))
"""
    told, answer = start(program).communicate(timeout=60)[0].splitlines()
    assert "too close to the limit" in told or "too deeply" in told
    assert answer == "4.0"


def test_an_unknown_function_is_an_error_too(r):
    with pytest.raises(PyregError, match="no_such_function"):
        r.call("no_such_function")


def test_warnings_and_messages_go_to_the_log_when_they_happen(r, capsys):
    r.evaluate("{warning('attention, é'); message('a note')}")
    written = capsys.readouterr()
    assert "attention, é" in written.err
    assert "a note" in written.err
    assert written.out == ""


def test_calls_leave_r_s_random_numbers_alone(r):
    r.evaluate("set.seed(1)")
    expected = r.evaluate("c(runif(2), rnorm(2))").tolist()
    r.evaluate("set.seed(1)")
    first = r.evaluate("runif(2)").tolist()
    r.evaluate("import_python('random')$random()")
    r.call("identity", np.zeros((100, 100)))
    assert first + r.evaluate("rnorm(2)").tolist() == expected


def test_r_is_not_called_from_another_thread(r):
    function = r.evaluate("function(x) x + 1")
    raised = []

    def call():
        try:
            function(1.0)
        except PyregError as error:
            raised.append(str(error))

    thread = threading.Thread(target=call)
    thread.start()
    thread.join(timeout=20)
    assert "R runs in one thread only" in raised[0]
    assert function(1.0) == 2.0


def test_children_find_the_libraries_that_they_found_before():
    """R would put the system's folders first, and a child its own libpython behind them."""
    program = """
import os
before = os.environ.get("LD_LIBRARY_PATH")
from pyreg.rbridge import session
session.start()
print(os.environ.get("LD_LIBRARY_PATH") == before)
"""
    out, err = start(program).communicate(timeout=60)
    assert out.strip() == "True", err


# Memory and interrupts ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["numpy$negative(large)", "numpy_array(large)"])
def test_a_thousand_calls_with_a_10_mb_matrix_leave_nothing_behind(r, code):
    r.evaluate("numpy <- import_python('numpy'); large <- matrix(1, nrow = 1000, ncol = 1250)")
    r.evaluate(f"for (i in 1:100) {code}")
    before = psutil.Process().memory_info().rss
    r.evaluate(f"for (i in 1:1000) {code}")
    assert psutil.Process().memory_info().rss - before < 300e6  # one call's worth leaked: 10 GB


def test_a_thousand_calls_from_python_leave_nothing_behind(r):
    large = np.ones((1000, 1250))
    for _ in range(100):
        r.call("identity", large)
    before = psutil.Process().memory_info().rss
    for _ in range(1000):
        r.call("identity", large)
    assert psutil.Process().memory_info().rss - before < 300e6


@pytest.mark.parametrize(
    "code",
    [
        "repeat {}",
        "import_python('time')$sleep(60)",
        "tryCatch(import_python('time')$sleep(60), error = function(e) Sys.sleep(60))",
        "python_builtin('list')(python_builtin('map')(function(x) repeat {}, c(1, 2)))",
    ],
)
def test_ctrl_c_ends_r_and_what_r_called_within_seconds(code):
    program = f"""
from pyreg.rbridge import session
session.start()
print("ready", flush=True)
try:
    session.evaluate({code!r})
except KeyboardInterrupt:
    print("interrupted; R answers", session.evaluate("6 * 7"))
"""
    process = start(program)
    assert process.stdout.readline().strip() == "ready"
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert out.strip() == "interrupted; R answers 42.0", err
    assert process.returncode == 0


def start(program):
    """Another Python; one that listens to Ctrl-C even where the test run ignores it."""
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


# Availability ------------------------------------------------------------------------------------


def test_without_r_the_reason_names_the_remedy(monkeypatch):
    monkeypatch.delenv("R_HOME", raising=False)
    monkeypatch.setenv("PATH", os.devnull)
    found, reason = available()
    assert not found
    assert "install it" in reason


def test_an_r_that_rpy2_cannot_load_is_reported_not_raised(monkeypatch):
    monkeypatch.setattr(availability, "PROBE", "raise OSError('symbol R_getVar not found')")
    found, reason = available()
    assert not found
    assert "R_getVar not found" in reason
    assert "rpy2-rinterface" in reason


def test_asking_does_not_start_r():
    program = (
        "import sys; from pyreg.rbridge import available; available(); print('rpy2' in sys.modules)"
    )
    out, _ = start(program).communicate(timeout=60)
    assert out.strip() == "False"
