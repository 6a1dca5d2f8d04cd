import pytest
import yaml
from conftest import ROOT

from pyreg import config, config_reference
from pyreg.errors import InputError

SMALLEST = {"models": {"baseline": {"units": [16, 16]}}}


def study_with(**keys):
    return {**SMALLEST, **keys}


def test_the_default_study_is_the_lesson():
    study = config.load(ROOT / "workflow" / "config.yaml")
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
        (study_with(epochs="20"), "epochs: got '20', expected a valid integer"),
        ({"models": {"a": {"units": [16], "dropout": 1.2}}}, "models.a.dropout: got 1.2, expected"),
        ({"models": {"a": {"units": []}}}, "models.a.units: got "),
        ({"models": {}}, "models: got {}"),
        ({}, "models: is missing"),
        (
            study_with(keras_shuffle_models=["basline"]),
            "names model 'basline'; the models are base",
        ),
        (study_with(study="../etc"), "study: got '../etc'"),
        (study_with(seed=-1), "seed: got -1"),
    ],
)
def test_a_mistake_is_named_with_what_was_got_and_expected(content, expected):
    with pytest.raises(InputError, match=expected):
        config.load(content)


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
    study = config.load(ROOT / "workflow" / "config.yaml")
    (tmp_path / "config.yaml").write_text(config.dump(study))
    assert config.load(tmp_path / "config.yaml") == study


@pytest.mark.parametrize(
    ("path", "made"),
    [
        (config_reference.SCHEMA_PATH, config_reference.json_schema),
        (config_reference.REFERENCE_PATH, config_reference.reference),
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
