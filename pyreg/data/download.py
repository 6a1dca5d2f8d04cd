"""A pinned file's mirrors in, the file out: whole and right under its name, or not there at all.

Every wait is bounded: for an answer, for the next byte, and for a server that only drips.
"""

import sys
import threading
import time
from pathlib import Path

import requests
import urllib3
from tqdm import tqdm

from pyreg import files
from pyreg.data.sources import Source

ANSWER_SECONDS = 10.0  # for the name, the connection, redirections and the headers together
STALL_SECONDS = 10.0  # without a byte, or on the whole below the least speed
LEAST_BYTES_PER_SECOND = 20_000
ROUNDS = 2  # over the mirrors that answer and do not dawdle


class _AttemptError(Exception):
    """One mirror did not give the file; `again`: it may be worth another try."""

    def __init__(self, reason: object, again: bool = True) -> None:
        super().__init__(str(reason).split("\n")[0][:300])
        self.again = again


def download(source: Source, target: Path) -> list[str]:
    """Get `source.file` from one of its mirrors, verify it and move it to `target`.

    Returns:
        What went wrong with each mirror; empty if `target` is there now.
    """
    part = target.with_name(f".{target.name}.part")  # one name: a killed job's is overwritten
    urls, problems = list(source.urls), []
    for _ in range(ROUNDS):
        for url in list(urls):
            try:
                _attempt(url, source, part)
                part.replace(target)
                return []
            except _AttemptError as error:
                problems.append(f"{url}: {error}")
                if not error.again:
                    urls.remove(url)
            finally:
                part.unlink(missing_ok=True)
    return problems


def _attempt(url: str, source: Source, part: Path) -> None:
    print(f"downloading {url} ({source.size / 1e6:.0f} MB)", file=sys.stderr, flush=True)
    with _answer(url) as response:
        try:
            _receive(response.raw, source, part)
        except urllib3.exceptions.HTTPError as error:
            stalled = isinstance(error, urllib3.exceptions.ReadTimeoutError)
            raise _AttemptError(error, again=not stalled) from None
    digest = files.digest_file(part)
    if digest != source.sha256:
        raise _AttemptError(
            f"got {part.stat().st_size:,} bytes with SHA-256 {digest}, "
            f"expected {source.size:,} with {source.sha256}"
        )


def _answer(url: str) -> requests.Response:
    """Connect, in bounded time: looking a name up alone may take the system minutes."""
    outcome: list[requests.Response | Exception] = []

    def ask() -> None:
        headers = {"Accept-Encoding": "identity"}  # the file's own bytes, not packed again
        try:
            outcome.append(requests.get(url, headers=headers, stream=True, timeout=STALL_SECONDS))
        except Exception as error:  # whatever it is, this mirror did not answer
            outcome.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS)
    if not outcome:
        raise _AttemptError(f"no answer in {ANSWER_SECONDS:g} s", again=False)
    answer = outcome[0]
    if isinstance(answer, Exception):
        reason = getattr(answer.args[0], "reason", answer) if answer.args else answer
        raise _AttemptError(reason, again=isinstance(answer, requests.ReadTimeout))
    if not answer.ok:
        raise _AttemptError(f"{answer.status_code} {answer.reason}")
    return answer


def _receive(body: urllib3.HTTPResponse, source: Source, part: Path) -> None:
    begin, received = time.monotonic(), 0
    interval = 0.1 if sys.stderr.isatty() else 2  # seconds; a log needs fewer lines
    with (
        part.open("wb") as file,
        tqdm(total=source.size, unit="B", unit_scale=True, mininterval=interval) as progress,
    ):
        # read1 returns what has come; read would wait for all that it was asked for.
        while block := body.read1(2**16):
            file.write(block)
            progress.update(len(block))
            received += len(block)
            seconds = time.monotonic() - begin
            if received > source.size:
                raise _AttemptError(f"got more than the {source.size:,} bytes expected")
            if seconds > STALL_SECONDS and received < seconds * LEAST_BYTES_PER_SECOND:
                raise _AttemptError(f"got only {received:,} bytes in {seconds:.0f} s", again=False)
