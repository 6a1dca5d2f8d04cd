"""Figures: which exist, what they draw (by hand), and that they come out the same and whole."""

import itertools
import re
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_results import LINEAR, PREDICTIONS, SEARCH, compression_table, write_search
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb, to_rgba_array
from matplotlib.lines import Line2D
from matplotlib.text import Text
from mizani.labels import label_number
from sklearn import metrics

from pyreg import config, files
from pyreg.config.tasks import GREATER_IS_BETTER
from pyreg.errors import InputError
from pyreg.figures import (
    catalogue,
    draw,
    forest,
    formats,
    looks,
    names,
    norms,
    predictions,
    tables,
    theme,
)
from pyreg.figures.letters import Letters
from pyreg.figures.results import Results
from pyreg.figures.save import DPI
from pyreg.records.layout import Layout, RunKey
from pyreg.records.run import history_table
from pyreg.statistics.norms import Bowl
from pyreg.study import plan
from pyreg.wording.measures import measure

ROOT = Path(__file__).parents[2]
LESSON = {
    "baseline": {"units": [16, 16]},
    "smaller": {"units": [4, 4]},
    "bigger": {"units": [512, 512]},
    "l2": {"units": [16, 16], "l2": 0.001},
    "dropout": {"units": [16, 16], "dropout": 0.6},
}
CLAIM = {
    "id": "smaller-overfits-less",
    "claim": "The smaller network overfits less",
    "source": "a test",
    "metric": "binary_crossentropy",
    "quantity": "gap",
    "left": "smaller",
    "right": "baseline",
    "direction": "less",
    "margin": 0.0,
}
OVERFITS = {
    **CLAIM,
    "id": "baseline-overfits",
    "claim": "Training accuracy lies far above validation accuracy",
    "metric": "accuracy",
    "left": "baseline",
    "right": None,
    "direction": "greater",
    "margin": 0.2,
}


PATIENCE = {"early_stopping": {"patience": 1}}


def study_of(**changes) -> config.Study:
    """Three models, three epochs: the smallest study that has every kind of figure."""
    models = {name: LESSON[name] for name in ["baseline", "smaller", "l2"]}
    settings = {"models": models, "epochs": 3, "keras_shuffle_models": ["baseline"]}
    return config.load({**settings, **changes})


def full_study(**changes) -> config.Study:
    return study_of(replicates=4, replicate_batch=3, claims=[CLAIM, OVERFITS], **changes)


def history_of(study: config.Study, key: RunKey, epochs: int | None = None) -> pd.DataFrame:
    """Validation accuracy is 0.8 + 0.01 per epoch + 0.001 per seed; the others as simple."""
    model = list(study.models).index(key.model)
    epoch = np.arange(1, (epochs or study.epochs) + 1)
    seed = key.seed / 1000
    # With penalties: must never be drawn.
    history = {"loss": 9.0 - 0.1 * epoch, "val_loss": 9.0 + 0.0 * epoch}
    for metric in study.metrics:
        if metric in GREATER_IS_BETTER:
            history[metric] = 0.7 + 0.05 * epoch + seed
            history[f"val_{metric}"] = 0.8 + 0.01 * epoch + seed
        else:
            history[metric] = 0.6 - 0.1 * epoch + seed
            history[f"val_{metric}"] = 0.5 + 0.05 * (epoch - 2) ** 2 + 0.1 * model + seed
    return history_table(history, key)


def write_run(study: config.Study, folder: Path, keys: list[RunKey]) -> None:
    histories = [history_of(study, key) for key in keys]
    files.write_csv(folder / "history.csv", pd.concat(histories))
    predicted, labels = PREDICTIONS[study.task]
    is_batch = "replicates" in folder.parts
    stored = np.stack([predicted] * len(keys)) if is_batch else predicted
    np.savez(folder / "predictions.npz", validation=stored, labels=labels)


def write_results(study: config.Study, folder: Path, r_missing: str | None = None) -> Path:
    """The records that a finished study leaves, from `history_of`."""
    for key in plan.runs(study, with_r=r_missing is None):
        write_run(study, Layout(folder).run(key).folder, [key])
    for one in plan.replicate_sets(study):
        for first, last in plan.replicate_batches(study):
            keys = [RunKey("python", one.model, one.shuffle, n) for n in range(first, last + 1)]
            batch = Layout(folder).batch(one, (first, last)).folder
            write_run(study, batch, keys)
    level = "bit-identical" if r_missing is None else "not-run"
    agreement = [
        (right.model, right.shuffle, right.seed, "python", right.engine, level, r_missing)
        for _, right in plan.comparisons(study)
    ]
    columns = ["model", "shuffle", "seed", "left", "right", "level", "note"]
    files.write_csv(folder / "tables/agreement.csv", pd.DataFrame(agreement, columns=columns))
    files.write_csv(folder / "tables/claims.csv", claims_table())
    if study.search:
        write_search(study, folder)
    for model in study.compress:
        files.write_csv(Layout(folder).compressed(model).table, compression_table())
    provenance = {
        "description": "made-up reviews.",
        "file": "made-up.npz",
        "content_digest": "0123456789abcdef",
        "notice": None,
    }
    files.write_json(folder / "data/provenance.json", provenance)
    return folder


def claims_table() -> pd.DataFrame:
    """claims.csv: one claim at both epochs, one about a single model."""
    columns = ["at", "estimate", "ci_low", "ci_high", "num_seeds", "verdict"]
    claims = [
        (CLAIM, "last", -0.2, -0.3, -0.1, 4, "holds"),
        (CLAIM, "best", -0.1, -0.3, 0.1, 4, "undecided"),
        (OVERFITS, "last", 0.1, 0.08, 0.12, 4, "does not hold"),
    ]
    rows = [{**claim, **dict(zip(columns, found, strict=True))} for claim, *found in claims]
    return pd.DataFrame(rows)


def drawing_of(study: config.Study, folder: Path, name: str) -> draw.Drawing:
    (entry,) = [entry for entry in catalogue.entries(study) if entry.name == name]
    return draw.draw(study, folder, entry)


# Which figures exist


def test_lesson_groups_as_the_lesson_draws_them():
    assert catalogue.groups(config.load({"models": LESSON})) == {
        "capacity": ("baseline", "smaller", "bigger"),
        "l2": ("baseline", "l2"),
        "dropout": ("baseline", "dropout"),
    }


def test_model_that_changes_two_settings_has_a_group_of_its_own():
    models = {
        "wide": {"units": [32]},
        "narrow_l2": {"units": [8], "l2": 0.01},
        "tanh": {"units": [32], "activation": "tanh"},
        "stops": {"units": [32], "early_stopping": {}},
        "everywhere": {"units": [32], "l2": 0.01, "penalized": "all"},
        "twin": {"units": [32]},
    }
    assert catalogue.groups(config.load({"models": models})) == {
        "capacity-l2": ("wide", "narrow_l2"),
        "activation": ("wide", "tanh"),
        "early-stopping": ("wide", "stops"),
        "l2": ("wide", "everywhere"),
        "same": ("wide", "twin"),
    }


def test_names_of_a_full_study():
    assert names(full_study()) == [
        "curves",
        "compare-capacity",
        "compare-l2",
        "final-metrics",
        "claims",
        "roc",
        "confusion",
        "frozen-shuffle-baseline",
        "python-r",
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [({"source": "digits"}, ["curves", "confusion"]), (LINEAR, ["curves"])],
    ids=["multiclass", "regression"],
)
def test_scores_are_drawn_where_the_task_has_them(data, expected):
    study = config.load({"data": data, "models": {"only": {"units": [3]}}, "r": "off"})
    assert names(study) == expected


def test_names_of_one_model_without_r_and_replicates():
    study = config.load({"models": {"only": {"units": [3]}}, "r": "off"})
    assert names(study) == ["curves", "roc", "confusion"]


def test_study_of_plain_seeded_fits_has_no_frozen_shuffle_figure():
    assert not [name for name in names(study_of(shuffle="keras")) if "shuffle" in name]


def test_no_two_figures_share_a_name():
    found = names(config.load({"models": LESSON, "replicates": 3, "claims": []}))
    assert len(found) == len(set(found))


def linear_study():
    penalized = {
        f"{name}-linear": {"units": [], name: 0.1, "penalized": "all"} for name in ("l1", "l2")
    }
    return config.load({"models": {"baseline": {"units": [16]}, **penalized}, "data": LINEAR})


def test_norms_are_drawn_of_two_linear_regressions_alone():
    study = linear_study()
    assert catalogue.linear_pair(study) == ("l1-linear", "l2-linear")
    models = {name: study.models[name] for name in ("baseline", "l1-linear")}
    assert catalogue.linear_pair(study.model_copy(update={"models": models})) == ()
    assert catalogue.linear_pair(config.load({"models": {"m": {"units": [16]}}})) == ()


def test_norms_are_drawn_of_the_feature_l1_keeps_and_one_it_drops():
    with_l1, with_l2 = np.array([0.001, -3.0, 1.0, 0.0]), np.array([0.2, -2.0, 1.0, -0.4])
    assert norms.chosen(with_l1, with_l2) == (1, 3)
    table = norms.norms_table(Bowl(np.array([3.0, 1.0]), np.eye(2), 0.5))
    points = table[table["part"] == "solution"].set_index("panel")[["first", "second"]]
    assert points.loc["L1"].tolist() == pytest.approx([2, 0])  # half of 4 is the radius
    assert points.loc["L2"].tolist() == pytest.approx([1.5, 0.5])
    touching = table[(table["panel"] == "L1") & (table["group"] == 3)]
    distance = np.hypot(touching["first"] - 3, touching["second"] - 1)
    assert distance.to_numpy() == pytest.approx(np.full(len(touching), np.sqrt(2)))


def test_every_kind_has_a_drawing_and_a_caption_for_snakemake():
    sweeps, search = {"l2": {"over": {"l2": [0.1, 0.2]}}}, {"over": {"l2": [0.1, 0.2]}}
    kinds = {
        entry.kind
        for entry in catalogue.entries(full_study(sweeps=sweeps, search=search, compress=["l2"]))
    }
    kinds |= {entry.kind for entry in catalogue.entries(linear_study())}
    assert kinds == set(draw.DRAWINGS)
    for kind in kinds:
        assert (ROOT / "workflow" / "report" / f"{kind}.rst").exists(), kind


def test_names_are_light_to_import():
    code = "import sys, pyreg.figures; print({'pandas', 'plotnine', 'keras'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# What is drawn


def test_curves_are_medians_and_quantiles_over_runs():
    study = full_study()
    keys = [RunKey("python", "baseline", "per-epoch", seed) for seed in (1, 2, 3, 4, 5)]
    table = tables.curves(pd.concat([history_of(study, key) for key in keys]))
    assert set(table["metric"]) == {"binary_crossentropy", "accuracy"}
    row = table.query("metric == 'accuracy' and data == 'validation' and epoch == 2").iloc[0]
    # Seeds 1 to 5 give 0.821, ..., 0.825; the 0.1 quantile lies 0.4 steps above the lowest.
    assert row["value"] == pytest.approx(0.823)
    assert [row["low"], row["high"]] == pytest.approx([0.8214, 0.8246])
    assert row["num_runs"] == 5


def test_a_curve_ends_where_fewer_than_half_of_the_runs_are_left():
    # Runs of 3, 3, 2 and 1 epochs: two of four reach the third, one of five the fourth.
    study = full_study()
    lengths = {1: 3, 2: 3, 3: 2, 4: 1}
    runs = [
        history_of(study, RunKey("python", "l2", "per-epoch", seed), epochs)
        for seed, epochs in lengths.items()
    ]
    table = tables.curves(pd.concat(runs)).query("metric == 'accuracy' and data == 'training'")
    assert table.set_index("epoch")["num_runs"].to_dict() == {1: 4, 2: 3, 3: 2}
    fourth = history_of(study, RunKey("python", "l2", "per-epoch", 5), 4)
    assert tables.curves(pd.concat([*runs, fourth]))["epoch"].max() == 3


def test_best_epoch_is_the_lowest_cross_entropy_and_the_highest_accuracy():
    study = study_of()
    key = RunKey("python", "baseline", "per-epoch", 1)
    table = tables.curves(history_of(study, key))
    best = table[table["best"]].set_index("metric")
    assert best["epoch"].to_dict() == {"binary_crossentropy": 2, "accuracy": 3}
    assert set(best["data"]) == {"validation"}


def test_first_of_equally_good_epochs_is_the_best():
    key = RunKey("python", "m", "per-epoch", 1)
    history = history_table({"accuracy": [0.5] * 3, "val_accuracy": [0.6, 0.7, 0.7]}, key)
    table = tables.curves(history)
    assert table.loc[table["best"], "epoch"].tolist() == [2]


def test_difference_of_identical_runs_is_exactly_zero():
    study = study_of()
    python, other = (
        history_of(study, RunKey(engine, "l2", "per-epoch", 1)) for engine in ("python", "r")
    )
    table = tables.engine_difference(python, other)
    difference = table[table["engine"] == "difference"]
    assert len(difference) == 2 * 2 * study.epochs
    assert (difference["value"] == 0).all()


def test_difference_is_python_minus_r():
    study = study_of()
    python = history_of(study, RunKey("python", "l2", "per-epoch", 1))
    other = python.assign(engine="r", value=python["value"] - 0.25).sample(frac=1, random_state=1)
    difference = tables.engine_difference(python, other).query("engine == 'difference'")
    assert difference["value"].tolist() == pytest.approx([0.25] * len(difference))


def test_roc_of_four_reviews():
    # By falling probability: positive, negative, positive, negative.
    probabilities = np.array([[0.1, 0.4, 0.35, 0.8]])
    curve = predictions.roc(probabilities, np.array([[0, 0, 1, 1]]), num_points=5)
    assert curve["area"].tolist() == pytest.approx([0.75] * 6)
    at = dict(zip(curve["false_positive_rate"], curve["true_positive_rate"], strict=True))
    assert curve["true_positive_rate"].iloc[0] == 0  # from the origin
    assert at[0.0625] == pytest.approx(0.5)
    assert at[1.0] == 1.0


def test_equal_probabilities_are_one_threshold():
    curve = predictions.roc(np.array([[0.5] * 4]), np.array([[0, 1, 0, 1]]))
    assert curve["area"].iloc[0] == 0.5


def test_scores_agree_with_scikit_learn():
    generator = np.random.RandomState(3)
    labels = generator.randint(0, 2, (3, 300))
    probabilities = np.round(generator.rand(3, 300) * 0.7 + 0.3 * labels, 2)  # with ties
    found = predictions.scores(probabilities, labels)
    for run, row in found.iterrows():
        called, true = probabilities[run] > 0.5, labels[run]
        expected = {
            "precision": metrics.precision_score(true, called),
            "recall": metrics.recall_score(true, called),
            "f1": metrics.f1_score(true, called),
            "accuracy": metrics.accuracy_score(true, called),
            "auc": metrics.roc_auc_score(true, probabilities[run]),
        }
        assert row.to_dict() == pytest.approx(expected)
    areas = predictions.roc(probabilities, labels)["area"]
    assert areas.iloc[0] == pytest.approx(found["auc"].median())


def test_scores_by_hand():
    # Of two positive samples one is found, and one of two calls is right.
    scores = predictions.scores(np.array([[0.9, 0.1, 0.8, 0.2, 0.3]]), np.array([[1, 1, 0, 0, 0]]))
    assert scores.iloc[0].to_dict() == pytest.approx(
        {"precision": 0.5, "recall": 0.5, "f1": 0.5, "accuracy": 0.6, "auc": 0.5}
    )


def test_a_network_that_says_the_same_of_all_has_no_precision_and_half_the_area():
    scores = predictions.scores(np.array([[0.4] * 4]), np.array([[0, 1, 0, 1]]))
    assert np.isnan(scores["precision"].iloc[0])
    assert scores[["recall", "f1", "accuracy", "auc"]].iloc[0].tolist() == [0, 0, 0.5, 0.5]


def test_each_run_is_judged_by_its_own_labels():
    probabilities = np.array([[0.1, 0.9], [0.1, 0.9]])
    labels = np.array([[0, 1], [1, 0]])
    assert predictions.scores(probabilities, labels)["auc"].tolist() == [1, 0]
    assert predictions.confusion(probabilities, labels)["share"].tolist() == [0.5] * 4
    assert predictions.roc(probabilities, labels)["area_low"].iloc[0] == pytest.approx(0.1)


def test_confusion_counts_half_as_negative():
    probabilities = np.array([[0.5, 0.6, 0.9, 0.2], [0.1, 0.1, 0.9, 0.9]])
    table = predictions.confusion(probabilities, np.array([[0, 0, 1, 1]] * 2))
    # Keras' accuracy calls a review positive above 0.5, not at it.
    assert table[["label", "called", "count", "share"]].values.tolist() == [
        ["negative", "negative", 1.5, 0.75],
        ["negative", "positive", 0.5, 0.25],
        ["positive", "negative", 0.5, 0.25],
        ["positive", "positive", 1.5, 0.75],
    ]


def test_confusion_of_three_classes_calls_the_likeliest():
    predicted, labels = PREDICTIONS["multiclass"]
    table = predictions.confusion(predicted[np.newaxis], labels[np.newaxis])
    shares = table.pivot(index="label", columns="called", values="share")
    assert shares.to_numpy().tolist() == [[1, 0, 0], [0.5, 0.5, 0], [0, 0, 1]]
    assert table["count"].sum() == len(labels)


def test_confusion_of_several_classes_agrees_with_scikit_learn():
    generator = np.random.RandomState(4)
    predicted, labels = generator.rand(2, 200, 4), generator.randint(0, 4, (2, 200))
    expected = [
        metrics.confusion_matrix(true, run.argmax(axis=1))
        for true, run in zip(labels, predicted, strict=True)
    ]
    counts = predictions.confusion(predicted, labels)["count"].to_numpy().reshape(4, 4)
    assert counts == pytest.approx(np.mean(expected, axis=0))


def test_final_metrics_by_hand():
    study = study_of()
    key = RunKey("python", "baseline", "per-epoch", 1)
    table = tables.final_metrics(history_of(study, key)).set_index(["metric", "quantity"])["value"]
    expected = {
        ("binary_crossentropy", "last epoch"): 0.551,
        ("binary_crossentropy", "best epoch"): 0.501,
        ("binary_crossentropy", "gap"): 0.25,
        ("accuracy", "last epoch"): 0.831,
        ("accuracy", "best epoch"): 0.831,
        ("accuracy", "gap"): 0.02,  # positive: validation is worse
    }
    assert table.to_dict() == pytest.approx(expected)


def test_csv_is_what_the_lines_are_drawn_from(tmp_path):
    study = study_of()
    results = write_results(study, tmp_path / "results")
    draw.draw_all(study, results, tmp_path, only=["compare-l2"])
    stored = files.read_csv(tmp_path / "compare-l2.csv")
    drawing = drawing_of(study, results, "compare-l2")
    drawing.plot.draw()
    line = drawing.plot.layers[0].data
    assert sorted(line["y"]) == sorted(stored["value"])
    assert set(stored["model"]) == {"baseline", "l2"}
    history = files.read_csv(results / "runs/python/l2/per-epoch/seed-1/history.csv")
    drawn = stored[stored["model"] == "l2"]
    recorded = history[history["metric"] != "loss"]
    assert sorted(drawn["value"]) == sorted(recorded["value"])  # bit for bit


def test_replicates_are_drawn_as_bands_of_all_batches(tmp_path):
    study = full_study()
    results = write_results(study, tmp_path)
    table = drawing_of(study, results, "curves").table
    assert set(table["num_runs"]) == {4}
    assert (table["high"] > table["low"]).all()


def test_frozen_shuffle_draws_both_ways(tmp_path):
    study = study_of()
    results = write_results(study, tmp_path)
    table = drawing_of(study, results, "frozen-shuffle-baseline").table
    assert list(table["shuffle"].unique()) == ["per-epoch", "keras"]


def test_without_r_python_is_drawn_alone_and_the_reason_given(tmp_path):
    study = study_of()
    results = write_results(study, tmp_path, r_missing="there is no R here")
    drawing = drawing_of(study, results, "python-r")
    assert set(drawing.table["engine"]) == {"python"}
    assert drawing.words.subtitle == "R did not run: there is no R here"
    assert len(drawing.draw().axes) == 4 * 2  # pairs and metrics, without differences


def test_claims_are_drawn_as_they_stand_in_the_table(tmp_path):
    study = full_study()
    drawing = drawing_of(study, write_results(study, tmp_path), "claims")
    assert drawing.table["estimate"].tolist() == [-0.2, -0.1, 0.1]
    assert (
        "Over so few seeds bootstrap intervals cover 88 per cent at most." in drawing.words.caption
    )
    drawn = drawing.plot.data.set_index(["id", "at"])
    # A panel per unit, both epochs of a claim around its place, a lone one on it.
    assert drawn["panel"].tolist() == ["Binary cross-entropy (nats)"] * 2 + [
        "Accuracy (share correct)"
    ]
    offsets = drawn["row"] - drawn["place"]
    assert offsets.tolist() == pytest.approx([*forest.OFFSETS.values(), 0])
    assert drawn["place"].iloc[2] < drawn["place"].iloc[1] == drawn["place"].iloc[0]


def test_claims_stand_left_of_their_intervals_and_verdicts_right(tmp_path):
    for columns in (1, 2):
        study = full_study(figures={"columns": columns})
        figure = drawing_of(study, write_results(study, tmp_path), "claims").draw()
        FigureCanvasAgg(figure).draw()
        nats, shares = figure.axes
        said = [text for text in (*nats.texts, *shares.texts) if text.get_text() in forest.COLOURS]
        verdicts = [text.get_window_extent() for text in said]
        assert len(verdicts) == 3
        assert len({round(box.x0) for box in verdicts}) == 1  # a column, through both panels
        low, high = (nats.transData.transform((end, 0))[0] for end in (-0.3, 0.1))
        assert min(box.x0 for box in verdicts) > high
        (claim,) = [text for text in nats.texts if text.get_text().startswith("The smaller")]
        assert claim.get_window_extent().x1 < low


def test_panels_of_claims_are_as_high_as_their_claims(tmp_path):
    # Three claims in nats, one in shares, all of two lines.
    others = [{**CLAIM, "id": f"other-{number}"} for number in (1, 2)]
    study = study_of(replicates=4, claims=[CLAIM, OVERFITS, *others])
    results = write_results(study, tmp_path)
    rows = [claims_table(), *(claims_table().iloc[:1].assign(id=other["id"]) for other in others)]
    files.write_csv(results / "tables" / "claims.csv", pd.concat(rows).assign(claim="Short"))
    figure = drawing_of(study, results, "claims").draw()
    FigureCanvasAgg(figure).draw()
    nats, shares = (axes.get_position().height for axes in figure.axes)
    assert nats / shares == pytest.approx(3)


def test_what_a_claim_compares():
    study = full_study(figures={"names": {"smaller": "Four units"}})
    claims = claims_table()
    assert forest.compared(claims.iloc[0], study) == "Four units − baseline, gap"
    assert forest.compared(claims.iloc[2], study) == "baseline, gap"


# A study's own looks


OWN = {"names": {"l2": "Ridge"}, "colours": {"l2": "#123456"}}


@pytest.mark.parametrize("name", ["curves", "compare-l2", "final-metrics", "roc", "python-r"])
def test_a_model_has_its_name_and_its_colour_in_every_figure(tmp_path, name):
    study = full_study(figures=OWN)
    figure = drawing_of(study, write_results(study, tmp_path), name).draw()
    texts = [text for text, _ in texts_of(figure)]
    assert any(text.startswith("Ridge") for text in texts)
    assert not any(re.search(r"\bl2\b", text) for text in texts)
    own = to_rgb("#123456")
    found = [shape for shape in figure.findobj() if own in colours_of(shape)]
    assert found


def colours_of(shape) -> list:
    for getter in ("get_color", "get_edgecolor", "get_facecolor"):
        if hasattr(shape, getter):
            colours = np.atleast_2d(to_rgba_array(getattr(shape, getter)()))
            if len(colours):
                return [tuple(colour[:3]) for colour in colours]
    return []


def test_colours_that_are_not_given_stay_what_they_are():
    plain, own = looks.model_look(full_study()), looks.model_look(full_study(figures=OWN))
    assert {**plain.colours, "l2": "#123456"} == own.colours


def test_ten_networks_have_ten_colours():
    models = {f"network-{units}": {"units": [units]} for units in range(1, 11)}
    study = config.load({"models": models})
    assert len(set(looks.model_look(study).colours.values())) == 10


def test_keys_of_training_and_validation_have_no_model_s_colour(tmp_path):
    study = full_study()
    figure = drawing_of(study, write_results(study, tmp_path), "compare-l2").draw()
    FigureCanvasAgg(figure).draw()
    keys = [line for line in figure.findobj(Line2D) if is_key(line)]
    assert {line.get_linestyle() for line in keys} == {"-", "--"}


def is_key(line) -> bool:
    return to_rgb(line.get_color()) == to_rgb(looks.KEY_GREY)


def test_without_texts_the_picture_is_bare_and_its_words_stand_beside_it(tmp_path):
    study = full_study(figures={"texts": False, "formats": ["tiff"]})
    results = write_results(study, tmp_path / "results")
    with_texts = drawing_of(full_study(), results, "compare-l2").draw()
    bare = drawing_of(study, results, "compare-l2").draw()
    assert bare.get_figheight() < with_texts.get_figheight()
    assert not any("Drawn by" in text or "against" in text for text, _ in texts_of(bare))
    draw.draw_all(study, results, tmp_path, only=["compare-l2"])
    written = {path.suffix for path in tmp_path.glob("compare-l2.*")}
    assert written == {".svg", ".csv", ".txt", ".tiff"}
    words = (tmp_path / "compare-l2.txt").read_text()
    assert words.startswith("baseline against l2\n")
    assert "Drawn by pyreg/figures" in words


def test_all_text_follows_the_font_and_its_size(tmp_path):
    study = full_study(figures={"font": "DejaVu Serif", "font_size": 8})
    for name in ("claims", "roc", "python-r", "compare-l2"):
        figure = drawing_of(study, write_results(study, tmp_path), name).draw()
        shown = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
        assert {text.get_fontname() for text in shown} == {"DejaVu Serif"}
        assert {round(text.get_fontsize() / 8, 2) for text in shown} <= {0.77, 0.8, 0.86, 1.0, 1.3}


def test_a_font_that_is_not_there_is_one_message(tmp_path):
    study = full_study(figures={"font": "Helvetica Neue Nowhere"})
    with pytest.raises(InputError, match=r"figures\.font: got 'Helvetica Neue Nowhere'"):
        drawing_of(study, write_results(study, tmp_path), "roc")


@given(st.text("ilmW .,", min_size=1, max_size=300), st.floats(5, 80))
def test_wrapped_lines_are_measured_and_lose_no_word(text, width):
    font = Letters("DejaVu Sans", 6.5)
    wrapped = font.wrapped(text, width)
    assert wrapped.split() == text.split()
    assert all(font.width(line) <= width for line in wrapped.splitlines() if " " in line.strip())


def test_a_width_is_what_matplotlib_draws(tmp_path):
    study = full_study()
    figure = drawing_of(study, write_results(study, tmp_path), "roc").draw()
    figure.set_dpi(DPI)
    FigureCanvasAgg(figure).draw()
    (text,) = [text for text in figure.findobj(Text) if text.get_text().startswith("ROC curves")]
    drawn = text.get_window_extent().width / figure.dpi * 25.4
    font = Letters("DejaVu Sans", text.get_fontsize(), "bold")
    assert font.width(text.get_text()) == pytest.approx(drawn, rel=0.03)


# Captions


def test_fallback_data_is_named_in_the_caption(tmp_path):
    study = study_of()
    results = write_results(study, tmp_path)
    provenance = files.read_json(results / "data/provenance.json")
    notice = "Half of the data: not the lesson's numbers."
    files.write_json(results / "data/provenance.json", {**provenance, "notice": notice})
    text = " ".join(drawing_of(study, results, "roc").words.caption.split())
    assert notice in text
    assert "made-up reviews (made-up.npz, content digest 01234567)." in text
    assert "one run, seed 1" in text
    assert "Drawn by pyreg/figures, " in text


# Files


def test_missing_record_is_one_message(tmp_path):
    study = study_of()
    results = write_results(study, tmp_path)
    (results / "runs/python/l2/per-epoch/seed-1/history.csv").unlink()
    with pytest.raises(InputError, match=r"history\.csv.*snakemake"):
        draw.draw_all(study, results, tmp_path / "figures", only=["compare-l2"])
    assert not (tmp_path / "figures").exists()


def test_damaged_predictions_are_one_message(tmp_path):
    study = study_of()
    results = write_results(study, tmp_path)
    (results / "runs/python/l2/per-epoch/seed-1/predictions.npz").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"predictions\.npz"):
        drawing_of(study, results, "roc")


def test_unknown_figure_is_one_message(tmp_path):
    with pytest.raises(InputError, match=r"no figure 'corves'.*curves"):
        draw.draw_all(study_of(), tmp_path, tmp_path, only=["corves"])


def test_two_processes_write_the_same_bytes_and_load_no_keras(tmp_path):
    study = full_study()
    results = write_results(study, tmp_path / "results")
    (tmp_path / "study.yaml").write_text(config.dump(study), encoding="utf-8")
    code = (
        "import sys; from pyreg.cli import main; code = main(sys.argv[1:]);"
        "sys.exit(3 if {'keras', 'tensorflow', 'rpy2'} & set(sys.modules) else code)"
    )
    chosen = ["compare-capacity", "final-metrics", "claims", "confusion"]
    # Drawn one by one, or two at once.
    for run, hash_seed in [("first", "1"), ("second", "2")]:
        command = [sys.executable, "-c", code, "figures", "--config", tmp_path / "study.yaml"]
        command += ["--results", results, "--output-dir", tmp_path / run]
        command += [f"--only={name}" for name in chosen] + [f"--processes={hash_seed}"]
        environment = {"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": hash_seed, "HOME": str(tmp_path)}
        subprocess.run(command, check=True, cwd=ROOT, env=environment)
    for file in sorted(f"{name}.{extension}" for name in chosen for extension in formats(study)):
        first, second = (tmp_path / run / file for run in ("first", "second"))
        assert first.read_bytes() == second.read_bytes(), file


def test_a_matplotlibrc_changes_nothing(tmp_path):
    study = study_of()
    results = write_results(study, tmp_path / "results")
    draw.draw_all(study, results, tmp_path / "plain", only=["compare-l2"])
    with mpl.rc_context({"font.size": 20, "axes.edgecolor": "red", "svg.fonttype": "none"}):
        draw.draw_all(study, results, tmp_path / "set", only=["compare-l2"])
    for ending in formats(study):
        plain, changed = (tmp_path / folder / f"compare-l2.{ending}" for folder in ("plain", "set"))
        assert plain.read_bytes() == changed.read_bytes()


def test_a_figure_that_cannot_be_drawn_leaves_none(tmp_path):
    study = study_of()
    results = write_results(study, tmp_path / "results")
    files.write_text(results / "tables" / "agreement.csv", "")
    for processes in (1, 2):
        with pytest.raises(InputError, match=r"agreement\.csv"):
            draw.draw_all(study, results, tmp_path / "out", processes=processes)
        assert not (tmp_path / "out").exists()


def test_source_date_epoch_dates_the_files_and_nothing_else_does(tmp_path, monkeypatch):
    study = study_of()
    results = write_results(study, tmp_path / "results")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    draw.draw_all(study, results, tmp_path / "plain", only=["compare-l2"])
    assert b"CreationDate" not in (tmp_path / "plain/compare-l2.pdf").read_bytes()
    assert b"dc:date" not in (tmp_path / "plain/compare-l2.svg").read_bytes()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    draw.draw_all(study, results, tmp_path / "dated", only=["compare-l2"])
    assert b"/CreationDate (D:20010909014640Z)" in (tmp_path / "dated/compare-l2.pdf").read_bytes()
    assert b"2001-09-09" in (tmp_path / "dated/compare-l2.svg").read_bytes()


def test_fonts_travel_with_the_files(tmp_path):
    study = study_of()
    results = write_results(study, tmp_path / "results")
    draw.draw_all(study, results, tmp_path, only=["compare-l2"])
    pdf = (tmp_path / "compare-l2.pdf").read_bytes()
    assert b"/FontFile2" in pdf  # TrueType, embedded
    assert b"/Type3" not in pdf  # which many journals refuse
    assert b"<text" not in (tmp_path / "compare-l2.svg").read_bytes()  # outlines: no font needed


def test_a_search_is_drawn_with_what_it_promised_and_what_it_kept(tmp_path):
    study = study_of(search=SEARCH)
    drawing = drawing_of(study, write_results(study, tmp_path), "search")
    drawing.plot.draw()
    table = drawing.table
    fold = table[table["held_out"] == "fold-2"]
    of = {name: rows["value"].tolist() for name, rows in fold.groupby("quantity")}
    assert of["trial"] == pytest.approx([0.5, np.nan, 0.31, 0.4], nan_ok=True)  # one diverged
    assert of["best so far"] == [0.5, 0.5, 0.31, 0.31]
    assert of["best, judged"] == [0.4]
    assert list(table["held_out"].unique()) == ["fold-1", "fold-2", "validation"]
    caption = " ".join(drawing.words.caption.split())
    assert "promised 0.3050, judged 0.3800" in caption
    assert "3 values of networks that diverged" in caption


def test_smaller_forms_stand_where_their_size_and_accuracy_put_them(tmp_path):
    study = study_of(compress=["baseline"])
    drawing = drawing_of(study, write_results(study, tmp_path), "compression-baseline")
    cut = drawing.table.set_index("form").loc["pruned-50"]
    assert cut[["kilobytes", "accuracy", "low", "high"]].tolist() == pytest.approx(
        [181, 0.85, 0.84, 0.86]  # the original's 0.87 and the interval -0.03 to -0.01
    )


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("style", ["paper", "plot-history"])
def test_all_text_lies_inside_and_tick_labels_apart(tmp_path, columns, style):
    study = full_study(search=SEARCH, compress=["l2"], figures={"columns": columns, "style": style})
    check_layout(study, write_results(study, tmp_path), columns)


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("data", [{"source": "digits"}, LINEAR], ids=["multiclass", "regression"])
def test_other_tasks_are_drawn_by_their_own_metrics(tmp_path, data, columns):
    settings = {
        "data": data,
        "models": {"plain": {"units": [3]}, "stops": {"units": [3], **PATIENCE}},
    }
    settings |= {"epochs": 3, "replicates": 2, "figures": {"columns": columns}, "search": SEARCH}
    study = config.load(settings)
    results = write_results(study, tmp_path)
    check_layout(study, results, columns)
    curves = drawing_of(study, results, "compare-early-stopping")
    assert set(curves.table["metric"]) == set(study.metrics)
    curves.plot.draw()
    lines = sorted(curves.plot.layers[1].data["y"])  # after the bands
    values = sorted(curves.table["value"])
    assert lines == pytest.approx(np.log10(values) if study.task == "regression" else values)
    caption = " ".join(curves.words.caption.split())
    assert "A curve ends where more than half of its runs were stopped early." in caption
    assert f"{measure(study.metrics[0]).name} without penalties" in caption


def check_layout(study, results, columns):
    for entry in catalogue.entries(study):
        figure = draw.draw(study, results, entry).draw()
        figure.set_dpi(DPI)  # pixels as in the files: letters are fitted to them
        FigureCanvasAgg(figure).draw()
        assert figure.get_figwidth() * 25.4 == pytest.approx(theme.WIDTHS[columns])
        outside = [text for text, box in texts_of(figure) if not is_inside(box, figure.bbox)]
        assert outside == [], entry.name
        assert clashing_tick_labels(figure) == [], entry.name


def texts_of(figure) -> list:
    """Every visible text with its box in pixels."""
    found = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    return [(text.get_text(), text.get_window_extent()) for text in found]


def is_inside(box, page) -> bool:
    slack = 1.0  # pixel
    return (
        box.x0 >= page.x0 - slack
        and box.y0 >= page.y0 - slack
        and box.x1 <= page.x1 + slack
        and box.y1 <= page.y1 + slack
    )


def clashing_tick_labels(figure) -> list[str]:
    clashing = []
    for axes in figure.axes:
        labels = [text for text in axes.get_xticklabels() if text.get_visible() and text.get_text()]
        boxes = sorted((label.get_window_extent() for label in labels), key=lambda box: box.x0)
        clashing += [f"{b}" for a, b in itertools.pairwise(boxes) if a.x1 > b.x0]
    return clashing


# The same figure in R


@pytest.mark.r
def test_ggplot2_draws_the_same_layers(tmp_path):
    r_has_ggplot2 = ["Rscript", "-e", "quit(status = !requireNamespace('ggplot2', quietly = TRUE))"]
    if not shutil.which("Rscript") or subprocess.run(r_has_ggplot2, check=False).returncode:
        pytest.skip("R with ggplot2 is not installed")
    study = full_study()
    results = write_results(study, tmp_path / "results")
    draw.draw_all(study, results, tmp_path, only=["compare-capacity"])
    script = ROOT / "R" / "inst" / "scripts" / "figure_parity.R"
    csv = tmp_path / "compare-capacity.csv"
    subprocess.run(["Rscript", script, csv, tmp_path / "r"], check=True, cwd=tmp_path)
    drawing = drawing_of(study, results, "compare-capacity")
    drawing.plot.draw()
    assert len(drawing.plot.layers) == 4  # bands, lines, points, rings
    for number, layer in enumerate(drawing.plot.layers, start=1):
        ours, theirs = layer.data, pd.read_csv(tmp_path / "r" / f"layer-{number}.csv")
        ours = ours.rename(columns={"color": "colour"})
        # Not the colour of bands: they have no outline, which each library says in its own way.
        values = ["ymin", "ymax"] if number == 1 else ["y"]
        marks = ["fill"] if number == 1 else ["colour", "linetype"]
        keys = ["PANEL", *marks, "linetype", "x"] if number == 1 else ["PANEL", *marks, "x"]
        ours, theirs = (
            frame.astype({"PANEL": int, "x": float}).sort_values(keys)[[*keys, *values]]
            for frame in (ours, theirs)
        )
        pd.testing.assert_frame_equal(
            ours.reset_index(drop=True),
            theirs.reset_index(drop=True),
            check_dtype=False,
            rtol=0,
            atol=1e-14,  # write.csv rounds to 15 digits
        )


def test_records_are_read_through_results(tmp_path):
    study = full_study()
    results = Results(study, Layout(write_results(study, tmp_path)))
    probabilities, labels = results.predictions("baseline", "per-epoch")
    assert probabilities.shape == (4, 4)  # batches of 3 and 1
    assert labels.tolist() == [[0, 0, 1, 1]] * 4
    assert results.histories("baseline", "per-epoch")["seed"].unique().tolist() == [1, 2, 3, 4]


def test_diverged_run_leaves_a_gap_and_no_crash(tmp_path):
    study = study_of(r="off")
    results = write_results(study, tmp_path / "results")
    run = Layout(results).run(RunKey("python", "l2", "per-epoch", 1)).folder
    history = files.read_csv(run / "history.csv")
    diverged = history.assign(value=history["value"].where(history["epoch"] < 2))
    files.write_csv(run / "history.csv", diverged)
    np.savez(run / "predictions.npz", validation=np.full(4, np.nan), labels=np.array([0, 0, 1, 1]))
    draw.draw_all(study, results, tmp_path, only=["compare-l2", "roc", "confusion"])
    stored = files.read_csv(tmp_path / "compare-l2.csv").query("model == 'l2' and epoch == 3")
    assert stored["value"].isna().all()
    assert (stored["num_runs"] == 0).all()
    assert files.read_csv(tmp_path / "roc.csv").query("model == 'l2'")["area"].isna().all()


@given(st.floats(-100, 100), st.floats(0.01, 100))
def test_a_narrow_panel_has_breaks_enough_and_labels_that_are_their_values(low, width):
    breaks = theme.few_breaks((low, low + width))
    assert 2 <= len(breaks) <= 4
    assert all(low <= value <= low + width for value in breaks)
    labels = [float(label) for label in label_number()(breaks)]
    assert labels == pytest.approx(breaks, abs=width / 1000)
