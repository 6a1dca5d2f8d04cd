"""The lock, the conda environment and the project name the same versions."""

import re
import subprocess
import sys
import tomllib
import zipfile

import pytest
import yaml
from conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def name_of(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower()


def locked():
    """Name -> versions: more than one where they differ between Python versions."""
    versions = {}
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        if found := re.match(r"([a-z0-9._-]+)==([^ ;\\]+)", line):
            versions.setdefault(found[1], set()).add(found[2])
    return versions


def in_conda():
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = next(entry["pip"] for entry in dependencies if isinstance(entry, dict))
    return dict(entry.split("==") for entry in pip)


@pytest.mark.parametrize("requirement", PROJECT["dependencies"])
def test_every_dependency_is_locked_and_in_the_conda_environment(requirement):
    name = name_of(requirement)
    assert name in locked(), "repair it with: make lock"
    assert in_conda().get(name) in locked()[name], "write the locked version into environment.yml"


@pytest.mark.parametrize("requirement", [r for r in PROJECT["dependencies"] if "==" in r])
def test_exact_versions_are_locked_as_they_stand(requirement):
    name, version = requirement.split("==")
    assert locked()[name] == {version}, "repair it with: make lock"


LOCKS = [
    *("requirements.lock", "requirements-dev.lock"),
    *("workflow/setup/build.lock", "workflow/setup/uv.lock", "workflow/setup/serve.lock"),
]


def test_what_the_image_serves_with_is_the_extra():
    asked = (ROOT / "workflow" / "setup" / "serve.in").read_text().splitlines()[1:]
    extra = PROJECT["optional-dependencies"]["serve"]
    assert sorted(asked) == sorted(map(name_of, extra))


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash(name):
    text = (ROOT / name).read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)


def test_the_citation_names_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == PROJECT["version"]


@pytest.mark.slow
def test_the_wheel_carries_the_r_code_the_templates_and_every_module(tmp_path):
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True)
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "pyreg").rglob("*.py")}
    templates = {str(path.relative_to(ROOT)) for path in ROOT.glob("pyreg/*/templates/*")}
    r_code = {f"pyreg/{path.relative_to(ROOT)}" for path in (ROOT / "R").rglob("*.R")}
    r_code -= {name for name in r_code if name.startswith("pyreg/R/tests")}
    r_code |= {"pyreg/R/NAMESPACE", "pyreg/R/inst/verbs/keras3.csv"}
    assert modules | templates | r_code <= names
