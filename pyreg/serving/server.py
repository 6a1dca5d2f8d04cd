"""A web application in, waitress serving it until it is told to stop out."""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import flask
import waitress

from pyreg.errors import InputError
from pyreg.serving.requests import MOST_BYTES

THREADS = 4
CONNECTIONS = 200  # more wait
IDLE_SECONDS = 30  # a connection that sends nothing is closed
DRAIN_SECONDS = 10  # for requests that were begun when it was told to stop


def serve(app: flask.Flask, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or an interrupt; requests that were begun are answered.

    Raises:
        InputError: nothing can be served there.
    """
    try:
        server: Any = waitress.create_server(
            app,
            sockets=[_listening(host, port)],
            threads=THREADS,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE_SECONDS,
            max_request_body_size=MOST_BYTES + 1,  # the first number that is refused
            ident="pyreg",
        )
    except (OSError, OverflowError) as error:
        raise InputError(
            f"cannot serve on {host}:{port} ({error}); choose another --host or --port"
        ) from None
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that requests wait is no news
    # A shell lets what it starts in the background ignore interrupts, and `_drain` ends by one.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: _drain(server))
    at = f"[{server.effective_host}]" if ":" in host else server.effective_host
    say(f"serving on http://{at}:{server.effective_port} (Ctrl+C stops)")
    server.run()
    server.close()


def _listening(host: str, port: int) -> socket.socket:
    """One socket, also where a name has several addresses, as `localhost` may have."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def _drain(server: Any) -> None:
    """Take no more connections, and stop when the requests that are here have been answered."""
    server.accepting = False

    def wait() -> None:
        end = time.monotonic() + DRAIN_SECONDS
        while time.monotonic() < end and any(
            channel.requests or channel.total_outbufs_len
            for channel in list(server.active_channels.values())
        ):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=wait, daemon=True).start()
