"""An R script in, a folder with its Python script and the proof out: all of it or nothing."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyreg
from pyreg import files
from pyreg.errors import InputError, PyregError
from pyreg.port import check
from pyreg.port.source import SUFFIXES, require_plain
from pyreg.port.verdict import Level, Verdict

LEFT = ("script.py", "check.py", "data.npz", "port.html")  # beside port.json
# TensorFlow's news about the machine, which no setting silences.
NOISE = re.compile(
    rb"^(WARNING: All log messages before absl|[IWE]0000 00:00:|\d{4}-\d\d-\d\d .*cuda)"
)
ERRORS = {2: InputError}


@dataclass(frozen=True)
class Order:
    """What is to be ported, and how.

    Attributes:
        max_epochs: of every fit; None: as many as the script says.
        data: data set of Keras -> file that stands in for it.
        threads: of one process; with more than one, operations are asked to be deterministic.
    """

    script: Path
    seed: int = 1
    max_epochs: int | None = None
    data: dict[str, Path] = field(default_factory=dict)
    threads: int = 1
    front_end: str = "auto"


def port(order: Order, output: Path) -> Verdict:
    """Port a script; leave script.py, data.npz, check.py, port.json and port.html in `output`.

    Raises:
        InputError: the script cannot be run; the message is R's, with its line.
        PyregError: R's process ended by itself.
    """
    _validate(order)
    _require_free(output)
    with files.temporary_folder("pyreg-port") as temporary:
        made = temporary / "made"
        made.mkdir()
        started = time.monotonic()
        _say(f"running {order.script.name} in R")
        _run_in_r(order, made)
        found = files.read_json(made / "run.json")
        (made / "run.json").unlink()
        data_sets = found.pop("data_sets")
        after_r = time.monotonic()
        _write_checker(made, found, order)
        _say(f"running {order.script.name} in Python")
        verdict, seen = _compared(order, made, found)
        verdict.data = {name: verdict.data[name] for name in data_sets if name in verdict.data}
        verdict.seconds |= {"r": after_r - started, "python": time.monotonic() - after_r}
        _finish(made, verdict, order, seen)
        with files.atomic_folder(output) as folder:
            for file in made.iterdir():
                shutil.copyfile(file, folder / file.name)
        if not (made / "data.npz").exists():
            (output / "data.npz").unlink(missing_ok=True)  # an earlier port's
    return verdict


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _validate(order: Order) -> None:
    require_plain(order.script.resolve())
    if order.script.suffix not in SUFFIXES:
        raise InputError(
            f"got {order.script}, expected an R script: a file that ends in .R, .Rmd or .qmd"
        )
    if not order.script.is_file():
        raise InputError(f"got {order.script}, but there is no such file; name an R script")
    for name, file in order.data.items():
        if not file.is_file():
            raise InputError(f"got --data {name}={file}, but there is no such file")


def _require_free(output: Path) -> None:
    """Refuse a folder in which the port would replace what no port left there.

    Raises:
        InputError: it has such files; it is none, or cannot be written.
    """
    files.require_folder(output)
    known = _digests(output / "port.json")
    for name in ("port.json", *LEFT):
        path = output / name
        if path.exists() and known.get(name) != files.digest_file(path):
            raise InputError(
                f"{path} is there already and is not as a port left it; move it away, or name "
                "another folder with -o"
            )


def _digests(path: Path) -> dict[str, str]:
    """What a port left, port.json itself too, which tells its digest without that entry; nothing
    where no port left one, or it was edited since."""
    try:
        content = files.read_json(path)
        own = content["files"].pop("port.json")
        if own != _digest(content):
            return {}
        return {**content["files"], "port.json": files.digest_file(path)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@contextmanager
def _copy_of_folder(script: Path) -> Iterator[Path]:
    """A copy of the folder that a script lies in: what it writes there, it writes into the copy."""
    home = script.resolve().parent
    if check.bytes_to_copy(home) > check.MOST_BYTES:
        raise InputError(
            f"{home} holds more than {check.MOST_BYTES // 2**30} GB, and the script is to run in a "
            "copy of it; put the script into a folder of its own, with the files that it reads"
        )
    with files.temporary_folder("pyreg-script") as temporary:
        copy = temporary / (home.name or "script")
        check.copy_folder(home, copy)
        yield copy


def _run_in_r(order: Order, made: Path) -> None:
    home = order.script.resolve().parent
    with _copy_of_folder(order.script) as copy:
        request = {
            "script": str(copy / order.script.name),
            "home": str(home),
            "folder": str(made),
            "seed": order.seed,
            "max_epochs": order.max_epochs,
            "data": _data_files(order),
            "threads": order.threads,
            "front_end": order.front_end,
        }
        worker = [sys.executable, "-P", "-m", "pyreg.port.worker"]
        code = _execute(worker, copy, json.dumps(request).encode())
    failure = made / "failure.json"
    if failure.exists():
        told = files.read_json(failure)
        raise ERRORS.get(told["exit_code"], PyregError)(told["message"])
    if code != 0 or not (made / "run.json").exists():
        raise PyregError(f"the process that ran R ended with exit status {code} and no answer")


def _data_files(order: Order) -> dict[str, str]:
    data = {name: str(file.resolve()) for name, file in order.data.items()}
    imdb = os.environ.get("PYREG_IMDB", "")
    if imdb.endswith(".npz") and "imdb" not in data and Path(imdb).is_file():
        data["imdb"] = str(Path(imdb).resolve())
    return data


def _execute(command: list[str], folder: Path, given: bytes = b"") -> int:
    """Run a process in a folder; what it tells goes to standard error. Its exit code."""
    environment = {**os.environ, "PYTHONSAFEPATH": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=sys.stderr,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stderr is not None
    try:
        process.stdin.write(given)
        process.stdin.close()
        for line in process.stderr:
            if not NOISE.match(line):
                sys.stderr.write(line.decode(errors="replace"))
                sys.stderr.flush()
        return process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _write_checker(made: Path, found: dict[str, Any], order: Order) -> None:
    """check.py, and what it reads: before there is a verdict, only R's outcomes."""
    shutil.copyfile(check.__file__, made / "check.py")
    wanted = {
        "outcomes": found["outcomes"],
        "threads": order.threads,
        "max_epochs": order.max_epochs,
        "data": _data_files(order),
    }
    files.write_json(made / "port.json", wanted)


def _python_outcomes(order: Order, made: Path) -> tuple[list[dict[str, Any]], str | None]:
    """Run the Python script in a process of its own: its outcomes, and why it stopped if it did."""
    with _copy_of_folder(order.script) as copy, files.temporary_folder("pyreg-seen") as temporary:
        seen = temporary / "seen.json"
        command = [sys.executable, "-P", str(made / "check.py"), "--seen", str(seen)]
        code = _execute(command, copy)
        if not seen.exists():
            return [], f"the process that ran script.py ended with exit status {code}"
        told = files.read_json(seen)
        return told["outcomes"], told["failure"]


def _compared(
    order: Order, made: Path, found: dict[str, Any]
) -> tuple[Verdict, list[dict[str, Any]]]:
    """The verdict, and Python's outcomes."""
    outcomes = found["outcomes"]
    seen, failure = _python_outcomes(order, made)
    apart = check.first_difference(outcomes, seen, failure)
    level: Level = "identical" if outcomes else "not-compared"
    if failure is not None:
        level = "different"
    elif apart is not None:
        again = check.first_difference(seen, *_python_outcomes(order, made))
        level = "different" if again is None else "differs-from-itself"
    verdict = Verdict(
        **found,
        script=order.script.name,
        level=level,
        difference=apart,
        seed=order.seed,
        threads=order.threads,
        max_epochs=order.max_epochs,
        data={name: Path(file).name for name, file in _data_files(order).items()},
        seconds={},
        files={},
    )
    return verdict, seen


def _finish(made: Path, verdict: Verdict, order: Order, seen: list[dict[str, Any]]) -> None:
    from pyreg.port import page  # draws: not for who gets a message only

    script = made / "script.py"
    header = docstring(verdict)
    text = header + script.read_text(encoding="utf-8")
    files.write_text(script, text)
    above = header.count("\n")
    verdict.lines = [(first + above, start, end) for first, start, end in verdict.lines]
    code = order.script.read_text(encoding="utf-8", errors="replace")
    files.write_text(made / "port.html", page.render(verdict, code, text, seen))
    verdict.files = {
        name: files.digest_file(made / name) for name in LEFT if (made / name).exists()
    }
    verdict.files["port.json"] = _digest(verdict.model_dump(mode="json"))
    files.write_json(made / "port.json", verdict.model_dump(mode="json"))


def docstring(verdict: Verdict) -> str:
    """What stands at the top of the script: from what, with which versions, how it was checked."""
    versions = verdict.versions
    with_what = ", ".join(f"{name} {versions[name]}" for name in versions)
    parts = [
        f"{verdict.script} in Python, ported by pyreg {pyreg.__version__} ({with_what}).",
        _how_checked(verdict),
    ]
    kept = [array.name for array in verdict.own_arrays if array.kept == "data.npz"]
    if kept:
        names = ", ".join(kept[:8])
        more = ", ..." if len(kept) > 8 else ""
        parts.append(
            f"data.npz holds what R drew at random, or pyreg has no Python for: {names}{more}."
        )
    filled = [textwrap.fill(part.replace("\\", "/").replace('"""', "'''"), 85) for part in parts]
    return '"""' + "\n\n".join(filled) + '\n"""\n\n'


def _how_checked(verdict: Verdict) -> str:
    seed = (
        f"seed {verdict.seed}, which the R script does not set"
        if verdict.seeded_by == "pyreg"
        else "its own seed"
    )
    short = f", at most {verdict.max_epochs} epochs" if verdict.max_epochs else ""
    if verdict.level == "identical":
        return (
            f"Checked against R with {seed}{short}: same bits in {verdict.counts}. "
            "check.py runs the comparison again."
        )
    if verdict.level == "not-compared":
        return "Not compared with R: it trains, evaluates, predicts and saves nothing."
    return f"Compared with R with {seed}{short}, this is NOT the same: {verdict.difference}."
