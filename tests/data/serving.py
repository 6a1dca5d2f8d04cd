"""A server on this machine that gives a file well, or badly in every way a server can."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CONTENT = bytes(range(256)) * 400


class Handler(BaseHTTPRequestHandler):
    """The first part of the path says how to behave."""

    asked: list[str]  # the paths, in the order in which they came
    gone: threading.Event  # set when the test is over

    def do_GET(self) -> None:
        self.asked.append(self.path)
        getattr(self, "give_" + self.path.strip("/").replace("-", "_"))()

    def log_message(self, *_: object) -> None:
        pass

    def _begin(self, length: int | None = len(CONTENT)) -> None:
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)  # close with a reset instead of a farewell
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def give_well(self) -> None:
        self._begin()
        self.wfile.write(CONTENT)

    def give_well_slowly(self) -> None:
        self._begin()
        time.sleep(0.2)
        self.wfile.write(CONTENT)

    def give_well_the_second_time(self) -> None:
        if self.asked.count(self.path) == 1:
            return self.give_half_and_close()
        return self.give_well()

    def give_half_and_close(self) -> None:
        self._begin()
        self.wfile.write(CONTENT[:50_000])

    def give_half_and_reset(self) -> None:
        self.give_half_and_close()
        self._reset()

    def give_half_and_stall(self) -> None:
        self.give_half_and_close()
        self.gone.wait(30)

    def give_less_than_it_says(self) -> None:
        self._begin(10 * len(CONTENT))
        self.wfile.write(CONTENT)

    def give_more_than_it_says(self) -> None:
        self._begin(1000)
        self.wfile.write(CONTENT)

    def give_no_length_and_half(self) -> None:
        self._begin(None)
        self.wfile.write(CONTENT[:50_000])

    def give_other_bytes(self) -> None:
        self._begin()
        self.wfile.write(CONTENT[::-1])

    def give_a_page(self) -> None:
        self._begin(20)
        self.wfile.write(b"<html>Log in!</html>")

    def give_bytes_without_end(self) -> None:
        self._begin(None)
        while not self.gone.is_set():
            self.wfile.write(CONTENT)

    def give_a_byte_now_and_then(self) -> None:
        self._begin()
        for position in range(len(CONTENT)):
            self.wfile.write(CONTENT[position : position + 1])
            if self.gone.wait(0.02):
                return

    def give_headers_without_end(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not self.gone.wait(0.02):
            self.wfile.write(b"X-More: y\r\n")

    def give_no_answer(self) -> None:
        self.gone.wait(30)

    def give_nonsense(self) -> None:
        self.wfile.write(b"\x00\xff" * 100)

    def give_404(self) -> None:
        self.send_error(404)

    def give_503(self) -> None:
        self.send_error(503)

    def give_the_way_back(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.path)
        self.end_headers()


BAD_WAYS = sorted(
    name.removeprefix("give_").replace("_", "-")
    for name in vars(Handler)
    if name.startswith("give_") and not name.startswith("give_well")
)


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass  # clients that leave early are what these tests are about


@contextmanager
def serve() -> Iterator[tuple[str, list[str]]]:
    """Give the server's address and the list of what it was asked for."""
    asked: list[str] = []
    handler = type("HandlerOfOneTest", (Handler,), {"asked": asked, "gone": threading.Event()})
    server = QuietServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        handler.gone.set()
        server.shutdown()
        server.server_close()
