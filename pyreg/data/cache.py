"""A pinned file of the internet in, its verified path in the cache out.

A download goes to a partial file, is verified, then moved: under its name a file is whole and
right or not there at all. Jobs that want the same file wait for the first one of them.
"""

import fcntl
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

from pyreg import files
from pyreg.data.sources import Source
from pyreg.errors import InputError

CONNECT_SECONDS = 5.0  # to find the server and be answered
STALL_SECONDS = 10.0  # without a single byte, or below the least speed
LEAST_BYTES_PER_SECOND = 20_000
ROUNDS = 2  # over the mirrors that can be reached


class DownloadError(InputError):
    """No mirror gave the file. Bounded in time, nothing is left behind."""


class _RefusedError(Exception):
    """What one mirror sent is not the file."""


def folder() -> Path:
    """The cache: PYREG_CACHE, or the platform's folder for caches."""
    named = os.environ.get("PYREG_CACHE")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("pyreg"))


def find(source: Source) -> Path | None:
    """Path of a verified copy: in our cache, or where Keras keeps its own downloads."""
    if source.file is None or not source.urls:
        return None
    keras_home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    for path in (folder() / source.file, keras_home / "datasets" / source.file):
        if path.is_file() and files.digest_file(path) == source.sha256:
            return path
    return None


def fetch(source: Source) -> Path:
    """Path of a verified copy, downloaded unless `find` has one.

    Raises:
        DownloadError: no mirror gave the pinned bytes, or the cache cannot be written.
    """
    found = find(source)
    if found or source.file is None:
        assert found
        return found
    target = folder() / source.file
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target.with_name(f".{target.name}.lock")):
            return find(source) or _download(source, target)
    except OSError as error:
        raise DownloadError(
            f"cannot keep {source.file} in the cache {target.parent}: {error.strerror or error}; "
            "set PYREG_CACHE to a folder with room that you may write to"
        ) from None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that the system releases even when the job is killed."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _download(source: Source, target: Path) -> Path:
    problems = []
    urls = list(source.urls)
    for _ in range(ROUNDS):
        for url in list(urls):
            reason, again = _try(url, source, target)
            if reason is None:
                return target
            problems.append(f"{url}: {reason}")
            if not again:
                urls.remove(url)
    raise DownloadError(
        f"could not download {source.file}:\n  " + "\n  ".join(problems) + "\n"
        f"download it by other means and name it in PYREG_IMDB, or put it into {target.parent}"
    )


def _try(url: str, source: Source, target: Path) -> tuple[str | None, bool]:
    """Download once. Returns why it failed (None: it did not) and whether to try again."""
    import requests

    part = target.with_name(f".{target.name}.part")  # one name: a killed job's is overwritten
    try:
        _resolve(url)
        _receive(url, source, part)
        part.replace(target)
        return None, False
    except (requests.ConnectTimeout, socket.gaierror) as error:
        return _brief(error), False
    except requests.ConnectionError as error:
        return _brief(error), "Failed to establish" not in str(error)
    except (requests.RequestException, _RefusedError) as error:
        return _brief(error), True
    finally:
        part.unlink(missing_ok=True)


def _resolve(url: str) -> None:
    """Look the server's name up, in bounded time: the system itself may take minutes."""
    host, scheme = urlsplit(url).hostname, urlsplit(url).scheme
    if scheme in getproxies():  # then the proxy looks it up
        return
    outcome: list[OSError | None] = []

    def look_up() -> None:
        try:
            socket.getaddrinfo(host, None)
            outcome.append(None)
        except OSError as error:
            outcome.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS)
    error = outcome[0] if outcome else socket.gaierror(f"no answer for {CONNECT_SECONDS:.0f} s")
    if error:
        raise socket.gaierror(f"the name {host} is not found ({error}); is there a network?")


def _receive(url: str, source: Source, part: Path) -> None:
    import requests
    from tqdm import tqdm

    print(f"downloading {url} ({source.size / 1e6:.0f} MB)", file=sys.stderr, flush=True)
    begin, received = time.monotonic(), 0
    timeout = (CONNECT_SECONDS, STALL_SECONDS)
    with (
        requests.get(url, stream=True, timeout=timeout) as response,
        part.open("wb") as file,
        # disable=None: a bar on a terminal, none in a log
        tqdm(total=source.size, unit="B", unit_scale=True, disable=None) as progress,
    ):
        response.raise_for_status()
        for block in response.iter_content(2**16):
            file.write(block)
            progress.update(len(block))
            received += len(block)
            seconds = time.monotonic() - begin
            if received > source.size:
                raise _RefusedError(f"sends more than the {source.size:,} bytes of {source.file}")
            if seconds > STALL_SECONDS and received < seconds * LEAST_BYTES_PER_SECOND:
                raise _RefusedError(f"sent only {received:,} bytes in {seconds:.0f} s")
    digest = files.digest_file(part)
    if digest != source.sha256:
        raise _RefusedError(
            f"sent {received:,} bytes with SHA-256 {digest}, expected {source.size:,} with "
            f"{source.sha256}"
        )


def _brief(error: Exception) -> str:
    return str(error).split("\n")[0][:300] or type(error).__name__
