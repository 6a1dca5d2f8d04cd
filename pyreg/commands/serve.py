"""Serve a saved network: a page where one types a review or drops an image, and JSON for programs.

GET / (the page), POST /predict, GET /health, /model (its card), /metrics (for Prometheus), and with
--counts /drift (what was asked against the training data).
Needs Flask, waitress and prometheus-client: `pip install -e ".[serve]"` in a clone."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pyreg.commands import common

if TYPE_CHECKING:  # it may not be installed
    import flask

HELP = "serve a saved network: a page, and JSON for programs"
NEEDED = ("flask", "waitress", "prometheus_client")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="RUN", help="results/STUDY/runs/.../seed-N")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to serve on (%(default)s: this machine alone)"
    )
    parser.add_argument("--port", type=int, default=8000, help="%(default)s; 0: any that is free")
    parser.add_argument(
        "--counts",
        type=Path,
        metavar="FILE",
        help="count what is asked, for `pyreg drift` (SQLite); of networks of texts",
    )


def run(arguments: argparse.Namespace) -> None:
    served = application(arguments.folder, arguments.counts)
    from pyreg.serving import server

    server.serve(served, arguments.host, arguments.port, common.say)


def application(folder: str, counts: str | Path | None = None) -> "flask.Flask":
    """The application, for a WSGI server that starts it by this name.

    Args:
        folder, counts: as on the command line.

    Raises:
        InputError: what serves is not installed, or the folder holds no network to serve.
    """
    from pyreg.data.image_input import ImageInput
    from pyreg.engines import runtime
    from pyreg.errors import InputError
    from pyreg.records.network import of_network
    from pyreg.serving.input_kind import taken_by

    common.require_installed(NEEDED, "serve")
    taken = taken_by(of_network(folder))
    if counts and isinstance(taken, ImageInput):
        raise InputError(
            "the network takes images, of which nothing is counted; leave out --counts"
        )
    runtime.set_up("cpu")  # before anything imports Keras
    from pyreg.serving import app, network
    from pyreg.serving.counts import Counts

    return app.create(network.load(folder), Counts(Path(counts)) if counts else None)
