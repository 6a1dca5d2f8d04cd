"""No cache, no PYREG_IMDB, no package of the system and no network unless a test says so."""

import socket

import pytest


@pytest.fixture(autouse=True)
def bare_surroundings(monkeypatch, tmp_path_factory):
    folder = tmp_path_factory.mktemp("surroundings")
    monkeypatch.setenv("PYREG_CACHE", str(folder / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(folder / "keras"))
    monkeypatch.delenv("PYREG_IMDB", raising=False)
    monkeypatch.setattr("pyreg.data.cache.SYSTEM", folder / "system")
    monkeypatch.setenv("PATH", str(folder))  # no npm either
    look_up = socket.getaddrinfo

    def look_up_here_only(host, *arguments, **options):
        if host not in ("127.0.0.1", "localhost"):
            raise socket.gaierror(socket.EAI_NONAME, f"no network for {host} in tests")
        return look_up(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up_here_only)
