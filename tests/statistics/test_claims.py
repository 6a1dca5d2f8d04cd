import gc

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pyreg import config
from pyreg.records.layout import RunKey
from pyreg.records.run import history_table
from pyreg.statistics import claims
from pyreg.statistics.claims import COLUMNS


@pytest.fixture(autouse=True, scope="module")
def garbage_is_soon_collected():
    """Holm's correction of statsmodels collects it each time: seconds, where Keras is loaded."""
    gc.freeze()
    yield
    gc.unfreeze()


def run(model, seed, training, validation, metric="binary_crossentropy"):
    key = RunKey("python-replicates", model, "per-epoch", seed)
    return history_table({metric: training, f"val_{metric}": validation}, key)


def claim(**changed):
    fields = {
        "id": "l2-improves",
        "claim": "L2 improves on baseline",
        "source": "a test",
        "metric": "binary_crossentropy",
        "left": "l2",
        "right": "baseline",
        "direction": "less",
    }
    return config.Claim(**{**fields, **changed})


def two_models(effect, num_seeds=10, spread=0.01, seed=1):
    """Last validation values of baseline around 0.5, of l2 `effect` away; the best epoch is equal."""
    generator = np.random.default_rng(seed)
    noise = generator.normal(0, spread, (num_seeds, 2))
    return pd.concat(
        run(model, s + 1, [0.3, 0.1], [0.25 + 0.1 * noise[s, i], 0.5 + shift + noise[s, i]])
        for s in range(num_seeds)
        for i, (model, shift) in enumerate([("baseline", 0.0), ("l2", effect)])
    )


def verdicts(table):
    return dict(zip(table["at"], table["verdict"], strict=True))


@pytest.mark.parametrize(("effect", "verdict"), [(-0.1, "holds"), (0.1, "does not hold")])
def test_a_clear_effect_is_decided_by_its_side_and_only_where_it_is(effect, verdict):
    table = claims.decide([claim()], two_models(effect), 0.95)
    assert verdicts(table) == {"last": verdict, "best": "undecided"}
    last = table.iloc[0]
    assert last["estimate"] == pytest.approx(effect, abs=0.01)
    assert last["ci_low"] < last["estimate"] < last["ci_high"]
    assert last["note"] == "at the best epoch: undecided"
    assert table.columns.tolist() == COLUMNS


def test_without_an_effect_it_is_undecided():
    assert set(verdicts(claims.decide([claim()], two_models(0.0), 0.95)).values()) == {"undecided"}


def test_the_claimed_difference_must_exceed_the_margin():
    history = two_models(-0.1)
    assert verdicts(claims.decide([claim(margin=-0.05)], history, 0.95))["last"] == "holds"
    assert verdicts(claims.decide([claim(margin=-0.15)], history, 0.95))["last"] == "does not hold"


def test_a_claim_about_one_model_is_compared_with_its_margin():
    history = pd.concat(
        run("baseline", s, [0.5, 1.0], [0.5, 0.85 + s / 1000], "accuracy") for s in range(1, 6)
    )
    overfits = claim(
        metric="accuracy", quantity="gap", left="baseline", right=None, direction="greater"
    )
    table = claims.decide([overfits], history, 0.95)
    assert table.iloc[0]["estimate"] == pytest.approx(0.147)  # 1 - 0.853
    assert table.iloc[0]["verdict"] == "holds"
    assert np.isnan(table.iloc[0]["pair_correlation"])


def test_the_best_epoch_is_asked_once():
    history = pd.concat(
        run(model, s, [0.3] * 4, values)
        for s in range(1, 7)
        for model, values in [("baseline", [4, 3, 1 + s % 2, 2]), ("l2", [1, 2, 3, 4])]
    )
    table = claims.decide([claim(quantity="best_epoch", direction="less")], history, 0.95)
    assert table["at"].tolist() == ["best"]
    assert table.iloc[0]["estimate"] == pytest.approx(1 - 3)


@pytest.mark.parametrize("num_seeds", [0, 1, 2])
def test_fewer_than_three_seeds_decide_nothing_and_say_why(num_seeds):
    history = two_models(-0.1, num_seeds=3)
    table = claims.decide([claim()], history[history["seed"] <= num_seeds], 0.95)
    assert set(table["verdict"]) == {"undecided"}
    assert set(table["num_seeds"]) == {num_seeds}
    assert set(table["note"]) == {"a verdict takes 3 seeds or more"}


def test_a_diverged_run_leaves_the_claim_undecided_instead_of_being_dropped():
    history = two_models(-0.1)
    wrong = (history["model"] == "l2") & (history["seed"] == 4) & (history["epoch"] == 2)
    history.loc[wrong, "value"] = np.nan
    table = claims.decide([claim()], history, 0.95)
    assert set(table["verdict"]) == {"undecided"}
    assert table["note"].str.contains("diverged").all()


def test_only_seeds_that_both_models_have_are_paired():
    history = two_models(-0.1)
    history = history[(history["model"] == "l2") | (history["seed"] != 10)]
    assert claims.decide([claim()], history, 0.95)["num_seeds"].tolist() == [9, 9]


def test_pairing_takes_out_what_runs_of_one_seed_share():
    shared = np.random.default_rng(2).normal(0, 0.1, 8)
    history = pd.concat(
        run(model, s, [0.1], [0.5 + shared[s] + shift * (1 + s / 100)])
        for s in range(8)
        for model, shift in [("baseline", 0.0), ("l2", -0.01)]
    )
    row = claims.decide([claim()], history, 0.95).iloc[0]
    unpaired = stats.ttest_ind(0.49 + shared, 0.5 + shared).pvalue
    assert row["verdict"] == "holds"
    assert unpaired > 0.5  # the trap: the same numbers, pairs torn apart
    assert row["pair_correlation"] == pytest.approx(1, abs=0.001)


def test_the_same_runs_give_the_same_table():
    first, second = (claims.decide([claim()], two_models(-0.02), 0.95) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_runs_of_a_cross_validation_count_for_less_by_hand():
    values, folds = np.array([0.1, 0.2, 0.4, 0.3, 0.5]), 5
    # Nadeau and Bengio's variance: s^2 (1 / 5 + (1 / 5) / (4 / 5))
    error = np.sqrt(0.025 * (1 / 5 + 1 / 4))
    wider = claims.widening(len(values), folds)
    assert claims.p_value(values, 0.0, wider) == pytest.approx(2 * stats.t.sf(0.3 / error, 4))
    assert claims.p_value(values, 0.0) == pytest.approx(stats.ttest_1samp(values, 0.0).pvalue)
    assert claims.widening(10, None) == 1


def test_a_cross_validation_s_claims_are_decided_with_its_wider_intervals():
    history = two_models(-0.012)
    plain, folded = (claims.decide([claim()], history, 0.95, folds).iloc[0] for folds in (None, 5))
    wider = np.sqrt(1 + 10 / 4)
    assert (plain["verdict"], folded["verdict"]) == ("holds", "undecided")
    for column in ("ci_low", "ci_high"):
        expected = wider * (plain[column] - plain["estimate"])
        assert folded[column] - folded["estimate"] == pytest.approx(expected)
    assert folded["smallest_detectable"] == pytest.approx(wider * plain["smallest_detectable"])


def test_holm_by_hand():
    # 0.01 * 4, 0.02 * 3, 0.03 * 2 (not below the one before), 0.04 * 1 (likewise)
    adjusted = claims.holm(np.array([0.04, 0.01, 0.03, 0.02]))
    assert adjusted == pytest.approx([0.06, 0.04, 0.06, 0.06])


def test_holm_leaves_tests_that_could_not_be_made_out_of_the_count():
    adjusted = claims.holm(np.array([0.01, np.nan, 0.02]))
    assert adjusted[[0, 2]] == pytest.approx([0.02, 0.02])
    assert np.isnan(adjusted[1])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_keeps_the_order_never_helps_and_is_milder_than_bonferroni(values):
    p_values = np.array(values)
    adjusted = claims.holm(p_values)
    assert (adjusted >= p_values).all()
    assert (adjusted <= np.minimum(1, p_values * len(p_values)) + 1e-12).all()
    order = np.argsort(p_values)
    assert (np.diff(adjusted[order]) >= 0).all()


def test_many_true_nulls_seldom_yield_a_verdict():
    wrong = 0
    for trial in range(60):
        history = two_models(0.0, seed=trial)
        table = claims.decide([claim(id=f"null-{i}") for i in range(3)], history, 0.95)
        wrong += (table["verdict"] != "undecided").any()
    assert wrong / 60 <= 0.1


def test_the_interval_covers_as_often_as_it_says_where_the_plain_bootstrap_does_not():
    generator = np.random.default_rng(3)
    covered = plain = 0
    for _ in range(300):
        values = generator.normal(size=10)
        low, high = claims.interval(values, 0.95)
        covered += low <= 0 <= high
        simple = stats.bootstrap(
            (values,), np.mean, method="percentile", n_resamples=999, rng=generator
        ).confidence_interval
        plain += simple.low <= 0 <= simple.high
    assert 0.91 <= covered / 300 <= 0.98
    assert plain < covered


def test_an_interval_of_equal_values_is_that_value():
    assert claims.interval(np.full(5, 0.25), 0.95) == (0.25, 0.25)


def test_equal_values_are_judged_by_their_signs():
    assert claims.p_value(np.zeros(5), 0.0) == 1
    assert claims.p_value(np.full(5, 3.0), 0.0) == 2 * 0.5**5  # five heads or five tails


def test_the_smallest_detectable_effect_is_found_four_times_in_five():
    generator = np.random.default_rng(4)
    effect = claims.smallest_detectable(deviation=2.0, num_seeds=10, level=0.005)
    found = [claims.p_value(generator.normal(effect, 2.0, 10), 0.0) < 0.005 for _ in range(2000)]
    assert np.mean(found) == pytest.approx(0.8, abs=0.03)


def test_more_seeds_show_smaller_effects():
    effects = [claims.smallest_detectable(1.0, number, 0.05) for number in (3, 5, 10, 50)]
    assert effects == sorted(effects, reverse=True)


def test_the_lesson_s_claims_name_each_model():
    study = config.load(ROOT / "config" / "config.yaml")
    named = {one.left for one in study.claims} | {one.right for one in study.claims} - {None}
    assert named == set(study.models)
