"""Serve a saved network: a page where one types a review or drops an image, and JSON for programs.

GET / (the page), POST /predict, GET /health, /model (its card), /metrics (for Prometheus).
Needs Flask, waitress and prometheus-client: `pip install -e ".[serve]"` in a clone."""

import argparse
import importlib.util
from pathlib import Path

from pyreg.commands import common

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
    from pyreg.data.image_input import ImageInput
    from pyreg.engines import runtime
    from pyreg.errors import InputError
    from pyreg.serving import folder

    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(
            f'{", ".join(missing)} is not installed here; `pip install -e ".[serve]"` in a clone'
        )
    taken = folder.taken_by(folder.of_network(arguments.folder))
    if arguments.counts and isinstance(taken, ImageInput):
        raise InputError(
            "the network takes images, of which nothing is counted; leave out --counts"
        )
    runtime.set_up("cpu")
    from pyreg.serving import app, network, server
    from pyreg.serving.counts import Counts

    loaded = network.load(arguments.folder)
    counted = Counts(arguments.counts) if arguments.counts else None
    server.serve(app.create(loaded, counted), arguments.host, arguments.port, common.say)
