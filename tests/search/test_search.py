"""The search for the best network: what it draws, that it goes on, and that it judges fairly."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pyreg import cli, config, files
from pyreg.data import encoding, folds
from pyreg.data.encoding import Encoded
from pyreg.engines import keras as keras_engine
from pyreg.errors import InputError
from pyreg.records.layout import Layout, RunKey
from pyreg.search import nested, table, trials
from pyreg.search.trials import Outcome

SPACE = {
    "units": [2, 16],
    "depth": [1, 2],
    "l2": [1e-6, 1e-2],
    "dropout": [0, 0.7],
    "learning_rate": [1e-4, 1e-2],
}
SEARCH = {"over": SPACE, "trials": 4, "folds": 2}
NUM_TRAIN, NUM_HELD_OUT, NUM_WORDS = 200, 60, 20


def study(**changes):
    settings = {"models": {"baseline": {"units": [4]}}, "search": SEARCH, "epochs": 2}
    data = {"num_words": NUM_WORDS}
    return config.load({**settings, "data": data, "batch_size": 64, "device": "cpu", **changes})


def search_of(**changes):
    return study(search={**SEARCH, **changes}).search


# Settings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"over": {}}, "at least 1 item"),
        ({"over": {"l2": [0.1]}}, "at least 2 items"),
        ({"over": {"color": [1, 2]}}, "color"),
        ({"over": {"dropout": [0.5, 0.1]}}, "over.dropout: got 0.5 to 0.1, expected the lower end"),
        ({"over": {"l2": [0, 0.1]}}, "over.l2: got 0 as the lower end, expected more than 0"),
        ({"over": {"units": [2, 4.5]}}, "over.units: got 4.5, expected whole numbers"),
        ({"over": {"depth": [0, 2]}}, "over.depth: got 0, expected 1 to 100 hidden layers"),
        ({"over": {"dropout": [0, 1]}}, "dropout 1, which makes no network: .*less than 1"),
        ({"over": {"units": [1, 100_000]}}, "units 100000, which makes no network"),
        (
            {"over": {"depth": [1, 2]}, "model": {"units": [4], "dropout": [0.5]}},
            "depth 2, which makes no network: .*got 1 values for 2 hidden layers",
        ),
        (
            {"model": {"units": [32], "normalization": "group"}},
            "over.units: got a network with group normalization",
        ),
        ({"trials": 0}, "search.trials: got 0"),
        ({"folds": 1}, "search.folds: got 1"),
    ],
)
def test_a_mistake_is_named(change, message):
    with pytest.raises(InputError, match=message):
        search_of(**change)


def test_values_become_a_network():
    search = search_of(model={"units": [8, 8], "l1": 0.1, "optimizer": {"name": "sgd"}})
    values = {"units": 3, "depth": 1, "dropout": 0.5, "learning_rate": 0.01}
    optimizer = config.Optimizer(name="sgd", learning_rate=0.01)
    expected = config.Model(units=[3], l1=0.1, dropout=0.5, optimizer=optimizer)
    assert search.network(values) == expected


def test_a_saved_study_searches_the_same(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(config.dump(study()))
    assert config.load(path) == study()


def test_every_fold_and_the_validation_samples_are_held_out_once():
    assert search_of(folds=3).held_out_sets == ("fold-1", "fold-2", "fold-3", "validation")


# Folds ------------------------------------------------------------------------------------------


def test_a_search_of_fewer_samples_than_folds_is_one_message():
    few = np.zeros((2, 1))
    with pytest.raises(InputError, match="got 3 folds for 2 training samples"):
        nested.split(Encoded(few, few, few, few, ""), 3, "fold-1", seed=1)


@pytest.mark.parametrize("held_out", ["fold-1", "fold-2", "validation"])
def test_no_sample_that_judges_takes_part_in_a_trial(held_out):
    rows = np.arange(NUM_TRAIN + NUM_HELD_OUT)[:, np.newaxis]
    data = Encoded(rows[:NUM_TRAIN], rows[:NUM_TRAIN], rows[NUM_TRAIN:], rows[NUM_TRAIN:], "")
    samples = nested.split(data, 2, held_out, seed=1)
    parts = [
        set(part.ravel().tolist())
        for part in (samples.inner.x_train, samples.inner.x_validation, samples.judged.x_validation)
    ]
    assert len(set.union(*parts)) == sum(map(len, parts))
    assert set(samples.judged.x_train.ravel().tolist()) == parts[0] | parts[1]
    assert np.array_equal(samples.inner.x_train, samples.inner.y_train)
    assert parts[2] == set(data.x_validation.ravel().tolist()) or held_out != "validation"


# Trials -----------------------------------------------------------------------------------------


def bowl(number, settings):
    """Least at a dropout of 0.3; more epochs the further from it."""
    distance = abs(settings["dropout"] - 0.3)
    return Outcome(distance**2, 1 + int(10 * distance))


def test_drawn_values_lie_between_the_ends_and_count_what_is_counted(tmp_path):
    for trial in trials.run(search_of(trials=15), 1, tmp_path / "journal", "name", bowl):
        assert list(trial.settings) == list(SPACE)
        for setting, value in trial.settings.items():
            assert SPACE[setting][0] <= value <= SPACE[setting][1]
        assert isinstance(trial.settings["units"], int)


def test_ratios_are_drawn_evenly(tmp_path):
    """Half of the factors between 1e-6 and 1e-2 are below 1e-4, not a hundredth of them."""
    search = search_of(over={"l2": [1e-6, 1e-2]}, trials=10)
    found = [
        trial.settings["l2"]
        for seed in range(5)
        for trial in trials.run(
            search, seed, tmp_path / "journal", f"{seed}", lambda *_: Outcome(0, 1)
        )
    ]
    assert 10 < sum(factor < 1e-4 for factor in found) < 40


def test_one_good_value_is_found(tmp_path):
    search = search_of(over={"dropout": [0, 0.7]}, trials=30)
    best = trials.best(trials.run(search, 1, tmp_path / "journal", "name", bowl))
    assert best.settings["dropout"] == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize("ended_at", [1, 3, 14])
def test_a_search_that_was_ended_goes_on_as_if_it_had_not_been(tmp_path, ended_at):
    search = search_of(trials=16)
    whole = trials.run(search, 1, tmp_path / "whole", "name", bowl)

    def ends(number, settings):
        if number == ended_at:
            raise KeyboardInterrupt
        return bowl(number, settings)

    with pytest.raises(KeyboardInterrupt):
        trials.run(search, 1, tmp_path / "ended", "name", ends)
    asked = []

    def counted(number, settings):
        asked.append(number)
        return bowl(number, settings)

    assert trials.run(search, 1, tmp_path / "ended", "name", counted) == whole
    assert asked == list(range(ended_at, 17))


def test_half_a_line_in_the_journal_is_forgotten(tmp_path):
    search, journal = search_of(trials=3), tmp_path / "journal"
    whole = trials.run(search, 1, journal, "name", bowl)
    journal.write_bytes(journal.read_bytes()[:-7])
    assert trials.run(search, 1, journal, "name", bowl) == whole


def test_more_trials_begin_with_those_there_were_and_fewer_are_the_first_of_them(tmp_path):
    few, many = (search_of(trials=number) for number in (3, 12))
    first = trials.run(few, 1, tmp_path / "journal", "name", bowl)
    more = trials.run(many, 1, tmp_path / "journal", "name", bowl)
    assert more[:3] == first
    assert trials.run(few, 1, tmp_path / "journal", "name", bowl) == first


def test_trials_of_another_name_are_another_search(tmp_path):
    trials.run(search_of(), 1, tmp_path / "journal", "name", bowl)
    asked = []
    trials.run(
        search_of(), 1, tmp_path / "journal", "other", lambda n, s: (asked.append(n), bowl(n, s))[1]
    )
    assert asked == [1, 2, 3, 4]


def test_another_seed_draws_other_trials(tmp_path):
    one, other = (trials.run(search_of(), n, tmp_path / f"{n}", "name", bowl) for n in (1, 2))
    assert all(left.settings != right.settings for left, right in zip(one, other, strict=True))


def test_a_trial_that_diverged_is_the_worst_and_the_search_goes_on(tmp_path):
    def mostly_diverges(number, settings):
        return bowl(number, settings) if number == 2 else Outcome(np.inf, 1)

    made = trials.run(search_of(trials=13), 1, tmp_path / "journal", "name", mostly_diverges)
    assert trials.best(made).number == 2


# Training ---------------------------------------------------------------------------------------


def make_encoded(path, held_out_labels=None):
    """Multi-hot samples whose label shows in some words."""
    generator = np.random.RandomState(3)
    y = generator.randint(0, 2, (NUM_TRAIN + NUM_HELD_OUT, 1)).astype(np.uint8)
    x = (generator.rand(len(y), NUM_WORDS) < 0.2 + 0.4 * y * (np.arange(NUM_WORDS) < 5)).astype(
        np.uint8
    )
    if held_out_labels is not None:
        y[held_out_labels] = generator.permutation(y[held_out_labels])
    np.savez(
        path,
        data_digest=np.array("made up"),
        num_words=np.array(NUM_WORDS),
        x_train=np.packbits(x[:NUM_TRAIN], axis=1),
        y_train=y[:NUM_TRAIN],
        x_validation=np.packbits(x[NUM_TRAIN:], axis=1),
        y_validation=y[NUM_TRAIN:],
    )
    return path


@pytest.fixture(scope="module")
def encoded(tmp_path_factory):
    return make_encoded(tmp_path_factory.mktemp("search") / "encoded.npz")


@pytest.fixture(scope="module")
def searched(encoded, tmp_path_factory):
    """The folder of a finished search that held out fold 1; never changed."""
    folder = tmp_path_factory.mktemp("results") / "search" / "fold-1"
    nested.run(study(), "fold-1", encoded, folder)
    return folder


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_honest_value_is_that_of_the_best_settings_trained_by_themselves(encoded, searched):
    best = files.read_json(searched / "best.json")
    network = {"units": [best["settings"]["units"]] * best["settings"]["depth"]}
    network |= {name: best["settings"][name] for name in ("l2", "dropout")}
    network |= {"optimizer": {"learning_rate": best["settings"]["learning_rate"]}}
    alone = study(models={"best": network}, search=None, epochs=best["epochs"])
    data = encoding.read_encoded(encoded)
    kept, out = folds.fold_rows(NUM_TRAIN, 2, 1, seed=1)
    data = data._replace(
        x_train=data.x_train[kept],
        y_train=data.y_train[kept],
        x_validation=data.x_train[out],
        y_validation=data.y_train[out],
    )
    key = RunKey("python", "best", "per-epoch", 1)
    fitted = keras_engine.fit(alone, key, data, keras_engine.build(alone, key, data))
    assert best["values"] == {
        metric: fitted.history[f"val_{metric}"][-1]
        for metric in ("binary_crossentropy", "accuracy")
    }
    assert (best["num_train"], best["num_held_out"]) == (100, 100)


def test_the_best_trial_is_the_least_of_the_table(searched):
    best, made = files.read_json(searched / "best.json"), files.read_csv(searched / "trials.csv")
    assert list(made.columns) == ["trial", *SPACE, "epochs", "value"]
    row = made.loc[made["value"].idxmin()]
    assert (best["trial"], best["naive"], best["epochs"]) == (row.trial, row.value, row.epochs)
    assert set(best["settings"].items()) <= set(row.items())


def test_a_trial_is_worth_its_best_epoch_on_the_inner_part(encoded, searched):
    row = files.read_csv(searched / "trials.csv").iloc[1]
    samples = nested.split(encoding.read_encoded(encoded), 2, "fold-1", seed=1)
    network = study().search.network({name: row[name] for name in SPACE})
    alone = study(models={"one": network.model_dump()})
    key = RunKey("python", "one", "per-epoch", 1)
    fitted = keras_engine.fit(
        alone, key, samples.inner, keras_engine.build(alone, key, samples.inner)
    )
    losses = fitted.history["val_binary_crossentropy"]
    assert (row["value"], row["epochs"]) == (min(losses), 1 + np.argmin(losses))


@pytest.mark.parametrize("held_out", ["fold-1", "validation"])
def test_what_judges_has_no_part_in_the_trials(encoded, tmp_path, held_out):
    rows = np.arange(NUM_TRAIN, NUM_TRAIN + NUM_HELD_OUT)
    if held_out == "fold-1":
        rows = folds.fold_rows(NUM_TRAIN, 2, 1, seed=1)[1]
    permuted = make_encoded(tmp_path / "encoded.npz", held_out_labels=rows)
    short = study(search={**SEARCH, "trials": 2})
    left, right = tmp_path / "left", tmp_path / "right"
    nested.run(short, held_out, encoded, left)
    nested.run(short, held_out, permuted, right)
    assert bytes_of(left)["trials.csv"] == bytes_of(right)["trials.csv"]
    judged = [files.read_json(folder / "best.json")["values"] for folder in (left, right)]
    assert judged[0] != judged[1]


def test_early_stopping_never_watches_what_judges(encoded):
    """With no patience it would end the last training where the held-out samples say so."""
    stops = config.Model(units=[4], early_stopping=config.EarlyStopping())
    plain = config.Model(units=[4])
    _, judged = nested.split(encoding.read_encoded(encoded), 2, "validation", seed=1)
    judged = judged._replace(y_validation=1 - judged.y_validation)  # gets worse from the start
    of_both = [nested.judge(study(), judged, network, 4) for network in (stops, plain)]
    assert of_both[0] == of_both[1]


def test_no_trial_that_came_to_a_number_is_one_message(encoded, tmp_path, monkeypatch):
    monkeypatch.setattr(nested, "evaluate", lambda *_: Outcome(np.inf, 1))
    with pytest.raises(InputError, match="got no number from any of 4 trials"):
        nested.run(study(), "fold-1", encoded, tmp_path / "fold-1")
    assert not (tmp_path / "fold-1").exists()


@pytest.mark.parametrize(
    ("changes", "held_out", "message"),
    [
        ({"search": None}, "fold-1", "has no search"),
        ({}, "fold-3", "got fold-3 to hold out, expected one of fold-1, fold-2, validation"),
    ],
)
def test_a_search_that_there_is_not(encoded, tmp_path, changes, held_out, message):
    with pytest.raises(InputError, match=message):
        nested.run(study(**changes), held_out, encoded, tmp_path / "out")


def test_changed_settings_never_mix_with_trials_made_before(encoded):
    samples = nested.split(encoding.read_encoded(encoded), 2, "fold-1", seed=1).inner
    name = nested.identity(study(), samples)
    longer = study(search={**SEARCH, "trials": 9})
    assert nested.identity(longer, samples) == name
    others = [
        study(epochs=3),
        study(seed=2),
        study(search={**SEARCH, "over": {**SPACE, "units": [2, 8]}}),
    ]
    relabelled = samples._replace(y_train=1 - samples.y_train)
    found = {nested.identity(other, samples) for other in others}
    found |= {nested.identity(study(), relabelled), name}
    assert len(found) == 5


def test_a_killed_search_is_completed_with_the_same_bytes(encoded, searched, tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(config.dump(study()))
    killed = tmp_path / "killed"

    def command(folder):
        arguments = ["--config", str(path), "--held-out", "fold-1", "--encoded", str(encoded)]
        return ["search", *arguments, "--output-dir", str(folder)]

    log = tmp_path / "log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "pyreg", *command(killed)],
            stderr=errors,
            stdout=subprocess.DEVNULL,
        )
        for _ in range(1200):
            if "trial 2/4" in log.read_text() or process.poll() is not None:
                break
            time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not killed.exists()
    assert cli.main(command(killed)) == 0
    assert bytes_of(killed) == bytes_of(searched)


# The table --------------------------------------------------------------------------------------


def found(folder, held_out, naive, value):
    files.write_json(
        folder / held_out / "best.json",
        {
            **{"held_out": held_out, "trial": 3, "settings": {"units": 8}, "epochs": 2},
            **{"naive": naive, "values": {"binary_crossentropy": value, "accuracy": 0.75}},
            **{"num_train": 100, "num_held_out": 50},
        },
    )


def test_the_table_has_a_row_for_each_set_that_is_held_out(tmp_path, capsys):
    searching = study(search={"over": {"units": [2, 16]}, "folds": 2})
    for number, name in enumerate(searching.search.held_out_sets):
        found(tmp_path / "search", name, 0.25 + number / 10, 0.5 + number / 10)
    path = tmp_path / "study.yaml"
    path.write_text(config.dump(searching))
    output = tmp_path / "tables" / "search.csv"
    call = ["search-table", "--config", str(path), "--results", str(tmp_path)]
    assert cli.main([*call, "--output", str(output)]) == 0
    assert output.read_text().splitlines() == [
        "held_out,trial,units,epochs,naive,binary_crossentropy,accuracy,num_train,num_held_out",
        "fold-1,3,8,2,0.25,0.5,0.75,100,50",
        "fold-2,3,8,2,0.35,0.6,0.75,100,50",
        "validation,3,8,2,0.45,0.7,0.75,100,50",
    ]
    assert "binary_crossentropy 0.5500 on folds held out" in capsys.readouterr().out


def test_a_search_that_is_missing_is_named(tmp_path):
    with pytest.raises(InputError, match="fold-1 holds no finished search"):
        table.assemble(study(), Layout(tmp_path))


def test_the_interval_knows_that_folds_share_training_samples():
    values = [0.3, 0.34, 0.41, 0.35]
    names = ["fold-1", "fold-2", "fold-3", "fold-4", "validation"]
    made = pd.DataFrame({"held_out": names, "accuracy": [*values, 9.0]})
    estimate = table.nested(made, "accuracy", 0.95)
    plain = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    assert estimate.mean == pytest.approx(0.35)
    # sqrt(1/4 + 1/3) instead of sqrt(1/4)
    widened = (plain[1] - plain[0]) * np.sqrt((1 / 4 + 1 / 3) / (1 / 4))
    assert estimate.high - estimate.low == pytest.approx(widened)
    assert estimate.high - estimate.mean == pytest.approx(estimate.mean - estimate.low)
    assert estimate.num_folds == 4


def test_a_fold_that_diverged_leaves_no_estimate():
    made = pd.DataFrame({"held_out": ["fold-1", "fold-2"], "accuracy": [0.5, None]})
    assert np.isnan(table.nested(made, "accuracy", 0.95).mean)


def test_the_table_needs_no_keras():
    check = "import sys, pyreg.search.table; sys.exit(str({'keras', 'optuna'} & set(sys.modules) or ''))"
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == ""


@pytest.mark.parametrize(
    "line", ["garbage", "{}", '{"op_code": 99}', "[1, 2]", '{"op_code": 0, "worker_id": 1}']
)
def test_a_garbage_line_in_the_journal_is_one_message(tmp_path, line):
    search, journal = search_of(trials=3), tmp_path / "journal"
    trials.run(search, 1, journal, "name", bowl)
    lines = journal.read_text().splitlines()
    journal.write_text("\n".join([*lines[:2], line, *lines[2:]]) + "\n")
    with pytest.raises(InputError, match=r"journal is damaged .*delete it, and the search begins"):
        trials.run(search, 1, journal, "name", bowl)


def test_two_searches_at_once_on_one_journal(tmp_path):
    search, journal = search_of(trials=3), tmp_path / "journal"
    asked = []

    def meanwhile(number, settings):
        with pytest.raises(InputError, match="another `pyreg search` is at work on"):
            trials.run(search, 1, journal, "name", bowl)
        asked.append(number)
        return bowl(number, settings)

    assert trials.run(search, 1, journal, "name", meanwhile) == trials.run(
        search, 1, tmp_path / "other", "name", bowl
    )
    assert asked == [1, 2, 3]
