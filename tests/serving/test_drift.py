import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from pyreg import cli
from pyreg.errors import InputError
from pyreg.serving import counts, drift, watch

LIMIT = 0.2


def answers_of(numbers):
    return [SimpleNamespace(num_words=w, num_known=k, probability=p) for w, k, p in numbers]


def test_the_index_is_that_of_the_formula():
    # 40 and 60 of 100, then 60 and 40: 2 * 0.2 * ln(1.5), but for half a count each.
    p, q = 40.5 / 101, 60.5 / 101
    expected = (q - p) * np.log(q / p) * 2
    assert drift.psi(np.array([40, 60]), np.array([60, 40])) == pytest.approx(expected)
    assert expected == pytest.approx(2 * 0.2 * np.log(1.5), rel=0.02)
    assert drift.psi(np.array([40, 60]), np.array([40, 60])) == 0


def test_values_are_counted_in_tenths_of_what_is_expected():
    expected = np.arange(1000.0)
    assert drift.psi_of_values(expected, expected[::2]) == pytest.approx(0, abs=0.01)
    assert drift.psi_of_values(expected, expected + 500) > 1
    assert drift.psi_of_values(np.ones(100), np.ones(50)) < 0.01
    assert drift.psi_of_values(np.ones(100), np.zeros(50)) > 1  # beside a value that all have


def sample(generator, shift=0.0, words=(50, 30, 20)):
    size = 400
    values = {name: generator.normal(shift, 1, size) for name in drift.QUANTITIES}
    return drift.Sample(values, generator.multinomial(size, np.array(words) / 100))


def test_there_is_no_alarm_for_the_same_and_one_for_others():
    generator = np.random.default_rng(1)
    training = sample(generator)
    false = sum(drift.compare(training, sample(generator), LIMIT)["alarm"].any() for _ in range(50))
    assert false == 0
    shifted = drift.compare(training, sample(generator, shift=1.0), LIMIT)
    assert shifted["alarm"].tolist() == [True, True, True, False]
    other_words = drift.compare(training, sample(generator, words=(20, 30, 50)), LIMIT)
    assert other_words["alarm"].tolist() == [False, False, False, True]
    assert not drift.compare(training, sample(generator, shift=1.0), limit=10)["alarm"].any()


def test_counts_come_back_as_they_were_added(tmp_path):
    path = tmp_path / "counts.sqlite"
    kept = counts.Counts(path)
    kept.add(answers_of([(5, 4, 0.25), (0, 0, 0.5)]), np.array([[1, 0, 1], [0, 0, 0]], np.uint8))
    kept.add(answers_of([(2, 2, 0.75)]), np.array([[0, 0, 1]], np.uint8))
    answers, per_word = counts.read(path, "", 3)
    assert answers.to_numpy().tolist() == [[5, 4, 0.25], [0, 0, 0.5], [2, 2, 0.75]]
    assert per_word.tolist() == [1, 0, 2]
    later, none = counts.read(path, "9999-01-01", 3)
    assert (len(later), none.sum()) == (0, 0)


def test_nothing_of_the_texts_is_in_the_file(network, tmp_path):
    from pyreg.serving import app

    path = tmp_path / "counts.sqlite"
    client = app.create(network, counts.Counts(path)).test_client()
    assert client.post("/predict", json={"texts": ["great secret film", "dull"]}).status_code == 200
    client.post("/", data={"text": "secret plot"})
    client.post("/predict", json={"texts": []})
    answers, per_word = counts.read(path, "", network.vocabulary.num_words)
    assert answers["num_words"].tolist() == [3, 1, 2]
    assert per_word[network.vocabulary.column(b"great")] == 1
    assert all(b"secret" not in file.read_bytes() for file in tmp_path.iterdir())


def test_what_was_counted_before_a_crash_is_there(tmp_path):
    path = tmp_path / "counts.sqlite"
    code = """
import os, sys
from types import SimpleNamespace
import numpy as np
from pyreg.serving.counts import Counts
kept = Counts(sys.argv[1])
kept.add([SimpleNamespace(num_words=1, num_known=1, probability=0.5)], np.ones((1, 2), np.uint8))
kept._file.execute("INSERT INTO answers VALUES ('x', 1, 1, 1)")  # not committed
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", code, path], check=False)
    answers, per_word = counts.read(path, "", 2)
    assert len(answers) == 1
    assert per_word.tolist() == [1, 1]


def test_a_file_that_takes_no_counts_withholds_no_answer(network, tmp_path):
    from pyreg.serving import app

    path = tmp_path / "counts.sqlite"
    client = app.create(network, counts.Counts(path)).test_client()
    with closing(sqlite3.connect(path)) as file:
        file.execute("DROP TABLE answers")
    answer = client.post("/predict", json={"texts": ["good", "bad"]})
    assert (answer.status_code, len(answer.json["answers"])) == (200, 2)
    assert "pyreg_texts_uncounted_total 2.0" in client.get("/metrics").text


@pytest.mark.parametrize("table", ["answers (mine)", "customers (name)"])
def test_another_program_s_database_is_refused_and_left_as_it_is(tmp_path, table):
    path = tmp_path / "mine.db"
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"CREATE TABLE {table}")
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"mine.db cannot be written .* of another program's"):
        counts.Counts(path)
    assert path.read_bytes() == before


def test_a_file_that_takes_no_writing_is_refused_at_the_start(tmp_path, monkeypatch):
    path = tmp_path / "counts.sqlite"
    counts.Counts(path)
    connect = sqlite3.connect

    def read_only(name, **more):
        return connect(f"{name.as_uri()}?mode=ro", uri=True, **more)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with pytest.raises(InputError, match="readonly"):
        counts.Counts(path)


@pytest.mark.parametrize("content", [None, b"no database", b""])
def test_what_holds_no_counts_is_refused(tmp_path, content):
    path = tmp_path / "counts.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"counts\.sqlite (is not there|holds no counts)"):
        counts.read(path, "", 3)


def test_counts_of_another_network_are_refused(tmp_path):
    path = tmp_path / "counts.sqlite"
    counts.Counts(path).add(answers_of([(1, 1, 0.5)]), np.ones((1, 9), np.uint8))
    with pytest.raises(InputError, match="of this network"):
        counts.read(path, "", 3)
    with sqlite3.connect(path) as file:
        file.execute("UPDATE words SET place = -1 WHERE place = 0")
    with pytest.raises(InputError, match="of this network"):
        counts.read(path, "", 9)


def served(network, path, texts):
    rows = network.vocabulary.encode(network.vocabulary.reviews(texts))
    counts.Counts(path).add(list(network.answers(texts)), rows)


def drifted(capsys, run_folder, path, *more):
    code = cli.main(["drift", str(run_folder), "--counts", str(path), *map(str, more)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_validation_texts_are_no_alarm_and_others_are(
    capsys, network, run_folder, texts, results, tmp_path
):
    results.config.write_text('{"models": {"baseline": {"units": [8]}}}')
    # Their numbers no training text holds: one instead that is seen, and cut, in all of those.
    every = [re.sub(r"\d+", "29", text) for label in texts.values() for text in label]
    served(network, tmp_path / "same", every)
    code, out, _ = drifted(capsys, run_folder, tmp_path / "same", "--output-dir", tmp_path / "out")
    assert code == 0
    assert "no alarm in 60 texts" in out
    names = {
        "drift.csv",
        *(f"drift-distributions.{e}" for e in ("pdf", "svg", "png", "csv", "txt")),
    }
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    served(network, tmp_path / "other", ["una película muy aburrida, no vale nada"] * 60)
    code, _, err = drifted(capsys, run_folder, tmp_path / "other")
    assert code == 1
    assert "share of known words" in err
    assert "beyond the limit of 0.2 in 60 texts" in err


def test_the_alarm_is_what_the_explanation_says(monkeypatch):
    known, words = np.arange(1000.0), np.full(5, 50)
    training = drift.Sample(dict.fromkeys(drift.QUANTITIES, known), words)
    shifted = dict(zip(drift.QUANTITIES, (known[:60] + 300, known[::10], known[::15]), strict=True))
    p_values = iter([0.004, 0.02, 0.003])
    monkeypatch.setattr(drift, "ks_2samp", lambda *_: SimpleNamespace(pvalue=next(p_values)))
    table = drift.compare(training, drift.Sample(shifted, np.array([50, 50, 50, 50, 1])), 0.2)
    # Holm: the smallest times 3, the next times 2, the largest times 1, and none below the one before.
    assert table["p_value"].tolist()[:3] == pytest.approx([0.009, 0.02, 0.009])
    assert np.isnan(table["p_value"].iloc[3])
    above = table["psi"] > 0.2
    assert above.tolist() == [True, False, False, True]
    assert table["alarm"].tolist() == [True, False, False, True]
    p_values = iter([0.02, 0.02, 0.5])
    table = drift.compare(training, drift.Sample(shifted, words), 0.2)
    assert table["alarm"].tolist() == [False] * 4  # a large index alone, of three tests: no alarm
    assert "by Holm for the 3 tests" in drift.explanation(0.2)


def test_the_service_shows_what_the_command_says_and_looks_but_now_and_then(
    capsys, network, run_folder, tmp_path, monkeypatch
):
    application = pytest.importorskip("pyreg.serving.app")
    kept = counts.Counts(tmp_path / "counts")
    client = application.create(network, kept).test_client()
    assert 'href="/drift"' in client.get("/").text
    now = SimpleNamespace(monotonic=lambda: now.seconds, seconds=1000.0)
    monkeypatch.setattr(watch, "time", now)
    assert "0 texts were asked; 50 are needed to compare" in client.get("/drift").text
    served(network, tmp_path / "counts", ["una película muy aburrida, no vale nada"] * 60)
    now.seconds += watch.SECONDS - 1
    assert "0 texts were asked" in client.get("/drift").text
    now.seconds += 1
    page = client.get("/drift").text
    code, out, err = drifted(capsys, run_folder, tmp_path / "counts")
    assert code == 1
    assert err.removeprefix("pyreg drift: ").strip() in page
    *lines, said = out.splitlines()
    assert said == drift.explanation(0.2)
    assert f"<small>{said}</small>" in page
    rows = [line.split()[-3:] for line in lines[1:]]
    assert len(rows) == len(drift.QUANTITIES) + 1
    assert '<p class="short">Alarm</p>' in page
    assert page.count("<td>yes</td>") == sum(alarm == "True" for *_, alarm in rows) > 0
    for psi, _, _ in rows:
        assert f'<td class="number">{float(psi):.3f}</td>' in page


def test_without_counts_or_data_there_is_no_panel_or_it_says_so(network, run_folder, tmp_path):
    application = pytest.importorskip("pyreg.serving.app")
    client = application.create(network).test_client()
    assert client.get("/drift").status_code == 404
    assert "/drift" not in client.get("/").text
    copy = shutil.copytree(run_folder, tmp_path / "a" / "b" / "c" / "d" / "run")
    seen = watch.Watch(copy, tmp_path / "counts").latest()
    assert seen == (None, "the training data are not here")


def test_a_look_that_takes_long_is_the_rarer(run_folder, monkeypatch):
    now = SimpleNamespace(monotonic=lambda: now.seconds, seconds=0.0)
    monkeypatch.setattr(watch, "time", now)
    watched = watch.Watch(run_folder, Path("nowhere"))
    looks = []

    def look():
        looks.append(now.seconds)
        now.seconds += 30
        return watch.Seen(None, "")

    monkeypatch.setattr(watched, "_look", look)
    now.seconds = 1.0
    for _ in range(2000):
        watched.latest()
        now.seconds += 1
    assert looks == [1.0, 631.0, 1261.0, 1891.0]


def test_a_window_of_few_texts_says_nothing(capsys, network, run_folder, tmp_path):
    served(network, tmp_path / "few", ["great"] * 49)
    code, _, err = drifted(capsys, run_folder, tmp_path / "few")
    assert code == 2
    assert "got counts of 49 texts, expected at least 50" in err


@pytest.mark.parametrize("limit", ["nan", "0", "-1", "inf", "much"])
def test_a_limit_that_nothing_could_pass_is_refused(capsys, limit):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["drift", "run", "--counts", "counts.sqlite", "--limit", limit])
    assert "expected a number above 0" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["model.keras", "vocabulary.json"])
def test_a_folder_without_a_network_is_one_message(capsys, run_folder, tmp_path, missing):
    run = shutil.copytree(run_folder, tmp_path / "run")
    (run / missing).unlink()
    code, _, err = drifted(capsys, run, tmp_path / "counts.sqlite")
    assert code == 2
    assert f"holds no {missing}" in err
