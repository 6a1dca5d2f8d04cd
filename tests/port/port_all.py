"""Scripts in, their ports out: as `pyreg port` does it, with Keras imported once for all of them.

    python tests/port/port_all.py OUTPUT SCRIPT...

Each of a port's processes is forked from this one before TensorFlow has started, and starts R and
TensorFlow afresh. What a port tells is in OUTPUT/NAME.log, its message if it fails in
OUTPUT/NAME.failure.
"""

import io
import os
import sys
import traceback
from pathlib import Path

import stand_ins

from pyreg.engines import runtime

runtime.set_up("cpu")

import keras  # noqa: E402, F401
import tensorflow  # noqa: E402, F401

from pyreg.errors import PyregError  # noqa: E402
from pyreg.port import check, port, worker  # noqa: E402

NUM_PROCESSES = 2


def forked(command: list[str], folder: Path, given: bytes = b"") -> int:
    """In the place of `port._execute`: the same work in a fork."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 1
    try:
        os.chdir(folder)
        sys.stdin = io.TextIOWrapper(io.BytesIO(given))
        module = check if "--seen" in command else worker
        check.__file__ = next((part for part in command if part.endswith("check.py")), "")
        code = module.main(command[-2:]) if module is check else module.main()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def port_one(output: Path, data: dict[str, Path], front_end: str, script: Path) -> None:
    with (output / f"{script.name}.log").open("w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    order = port.Order(script, data=data, front_end=front_end)
    try:
        port.port(order, output / script.name)
    except PyregError as error:
        (output / f"{script.name}.failure").write_text(f"{error.exit_code} {error}")
    sys.stderr.flush()


def main(output: Path, scripts: list[Path], front_end: str) -> None:
    """Two at a time; forked from the main thread, whose stack R measures."""
    port._execute = forked
    data = stand_ins.write_all(output / "data")
    at_work: set[int] = set()
    for script in scripts:
        if len(at_work) == NUM_PROCESSES:
            at_work.remove(os.wait()[0])
        pid = os.fork()
        if not pid:
            port_one(output, data, front_end, script)
            os._exit(0)
        at_work.add(pid)
    for pid in at_work:
        os.waitpid(pid, 0)


if __name__ == "__main__":
    front_end = os.environ.get("PYREG_FRONT_END", "bridge")
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]], front_end)
