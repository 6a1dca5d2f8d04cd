"""R scripts in the shapes that public ones have: each gives the same in Python, or one message."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from conftest import ROOT

from pyreg import cli, files
from pyreg.errors import InputError
from pyreg.port import check, hooks, page
from pyreg.port import port as porting
from pyreg.port.source import code_of_document
from pyreg.port.verdict import Verdict
from pyreg.rbridge import available

HERE = Path(__file__).parent
PARTS = {"helper_network.R"}  # of another script
SCRIPTS = sorted(
    path
    for path in (HERE / "scripts").iterdir()
    if path.suffix in (".R", ".Rmd", ".qmd") and path.name not in PARTS
)
FAILING = sorted((HERE / "failing").iterdir())
# Script -> arrays that Keras is given, and those of them that are R's own.
ARRAYS = json.loads((HERE / "arrays.json").read_text())
MESSAGES = {
    "missing_file": "missing_file.R:3: cannot open file 'no_such_houses.csv': No such file",
    "r_error": "r_error.R:3: units must be known",
    "python_error": "python_error.R:5: Python says ValueError",
    "absent_package": "absent_package.R:2: library(no.such.package): the R package",
    "syntax": "R cannot read syntax.R:",
    "recursion": "recursion.R:5: ",
    "condition": "condition.R:2: that is all",
    "no_such_object": "no_such_object.R:5: object 'x_train' not found",
    "input_shape": "input_shape.R:5: Python says ValueError: Exception encountered when calling "
    "Sequential.call(). Input 0",
}
# How a message ends: that the reason is whole, and that no call is named that is not the script's.
ENDS = {
    "no_such_object": "not found",
    "input_shape": "to have value 5, but received input with shape (None, 2)",
}

LESSON = """
library(keras3)
source("lesson.R")

histories <- lesson_run(models = c("baseline", "l2"), epochs = 2, seed = 1, num_reviews = 60)
"""

needs_r = pytest.mark.skipif(not available()[0], reason="needs R and rpy2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where all scripts have been ported to, with what they left in their own folders."""
    output = tmp_path_factory.mktemp("ports")
    lesson = tmp_path_factory.mktemp("lesson") / "lesson_itself.R"
    shutil.copy2(ROOT / "R" / "R" / "lesson.R", lesson.parent)
    lesson.write_text(LESSON)
    before = _contents()
    done = subprocess.run(
        [sys.executable, HERE / "port_all.py", output, *SCRIPTS, *FAILING, lesson],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert _contents() == before  # a script runs in a copy of its folder
    return output


def _contents():
    return sorted(path for path in HERE.rglob("*") if "__pycache__" not in path.parts)


def verdict_on(folder, name):
    failure = folder / f"{name}.failure"
    assert not failure.exists(), failure.read_text()
    return Verdict.model_validate(files.read_json(folder / name / "port.json"))


@needs_r
@pytest.mark.r
@pytest.mark.slow
@pytest.mark.parametrize("name", [path.name for path in SCRIPTS])
def test_a_script_gives_the_same_in_python(folder, name):
    verdict = verdict_on(folder, name)
    assert (verdict.level, verdict.difference) == ("identical", None)
    found = {"arrays": verdict.num_arrays, "own": [array.name for array in verdict.own_arrays]}
    assert found == ARRAYS[name]
    left = {path.name for path in (folder / name).iterdir()} - {"data.npz"}
    assert left == {"script.py", "check.py", "port.json", "port.html"}
    assert (folder / name / "data.npz").exists() == bool(verdict.own_arrays)


@needs_r
@pytest.mark.r
@pytest.mark.parametrize("path", FAILING, ids=lambda path: path.stem)
def test_a_script_that_cannot_be_run_is_one_message(folder, path):
    code, _, message = (folder / f"{path.name}.failure").read_text().partition(" ")
    assert code == "2"
    assert message.startswith(MESSAGES[path.stem])
    assert message.endswith(ENDS.get(path.stem, ""))
    assert "Traceback" not in message
    assert not (folder / path.name).exists()


@needs_r
@pytest.mark.r
def test_what_would_change_the_machine_is_left_out_and_told(folder):
    verdict = verdict_on(folder, "of_a_machine.R")
    assert [(left.line, left.what) for left in verdict.left_out] == [
        (3, "setwd"),
        (5, "install.packages"),
        (7, "X11"),
    ]
    assert [(trap.line, trap.what) for trap in verdict.traps] == [(18, "history$metrics$accuracy")]
    assert "it is acc today" in verdict.traps[0].why


@needs_r
@pytest.mark.r
def test_temporary_files_lie_in_a_folder_of_python_s(folder):
    verdict = verdict_on(folder, "temporary_files.R")
    calls = [outcome["call"] for outcome in verdict.outcomes]
    first = ["save", "save_weights", "save", "save", "fit", "predict"]
    assert calls == [*first, "save", "save", "save", "predict"]
    script = (folder / "temporary_files.R" / "script.py").read_text()
    assert 'path = os.path.join(temporary.name, "file-1.keras")' in script
    assert 'best = os.path.join(temporary.name, "best.keras")' in script
    assert 'folder = os.path.join(temporary.name, "")' in script
    assert '    os.path.join(temporary.name, "file-5.keras"),' in script
    assert "Rtmp" not in script
    assert not verdict.own_numbers


@needs_r
@pytest.mark.r
@pytest.mark.parametrize("name", ["save_and_restore.R", "old_classes.R"])
def test_a_network_that_a_function_saves_is_compared(folder, name):
    saved = [o for o in verdict_on(folder, name).outcomes if o["call"] == "save"]
    assert len(saved) == 1
    assert saved[0]["weights"]


@needs_r
@pytest.mark.r
def test_what_follows_quit_did_not_run(folder):
    verdict = verdict_on(folder, "ends_early.R")
    assert [outcome["call"] for outcome in verdict.outcomes] == ["fit", "fit"]
    assert verdict.outcomes[1]["history"] == {"loss": ["nan", "nan"]}
    assert "caught" not in (folder / "ends_early.R.log").read_text()


@needs_r
@pytest.mark.r
def test_standard_error_tells_r_from_python(folder):
    """What a person waits for, and whose the printed lines are."""
    log = (folder / "of_a_machine.R.log").read_text().splitlines()
    assert [line for line in log if line.startswith("running ")] == [
        "running of_a_machine.R in R",
        "running of_a_machine.R in Python",
    ]
    assert log[0] == "running of_a_machine.R in R"


@needs_r
@pytest.mark.r
def test_r_reads_a_script_before_tensorflow_starts(tmp_path):
    """A typing error is told at once: TensorFlow takes seconds."""
    order = {"script": str(HERE / "failing" / "syntax.R"), "folder": str(tmp_path), "threads": 1}
    program = (
        "import sys; from pyreg.port import worker; code = worker.main();"
        "print(code, 'keras' in sys.modules, 'tensorflow' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(order),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.stderr.splitlines()[-1] == "2 False False"


@needs_r
@pytest.mark.r
def test_the_lesson_of_the_study_is_ported(folder):
    verdict = verdict_on(folder, "lesson_itself.R")
    assert (verdict.level, verdict.counts) == ("identical", "2 fits")
    assert len(verdict.own_arrays) <= verdict.num_arrays == 4


@needs_r
@pytest.mark.r
def test_old_spellings_say_what_they_became(folder):
    became = verdict_on(folder, "old_boston.R").became
    assert "lr" in " ".join(became)


@needs_r
@pytest.mark.r
def test_the_proof_runs_again_by_itself(folder, tmp_path):
    """In a copy: a network that an earlier run saved, and Keras would ask about, stays as it is."""
    saved = tmp_path / "parabola.keras"
    saved.write_text("of an earlier run")
    check_it = [sys.executable, folder / "callback_class.R" / "check.py"]
    done = subprocess.run(
        check_it,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "identical: 2 calls")
    assert [path.name for path in tmp_path.iterdir()] == [saved.name]
    assert saved.read_text() == "of an earlier run"


@needs_r
@pytest.mark.r
def test_a_callback_that_is_a_class_of_r_is_left_out_and_told(folder):
    """The fit stays, with its other callbacks; of lines that print nothing nothing is said."""
    verdict = verdict_on(folder, "callback_class.R")
    assert [(remark.line, remark.what, remark.why) for remark in verdict.not_ported] == [
        (22, "callback Noter", "it is a class written in R")
    ]
    assert verdict.not_printed == [28]  # str(y), not data() nor plot()
    script = (folder / "callback_class.R" / "script.py").read_text()
    assert "callbacks=[keras.callbacks.EarlyStopping(patience=2)]" in script


@needs_r
@pytest.mark.r
def test_the_page_shows_both_scripts_and_their_curves(folder):
    html = (folder / "boston_kfold.R" / "port.html").read_text()
    assert "library(keras3)" in html
    assert "import keras" in html
    assert html.count("<svg") == 4  # of four fits
    assert "http" not in html.replace("http://www.w3.org", "").replace("https://matplotlib.org", "")


@needs_r
@pytest.mark.r
def test_scripts_read_as_python(folder):
    """No line of pyreg's stands in a script but its header; loops and functions stay."""
    scripts = {path.name: (folder / path.name / "script.py").read_text() for path in SCRIPTS}
    assert not [name for name, text in scripts.items() if "import pyreg" in text]
    assert "for i in range(1, k + 1):" in scripts["boston_kfold.R"]
    assert "def build_model():" in scripts["boston_kfold.R"]
    assert "# Normalize with the means" in scripts["boston_kfold.R"]
    assert "x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])" in scripts["xor.R"]  # README shows it
    above = "# Mean squared error, errors below weighing more\ndef asymmetric("
    assert above in scripts["custom_loss.R"]
    classes = "classes = model.predict(x, batch_size=120, verbose=0).argmax(axis=1)\n"
    assert f"{classes}print((classes == y).mean())" in scripts["old_answers.R"]
    assert "rmse = np.sqrt(((first - x[:, 0].reshape(-1, 1)) ** 2)" in scripts["old_answers.R"]
    left_out = scripts["arguments_left_out.R"]
    assert "def build(units=4, rate=0.01):" in left_out
    assert "Adam(learning_rate=rate)" in left_out  # lr = rate in R
    assert "model = build(rate=0.05)" in left_out
    assert 'y = (who == "bob").astype(int)' in scripts["words_of_r.R"]
    assert "spread" not in scripts["old_answers.R"]  # no number of R's stands for what was trained


# Parts that need no R ----------------------------------------------------------------------------


def test_the_hooks_are_there_in_this_keras():
    found = hooks.hooks()
    named = {hook.path for hook in found}
    assert {"keras.layers.Dense", "keras.Model.fit", "keras.utils.to_categorical"} <= named
    assert all(hasattr(hook.target, hook.name) for hook in found if hook.name)
    assert not [hook.path for hook in found if ".src." in hook.path]  # the public names only


def test_keras_keeps_its_downloads_in_the_user_s_home(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    check._use_home()
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "known.txt").write_text("kept")
    found = keras.utils.get_file("known.txt", origin="http://localhost:1/known.txt")
    assert Path(found).read_text() == "kept"


@pytest.fixture
def unreachable(monkeypatch):
    """Keras' modules of data sets, none of which can download."""

    def fail(fname, origin, **_):
        raise OSError(f"URL fetch failure on {origin}")

    for name in ("boston_housing", "imdb", "cifar10"):
        load_data = getattr(keras.datasets, name).load_data
        namespace = getattr(load_data, "__wrapped__", load_data).__globals__
        monkeypatch.setitem(namespace, "get_file", fail)
        monkeypatch.setattr(getattr(keras.datasets, name), "load_data", load_data)


def test_data_sets_that_are_asked_for_are_known(tmp_path, unreachable):
    """Their names are those of --data, whatever the files are called that Keras would load."""
    np.savez(tmp_path / "houses.npz", x=np.ones((5, 13)), y=np.ones(5))
    asked = check.use_data({"boston_housing": str(tmp_path / "houses.npz"), "mnist": "unread"})
    keras.datasets.boston_housing.load_data()
    for load in (keras.datasets.cifar10.load_data, keras.datasets.imdb.get_word_index):
        with pytest.raises(OSError, match="URL fetch failure"):
            load()
    assert asked == ["boston_housing", "cifar10", "imdb_word_index"]


@needs_r
@pytest.mark.r
def test_what_python_says_is_one_line_with_its_reason():
    from pyreg.port.script import in_a_line

    said = 'Graph execution error:\n\nDetected at node loss defined at\n  File "a.py"\n\x1b[1mToo big\x1b[0m'
    assert in_a_line(ValueError(said)) == "Python says ValueError: Too big"
    called = "Exception when calling f().\n\nNo shape\n\nArguments received by f():\n  a=1"
    assert in_a_line(TypeError(called)).endswith("Exception when calling f(). No shape")


def test_chunks_of_a_document_keep_their_lines():
    document = (
        "# Title",
        "prose",
        "```{r setup, eval=FALSE}",
        "install.packages('keras')",
        "```",
        "```{python}",
        "x = 1",
        "```",
        "```{r}",
        "#| echo: false",
        "x <- 1",
        "```",
    )
    lines = code_of_document(document)
    assert len(lines) == len(document)
    assert {i: line for i, line in enumerate(lines) if line} == {0: "# Title", 10: "x <- 1"}


FIT = {"call": "fit", "line": 4, "history": {"loss": [0.5, 0.25]}, "weights": ["a", "b"]}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (FIT, None),
        ({**FIT, "history": {"loss": [0.5, 0.125]}}, "loss in epoch 2: R 0.25, Python 0.125"),
        ({**FIT, "history": {"loss": [0.5]}}, "loss: 2 epochs in R, 1 in Python"),
        ({**FIT, "weights": ["a", "c"]}, "weights 2 differs"),
        ({"call": "predict", "predictions": [], "first": []}, "R calls fit, Python predict"),
    ],
)
def test_the_first_difference_is_named(other, told):
    found = check.first_difference([FIT], [other])
    assert found == (told and f"call 1 (fit, line 4 of the R script): {told}")


@pytest.mark.parametrize(("num_calls", "told"), [(1, "R makes 1 call to"), (2, "R makes 2 calls")])
def test_a_call_that_is_missing_is_a_difference(num_calls, told):
    assert told in check.first_difference([FIT] * num_calls, [FIT] * (num_calls - 1))


def test_a_folder_is_copied_but_for_what_is_no_script_s(tmp_path):
    """Nor is the copy itself, which may lie in it: scripts stand in /tmp, too."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "houses.csv").touch()
    (tmp_path / ".Rhistory").touch()
    os.mkfifo(tmp_path / "pipe")
    copy = tmp_path / "temporary" / tmp_path.name
    copy.parent.mkdir()
    check.copy_folder(tmp_path, copy)
    assert sorted(str(p.relative_to(copy)) for p in copy.rglob("*")) == ["data", "data/houses.csv"]


def test_a_large_folder_is_not_copied(tmp_path, monkeypatch, capsys):
    wanted = {"threads": 1, "max_epochs": None, "data": {}, "outcomes": []}
    files.write_json(tmp_path / "port.json", wanted)
    monkeypatch.setattr(check, "__file__", str(tmp_path / "check.py"))
    monkeypatch.setattr(check, "set_up", lambda threads: None)
    monkeypatch.setattr(check, "MOST_BYTES", 10)
    monkeypatch.chdir(tmp_path)
    assert check.main([]) == 2
    assert "run check.py in a folder with no more than the files" in capsys.readouterr().out


def test_one_bit_is_a_difference():
    other = {**FIT, "history": {"loss": [0.5, 0.25 + 2**-54]}}
    assert check.first_difference([FIT], [other]) is not None


def test_both_scripts_stand_beside_each_other_once():
    r_lines = ["library(keras3)", "x <- 1", "", "y <- 2", "z"]
    python_lines = ["import keras", "", "x = 1", "y = 2"]
    rows = page.pairs(r_lines, python_lines, [(3, 2, 2), (4, 4, 4)])
    assert [line for _, side in rows for line in side] == list(enumerate(python_lines, start=1))
    assert [line for side, _ in rows for line in side] == list(enumerate(r_lines, start=1))
    assert rows[0] == ([(1, "library(keras3)")], [(1, "import keras"), (2, "")])
    assert rows[1] == ([(2, "x <- 1")], [(3, "x = 1")])
    assert page.pairs(["a"], ["b"], []) == [([(1, "a")], [(1, "b")])]


def test_a_function_stands_beside_its_body_in_python():
    known = [(1, 1, 3), (2, 2, 2), (3, 4, 4)]
    rows = page.pairs(["f <- function() {", "  1", "}", "f()"], ["def f():", "    1", "f()"], known)
    assert [tuple(len(side) for side in row) for row in rows] == [(0, 0), (3, 2), (1, 1)]


@pytest.mark.parametrize(
    ("code", "length"),
    [(['"""One', "", 'two."""', "x"], 3), (["x = 1"], 0), ([], 0), (['"""never closed'], 0)],
)
def test_the_docstring_is_folded(code, length):
    assert page.length_of_docstring(code) == length


def test_a_page_lists_the_data_sets_that_stood_in():
    found = Verdict.model_validate({**VERDICT, "data": {"imdb": "reviews.npz"}})
    html = page.render(found, "x <- 1", '"""Said.\n"""\nx = 1', [FIT])
    assert "reviews.npz" in html
    assert html.index("Lines 1 to 2:") < html.index("Said.")


def test_what_is_no_number_is_equal_to_itself():
    model = keras.Sequential()
    losses = {"loss": float("nan"), "mae": float("-inf"), "mse": 0.5}
    found = check.outcome("evaluate", model, losses)
    assert found["values"] == {"loss": "nan", "mae": "-inf", "mse": 0.5}
    unnamed = check.outcome("evaluate", model, [0.5, float("-inf"), float("nan")])
    assert check.difference(found, unnamed) is None
    finite = check.outcome("evaluate", model, [0.5, 2.5, float("nan")])
    assert check.difference(found, finite) == "value 2: R '-inf', Python 2.5"
    assert json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize("name", ["script.txt", "no_such_script.R", "a\nb.R", "a\udcff.R"])
def test_what_is_no_script_is_refused(tmp_path, name, capsys):
    assert cli.main(["port", str(tmp_path / name), "-o", str(tmp_path / "out")]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", [["--epochs", "0"], ["--data", "mnist"], ["--data", "a=none"]])
def test_options_are_checked(tmp_path, option, capsys):
    script = tmp_path / "script.R"
    script.touch()
    assert cli.main(["port", str(script), *option]) == 2
    assert capsys.readouterr().err.count("got --") == 1


def test_interrupted_nothing_is_left(tmp_path, monkeypatch):
    script = tmp_path / "script.R"
    script.touch()

    def interrupted(order, made):
        (made / "script.py").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(porting, "_run_in_r", interrupted)
    assert cli.main(["port", str(script), "-o", str(tmp_path / "out")]) == 130
    assert [path.name for path in tmp_path.iterdir()] == ["script.R"]


VERDICT = {
    "script": "script.R",
    "level": "identical",
    "difference": None,
    "outcomes": [FIT],
    "num_arrays": 3,
    "own_arrays": [
        {"name": "noise", "shape": [5, 2], "code": "noise <- rnorm(10)", "kept": "data.npz"}
    ],
    "own_numbers": [{"line": 9, "what": "n <- f(x)", "why": "the script has R's number"}],
    "not_printed": [7, 12],
    "not_ported": [],
    "left_out": [{"line": 2, "what": "setwd", "why": "the script runs in a copy"}],
    "became": {"lr": "learning_rate"},
    "traps": [],
    "seed": 1,
    "seeded_by": "pyreg",
    "threads": 1,
    "max_epochs": None,
    "data": {},
    "lines": [],
    "front_end": "the bridge",
    "versions": {"R": "4.5"},
    "seconds": {},
    "files": {},
}


def test_the_script_says_what_its_data_are():
    header = porting.docstring(Verdict.model_validate(VERDICT))
    assert "data.npz holds what R drew at random, or pyreg has no Python for: noise." in header


def test_the_answer_fits_on_a_screen():
    lines = Verdict.model_validate(VERDICT).screen(Path("out"))
    assert lines[0] == "script.R: identical: 1 fit; 1 of 3 arrays is R's own"
    assert "R's own: noise (5 x 2), from noise <- rnorm(10)" in lines
    assert "R's own number: line 9, n <- f(x): the script has R's number" in lines
    assert "What these lines print is left out: 7, 12" in lines
    assert "Left out: line 2, setwd: the script runs in a copy" in lines
    assert "Of keras 2, and what it is today: lr -> learning_rate" in lines
    assert len(lines) < 24


@pytest.mark.parametrize(
    ("runs", "level"),
    [
        ([([FIT], None)], "identical"),
        ([([FIT], "script.py stops in line 3")], "different"),
        ([([{**FIT, "weights": ["a", "z"]}], None)] * 2, "different"),
        (
            [([{**FIT, "weights": ["a", end]}], None) for end in "yz"],
            "differs-from-itself",
        ),
    ],
)
def test_python_is_asked_twice_before_it_is_called_different(tmp_path, monkeypatch, runs, level):
    answers = iter(runs)
    monkeypatch.setattr(porting, "_python_outcomes", lambda order, made: next(answers))
    given = ("script", "level", "difference", "seed", "threads", "max_epochs", "data", "seconds")
    found = {name: value for name, value in VERDICT.items() if name not in (*given, "files")}
    verdict, _ = porting._compared(porting.Order(tmp_path / "script.R"), tmp_path, found)
    assert verdict.level == level
    assert next(answers, None) is None


def test_where_nothing_is_compared_nothing_is_identical(tmp_path, monkeypatch):
    monkeypatch.setattr(porting, "_python_outcomes", lambda order, made: ([], None))
    given = ("script", "level", "difference", "seed", "threads", "max_epochs", "data", "seconds")
    found = {name: value for name, value in VERDICT.items() if name not in (*given, "files")}
    order = porting.Order(tmp_path / "script.R")
    verdict, _ = porting._compared(order, tmp_path, {**found, "outcomes": []})
    assert verdict.level == "not-compared"
    assert verdict.answer().startswith("nothing compared: ")


def test_what_no_port_left_is_not_replaced(tmp_path, capsys):
    script = tmp_path / "script.R"
    script.touch()
    for name in ("script.py", "data.npz", "port.html", "port.json"):
        path = tmp_path / name
        path.write_text("mine")
        assert cli.main(["port", str(script), "-o", str(tmp_path)]) == 2
        assert f"{path} is there already" in capsys.readouterr().err
        path.unlink()
    (tmp_path / "script.py").write_text("")
    porting._finish(tmp_path, Verdict(**VERDICT), porting.Order(script), [])
    porting._require_free(tmp_path)  # an earlier port's
    for name in ("script.py", "port.html", "port.json"):
        left = (tmp_path / name).read_text()
        (tmp_path / name).write_text(left.replace("R", "S"))
        with pytest.raises(InputError, match="is not as a port left it"):
            porting._require_free(tmp_path)
        (tmp_path / name).write_text(left)
    porting._require_free(tmp_path)
    assert cli.main(["port", str(script), "-o", str(script)]) == 2
    assert "is a file, expected a folder" in capsys.readouterr().err


def test_why_a_script_stopped_is_told_with_its_line(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import keras\n\nkeras.nothing_of_the_name\n")
    code = f"import check; print(check.run(__import__('pathlib').Path({str(script)!r})))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(check.__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert '([], "script.py stops in line 3: AttributeError: ' in done.stdout


@pytest.mark.parametrize(
    ("level", "code"), [("identical", 0), ("different", 1), ("not-compared", 1)]
)
def test_exit_codes(tmp_path, monkeypatch, level, code):
    verdict = Verdict.model_validate({**VERDICT, "level": level})
    monkeypatch.setattr(porting, "port", lambda order, output: verdict)
    assert cli.main(["port", str(tmp_path / "script.R")]) == code


@pytest.mark.parametrize(("seen", "told"), [([FIT], "the same bits"), ([], "no such call")])
def test_a_page_is_whole_whatever_python_gave(seen, told):
    found = Verdict.model_validate({**VERDICT, "lines": [(1, 1, 1)]})
    html = page.render(found, "x <- '<b>'", "x = '<b>'", seen)
    assert "x &lt;- &#39;&lt;b&gt;&#39;" in html
    assert told in html
    assert html.count("<svg") == 1
