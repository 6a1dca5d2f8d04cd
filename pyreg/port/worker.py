"""A script and where to put its port in, script.py, data.npz and R's outcomes out; runs R.

A process of its own: the script may end it, and what it prints is not the answer.
"""

import ast
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pyreg import files
from pyreg.engines import runtime
from pyreg.errors import PyregError
from pyreg.port import check
from pyreg.port.assemble import assemble
from pyreg.port.fold import fold
from pyreg.port.names import Taken
from pyreg.port.recording import Array, Call, Items, Table, Value
from pyreg.port.resolve import Resolved, resolve
from pyreg.port.script import Run, Runner, require_code
from pyreg.port.source import Source, read
from pyreg.port.temporary import TemporaryFiles
from pyreg.port.timeline import timeline
from pyreg.port.traps import traps
from pyreg.port.workspace import Frozen, Workspace, WrittenOut
from pyreg.port.write import Script, line_map, write
from pyreg.rbridge import front_end, session

OLD_KERAS = re.compile(r"^[^#]*(\b(library|require)\(\s*[\"']?keras\b(?!3)|\bkeras::)")
# Versions that the script's header names.
SHOWN = {"python": "Python", "keras": "Keras", "tensorflow": "TensorFlow", "numpy": "NumPy"}


def main() -> int:
    """Read the order from standard input; print nothing but the answer's file."""
    order = json.load(sys.stdin)
    os.dup2(2, 1)  # R's output and Keras' progress are no answers
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    folder = Path(order["folder"])
    try:
        port(order, folder)
    except PyregError as error:
        files.write_json(
            folder / "failure.json", {"message": str(error), "exit_code": error.exit_code}
        )
        return error.exit_code
    return 0


def port(order: dict[str, Any], folder: Path) -> None:
    source = read(Path(order["script"]))
    os.environ["OMP_NUM_THREADS"] = str(order["threads"])  # R's BLAS asks once, as R starts
    require_code(source)
    runtime.set_up("cpu", order["threads"])
    if order["threads"] > 1:
        os.environ["TF_DETERMINISTIC_OPS"] = "1"
    verbs = _verbs(order["front_end"], source)
    run = _run(order, source)
    workspace, resolved = _resolved(run)
    pieces = fold(assemble(workspace, resolved), workspace)
    TemporaryFiles(session.evaluate("base::tempdir()"), os.getpid()).replace_in(pieces)
    is_seeded = sets_seed(run.recorder.calls)
    seed = None if is_seeded else order["seed"]
    script = Script(pieces, run.comments, run.lines, seed)
    text = write(script)
    own = [frozen for key, frozen in workspace.frozen.items() if f'data["{key}"]' in text]
    text = with_own_keys(text, own)
    files.write_text(folder / "script.py", text)
    if own:
        arrays = {frozen.name: frozen.array for frozen in own}
        np.savez_compressed(folder / "data.npz", allow_pickle=False, **arrays)
    written = written_in(text, workspace.written_out)
    environment = runtime.describe()["versions"]
    found = {
        "outcomes": outcomes(run),
        "num_arrays": num_arrays(run),
        "data_sets": sorted(set(run.data_sets)),
        "own_arrays": [own_array(f.name, f.array, f.code, "data.npz") for f in own]
        + [own_array(w.name, w.value, w.code, "script.py") for w in written if w.value.ndim],
        "own_numbers": [
            {"line": w.line, "what": w.code or w.name, "why": "the script has R's number"}
            for w in written
            if not w.value.ndim
        ],
        "not_printed": sorted({step.span.first_line for step in resolved.not_printed}),
        "not_ported": [
            {"line": p.step.span.first_line, "what": p.what, "why": p.why}
            for p in resolved.not_ported
        ],
        "left_out": [
            {"line": left.span.first_line, "what": left.what, "why": left.why}
            for left in run.left_out
        ],
        "lines": line_map(script, text, source.name),
        "became": run.became,
        "traps": [
            {"line": span.first_line, "what": what, "why": why}
            for span, what, why in traps(workspace)
        ],
        "seeded_by": "script" if is_seeded else "pyreg",
        "front_end": verbs.name,
        "versions": {
            **verbs.versions,
            **{shown: environment[name] for name, shown in SHOWN.items() if name in environment},
        },
    }
    files.write_json(folder / "run.json", found)


def written_in(text: str, known: list[WrittenOut]) -> list[WrittenOut]:
    """What of R's own numbers stands in the script, each once."""
    script = ast.parse(text)
    found = {(w.name, ast.unparse(w.tree)): w for w in known if w.stands_in(script)}
    return list(found.values())


def own_array(name: str, array: np.ndarray, code: str | None, kept: str) -> dict[str, Any]:
    return {"name": name, "shape": list(array.shape), "code": code, "kept": kept}


def with_own_keys(text: str, own: list[Frozen]) -> str:
    """The script with keys as they would be had no other array been kept on the way."""
    taken = Taken(set())
    keys = {frozen.name: taken.new(frozen.wanted) for frozen in own}
    for frozen in own:
        frozen.name = keys[frozen.name]
    return re.sub(r'\bdata\["(\w+)"\]', lambda found: f'data["{keys[found[1]]}"]', text)


def _verbs(wanted: front_end.Wanted, source: Source) -> front_end.FrontEnd:
    """The verbs that a script is to have: genuine keras3 where it is installed and will do."""
    if wanted == "auto" and any(OLD_KERAS.search(line) for line in source.lines):
        session.start()
        wanted = "auto" if session.evaluate('nzchar(system.file(package = "keras"))') else "bridge"
    if wanted != "bridge":
        found = front_end.use_if_installed()
        if found is not None:
            return found
    if wanted == "keras3":
        return front_end.use("keras3")
    return front_end.offer_libraries(even_installed=wanted == "bridge")


def _run(order: dict[str, Any], source: Source) -> Run:
    import keras

    runner = Runner(source, Path(order["home"]), order["max_epochs"])
    runner.run.data_sets = check.use_data(order["data"])
    keras.utils.set_random_seed(order["seed"])
    session.evaluate(f"set.seed({order['seed']})")
    runner.run.recorder.listen()
    runner.start()
    return runner.execute()


def _resolved(run: Run) -> tuple[Workspace, Resolved]:
    """The script's data and calls in Python; in R's own precision where the usual is not enough."""
    steps = timeline(run)
    usual = Workspace(run, steps)
    resolved = resolve(usual)
    if usual.is_approximate and usual.frozen:
        exact = Workspace(run, steps, exact=True)
        resolved_exactly = resolve(exact)
        if len(exact.frozen) < len(usual.frozen):
            return exact, resolved_exactly
    return usual, resolved


def sets_seed(calls: list[Call]) -> bool:
    """Whether the script seeds Keras before anything draws a number."""
    for call in calls:
        if call.target in ("keras.utils.set_random_seed", "tensorflow.random.set_seed"):
            return True
        if call.draws or call.outcome is not None:
            return False
    return False


def num_arrays(run: Run) -> int:
    """How many different arrays Keras was given; each part of a generator's batches is one."""
    given = [v for call in run.recorder.calls for v in (*call.args, *call.kwargs.values())]
    numbers = {array.number for value in given for array in _arrays(value)}
    parts = [len(list(_arrays(batches[0]))) for batches in run.recorder.batches if batches]
    return len(numbers) + sum(parts)


def _arrays(value: Value) -> Iterator[Array]:
    if isinstance(value, Array):
        yield value
    elif isinstance(value, Items):
        for item in value.items:
            yield from _arrays(item)
    elif isinstance(value, Table):
        for _, item in value.items:
            yield from _arrays(item)


def outcomes(run: Run) -> list[dict[str, Any]]:
    """What is compared of R's calls, with the lines they are made in."""
    found = []
    for call in run.recorder.calls:
        if call.outcome is not None:
            span = call.place.span or run.statements[call.place.statement].span
            found.append({**call.outcome, "line": span.first_line})
    return found


if __name__ == "__main__":
    sys.exit(main())
