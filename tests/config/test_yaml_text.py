"""Configurations are read as they look, or refused with the line."""

import math

import pytest
import yaml

from pyreg import config
from pyreg.config.yaml_text import RefusedError, Text, check_extent
from pyreg.errors import InputError

MODELS = "models: {baseline: {units: [4]}}\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-12", -12),
        ("+3", 3),
        ("0", 0),
        ("0.5", 0.5),
        (".5", 0.5),
        ("2.", 2.0),
        ("1e-3", 0.001),
        ("1E5", 1e5),
        ("1.5e+3", 1500.0),
        (".inf", math.inf),
        ("-.Inf", -math.inf),
        ("1e400", math.inf),
        ("off", False),
        ("true", True),
        ("~", None),
        ("'010'", "010"),
        ("'1e-3'", "1e-3"),
        ("2024-01-01", "2024-01-01"),  # a name; YAML 1.1 makes a date of it
        ("1.2.3", "1.2.3"),
        ("l2-0.001", "l2-0.001"),
    ],
)
def test_a_value_is_what_it_looks_like(text, value):
    read = Text(f"a: {text}").content["a"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "trap"),
    [("010", 8), ("1:30", 90), ("0x10", 16), ("0b11", 3), ("1_000", 1000), ("1:30.5", 90.5)],
)
def test_a_number_that_is_another_than_it_looks_is_refused(text, trap):
    assert yaml.safe_load(f"a: {text}") == {"a": trap}
    with pytest.raises(
        RefusedError, match=f"line 2: got {text}, which YAML reads as another number"
    ):
        Text(f"b: 1\na: {text}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", r"line 3: got the key a a second time \(first in line 1\)"),
        ("m:\n  x: 1\n  y: 2\n  x: 3", r"line 4: got the key x a second time \(first in line 2\)"),
        ("a: " + "9" * 5000, "line 1: got a number of 5,000 digits"),
        ("a: " + "[" * 500 + "]" * 500, "line 1: got values nested in more than 20 levels"),
        ("m: &m {baseline: *m}", "line 1: got values nested in more than 20 levels"),
        (
            "a: !!python/object/apply:os.system [ls]",
            "line 1: got the type tag:yaml.org,2002:python",
        ),
        ('a: 1\nb: !!bool "x"', "line 2: got x, expected true or false"),
        ("a: !!timestamp 2024-01-01", "line 1: got the type"),
        ("? [1]\n: 2", "got a key that is no word"),
        ("a: [1, 2", "line 2: did not find expected"),
        ("a: 1\n\tb: 2", "line 2: found a tab character|found character that cannot start"),
        ("a: \0", "control characters are not allowed"),
        ("a: 1\n--- b", "line 2: but found another document"),
        ("x" * 3_000_000, "got 3,000,000 characters"),
    ],
)
def test_what_is_refused_and_where(text, said):
    with pytest.raises(RefusedError, match=said):
        Text(text)


def bomb(merges):
    lines = ["a0: &a0 " + ("{x: 1}" if merges else "[x, x, x, x, x, x, x, x, x]")]
    for n in range(1, 10):
        parts = ", ".join([f"*a{n - 1}"] * 9)
        lines.append(f"a{n}: &a{n} " + (f"{{<<: [{parts}]}}" if merges else f"[{parts}]"))
    return "\n".join(lines) + "\nmodels: {baseline: {units: *a9}}\n"


@pytest.mark.parametrize("merges", [False, True])
def test_a_bomb_is_counted_before_it_goes_off(merges):
    with pytest.raises(RefusedError, match=r"line \d: got what stands for \d\d\d,\d\d\d values"):
        Text(bomb(merges))


def test_a_bomb_that_another_reader_built_is_counted_too():
    with pytest.raises(InputError, match="got what stands for"):
        config.load(yaml.safe_load(bomb(merges=False)))
    loop: dict = {}
    loop["models"] = loop
    with pytest.raises(RefusedError, match="nested in more than 20 levels"):
        check_extent(loop)


def test_anchors_that_a_person_would_write_are_fine():
    text = "models:\n  baseline: &b {units: [4]}\n  l2: {<<: *b, l2: 1e-3}\n"
    study = config.load(Text(text).content)
    assert study.models["l2"].l2 == 0.001
    assert study.models["l2"].units == [4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MODELS + "epoch: 3", "line 2: epoch: unknown key"),
        (MODELS + "data:\n  num_words: 0", "line 3: data.num_words: got 0"),
        ("models:\n  a: {units: [4]}\n  b:\n    units: [4, 0]", "line 4: models.b.units.1: got 0"),
        (MODELS + "study: reference", "line 2: study: got reference, whose folder"),
        (MODELS + "confidence: .inf", "line 2: confidence: got inf, expected a finite number"),
        (MODELS + "sweeps: abc", "line 2: sweeps: got 'abc', expected a valid dictionary"),
        (MODELS + "sweeps: [1]", r"line 2: sweeps: got \[1\], expected a valid dictionary"),
        (MODELS + "claims: {a: 1}", "line 2: claims: got {'a': 1}, expected a valid list"),
        ("epochs: 3", "models: is missing"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, text, said):
    path = tmp_path / "study.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        config.load(path)


def test_texts_that_look_like_our_numbers_are_written_in_quotes(tmp_path):
    claim = {
        "id": "a", "claim": "1e-3 is small", "source": "1e5", "metric": "accuracy",
        "left": "baseline", "direction": "less",
    }  # fmt: skip
    study = config.load(
        {"study": "1e3", "models": {"baseline": {"units": [4]}}, "claims": [{**claim}]}
    )
    (tmp_path / "study.yaml").write_text(config.dump(study))
    assert config.load(tmp_path / "study.yaml") == study


def test_a_number_that_snakemake_takes_for_a_text_is_a_number():
    content = yaml.safe_load("models: {baseline: {units: [4], l2: 1e-3}}\nconfidence: 9E-1")
    assert content["confidence"] == "9E-1"  # the trap
    study = config.load(config.with_numbers(content))
    assert (study.models["baseline"].l2, study.confidence) == (0.001, 0.9)
