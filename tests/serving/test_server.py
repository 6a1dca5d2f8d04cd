"""The real server in a process of its own: asked by many at once, seen in a browser, stopped."""

import concurrent.futures
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from conftest import ROOT

from pyreg.errors import InputError
from serving.conftest import KEY, SHAPES, pixels_of, png

pytest.importorskip("waitress")
pytest.importorskip("flask")
pytest.importorskip("prometheus_client")

SLOW = {"texts": ["great film " * 900] * 100}


def start(*arguments):
    """As a shell starts it in the background: interrupts are ignored."""
    return subprocess.Popen(
        [sys.executable, "-m", "pyreg.cli", "serve", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )  # fmt: skip


@pytest.fixture(scope="module")
def server(run_folder):
    process = start(run_folder, "--port", 0)
    line = process.stdout.readline()
    yield process, line.split()[2]
    process.kill()


def ask(url, content):
    request = urllib.request.Request(f"{url}/predict", json.dumps(content).encode())
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["answers"]


def metrics(url):
    with urllib.request.urlopen(f"{url}/metrics") as answer:
        return answer.read()


def test_many_at_once_get_what_each_gets_alone(server):
    _, url = server
    texts = ["great", "awful", "a film"] * 20
    alone = {text: ask(url, {"text": text})[0]["probability"] for text in set(texts)}
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda text: ask(url, {"text": text})[0]["probability"], texts))
    assert found == [alone[text] for text in texts]


@pytest.mark.parametrize("port", [-1, 99_999])
def test_a_port_that_is_none_is_one_message(port):
    from pyreg.serving import server

    with pytest.raises(InputError, match=f"cannot serve on 127.0.0.1:{port}"):
        server.serve(None, "127.0.0.1", port, print)


def test_a_name_with_two_addresses_has_one_socket(monkeypatch):
    import waitress

    from pyreg.serving import server

    found = []
    both = [(socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.1")]
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_: [(family, socket.SOCK_STREAM, 6, "", (host, 0)) for family, host in both],
    )
    monkeypatch.setattr(waitress.server.TcpWSGIServer, "run", lambda self: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    server.serve(lambda *_: [], "localhost", 0, found.append)
    assert found[0].startswith("serving on http://127.0.0.1:")


def test_a_place_that_is_taken_is_one_message(server, run_folder):
    port = server[1].rpartition(":")[2]
    process = start(run_folder, "--port", port)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 2
    assert said.strip().startswith(f"pyreg serve: cannot serve on 127.0.0.1:{port}")


def wait_for(browser, seen):
    """Until `seen(browser)`; while the page changes, its elements cannot be asked."""
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 30, ignored_exceptions=[WebDriverException]).until(seen)


def test_a_review_is_typed_answered_and_marked_in_a_browser(server, browser, tmp_path):
    browser.get(server[1])
    browser.find_element("id", "text").send_keys("A great film, no zebra\n<script>x</script>")
    browser.find_element("tag name", "button").click()
    wait_for(browser, lambda page: page.find_elements("class name", "short"))
    marks = {mark.text: mark for mark in browser.find_elements("css selector", ".text mark")}
    assert browser.find_element("class name", "short").text == "positive"
    assert marks["great"].get_attribute("class") == "up4"
    assert marks["great"].value_of_css_property("background-color") == "rgba(95, 190, 136, 1)"
    assert marks["zebra"].get_attribute("class") == "unknown"
    assert "<script>x</script>" in browser.find_element("class name", "text").text
    assert browser.find_element("id", "text").get_property("value").startswith("A great film,")
    browser.save_screenshot(tmp_path / "page.png")
    assert browser.get_log("browser") == []  # nothing was refused, nothing failed


def chosen(browser, path):
    browser.find_element("id", "image").send_keys(str(path))


def dropped(browser, path):
    """As a person drags a file from a window beside it."""
    place = browser.find_element("id", "image").rect
    middle = {"x": place["x"] + place["width"] / 2, "y": place["y"] + place["height"] / 2}
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        event = {"type": kind, **middle, "data": data}
        browser.execute_cdp_cmd("Input.dispatchDragEvent", event)


def test_an_image_is_chosen_or_dropped_and_answered_in_a_browser(
    of_images, image_network, browser, tmp_path
):
    process = start(of_images.run(KEY).folder, "--port", 0)
    try:
        browser.get(process.stdout.readline().split()[2])
        browser.get_log("browser")
        for shape, hand_over in [(2, chosen), (1, dropped)]:
            path = tmp_path / f"{SHAPES[shape]}.png"
            path.write_bytes(png(pixels_of(50, shape, size=(80, 60))))
            hand_over(browser, path)
            browser.find_element("tag name", "button").click()
            said = SHAPES[shape]
            wait_for(
                browser,
                lambda page, said=said: (
                    [one.text for one in page.find_elements("class name", "short")] == [said]
                ),
            )
            rows = [row.text for row in browser.find_elements("css selector", "tbody tr")]
            (answer,) = image_network.answers([path.read_bytes()], ["one"])
            probabilities = sorted(answer.probabilities.items(), key=lambda pair: -pair[1])
            assert rows == [f"{label} {probability:.3f}" for label, probability in probabilities]
            shown = browser.find_element("class name", "shown")
            assert shown.get_property("naturalWidth") == 6  # it is drawn: nothing forbids it
            assert shown.get_property("naturalHeight") == 8
            text = browser.find_element("tag name", "section").text
            assert "Your image was made 6 x 8 of 60 x 80 pixels." in text
            browser.save_screenshot(tmp_path / f"page-{shape}.png")
        (tmp_path / "no.png").write_bytes(b"no image")
        chosen(browser, tmp_path / "no.png")
        browser.find_element("tag name", "button").click()
        wait_for(browser, lambda page: page.find_elements("class name", "error"))
        assert "is no image that" in browser.find_element("class name", "error").text
        (refused,) = browser.get_log("browser")  # and nothing else was, on any page
        assert "400" in refused["message"]
    finally:
        process.kill()


def test_what_was_begun_is_answered_before_it_stops(server):
    process, url = server
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answer = pool.submit(ask, url, SLOW)
        # Beside the one that asks for this number.
        while b"pyreg_requests_in_progress 2.0" not in metrics(url):
            assert not answer.done()
        process.send_signal(signal.SIGTERM)
        assert len(answer.result()) == 100
    assert process.wait(30) == 0
    assert process.stderr.read() == ""
    with pytest.raises(urllib.error.URLError):
        ask(url, {"text": "great"})
