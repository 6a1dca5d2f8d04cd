"""`pyreg STEP ...`: one subcommand per step; each loads its libraries only when it is run."""

import argparse
import sys
from importlib import import_module

from pyreg import __version__
from pyreg.errors import PyregError

# In the order in which a study uses them; each is a module of pyreg.commands with
# `HELP`, `configure(parser)` and `run(arguments)`.
STEPS = [
    "data",
    "encode",
    "train",
    "replicate",
    "search",
    "search-table",
    "agreement",
    "metrics",
    "claims",
    "equivalence",
    "diff",
    "compare",
    "rds",
    "doctor",
    "figures",
    "numbers",
    "report",
    "verify",
    "reference",
    "settings",
    "schema",
]

DESCRIPTION = """\
The R keras lesson on regularization in Python, and the proof that the port is right.

The whole study, from download to report:
  snakemake --cores all

The steps below are what its rules call; each can be run by hand."""

EPILOG = """\
exit codes: 0 fine; 1 a comparison or verification failed; 2 bad input or configuration"""


def main(argv: list[str] | None = None) -> int:
    """Run one step. Returns the exit code; an error of ours is one message, never a traceback."""
    arguments = build_parser().parse_args(argv)
    try:
        arguments.run(arguments)
    except PyregError as error:
        print(f"pyreg {arguments.step}: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # `pyreg ... | head` has seen enough
        sys.stderr.close()
        return 0
    except OSError as error:  # a full disk, a missing permission: name the file, lose nothing
        named = f" ({error.filename})" if error.filename else ""
        print(
            f"pyreg {arguments.step}: the system says: {error.strerror}{named}; "
            "no half-written output was left; mend it and run the same command again",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print(
            f"pyreg {arguments.step}: interrupted; nothing half-written was left", file=sys.stderr
        )
        return 130
    return 0


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pyreg",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"pyreg {__version__}")
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    for step in STEPS:
        command = import_module(f"pyreg.commands.{step.replace('-', '_')}")
        subparser = steps.add_parser(
            step,
            help=command.HELP,
            description=command.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.configure(subparser)
        subparser.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
