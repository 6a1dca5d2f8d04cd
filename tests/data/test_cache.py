import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from data.serving import BAD_WAYS, CONTENT, serve
from pyreg.data import cache, download
from pyreg.data.sources import SOURCES

WHOLE = replace(
    SOURCES["keras"], sha256=hashlib.sha256(CONTENT).hexdigest(), size=len(CONTENT), urls=("none",)
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(download, "ANSWER_SECONDS", 1.0)
    monkeypatch.setattr(download, "STALL_SECONDS", 0.4)


@pytest.fixture
def server():
    with serve() as (address, asked):
        yield address, asked


def mirrors(address, *ways):
    return replace(WHOLE, urls=tuple(f"{address}/{way}" for way in ways))


def left_behind():
    return [path.name for path in cache.folder().iterdir()]


def test_downloads_once_and_is_silent_then(server, capsys):
    source = mirrors(server[0], "well")
    path = cache.fetch(source)
    assert path.read_bytes() == CONTENT
    assert "downloading http://127.0.0.1" in capsys.readouterr().err
    assert cache.fetch(source) == path
    assert server[1] == ["/well"]
    assert capsys.readouterr().err == ""
    assert left_behind() == ["imdb.npz"]


@pytest.mark.parametrize("way", BAD_WAYS)
def test_a_bad_mirror_is_refused_in_bounded_time_and_leaves_nothing(server, way):
    begin = time.monotonic()
    with pytest.raises(cache.DownloadError, match=f"could not download imdb.npz:\n.*/{way}: "):
        cache.fetch(mirrors(server[0], way))
    assert time.monotonic() - begin < 6
    assert left_behind() == []


@pytest.mark.parametrize("way", BAD_WAYS)
def test_the_next_mirror_makes_up_for_a_bad_one(server, way):
    assert cache.fetch(mirrors(server[0], way, "well")).read_bytes() == CONTENT
    assert left_behind() == ["imdb.npz"]


def test_a_connection_that_drops_once_is_tried_again(server):
    assert cache.fetch(mirrors(server[0], "well-the-second-time")).read_bytes() == CONTENT
    assert len(server[1]) == 2


def test_an_unknown_name_or_a_closed_port_costs_no_second_round():
    source = replace(WHOLE, urls=("http://no.such.host/imdb.npz", "http://127.0.0.1:9/imdb.npz"))
    begin = time.monotonic()
    with pytest.raises(cache.DownloadError) as caught:
        cache.fetch(source)
    assert time.monotonic() - begin < 2
    message = str(caught.value)
    assert message.count("no.such.host/imdb.npz: ") == message.count(":9/imdb.npz: ") == 1
    assert left_behind() == []


def test_a_slow_look_up_is_not_waited_for(monkeypatch):
    def look_up(*_, **__):
        time.sleep(1.5)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    begin = time.monotonic()
    with pytest.raises(cache.DownloadError, match="no answer in 1 s"):
        cache.fetch(replace(WHOLE, urls=("http://slow.host/imdb.npz",)))
    assert time.monotonic() - begin < 2


def test_an_altered_file_in_the_cache_is_fetched_again(server):
    cache.folder().mkdir(parents=True)
    (cache.folder() / "imdb.npz").write_bytes(CONTENT[:-1])
    assert cache.find(WHOLE) is None
    assert cache.fetch(mirrors(server[0], "well")).read_bytes() == CONTENT


def test_keras_own_download_is_used(monkeypatch, tmp_path):
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "imdb.npz").write_bytes(CONTENT)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert cache.fetch(WHOLE) == tmp_path / "datasets" / "imdb.npz"


def test_jobs_at_once_download_once(server):
    source = mirrors(server[0], "well-slowly")
    with ThreadPoolExecutor(4) as jobs:
        paths = list(jobs.map(lambda _: cache.fetch(source), range(4)))
    assert {path.read_bytes() for path in paths} == {CONTENT}
    assert server[1] == ["/well-slowly"]


KILLED_JOB = """
import sys
from dataclasses import replace
from pyreg.data import cache
from pyreg.data.sources import SOURCES
cache.fetch(replace(SOURCES["keras"], urls=(sys.argv[1],)))
"""


def test_a_killed_job_leaves_neither_a_torn_file_nor_a_lock(server):
    job = subprocess.Popen([sys.executable, "-c", KILLED_JOB, f"{server[0]}/half-and-stall"])
    part = cache.folder() / ".imdb.npz.part"
    deadline = time.monotonic() + 20
    while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(job.pid, signal.SIGKILL)
    job.wait()
    assert left_behind() == [".imdb.npz.part"]
    assert cache.fetch(mirrors(server[0], "well")).read_bytes() == CONTENT
    assert left_behind() == ["imdb.npz"]


def test_a_cache_that_cannot_be_written_says_what_to_set(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PYREG_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(cache.DownloadError, match="set PYREG_CACHE to a folder"):
        cache.fetch(WHOLE)


def test_a_full_disk_is_not_taken_for_a_bad_mirror(server, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(download, "_receive", full)
    with pytest.raises(cache.DownloadError, match="No space left on device; set PYREG_CACHE"):
        cache.fetch(mirrors(server[0], "well", "well"))
    assert server[1] == ["/well"]
    assert left_behind() == []


def test_the_cache_is_the_platform_s_unless_set(monkeypatch):
    monkeypatch.setenv("PYREG_CACHE", "/somewhere")
    assert cache.folder() == Path("/somewhere")
    monkeypatch.delenv("PYREG_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert cache.folder().name == "pyreg"


@pytest.mark.network
@pytest.mark.parametrize("url", SOURCES["keras"].urls)
def test_the_real_mirrors_give_the_pinned_file(url, monkeypatch):
    if "PYREG_TEST_NETWORK" not in os.environ:
        pytest.skip("set PYREG_TEST_NETWORK=1 to download 17 MB")
    monkeypatch.undo()  # patience and the network
    source = replace(SOURCES["keras"], urls=(url,))
    assert cache.fetch(source).stat().st_size == source.size
