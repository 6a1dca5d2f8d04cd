"""A network in, a web application that answers for it out: a page, and JSON for programs."""

import base64
import hashlib
import logging
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import flask
from werkzeug.exceptions import HTTPException

from pyreg.data.image_input import as_png
from pyreg.errors import InputError
from pyreg.serving import DRIFT_LIMIT, requests
from pyreg.serving.answers import as_row, strongest
from pyreg.serving.card import card
from pyreg.serving.counts import Counts
from pyreg.serving.drift import explanation
from pyreg.serving.marking import pieces
from pyreg.serving.meters import Meters
from pyreg.serving.network import Answer, ImageAnswer, ImageNetwork, Network
from pyreg.serving.watch import Watch

STYLE = (Path(__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    # The page loads nothing, runs nothing and is framed by no one; images stand in it.
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_DIGEST}'; "
    "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Service:
    """A network that several threads ask, one at a time: the processor is the bottleneck."""

    def __init__(self, network: Network | ImageNetwork, counts: Counts | None) -> None:
        self._counts = counts
        self.watch = Watch(network.folder, counts.path) if counts else None
        self.card = card(network)
        self.asked = "texts" if isinstance(network, Network) else "images"
        self.meters = Meters(self.asked)
        self._turn = threading.Lock()
        network.warm_up()

    def ask(self, network: Network, texts: Sequence[str], explain: bool) -> list[Answer]:
        """Answer, and count what was asked."""
        with self._turn:
            found = list(network.answers(texts, explain))
        self._count(found)
        if self._counts:
            words = network.vocabulary
            try:
                self._counts.add(found, words.occurrences(words.reviews(texts)))
            except sqlite3.Error as error:  # locked, or the disk is full: the answer is here
                self.meters.uncounted.inc(len(found))
                logging.getLogger(__name__).warning("%d texts not counted (%s)", len(found), error)
        return found

    def ask_images(self, network: ImageNetwork, images: Mapping[str, bytes]) -> list[ImageAnswer]:
        """Answer; by the names that messages have for the images."""
        with self._turn:
            found = list(network.answers(list(images.values()), list(images)))
        self._count(found)
        return found

    def _count(self, answers: Sequence[Answer | ImageAnswer]) -> None:
        for one in answers:
            self.meters.answer(one.label)


def create(network: Network | ImageNetwork, counts: Counts | None = None) -> flask.Flask:
    """The application, for any server that speaks WSGI.

    Args:
        counts: where what was asked is counted, of texts; None: nowhere.
    """
    service = Service(network, counts)
    app = flask.Flask(__name__, static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=requests.MOST_BYTES, MAX_FORM_MEMORY_SIZE=None)
    app.url_map.merge_slashes = False  # no redirections
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if isinstance(network, Network):
        _add_texts(app, service, network)
    else:
        _add_images(app, service, network)
    _add_pages(app, service)
    _add_meters(app, service)
    _add_errors(app, service)
    return app


def _add_texts(app: flask.Flask, service: Service, network: Network) -> None:
    @app.post("/")
    def answered() -> str:
        # What a browser sends as a line's end is CR LF, and CR would belong to a word.
        text = requests.checked(flask.request.form.get("text", "").replace("\r\n", "\n"))
        (answer,) = service.ask(network, [text], explain=True)
        return _page(service, text=text, answer=answer, pieces=list(pieces(text, answer, network)))

    @app.post("/predict")
    def predict() -> dict[str, Any]:
        asked = requests.read(flask.request.get_data(cache=False))
        answers = service.ask(network, asked.texts, asked.explain)
        return {"answers": [_as_json(answer, asked.explain) for answer in answers]}


def _add_images(app: flask.Flask, service: Service, network: ImageNetwork) -> None:
    @app.post("/")
    def answered() -> str:
        file = flask.request.files.get("image")
        if not file:
            raise InputError("got no file; choose an image")
        (answer,) = service.ask_images(network, {"the file": file.read()})
        return _page(service, answer=answer, shown=base64.b64encode(as_png(answer.pixels)).decode())

    @app.post("/predict")
    def predict() -> dict[str, Any]:
        contents = requests.read_images(flask.request.get_data(cache=False))
        images = {f"image {number}": one for number, one in enumerate(contents, start=1)}
        answers = service.ask_images(network, images)
        return {"answers": [_image_as_json(answer) for answer in answers]}


def _add_pages(app: flask.Flask, service: Service) -> None:
    @app.get("/")
    def index() -> str:
        return _page(service)

    @app.get("/drift")
    def drift() -> str:
        if service.watch is None:
            flask.abort(404)
        seen = service.watch.latest()
        rows = [] if seen.table is None else seen.table.to_dict("records")
        return flask.render_template(
            "drift.html",
            style=STYLE,
            rows=rows,
            verdict=seen.verdict,
            explanation=explanation(DRIFT_LIMIT),
        )

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/model")
    def model() -> dict[str, Any]:
        return service.card

    @app.get("/metrics")
    def metrics() -> flask.Response:
        return flask.Response(service.meters.told(), mimetype="text/plain")


def _add_meters(app: flask.Flask, service: Service) -> None:
    @app.before_request
    def begin() -> None:
        flask.g.begin = time.perf_counter()
        service.meters.in_progress.inc()

    @app.after_request
    def end(response: flask.Response) -> flask.Response:
        # The name of a route, never the path: a client cannot make counters.
        name = flask.request.endpoint or "none"
        service.meters.in_progress.dec()
        service.meters.request(name, response.status_code, time.perf_counter() - flask.g.begin)
        response.headers.update(HEADERS)
        return response


def _add_errors(app: flask.Flask, service: Service) -> None:
    @app.errorhandler(InputError)
    def refused(error: InputError) -> flask.typing.ResponseReturnValue:
        return _error(service, str(error), 400)

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> flask.typing.ResponseReturnValue:
        said = {
            404: "there is nothing here; expected /, /predict, /health, /model, /metrics, or with "
            "--counts /drift",
            405: f"expected {' or '.join(sorted(_methods(error) - {'HEAD', 'OPTIONS'}))}",
            413: f"got more than {requests.MOST_BYTES:,} bytes; ask in parts",
        }
        code = error.code or 500
        return _error(service, said.get(code, error.name), code)


def _methods(error: HTTPException) -> set[str]:
    """Those that a path has which was asked by another."""
    return set(getattr(error, "valid_methods", None) or ())


def _error(service: Service, message: str, code: int) -> flask.typing.ResponseReturnValue:
    """One message: on the page for whoever typed it, as JSON for programs."""
    if flask.request.endpoint in ("index", "answered"):
        return _page(service, error=message), code
    return {"error": message}, code


def _page(service: Service, **more: Any) -> str:
    fixed = {
        "style": STYLE,
        "card": service.card,
        "most_characters": requests.MOST_CHARACTERS,
        "is_watched": service.watch is not None,
    }
    return flask.render_template(f"{service.asked}.html", **fixed, **more)


def _as_json(answer: Answer, explain: bool) -> dict[str, Any]:
    found = as_row(answer)
    if explain:
        found["words"] = [{"word": word, "effect": effect} for word, effect in strongest(answer)]
    return found


def _image_as_json(answer: ImageAnswer) -> dict[str, Any]:
    return {
        "class": answer.label,
        "probability": answer.probability,
        "probabilities": answer.probabilities,
        "note": answer.note,
    }
