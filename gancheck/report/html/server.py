"""The report of a run that is going on, on this machine alone: `gancheck run --serve`.

Only 127.0.0.1 is listened on. A request whose Host is another name is refused, so that no page of the web can read the
report through a name that it points here; so is one that another origin sends. Three things are served: the page, its
version, and nothing else.
"""

from __future__ import annotations

import html
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from gancheck.errors import BadParameter, GancheckError
from gancheck.plugins.registry import Registry
from gancheck.report.html.report import FILE, Report

HOST = "127.0.0.1"
WEB = 80  #: port of http
WAITING = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>gancheck</title><p>{}</p>"""


@dataclass
class LivePage:
    """The newest page of a folder, made when somebody asks and something has changed."""

    folder: Path
    registry: Registry
    version: int = 0  #: raised by every run that lands
    made: tuple[int, str] = (-1, "")
    lock: threading.Lock = field(default_factory=threading.Lock)
    path: Path | None = None  #: of the whole report, once the run has ended

    def land(self) -> None:
        """A run has an outcome."""
        self.version += 1

    def end(self, path: Path) -> None:
        """The run has ended, and this is its report."""
        self.path = path
        self.land()

    def text(self) -> str:
        """The page; while there is nothing to report, a word that says so."""
        with self.lock:
            if self.made[0] != self.version:
                self.made = (self.version, self.render())
            return self.made[1]

    def render(self) -> str:
        """The whole report where it is there, else what the store has so far."""
        if self.path is not None:
            return self.path.read_text(encoding="utf-8")
        try:
            return Report.of(self.folder, self.registry).live_page()
        except GancheckError as error:
            return WAITING.format(html.escape(f"Nothing to report yet: {error}"))


def names_of(port: int) -> set[str]:
    """What a browser may call the server at this port; of the web's own port it leaves the number out."""
    hosts = {HOST, "localhost"}
    return {f"{host}:{port}" for host in hosts} | (hosts if port == WEB else set())


class Handler(BaseHTTPRequestHandler):
    """Answers the browser of this machine."""

    page: ClassVar[LivePage]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The page or its version."""
        if not self.comes_from_here():
            return self.answer(403, "text/plain", "this server answers its own page only")
        if self.path in ("/", f"/{FILE}"):
            return self.answer(200, "text/html", self.page.text())
        if self.path == "/version":
            return self.answer(200, "text/plain", str(self.page.version))
        return self.answer(404, "text/plain", "there is one page: /")

    def comes_from_here(self) -> bool:
        """Whether the request names this server, and no other origin sends it."""
        assert isinstance(self.server, ThreadingHTTPServer)
        names = names_of(self.server.server_port)
        origin = self.headers.get("Origin")
        return self.headers.get("Host") in names and (origin is None or origin.removeprefix("http://") in names)

    def answer(self, status: int, kind: str, text: str) -> None:
        """A whole answer that nothing keeps and nothing frames."""
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")):
            self.send_header(name, value)
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: standard error is the run's."""


class PageServer(ThreadingHTTPServer):
    """A browser that goes away in the middle of an answer is none of the run's business."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """One line, and none for a browser that is gone."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            print(f"gancheck: the live page: {type(error).__name__}: {error}", file=sys.stderr)


@contextmanager
def serving(page: LivePage, port: int) -> Iterator[str]:
    """Serve a page while the block runs; yields its address. Port 0 takes a free one."""
    handler = type("PageHandler", (Handler,), {"page": page})
    try:
        server = PageServer((HOST, port), handler)
    except (OSError, OverflowError) as error:
        raise BadParameter(f"--port {port} cannot be listened on ({error}); take another, or 0 for any") from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
