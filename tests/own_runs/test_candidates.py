"""What a run may have been: every change by name, fewest first, none twice."""

from pyreg import config
from pyreg.own_runs.candidates import FROZEN_SHUFFLE, exact_candidates, likely_candidates

STUDY = config.load("config/config.yaml")


def test_exact_candidates_combine_words_rate_and_base_fewest_changes_first():
    found = exact_candidates(STUDY, "dropout")
    names = [one.name for one in found]
    assert names[0] == "the study's own settings"
    assert [len(one.changes) for one in found] == sorted(len(one.changes) for one in found)
    assert found[-1].changes == (
        "10,000 words",
        "dropout rate 0.5",
        "column base 0, as in Python ports",
    )
    assert len(names) == len(set(names)) == 3 * 3 * 2 + (5 + 6 + 5) * 2
    assert {one.shuffle for one in found} == {"keras"}


def test_optimizer_learning_rate_batch_and_split_are_exact_candidates():
    found = {one.name: one.study for one in exact_candidates(STUDY, "baseline")}
    assert found["batch size 256"].batch_size == 256
    assert found["rmsprop"].models["baseline"].optimizer.name == "rmsprop"
    assert found["learning rate 0.01"].models["baseline"].optimizer.learning_rate == 0.01
    assert found["validation_split 0.2"].data.validation_split == 0.2
    both = found["validation_split 0.2 and column base 0, as in Python ports"].data
    assert (both.validation_split, both.column_base) == (0.2, 0)
    assert {found[name].data.num_words for name in ("1,000 words", "10,000 words")} == {1000, 10000}


def test_likely_candidates_change_one_setting_under_either_shuffle():
    found = likely_candidates(STUDY, "dropout")
    assert [len(one.changes) for one in found] == [1] * 5 + [2] * 4
    assert [one.shuffle for one in found] == ["keras"] + ["per-epoch"] * 4 + ["keras"] * 4
    assert found[0].changes == (FROZEN_SHUFFLE,)
    assert found[1].study.models["dropout"].dropout == 0.4
    assert found[1].study.models["baseline"] == STUDY.models["baseline"]
    words = {one.study.data.num_words for one in likely_candidates(STUDY, "baseline")}
    assert words == {1_000, 5_000, 10_000}


def test_only_reviews_can_have_other_words_columns_or_splits():
    drawn = {"num_features": 3, "num_train": 4, "num_validation": 2}
    data = {"source": "linear", "synthetic": drawn}
    study = config.load({"data": data, "models": {"baseline": {"units": [4]}}})
    names = [one.name for one in exact_candidates(study, "baseline")]
    assert names[0] == "the study's own settings"
    assert not any(word in name for name in names for word in ("words", "base", "split"))
    assert [one.name for one in likely_candidates(study, "baseline")] == [FROZEN_SHUFFLE]
