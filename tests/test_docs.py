"""What the pages promise: every command and every piece of code in them is run, in their order.

The pages are followed in a copy of the repository whose study is the lesson's, cut to 400 reviews
and two epochs, its runs trained together; the small study is cut to one network. Lines that begin
with `#>` are what a block prints, and are compared. A block marked `no-test` is not run; the text
beside it says why.
"""

import os
import re
import shutil
import subprocess
import sys
import threading
from typing import NamedTuple

import pytest
import yaml
from conftest import ROOT

from pyreg import config

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w*)[ ]*(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)")
LEFT_OUT = [".venv", ".git", ".snakemake", "results", "*_cache", "__pycache__", "*.egg-info"]
DONE = "--- end of block ---"
MOST_SECONDS = 900  # of a block

# A process for each language that a page uses, to which it hands its blocks as names of files.
SESSIONS = {
    "bash": [
        *("bash", "-c"),
        f'set -euo pipefail; while read -r file; do . "$file" </dev/null; echo "{DONE}"; done',
    ],
    "python": [
        *(sys.executable, "-u", "-c"),
        "import sys\nnames = {}\nfor file in sys.stdin:\n"
        f"    exec(open(file.strip()).read(), names)\n    print({DONE!r})",
    ],
    "r": [
        *("Rscript", "--no-init-file", "-e"),
        'lines <- file("stdin", "r")\nwhile (length(file <- readLines(lines, 1)) > 0) {\n'
        f'  source(file, print.eval = TRUE)\n  cat("{DONE}\\n")\n}}',
    ],
}


class Block(NamedTuple):
    language: str
    mark: str
    text: str


def blocks(page):
    found = [Block(*match.groups()) for match in FENCE.finditer(page.read_text())]
    return [_as_bash(block) if block.language == "console" else block for block in found]


def _as_bash(block):
    """A console's `$ command` lines without what they print."""
    commands = [line[2:] for line in block.text.splitlines() if line.startswith("$ ")]
    return Block("bash", block.mark, "\n".join(commands) + "\n")


class Session:
    """One language's process, in which a page's blocks run one after the other."""

    def __init__(self, language, folder):
        self.log = (folder / f"{language}.log").open("w+")
        self.process = subprocess.Popen(
            SESSIONS[language], cwd=folder, env=environment(folder), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
        )  # fmt: skip

    def run(self, file):
        """What the block prints; it must not fail."""
        watch = threading.Timer(MOST_SECONDS, self.process.kill)
        watch.start()
        print(file, file=self.process.stdin, flush=True)
        printed = []
        for line in self.process.stdout:
            text, done, _ = line.rstrip().partition(DONE)
            printed += [text] if text or not done else []
            if done:
                watch.cancel()
                return printed
        watch.cancel()
        self.log.seek(0)
        pytest.fail(f"{file.read_text()}\nprinted\n{self.log.read()}\n{printed}")

    def end(self):
        self.process.communicate()
        self.log.close()


def environment(folder):
    return {
        **os.environ,
        "PATH": f"{folder / '.venv' / 'bin'}:{os.environ['PATH']}",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "R_LIBS": ":".join(filter(None, [str(folder / "r-library"), os.environ.get("R_LIBS")])),
    }


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A copy of the repository with the lesson's study made small, and done; the small one smaller."""
    folder = tmp_path_factory.mktemp("docs") / "pyreg"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "r-library").mkdir()
    install = ["R", "CMD", "INSTALL", "R"]
    subprocess.run(install, cwd=folder, env=environment(folder), check=True, capture_output=True)
    lesson = {
        "epochs": 2,
        "replicates": 2,
        "train_together": True,
        "backends": {"jax": ["baseline"]},
    }
    change(folder / "config" / "config.yaml", lesson)
    small = {"models": {"baseline": {"units": [4]}}, "claims": [], "replicates": 0}
    change(folder / "workflow" / "studies" / "small.yaml", small)
    done = subprocess.run(
        ["snakemake", "--cores", "all"], cwd=folder, env=environment(folder),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def change(file, changes):
    study = yaml.safe_load(file.read_text())
    study["data"] |= {"num_reviews": 400, "num_words": 1000}
    file.write_text(yaml.safe_dump({**study, **changes}))


@pytest.mark.slow
@pytest.mark.r
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_can_be_followed(page, repository, tmp_path):
    sessions = {}
    for number, block in enumerate(blocks(page)):
        if block.language not in SESSIONS or block.mark == "no-test":
            continue
        file = tmp_path / f"block-{number}"
        file.write_text(only_planned(block.text) if block.language == "bash" else block.text)
        if block.language not in sessions:
            sessions[block.language] = Session(block.language, repository)
        printed = sessions[block.language].run(file)
        expected = re.findall(r"^#> ?(.*)$", block.text, re.MULTILINE)
        assert not expected or printed == [line.rstrip() for line in expected], block.text
    for session in sessions.values():
        session.end()


def only_planned(commands):
    """`make` would set up this machine and run the tests in themselves."""
    return re.sub(r"^make\b", "make --dry-run", commands, flags=re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_names_its_language(page):
    for block in blocks(page):
        assert block.language, f"```LANGUAGE, or ```text for what is not to be run:\n{block.text}"
        assert block.mark in ("", "no-test")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_settings_in_the_text_are_valid(page):
    lesson = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    for block in blocks(page):
        if block.language == "yaml" and block.mark != "no-test":
            config.load(merged(lesson, yaml.safe_load(block.text)))


def merged(lesson, changes):
    """The lesson's settings with a page's, which may name only some of a section's keys."""
    return lesson | {
        key: lesson[key] | value if isinstance(lesson.get(key), dict) else value
        for key, value in changes.items()
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    for target, anchor in LINK.findall(FENCE.sub("", page.read_text())):
        if target.startswith("http"):
            continue
        linked = (page.parent / target).resolve() if target else page
        assert linked.exists(), target
        assert not anchor or anchor[1:] in anchors(linked), f"{target}{anchor}"


def anchors(page):
    """GitHub's names for the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: page.stem)
def test_every_page_is_found_from_the_readme(page):
    assert f"docs/{page.name}" in PAGES[0].read_text()
