"""A run's folder in, what its service holds out: beside a bare predict loop of Keras.

Server and clients share this machine. Usage: serving.py RUN
"""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import numpy as np
import psutil

from pyreg.engines import runtime

CLIENTS = [1, 8, 64]
SECONDS = 10
TEXT = (
    "this film was great but the story is a bit too long and the music is awful " * 15
)  # 240 words


def main(run: str) -> None:
    print("| what | requests a second | p50 ms | p99 ms | MB |\n| --- | --- | --- | --- | --- |")
    row("Keras alone, `predict` in a loop", *bare(run))
    server = subprocess.Popen(
        [sys.executable, "-m", "pyreg", "serve", run, "--port", "0"], stdout=subprocess.PIPE
    )
    try:
        host = urlsplit(server.stdout.readline().split()[2].decode()).netloc
        for number in CLIENTS:
            times = at_once(host, number)
            row(
                f"{number} clients" if number > 1 else "1 client",
                times,
                psutil.Process(server.pid).memory_info().rss,
            )
    finally:
        server.terminate()


def bare(run: str) -> tuple[list[float], int]:
    """Seconds of each call, and bytes of memory."""
    runtime.set_up("cpu")
    import keras

    model = keras.saving.load_model(f"{run}/model.keras")
    row_of_one = np.ones((1, *model.input_shape[1:]), "float32")
    model.predict(row_of_one, verbose=0)
    times = timed(lambda: model.predict(row_of_one, verbose=0))
    return times, psutil.Process().memory_info().rss


def at_once(host: str, number: int) -> list[float]:
    """`number` clients that each ask again when they are answered."""
    with ThreadPoolExecutor(number) as pool:
        return [seconds for times in pool.map(client, [host] * number) for seconds in times]


def client(host: str) -> list[float]:
    connection = http.client.HTTPConnection(host, timeout=60)
    body = json.dumps({"text": TEXT})

    def ask() -> None:
        connection.request("POST", "/predict", body)
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        answer.read()

    return timed(ask)


def timed(call: Callable[[], object]) -> list[float]:
    """Seconds of each call."""
    times = []
    end = time.perf_counter() + SECONDS
    while (begin := time.perf_counter()) < end:
        call()
        times.append(time.perf_counter() - begin)
    return times


def row(what: str, times: list[float], memory: int) -> None:
    p50, p99 = 1000 * np.percentile(times, [50, 99])
    print(
        f"| {what} | {len(times) / SECONDS:.0f} | {p50:.1f} | {p99:.1f} | {memory / 2**20:.0f} |",
        flush=True,
    )


main(*sys.argv[1:])
