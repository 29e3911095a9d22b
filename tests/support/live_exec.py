"""What tests of the exec-server's client need: its traffic judged, a home, and a web server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from codexwire.cli.app import run
from codexwire.direction import Side

__all__ = ["Traffic", "home_in", "web"]


class Traffic:
    """Everything that went over a connection, as a recording."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, sender: Side, message: bytes) -> None:
        line = json.dumps({"dir": sender.value, "msg": json.loads(message)})
        self.lines.append(line)

    def findings(self, folder: Path, version: str, capsys: pytest.CaptureFixture[str]) -> list[Any]:
        """What `validate` says about it, notes aside."""
        path = folder / "traffic.jsonl"
        path.write_text("".join(f"{line}\n" for line in self.lines), "utf-8")
        capsys.readouterr()
        run(["validate", "--schema", f"exec-server@{version}", "--format", "json", str(path)])
        [file] = json.loads(capsys.readouterr().out)["files"]
        return [f for f in file["findings"] if f["level"] != "info"]


def home_in(folder: Path) -> Path:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return home


@pytest.fixture
def web() -> Iterator[str]:
    """The address of a web server: GET has 300,000 bytes, POST gives the body back turned round."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(201)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.answer(b"x" * 300_000, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(body[::-1], {"X-Seen": self.headers["X-Sent"]})

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
