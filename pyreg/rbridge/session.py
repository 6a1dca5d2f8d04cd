"""R inside this process: started once, with Python on offer; files sourced, functions called."""

import atexit
import os
import resource
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyreg.errors import PyregError
from pyreg.rbridge import calls, convert, offered
from pyreg.rbridge.rinterface import RObject, callbacks, embedded, ri
from pyreg.rbridge.rscript import R_FOLDER

BRIDGE = ("inst/bridge/bridge.R", "inst/bridge/arguments.R", "inst/bridge/objects.R")
LIBRARY_PATH = "LD_LIBRARY_PATH"
# A user's profile may set options that change results: none is read, see environment.py.
OPTIONS = ("rpy2", "--quiet", "--no-save", "--no-restore", "--no-init-file")


def start() -> None:
    """Start R, without any profile, and give it our bridge; once in a process.

    Raises:
        PyregError: R did not start.
    """
    if embedded.isinitialized():
        return
    calls.bridge.thread = threading.get_ident()
    embedded.set_initoptions(OPTIONS)  # type: ignore[arg-type]
    try:
        with _interrupt_handler_kept(), _library_path_kept():
            ri.initr(interactive=False, _c_stack_limit=_stack_for_r())
    except Exception as error:  # whatever rpy2 makes of an R that fails, or of a full disk
        raise PyregError(
            f"R did not start ({type(error).__name__} {error}); run `pyreg doctor`, and see that "
            "the folder for temporary files has room"
        ) from error
    _leave_r_to_the_process()
    for write in ["consolewrite_warnerror", "showmessage"]:
        setattr(callbacks, write, calls.to_log)
    ri.baseenv["options"](warn=ri.IntSexpVector([1]))  # a warning when it happens, not at the end
    _attach_bridge()


def call(name: str, /, *arguments: Any, **named: Any) -> Any:
    """Call the R function `name` and convert its result.

    Raises:
        RError: R reported an error; the message is R's.
    """
    return convert.to_python(call_raw(name, *arguments, **named))


def call_raw(name: str, /, *arguments: Any, **named: Any) -> RObject:
    """Call the R function `name`; the result stays in R, a reference to it comes back."""
    return convert.call(ri.StrSexpVector([name]), *arguments, **named)


def evaluate(code: str) -> Any:
    """Evaluate R code at top level and convert its value."""
    return call("evaluate_text", code)


def source(*files: str) -> None:
    """Source files of functions; what the R package exports of them goes on the search path.

    Args:
        files: below the R folder, such as `R/lesson.R`.
    """
    for file in files:
        call("source_functions", str(R_FOLDER / file), str(R_FOLDER / "NAMESPACE"))


def source_into_bridge(*files: str) -> None:
    """Source files beside bridge.R: no user's name comes before those they use."""
    for file in files:
        call("source_into_bridge", str(R_FOLDER / file))


def r_version() -> str:
    return evaluate("paste(R.version$major, R.version$minor, sep = '.')")


def _attach_bridge() -> None:
    # Its parent is R's base package, not the user's workspace.
    environment = ri.baseenv["new.env"](parent=ri.baseenv[".BaseNamespaceEnv"])
    calls.bridge.request = environment["python_request"] = ri.rternalize(offered.request)
    calls.bridge.environment = environment
    for file in BRIDGE:
        ri.baseenv["sys.source"](ri.StrSexpVector([str(R_FOLDER / file)]), environment)
    environment["register_methods"](environment)
    environment["offer_bridge"]()
    environment["use_utf8"]()


def _leave_r_to_the_process() -> None:
    """Let R end with the process, and remove its temporary folder.

    rpy2 would end R when Python ends; with reticulate loaded, R's finalizers then wait for
    Python's lock for ever.
    """
    atexit.unregister(ri.endr)
    atexit.register(shutil.rmtree, ri.baseenv["tempdir"]()[0], ignore_errors=True)


def _stack_for_r() -> int | None:
    """How much of the stack R may use before endless recursion is an error and not a crash.

    R knows where the main thread's stack begins; a part is left for what Python does on top. None:
    R does not check.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_STACK)
    is_main = threading.current_thread() is threading.main_thread()
    return limit * 3 // 4 if is_main and limit != resource.RLIM_INFINITY else None


@contextmanager
def _library_path_kept() -> Iterator[None]:
    """R puts the system's folders first, where a child of ours would find another libpython."""
    before = os.environ.get(LIBRARY_PATH)
    try:
        yield
    finally:
        os.environ.pop(LIBRARY_PATH, None)
        if before is not None:
            os.environ[LIBRARY_PATH] = before


@contextmanager
def _interrupt_handler_kept() -> Iterator[None]:
    """rpy2 gives Ctrl-C to Python's default handler, even where it was ignored before."""
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, before)
