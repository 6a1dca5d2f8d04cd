import json
from functools import partial

import pytest
import yaml
from conftest import ROOT
from snakemake.utils import update_config

from pyreg import config
from pyreg.config import reference_page
from pyreg.config.reference_page import REFERENCE_PATH, SCHEMA_PATH
from pyreg.errors import InputError
from pyreg.study import parts

SMALLEST = {"models": {"baseline": {"units": [16, 16]}}}

LINEAR = {"source": "linear", "synthetic": {"num_features": 3, "num_train": 4, "num_validation": 5}}

GIVEN = {"layers": [{"kind": "layer_normalization"}], "units": [], "weights": {"model": "b"}}
TRANSFERRED = {"models": {"a": GIVEN, "b": {"units": [], "layers": GIVEN["layers"]}}}


def study_with(**keys):
    return {**SMALLEST, **keys}


def test_the_default_study_is_the_lesson():
    study = config.load(ROOT / "config" / "config.yaml")
    assert study.data.num_words == 5000
    assert (study.epochs, study.batch_size, study.data.column_base) == (20, 512, 1)
    assert {name: (m.units, m.l2, m.dropout) for name, m in study.models.items()} == {
        "baseline": ([16, 16], 0, 0),
        "smaller": ([4, 4], 0, 0),
        "bigger": ([512, 512], 0, 0),
        "l2": ([16, 16], 0.001, 0),
        "dropout": ([16, 16], 0, 0.6),
    }


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (study_with(epoch=3), r"epoch: unknown key; did you mean 'epochs'\?"),
        (study_with(data={"num_words": 0}), "data.num_words: got 0, expected greater than"),
        (study_with(batch_size=10**20), "batch_size: got 1000.*, expected less than or equal"),
        (
            study_with(
                claims=[
                    {
                        **{"id": "a", "claim": "It is better.", "source": "here"},
                        **{"metric": "accuracy", "direction": "less", "left": "a", "right": "a"},
                    }
                ]
            ),
            "right: got a, which is left too, expected another model; name one, or leave it out",
        ),
        (study_with(epochs="20"), "epochs: got '20', expected a valid integer"),
        ({"models": {"a": {"units": [16], "dropout": 1.2}}}, "models.a.dropout: got 1.2, expected"),
        (
            {"models": {"a": {"units": [16, 8], "dropout": [0.2, 1.5]}}},
            "models.a.dropout.1: got 1.5, expected less than 1",
        ),
        (
            {"models": {"a": {"units": [16, 8], "activation": ["relu"]}}},
            "activation: got 1 values for 2 hidden layers",
        ),
        (
            {"models": {"a": {"units": [16, 8], "l1": [0.1, 0.1], "penalized": "all"}}},
            "l1: got 2 values for 3 penalized layers",
        ),
        (
            {"models": {"a": {"units": [], "dropout": 0.5}}},
            r"a: dropout: got 0.5 where `units` is empty, expected .* `{kind: dropout, rate: 0.5}`",
        ),
        (
            {"models": {"a": {"units": [], "l2": 0.1}}},
            "a: l2: got 0.1 where `units` is empty, .* or give `penalized: all`",
        ),
        ({"models": {"a": {"units": [], "activation": "tanh"}}}, "a: activation: got tanh where"),
        ({"models": {"a": {"units": [], "normalization": "batch"}}}, "normalization: got batch"),
        (
            {"models": {"a": {"units": [4], "normalization": "layer", "groups": 2}}},
            "a: groups: got 2 for normalization layer, expected group normalization",
        ),
        (
            {"models": {"a": {"units": [4], "weights": "a.keras"}}},
            "models.a: weights: got some for a network none of whose `layers` has any",
        ),
        (TRANSFERRED | {"models": {"a": GIVEN}}, "models.a.weights names model 'b'; the models"),
        (
            TRANSFERRED | {"models": {"a": GIVEN, "b": GIVEN | {"weights": {"model": "a"}}}},
            "models.a.weights: got b, which begins with weights of a, expected a model that does",
        ),
        (TRANSFERRED | {"models": {"a": GIVEN | {"weights": 3}}}, "models.a.weights: got 3"),
        (TRANSFERRED | {"models": {"a": GIVEN | {"half": 3}}}, "models.a.half: got 3, expected 1"),
        (TRANSFERRED | {"models": {"a": GIVEN | {"half": True}}}, "models.a.half: got True"),
        (study_with(data={"column_base": True}), "data.column_base: got True, expected a number"),
        (study_with(figures={"columns": True}), "figures.columns: got True, expected a number"),
        (
            TRANSFERRED
            | {"search": {"over": {"learning_rate": [0.1, 0.2]}, "model": GIVEN | {"half": 1}}},
            "search.model: got `half` or weights of another model",
        ),
        ({"models": {}}, "models: got {}"),
        ({}, "models: is missing"),
        (
            study_with(keras_shuffle_models=["basline"]),
            "names model 'basline'; the models are base",
        ),
        (study_with(study="../etc"), "study: got '../etc'"),
        (study_with(seed=-1), "seed: got -1"),
        (study_with(study="Reference"), "study: got Reference, whose folder holds the committed"),
        ({"models": {"NA": {"units": [4]}}}, "models: got NA, which tables write"),
        ({"models": {"l2": {"units": [4]}, "L2": {"units": [4]}}}, "models: got l2 twice"),
        (study_with(keras_shuffle_models=["baseline"] * 2), "keras_shuffle_models: got baseline"),
        (
            study_with(replicates=100_000, replicate_batch=1),
            r"got 100,003 jobs \(1 models, 100,000",
        ),
        (study_with(compress=["missing"]), "compress names model 'missing'"),
        (study_with(compress=["baseline"] * 2), "compress: got baseline twice"),
        (study_with(compress=["baseline"], data=LINEAR), "compress: got networks that predict"),
        (study_with(confidence=float("nan")), "confidence: got nan, expected a finite number"),
        (
            study_with(my_runs=[{"file": "a\0b", "model": "baseline"}]),
            "my_runs.0.file: got 'a.x00b'",
        ),
        ({"models": {"a": {"units": [4] * 101}}}, "models.a.units: got"),
        (study_with(sweeps={"a": {"over": {"l2": [0.1, 0.1]}}}), "over.l2: got 0.1 twice"),
        (
            study_with(sweeps={"a": {"over": {"l2": [0.12345678, 0.12345679]}}}),
            "over.l2: got 0.123457 twice, and models are named by their values in six digits",
        ),
        (
            study_with(sweeps={"a": {"over": {"depth": [1, 1e9]}}}),
            "over.depth: got 1e.09, expected 1",
        ),
        (study_with(search={"over": {"depth": [1, 1e9]}}), "over.depth: got 1e.09, expected 1"),
        (
            study_with(search={"over": {"l2": [0.1, 0.2]}, "folds": 10**9}),
            "search.folds: got 10000",
        ),
        (
            study_with(
                sweeps={
                    "a": {
                        "over": {"units": [*map(float, range(1, 102))]}
                        | {"l2": [n / 1000 for n in range(10)]}
                    }
                }
            ),
            "over: got 1,010 models, expected up to 1,000",
        ),
        (
            {
                "models": {"b": {"units": [4]}, "a-2": {"units": [7]}},
                "sweeps": {"a": {"over": {"units": [2, 3]}}},
            },
            "sweeps.a makes a model a-2, and there is another of that name",
        ),
        (
            study_with(
                data={
                    **LINEAR,
                    "synthetic": {"num_features": 100_000, "num_train": 10**7, "num_validation": 5},
                }
            ),
            "got 1,000,000,500,000 values to draw",
        ),
    ],
)
def test_a_mistake_is_named_with_what_was_got_and_expected(content, expected):
    with pytest.raises(InputError, match=expected):
        config.load(content)


@pytest.mark.parametrize(
    "setting",
    [
        {"activation": "rely"},
        {"activation": ["relu", "rely"]},
        {"dropout": "0.5"},
        {"dropout": [0.5, -1]},
        {"early_stopping": {"monitor": "val_loss"}},
    ],
)
def test_what_may_have_two_forms_is_one_mistake(setting):
    with pytest.raises(InputError) as caught:
        config.load({"models": {"a": {"units": [16, 16], **setting}}})
    _, mistake, _ = str(caught.value).splitlines()
    assert mistake.startswith(f"  models.a.{next(iter(setting))}")
    assert "got" in mistake


def test_what_holds_for_each_layer_is_one_value_or_a_list():
    model = config.Model(units=[4, 3], dropout=[0.2, 0], activation="tanh")
    assert (model.dropouts, model.activations) == ([0.2, 0], ["tanh", "tanh"])


@pytest.mark.parametrize(
    ("settings", "penalties"),
    [
        ({}, [(0, 0), (0, 0), (0, 0)]),
        ({"l2": 0.1}, [(0, 0.1), (0, 0.1), (0, 0)]),
        ({"l1": [0.1, 0], "l2": [0, 0.2]}, [(0.1, 0), (0, 0.2), (0, 0)]),
        ({"l1": 0.1, "penalized": "all"}, [(0.1, 0)] * 3),
        ({"l2": [0, 0, 0.3], "penalized": "all"}, [(0, 0), (0, 0), (0, 0.3)]),
    ],
)
def test_penalties_are_told_for_every_layer_the_last_one_too(settings, penalties):
    model = config.Model(units=[4, 3], **settings)
    assert model.penalties == penalties
    assert model.is_penalized == any(any(factors) for factors in penalties)


SEARCHED = {"learning_rate": [0.001, 0.01]}
STOPPING = {"units": [], "early_stopping": {"monitor": "mean_absolute_error"}}


@pytest.mark.parametrize(
    ("source", "task"),
    [
        ("auto", "binary"),
        ("csv", "binary"),
        ("digits", "multiclass"),
        ("fashion-mnist", "multiclass"),
    ],
)
def test_the_data_decide_the_task(source, task):
    assert config.load(study_with(data={"source": source})).task == task
    assert config.load(study_with(data=LINEAR)).task == "regression"


def test_metrics_of_claims_and_early_stopping_are_the_task_s():
    claim = {"id": "a", "claim": "it is good", "source": "here", "left": "m", "direction": "less"}
    metric = {"metric": "mean_squared_error"}
    good = {"models": {"m": STOPPING}, "data": LINEAR, "claims": [{**claim, **metric}]}
    assert config.load(good).task == "regression"
    with pytest.raises(
        InputError, match=r"claims.a.metric: got accuracy.*regression task, expected mean"
    ):
        config.load({**good, "claims": [{**claim, "metric": "accuracy"}]})
    with pytest.raises(
        InputError, match=r"models.m.early_stopping.monitor: got mean_abs.*binary task"
    ):
        config.load({"models": {"m": STOPPING}})


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"source": "random"}, "got none for the source random; describe the samples"),
        ({**LINEAR, "source": "digits"}, "samples to draw for the source digits; leave it out"),
        ({**LINEAR, "validation_split": 0.2}, "got 0.2 beside 5 validation samples to draw"),
        ({"folds": 5, "validation_split": 0.2}, "got 5 folds beside a validation_split of 0.2"),
        ({"folds": 1}, "data.folds: got 1"),
        ({"source": "digits", "num_reviews": 9}, "num_reviews: got 9 for the source digits"),
        ({"source": "digits", "encoding": "sequences"}, "encoding: got 'sequences' for the source"),
        ({"num_samples": 9}, "num_samples: got 9 for the source auto"),
        ({"source": "digits", "path": "a.csv"}, "path: got 'a.csv' for the source digits"),
    ],
)
def test_data_settings_that_do_not_fit_the_source(data, expected):
    with pytest.raises(InputError, match=expected):
        config.load(study_with(data=data))


WORDS = {"kind": "embedding", "input_dim": 5000, "output_dim": 2}


@pytest.mark.parametrize(
    ("layers", "encoding", "expected"),
    [
        ([WORDS], "multi-hot", "models.m.layers: got 1 embeddings for the encoding multi-hot"),
        ([{"kind": "flatten"}], "sequences", "models.m.layers: got 0 embeddings"),
        ([{"kind": "flatten"}, WORDS], "sequences", "expected one as the first layer"),
        ([WORDS | {"input_dim": 4999}], "sequences", "an embedding of 4999 words, expected 5000"),
        ([{"kind": "conv"}], "multi-hot", "models.m.layers.0: got the kind 'conv'; .*'conv_2d'"),
        ([{"kind": "x"}], "multi-hot", "got the kind 'x'; expected one of reshape, cropping_1d, "),
        ([{"filters": 1}], "multi-hot", "models.m.layers.0.kind: is missing"),
        ([{"kind": "conv_2d", "filters": 0, "kernel_size": 2}], "multi-hot", "filters: got 0"),
        ([{"kind": "flatten", "filters": 1}], "multi-hot", "filters: unknown key"),
    ],
)
def test_layers_that_make_no_network(layers, encoding, expected):
    content = {"models": {"m": {"layers": layers, "units": []}}, "data": {"encoding": encoding}}
    with pytest.raises(InputError, match=expected):
        config.load(content)


def test_what_a_step_is_handed_is_a_valid_study_with_sequences_too():
    model = {"layers": [WORDS, {"kind": "lstm", "units": 2}], "units": []}
    settings = {"encoding": "sequences", "maxlen": 7}
    study = config.load({"models": {"m": model}, "data": settings, "search": {"over": SEARCHED,
        "model": model}})  # fmt: skip
    for part in (parts.of_data, parts.of_encoding, parts.of_search):
        config.load(json.loads(part(study)))
    other = study.model_copy(update={"data": study.data.model_copy(update={"maxlen": 8})})
    assert parts.of_data(study) == parts.of_data(other)  # the reviews are the same
    assert parts.of_encoding(study) != parts.of_encoding(other)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({"compress": ["baseline"]}, ["of_figures"]),
        ({"save_models": True}, ["of_replicates", "of_all_runs"]),
    ],
)
def test_what_only_adds_results_changes_no_other_step(setting, expected):
    study = config.load(study_with(search={"over": SEARCHED}))
    other = study.model_copy(update=setting)
    of_a_model = ("of_run", "of_replicates")
    steps = {
        name: partial(step, model="baseline") if name in of_a_model else step
        for name, step in vars(parts).items()
        if name.startswith("of_")
    }
    assert [name for name, step in steps.items() if step(study) != step(other)] == expected


def test_every_mistake_is_named_at_once():
    with pytest.raises(InputError) as caught:
        config.load(study_with(epoch=3, batch_size=0, data={"colum_base": 1}))
    assert all(name in str(caught.value) for name in ["epoch", "batch_size", "column_base"])


@pytest.mark.parametrize("text", ["[1, 2", "- a\n- b", ""])
def test_a_file_that_is_no_configuration(tmp_path, text):
    path = tmp_path / "config.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"config\.yaml"):
        config.load(path)


def test_a_bare_off_is_off_although_yaml_reads_false():
    assert config.load(study_with(**yaml.safe_load("r: off"))).r == "off"


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match="cannot read the configuration"):
        config.load(tmp_path / "none.yaml")


def test_what_is_written_reads_back_equal(tmp_path):
    study = config.load(ROOT / "config" / "config.yaml")
    (tmp_path / "config.yaml").write_text(config.dump(study))
    assert config.load(tmp_path / "config.yaml") == study


@pytest.mark.parametrize(
    ("path", "made"),
    [
        (SCHEMA_PATH, reference_page.json_schema),
        (REFERENCE_PATH, reference_page.reference),
    ],
)
def test_what_is_generated_from_the_settings_has_not_drifted(path, made):
    assert path.read_text(encoding="utf-8") == made(), "repair it with: pyreg schema"


def test_every_key_is_described():
    schema = config.Study.model_json_schema()
    sections = [schema, *schema["$defs"].values()]
    keys = [(key, value) for s in sections for key, value in s.get("properties", {}).items()]
    assert [key for key, value in keys if "description" not in value] == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "workflow" / "studies").glob("*.yaml")), ids=lambda p: p.stem
)
def test_every_study_is_valid_and_complete(path):
    config.load(path)
    full_size = path.parent / "full-size" / path.name
    if full_size.exists():  # as Snakemake puts two files together
        content = yaml.safe_load(path.read_text())
        update_config(content, yaml.safe_load(full_size.read_text()))
        assert config.load(content).study != config.load(path).study
