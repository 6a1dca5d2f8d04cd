"""The service through Flask's own client: what it answers, and what hostile clients get."""

import json
import re

import pytest

pytest.importorskip("flask")
pytest.importorskip("prometheus_client")

from pyreg.serving import app as application
from pyreg.serving import network as network_module
from pyreg.serving import requests
from pyreg.serving.card import card as card_of
from serving.conftest import KEY

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def client(network):
    return application.create(network).test_client()


def ask(client, content, **more):
    return client.post("/predict", data=json.dumps(content), **more)


def test_one_text_or_many_are_answered_as_the_network_does(client, network):
    texts = ["a great film", "awful", "una película"]
    expected = list(network.answers(texts))
    found = ask(client, {"texts": texts}).json["answers"]
    assert [one["probability"] for one in found] == [one.probability for one in expected]
    assert [one["class"] for one in found] == ["positive", "negative", "unknown"]
    assert list(found[0]) == ["class", "note", "num_known", "num_words", "probability"]
    one = ask(client, {"text": texts[0]}).json["answers"]
    assert one[0]["probability"] == pytest.approx(found[0]["probability"], abs=1e-6)


def test_words_are_told_where_they_are_asked_for(client, network):
    (found,) = ask(client, {"text": "a great film", "explain": True}).json["answers"]
    (expected,) = network.answers(["a great film"], explain=True)
    assert {one["word"]: one["effect"] for one in found["words"]} == dict(expected.effects)


def test_the_card_tells_run_data_and_limits(client):
    card = client.get("/model").json
    assert card["run"] == {
        "engine": "python",
        "model": "baseline",
        "shuffle": "per-epoch",
        "seed": 1,
    }
    assert 0.9 < card["validation"]["accuracy"] <= 1
    assert "your own reviews" in card["data"]["notice"]
    assert "neither their order" in card["limits"][0]
    assert "path" not in card["settings"]["data"]  # of this machine


def test_the_card_of_a_network_of_sequences_does_not_say_that_it_sees_no_order(of_sequences):
    limits = card_of(network_module.load(of_sequences.run(KEY).folder))["limits"]
    assert limits[0] == "It sees words of a text in their order, 9 of them at most."
    assert not any("neither their order" in limit for limit in limits)


def test_what_was_asked_is_counted(network):
    client = application.create(network).test_client()
    ask(client, {"texts": ["great", "great film", "dull"]})
    client.get("/nowhere")
    client.get("/nowhere-else")
    told = client.get("/metrics").text
    assert 'pyreg_texts_total{label="positive"} 2.0' in told
    assert 'pyreg_texts_total{label="negative"} 1.0' in told
    assert 'pyreg_requests_total{endpoint="predict",status="200"} 1.0' in told
    assert 'pyreg_requests_total{endpoint="none",status="404"} 2.0' in told
    assert "nowhere" not in told


def test_the_page_marks_the_words_as_they_were_typed(client):
    page = client.post("/", data={"text": "Great, GREAT film;\r\nso dull zebra"}).text
    assert re.search(r'<mark class="up\d" title="\+0\.\d+">GREAT</mark> ', page)
    assert re.search(r'<mark class="down\d" title="-0\.\d+">dull</mark>', page)
    assert '<mark class="unknown">zebra</mark></p>' in page
    shown = re.search(r'<p class="text">(.*?)</p>', page, re.DOTALL)[1]
    assert re.sub(r"<[^>]+>", "", shown) == "Great, GREAT film;\nso dull zebra"


NESTED = "[" * 100_000
HOSTILE_JSON = {
    "nothing": b"",
    "no JSON": b"text=good",
    "half": b'{"texts": ["a"',
    "nested": b'{"texts": ' + NESTED.encode(),
    "huge number": b'{"text": ' + b"9" * 100_000 + b"}",
    "not a number": b'{"text": NaN}',
    "no UTF-8": b'{"text": "\xff\xfe"}',
    "UTF-16": '{"text": 1}'.encode("utf-16"),
    "a list": b'["good"]',
    "a number": b"1",
    "null": b"null",
    "number for text": b'{"text": 1}',
    "null for text": b'{"text": null}',
    "object for texts": b'{"texts": {"0": "a"}}',
    "text for texts": b'{"texts": "abc"}',
    "no texts": b'{"texts": []}',
    "mixed": b'{"texts": ["a", 1]}',
    "both": b'{"texts": ["a"], "text": "a"}',
    "neither": b'{"explain": true}',
    "unknown name": b'{"text": "a", "' + SCRIPT.encode() + b'": 1}',
    "explain is a word": b'{"text": "a", "explain": "yes"}',
    "too many": json.dumps({"texts": ["a"] * 101}).encode(),
    "too many to explain": json.dumps({"texts": ["a"] * 11, "explain": True}).encode(),
    "too long": json.dumps({"text": "a" * 50_001}).encode(),
}


@pytest.mark.parametrize("body", HOSTILE_JSON.values(), ids=HOSTILE_JSON)
def test_a_request_that_is_none_gets_one_message(client, body):
    answer = client.post("/predict", data=body)
    assert answer.status_code == 400
    assert set(answer.json) == {"error"}
    assert "expected" in answer.json["error"]
    assert len(answer.json["error"]) < 300
    assert "script" not in answer.text


def test_too_many_bytes_are_refused(client):
    for path in ("/predict", "/"):
        answer = client.post(path, data=b"x" * (requests.MOST_BYTES + 1))
        assert answer.status_code == 413
        assert "ask in parts" in answer.text


STRANGE_TEXTS = {
    "script": SCRIPT,
    "attribute": "\" onmouseover='alert(1)' x=\"",
    "end of textarea": f"</textarea>{SCRIPT}",
    "template": "{{ 7 * 7 }}{% raw %}",
    "entities": "&lt;script&gt; &#x3c;",
    "controls": "\x00\x01\x1b[31m\x7f",
    "surrogate": "\ud800 good \udfff",
    "right to left": "\u202egood\u202c",
    "one long word": "a" * 50_000,
    "many words": " ".join(str(i) for i in range(8_000)),
    "blanks": " \n\t" * 10_000,
    "emoji": "👍🏽" * 1_000,
    "combining": "e\u0301" * 10_000,
    "SQL": "'; DROP TABLE answers; --",
    "path": "../../../../etc/passwd",
    "format": "%s%n{0}{}",
}


@pytest.mark.parametrize("text", STRANGE_TEXTS.values(), ids=STRANGE_TEXTS)
def test_no_text_breaks_the_service_or_reaches_the_page_as_code(client, text):
    answer = ask(client, {"text": text, "explain": True})
    assert answer.status_code == 200
    page = client.post("/", data={"text": text.encode("utf-8", "surrogatepass")})
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "onmouseover='" not in page.text
    tags = set(re.findall(r"<(\w+)", page.text))
    assert tags == set(re.findall(r"<(\w+)", client.post("/", data={"text": "good"}).text)) | {
        "mark"
    }


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("get", "/predict", 405), ("delete", "/predict", 405), ("put", "/", 405),
        ("get", f"/{SCRIPT}", 404), ("get", "/../../etc/passwd", 404), ("get", "/static/x", 404),
        ("post", "/health", 405), ("get", "/%00", 404), ("get", "/x//evil.example", 404),
    ],
)  # fmt: skip
def test_other_paths_and_methods_are_refused(client, method, path, code):
    answer = getattr(client, method)(path)
    assert answer.status_code in (code, 404)
    assert "<script" not in answer.text
    assert "passwd" not in answer.text


def test_a_method_that_a_path_has_not_is_answered_by_those_it_has(client):
    assert client.get("/predict").json == {"error": "expected POST"}
    assert client.post("/health").json == {"error": "expected GET"}


def test_a_form_without_a_text_asks_about_none(client):
    for data in ({}, {"other": "x"}, b"\xff\xfe", {"text": ["a", "b"]}):
        assert client.post("/", data=data).status_code == 200
    assert "expected at most 50,000" in client.post("/", data={"text": "a" * 50_001}).text


@pytest.mark.parametrize("path", ["/", "/health", "/model", "/metrics", "/nowhere"])
def test_every_answer_forbids_what_a_page_could_load(client, path):
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


def test_the_page_loads_nothing_from_elsewhere(client):
    page = client.get("/").text
    assert not re.search(r"(src|href)=|url\(|@import|https?://", page)
