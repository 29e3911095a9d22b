"""A folder of pages on loopback, for browsers that do not open files."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from urllib.parse import unquote, urlsplit

from codexwire.errors import UsageError
from codexwire.progress import Say

__all__ = ["page_server", "serve"]

_HOSTS = ("127.0.0.1", "localhost", "[::1]")


def page_server(files: Mapping[str, bytes], port: int = 0) -> tuple[ThreadingHTTPServer, str]:
    """Return a server of these files, by path, and its address; `serve_forever` starts it.

    It listens on loopback, serves nothing but the files, and refuses a Host of any other name, so that no
    page of the web can read them through a name of its own. UsageError when the port cannot be used.
    """
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), _handler(files))
    except OSError as problem:
        raise UsageError(
            f"port {port} cannot be used: {problem.strerror}", hint="--port 0 takes any"
        ) from None
    return server, f"http://127.0.0.1:{server.server_port}/"


def _handler(files: Mapping[str, bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers GET and HEAD from the files in memory."""

        def do_GET(self) -> None:
            self._answer(body=True)

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def _answer(self, *, body: bool) -> None:
            host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
            if host not in _HOSTS:
                self.send_error(HTTPStatus.FORBIDDEN, "only loopback names are served")
                return
            name = unquote(urlsplit(self.path).path).removeprefix("/") or "index.html"
            if name not in files:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            data = files[name]
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", guess_type(name)[0] or "application/octet-stream")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            if body:
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of requests."""

    return Handler


def serve(files: Mapping[str, bytes], port: int, say: Say) -> None:
    """Serve the files until interrupted, and say at what address."""
    server, address = page_server(files, port)
    say(address)
    with server:
        server.serve_forever()
