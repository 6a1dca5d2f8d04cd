"""An R script in, nothing out: run as R alone runs it, or as `pyreg port` records it.

Both with pyreg's verbs, in one thread. Usage: recording.py plain|recorded IMDB.npz SCRIPT.R
"""

import sys
from pathlib import Path

from pyreg.engines import runtime
from pyreg.port import check, script, source
from pyreg.rbridge import front_end, session

runtime.set_up("cpu", 1)


def main(how: str, imdb: str, path: str) -> None:
    code = source.read(Path(path))
    script.require_code(code)
    import keras

    front_end.offer_libraries(even_installed=True)
    check.use_data({"imdb": Path(imdb).resolve().as_posix()})
    keras.utils.set_random_seed(1)
    if how == "plain":
        session.call("source", path)
        return
    runner = script.Runner(code, Path(path).resolve().parent)
    runner.run.recorder.listen()
    runner.start()
    runner.execute()


main(*sys.argv[1:])
