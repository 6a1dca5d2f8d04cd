import pytest

from pyreg.config import Study
from pyreg.errors import InputError
from pyreg.study import ported


def study(*patterns):
    return Study(study="course", models={"baseline": {"units": [4]}}, ports=list(patterns))


@pytest.fixture
def folder(tmp_path):
    for name in ("scripts/one.R", "scripts/two.R", "more/one.R"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_scripts_are_known_by_their_names(folder):
    found = ported.scripts(study("scripts/*.R", "scripts/two.R"), folder)
    assert {name: path.name for name, path in found.items()} == {"one": "one.R", "two": "two.R"}


@pytest.mark.parametrize("patterns", [["nowhere/*.R"], ["scripts/*.R", "more/*.R"]])
def test_no_script_and_two_of_a_name_are_refused(folder, patterns):
    with pytest.raises(InputError, match="expected"):
        ported.scripts(study(*patterns), folder)
