import json
from pathlib import Path

import pytest

from pyreg import config, workflow
from pyreg.errors import InputError
from pyreg.records.layout import Layout, ReplicateSet, RunKey
from pyreg.study import parts, plan
from pyreg.study.coverage import beyond_plain_r


def study(**keys):
    models = {"baseline": {"units": [2]}, "l2": {"units": [2], "l2": 0.1}}
    return config.load({"models": models, **keys})


def test_every_model_is_compared_with_both_r_engines_and_the_frozen_shuffle():
    pairs = plan.comparisons(study(keras_shuffle_models=["baseline"], seed=3))
    assert [f"{right}" for _, right in pairs] == [
        "r baseline per-epoch seed 3",
        "r l2 per-epoch seed 3",
        "r baseline keras seed 3",
        "base-r baseline per-epoch seed 3",
        "base-r l2 per-epoch seed 3",
    ]
    assert {left.engine for left, _ in pairs} == {"python"}


def test_without_r_python_still_runs_everything():
    runs = plan.runs(study(keras_shuffle_models=["baseline"]), with_r=False)
    assert [str(key) for key in runs] == [
        "python baseline keras seed 1",
        "python baseline per-epoch seed 1",
        "python l2 per-epoch seed 1",
    ]


@pytest.mark.parametrize(
    ("spec", "beyond"),
    [
        ({"units": [2, 2], "dropout": [0.5, 0.0], "l1": 0.1, "penalized": "all"}, None),
        ({"units": [2], "optimizer": {"learning_rate": 0.1}, "early_stopping": {}}, None),
        ({"units": [2], "normalization": "batch"}, "batch normalization"),
        ({"units": [2], "optimizer": {"name": "adamw"}}, "optimizer adamw"),
        ({"units": [2], "optimizer": {"weight_decay": 0.1}}, "weight decay"),
        (
            {"units": [], "layers": [{"kind": "flatten"}, {"kind": "layer_normalization"}]},
            "layers of the kinds flatten, layer normalization",
        ),
    ],
)
def test_plain_r_runs_what_it_can_follow_and_says_what_it_cannot(spec, beyond):
    extended = config.load({"models": {"baseline": {"units": [2]}, "other": spec}})
    key = RunKey("base-r", "other", "per-epoch", 1)
    assert (key in plan.runs(extended, with_r=True)) == (beyond is None)
    assert key in {right for _, right in plan.comparisons(extended)}  # a row, run or not
    reason = plan.why_not_run(extended, key, r_missing=None)
    assert reason == (f"base-r does not cover {beyond}" if beyond else None)
    assert plan.why_not_run(extended, key, "no R") == "no R"


def test_plain_r_knows_binary_tasks_only():
    digits = config.load({"data": {"source": "digits"}, "models": {"baseline": {"units": [2]}}})
    assert beyond_plain_r(digits, "baseline") == "base-r does not cover a multiclass task"


def test_a_model_begins_with_what_another_one_s_exact_run_left():
    body = {"units": [2], "layers": [{"kind": "layer_normalization"}], "half": 1}
    given = body | {"half": 2, "weights": {"model": "body"}}
    own = config.load({"models": {"body": body, "given": given}, "seed": 3, "shuffle": "keras"})
    layout = Layout(Path("r"))
    for engine, folder in [("python", "python"), ("r", "r"), ("python-replicates", "python")]:
        begun = plan.with_weights(own, layout, "given", engine)
        weights = f"r/runs/{folder}/body/keras/seed-3/model.keras"
        assert begun.models["given"].weights == weights
        # The step is handed that model alone, and a file.
        assert config.load(json.loads(parts.of_run(begun, "given"))).models == {
            "given": begun.models["given"]
        }
    assert plan.with_weights(own, layout, "body") == own
    with pytest.raises(InputError, match=r"got the model body, which only snakemake trains first"):
        own.require_model("given")
    assert "weights of another network" in beyond_plain_r(own, "given")


def test_weights_that_are_not_there_end_the_workflow_with_one_message(capsys):
    model = {"units": [], "layers": [{"kind": "layer_normalization"}], "weights": "none.keras"}
    with pytest.raises(SystemExit) as ended:
        workflow.load_or_exit({"models": {"a": model}}, [])
    assert ended.value.code == InputError.exit_code
    assert "got none.keras, which is not there" in capsys.readouterr().err


def test_a_plain_seeded_study_has_no_second_shuffle():
    pairs = plan.comparisons(study(shuffle="keras", keras_shuffle_models=["baseline"]))
    assert len(pairs) == 2


@pytest.mark.parametrize(
    ("replicates", "batch", "expected"),
    [(0, 10, []), (3, 10, [(1, 3)]), (25, 10, [(1, 10), (11, 20), (21, 25)])],
)
def test_replicates_are_cut_into_jobs(replicates, batch, expected):
    assert plan.replicate_batches(study(replicates=replicates, replicate_batch=batch)) == expected


def test_replicates_on_another_backend_have_a_folder_and_an_engine_of_their_own():
    (one,) = plan.backend_sets(study(replicates=3, backends={"jax": ["l2"]}))
    assert str(Layout(Path("r")).replicates(one)) == "r/replicates-jax/l2/per-epoch"
    assert one.engine == "python-replicates-jax"
    assert ReplicateSet("l2", "keras").engine == "python-replicates"
    assert plan.backend_sets(study(backends={"jax": ["l2"]})) == []  # nothing to compare with


def test_a_backend_names_models_of_the_study():
    with pytest.raises(InputError, match=r"backends\.jax names model 'other'"):
        study(backends={"jax": ["other"]})


def test_a_change_of_figures_trains_nothing_again():
    plain, wide = study(), study(figures={"columns": 1})
    assert plain.settings_of_run("l2") == wide.settings_of_run("l2")
    assert plain.settings_of_run("l2") != study(epochs=3).settings_of_run("l2")


def test_a_wrong_configuration_ends_the_workflow_with_one_message(capsys):
    with pytest.raises(SystemExit) as ended:
        workflow.load_or_exit({"model": {}}, [])
    assert ended.value.code == InputError.exit_code
    assert "did you mean 'models'?" in capsys.readouterr().err


def test_r_off_is_a_reason():
    assert "off" in workflow.r_missing_or_exit(study(r="off"))
