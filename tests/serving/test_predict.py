import io
import json
import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest

from pyreg import cli, files
from pyreg.errors import InputError
from pyreg.records.layout import RESULTS, Layout, RunKey
from pyreg.records.network import of_network
from pyreg.records.replicates import read_replicates
from pyreg.serving.input_kind import taken_by


def asked(capsys, run_folder, *arguments):
    code = cli.main(["predict", "--run", str(run_folder), *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_texts_files_tables_and_lines_are_asked_in_that_order(
    capsys, monkeypatch, run_folder, tmp_path
):
    (tmp_path / "one.txt").write_text("a lovely film\nwith no plot")
    (tmp_path / "table.csv").write_text('id,words\n1,"awful, dull"\n2,\n')
    monkeypatch.setattr("sys.stdin", io.StringIO("great\n\nboring \u2028 film\n"))
    code, out, _ = asked(
        capsys, run_folder, "superb", "-", "--file", tmp_path / "one.txt",
        "--table", tmp_path / "table.csv", "--column", "words", "--format", "json",
    )  # fmt: skip
    found = pd.DataFrame(json.loads(out))
    assert code == 0
    assert found["text"].tolist() == [
        "superb", "great", "boring \u2028 film", "a lovely film\nwith no plot", "awful, dull", "",
    ]  # fmt: skip
    classes = ["positive", "positive", "negative", "positive", "negative", "unknown"]
    assert found["class"].tolist() == classes
    assert found["num_words"].tolist() == [1, 1, 3, 6, 2, 0]


def test_the_csv_file_holds_what_is_printed(capsys, run_folder, tmp_path):
    arguments = ["great film", "boring", "--explain"]
    _, out, _ = asked(capsys, run_folder, *arguments, "--format", "csv")
    asked(capsys, run_folder, *arguments, "--output", tmp_path / "answers.csv")
    assert (tmp_path / "answers.csv").read_text().replace("NA", "") == out
    assert list(pd.read_csv(io.StringIO(out))) == [
        "text", "probability", "class", "num_words", "num_known", "note", "words",
    ]  # fmt: skip


def test_of_replicates_it_is_their_average_with_its_spread(capsys, many, texts):
    """Held against what each of them predicted when it was trained."""
    every = [text for label in texts.values() for text in label]
    code, out, _ = asked(capsys, many.folder, *every, "una película", "--format", "json")
    found = pd.DataFrame(json.loads(out))
    assert code == 0
    columns = ["text", "probability", "sd", "class", "num_words", "num_known", "note"]
    assert found.columns.tolist() == columns
    each = read_replicates(many.folder).predictions
    assert each.shape == (3, len(every))
    means, spreads = each.mean(axis=0), each.std(axis=0, ddof=1)
    asked_for = found.iloc[:-1].sort_values("probability")
    order = np.argsort(means)
    assert asked_for["probability"].to_numpy() == pytest.approx(means[order], abs=1e-6)
    assert asked_for["sd"].to_numpy() == pytest.approx(spreads[order], abs=1e-5)
    assert spreads.min() > 1e-4  # there is something to average
    assert (asked_for["class"] == "positive").to_numpy().tolist() == (means[order] > 0.5).tolist()
    assert found["class"].iloc[-1] == "unknown"


def test_of_replicates_the_words_move_the_average(capsys, many):
    text = "great film with awful plot"
    _, out, _ = asked(capsys, many.folder, text, "--explain", "--format", "json")
    networks = keras.saving.load_model(many.model)
    words = taken_by(many)
    rows = words.encode(words.reviews([text, text.replace("awful ", "")]))
    with_it, without = np.mean([networks.get_layer(f"seed-{n}")(rows) for n in (1, 2, 3)], axis=0)
    assert f"awful {float(with_it[0] - without[0]):+.3f}" in json.loads(out)[0]["words"]
    _, out, _ = asked(capsys, many.folder, text)
    assert out.splitlines()[0].split() == [
        "text", "probability", "sd", "class", "num_words", "num_known", "note",
    ]  # fmt: skip


def test_replicates_are_nothing_that_other_commands_take(capsys, many, tmp_path):
    for arguments in (
        ["serve", many.folder],
        ["drift", many.folder, "--counts", tmp_path / "counts"],
        ["compress", many.folder, "--output-dir", tmp_path / "small"],
        ["export", "keras2", "--run", many.folder, "--output-dir", tmp_path / "old"],
    ):
        assert cli.main([*map(str, arguments)]) == 2
        assert "holds the networks of replicates, which only" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_the_console_has_a_line_for_each_text_however_long(capsys, run_folder):
    _, out, _ = asked(capsys, run_folder, "great " * 100, "two\nlines\x1b[31m")
    lines = out.splitlines()
    assert len(lines) == 3
    assert max(map(len, lines)) < 200
    assert "\x1b" not in out


def test_lines_that_are_no_utf_8_are_one_message(capsys, monkeypatch, run_folder):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"caf\xe9\n"), encoding="utf-8"))
    code, _, err = asked(capsys, run_folder, "-")
    assert code == 2
    assert "standard input is no UTF-8" in err


def test_a_text_that_no_program_could_write_is_one_message(capsys, run_folder):
    code, out, err = asked(capsys, run_folder, "film\udcff", "--format", "json")
    assert (code, out) == (2, "")
    assert "got a text that is no Unicode" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "got no text"),
        (["--table", "no.csv"], "no.csv"),
        (["--file", "."], "."),
    ],
)
def test_what_cannot_be_asked_is_one_message(capsys, run_folder, arguments, message):
    code, out, err = asked(capsys, run_folder, *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_the_answers_do_not_take_the_place_of_what_was_asked(capsys, run_folder, tmp_path):
    (tmp_path / "table.csv").write_text("text\ngood\n")
    for option in ("--table", "--file"):
        code, _, err = asked(
            capsys, run_folder, option, tmp_path / "table.csv", "--output", tmp_path / "table.csv"
        )
        assert (code, "is an input here" in err) == (2, True)
    assert (tmp_path / "table.csv").read_text() == "text\ngood\n"


def test_a_column_that_is_not_there_is_named(capsys, run_folder, tmp_path):
    (tmp_path / "table.csv").write_text("id,words\n1,good\n")
    code, _, err = asked(capsys, run_folder, "--table", tmp_path / "table.csv")
    assert code == 2
    assert "has the columns id, words, expected one named text" in err


def test_what_can_be_refused_is_before_keras_is_loaded(run_folder, tmp_path):
    """Loading it takes long, and what it prints belongs to no answer."""
    code = """
import sys
from pyreg import cli, files
from pyreg.errors import InputError
from pyreg.records.layout import RESULTS, Layout, RunKey
from pyreg.records.network import of_network
from pyreg.serving import answers, counts, input_kind
run, output = sys.argv[1:]
codes = [cli.main(["predict", "--run", "nowhere", "good"]),
         cli.main(["predict", "--run", output, "good"]),
         cli.main(["predict", "--run", run, "--output", output, "good"])]
assert codes == [2, 2, 2], codes
assert "keras" not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-c", code, run_folder, tmp_path], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    nowhere, empty, output = done.stderr.splitlines()
    assert "nowhere is no folder that is there; expected the folder of a run" in nowhere
    assert "holds no model.keras" in empty
    assert "is a folder, expected a file to write to" in output


def test_the_answer_is_all_that_a_console_shows(run_folder):
    done = subprocess.run(
        [sys.executable, "-m", "pyreg", "predict", "--run", run_folder, "great film"],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "positive" in done.stdout


def test_a_run_that_is_there_is_named(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    run = Layout(RESULTS / "small").run(RunKey("python", "l2", "per-epoch", 1))
    files.write_text(run.model, "")
    with pytest.raises(InputError, match=f"such as {run.folder}$"):
        of_network("nowhere")


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        (["json", "no_such"], "no_such is not installed"),
        (["no_such", "none"], "no_such, none are not"),
    ],
)
def test_what_serving_needs_and_is_missing_is_named(capsys, monkeypatch, needed, said):
    monkeypatch.setattr("pyreg.commands.serve.NEEDED", needed)
    assert cli.main(["serve", "nowhere"]) == 2
    assert said in capsys.readouterr().err
