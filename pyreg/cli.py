"""`pyreg STEP ...`: one subcommand per step; each loads its libraries only when it is run."""

import argparse
import difflib
import errno
import io
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

from pyreg import __version__
from pyreg.errors import PyregError

# In the order in which people ask for them; each is a module of pyreg.commands with `HELP`,
# `configure(parser)` and `run(arguments)`.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "the study": ("doctor", "data", "verify", "reference"),
    "my own R script": ("port",),
    "my own results": ("compare",),
    "a trained network": ("predict", "serve", "drift", "compress"),
    "look closer": ("diff", "equivalence", "settings", "schema"),
    "elsewhere": ("export",),
    "steps that the workflow's rules call": (
        "encode",
        "train",
        "replicate",
        "train-all",
        "search",
        "search-table",
        "agreement",
        "metrics",
        "claims",
        "rds",
        "ports",
        "figures",
        "numbers",
        "report",
    ),
}
STEPS = [step for steps in GROUPS.values() for step in steps]

DESCRIPTION = """\
The R keras lesson on regularization in Python, and the proof that the port is right.

The whole study, from download to report:
  snakemake --cores all
An R script of your own, in Python, with the proof that both give the same:
  pyreg port script.R
An R history of your own, against the study's runs:
  pyreg compare history.rds --model baseline"""

EPILOG = """\
`pyreg STEP --help` tells what a step reads and writes.
exit codes: 0 fine; 1 a verdict: a comparison or verification failed; 2 bad input or configuration;
3 the system failed (disk full, not permitted, no memory); 130 interrupted"""


def main(argv: list[str] | None = None) -> int:
    """Run one step. Returns the exit code; an error of ours is one message, never a traceback."""
    words = sys.argv[1:] if argv is None else argv
    step = " ".join(["pyreg", *words[:1]])
    try:
        _open_what_is_closed()
        _speak_utf8()
        arguments = build_parser(*words[:1]).parse_args(words)
        arguments.run(arguments)
        sys.stdout.flush()  # here, where a full disk behind it has a message
    except PyregError as error:
        print(f"{step}: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # `pyreg ... | head` has seen enough
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        print(f"{step}: interrupted; nothing half-written was left", file=sys.stderr)
        return 130
    except Exception as error:
        said = _fault(error)
        if said is None:  # a bug: whoever reports it needs all of it
            raise
        print(f"{step}: {said}", file=sys.stderr)
        return PyregError.exit_code
    return 0


def _open_what_is_closed() -> None:
    """What is closed (`<&-`, `>&-`) gives and takes nothing; nor does a file get its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def _speak_utf8() -> None:
    """Settings come in UTF-8, whatever the locale; what it cannot show is written out."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _fault(error: Exception) -> str | None:
    """What the system refused: a full disk, a missing permission, memory; None if it did not."""
    if isinstance(error, OSError):
        name = error.filename2 or error.filename  # where a file was to come to
        named = f" ({name})" if name else ""
        said = f"the system says: {error.strerror or error}{named}"
    elif (full := os.strerror(errno.ENOSPC)) in str(error):  # in TensorFlow's words
        said = f"the system says: {full}"
    elif isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        said = (
            "there is not enough memory; run fewer jobs at once, or a smaller study"  # TensorFlow's
        )
    else:
        return None
    return f"{said}; no half-written output was left; mend it and run the same command again"


def build_parser(step: str | None = None) -> argparse.ArgumentParser:
    """The parser of one step's arguments, or, without one, of the help that lists them all."""
    parser = argparse.ArgumentParser(
        prog="pyreg",
        usage="pyreg STEP ...",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"pyreg {__version__}")
    if step in STEPS:
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP", prog="pyreg")
        command = _command(step)
        subparser = steps.add_parser(
            step,
            description=command.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.configure(subparser)
        subparser.set_defaults(run=command.run)
        return parser
    parser.add_argument("step", metavar="STEP", type=_known, help=argparse.SUPPRESS)
    parser.epilog = "\n".join([*_listed(), EPILOG])
    return parser


def _command(step: str) -> ModuleType:
    return import_module(f"pyreg.commands.{step.replace('-', '_')}")


def _listed() -> list[str]:
    """Every step with what it does, by groups."""
    width = max(map(len, STEPS))
    lines = []
    for title, steps in GROUPS.items():
        lines.append(f"{title}:")
        lines += [f"  {step:{width}}  {_command(step).HELP}" for step in steps]
        lines.append("")
    return lines


def _known(step: str) -> str:
    close = difflib.get_close_matches(step, STEPS, n=1)
    remedy = f"did you mean '{close[0]}'?" if close else "`pyreg --help` lists the steps"
    raise argparse.ArgumentTypeError(f"there is no step '{step}'; {remedy}")


if __name__ == "__main__":
    sys.exit(main())
