"""Pages on loopback: what is served, and to whom."""

from __future__ import annotations

import http.client
import threading

import pytest

from codexwire.errors import UsageError
from codexwire.usecases.serve import page_server


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/", "127.0.0.1", 200),
        ("/app.js", "localhost", 200),
        ("/app.js", "[::1]", 200),
        ("/", "evil.example", 403),
        ("/../../etc/passwd", "127.0.0.1", 404),
        ("/%2e%2e/etc/passwd", "127.0.0.1", 404),
    ],
)
def test_only_the_pages_are_served_and_only_to_loopback(path: str, host: str, status: int) -> None:
    server, address = page_server({"index.html": b"pages", "app.js": b"1"})
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        port = int(address.rsplit(":", 1)[1].strip("/"))
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        assert connection.getresponse().status == status
        connection.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_port_that_is_taken_is_said() -> None:
    server, address = page_server({})
    port = int(address.rsplit(":", 1)[1].strip("/"))
    with pytest.raises(UsageError, match=rf"port {port} cannot be used: .* \(--port 0 takes any\)"):
        page_server({}, port)
    server.server_close()
