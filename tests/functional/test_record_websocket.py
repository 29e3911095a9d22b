"""`codexwire record --listen … --connect …`: connections pass as they are, and are told apart."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import certificates
import pytest
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    ServerPerMessageDeflateFactory,
)
from websockets.sync.client import connect, unix_connect
from websockets.sync.connection import Connection
from websockets.sync.server import ServerConnection, serve, unix_serve

from codexwire.cli.app import run as codexwire


def echo(client: ServerConnection) -> None:
    """Say how it was asked for, echo, and close as it is told."""
    assert client.request is not None
    headers = client.request.headers
    about = {
        "path": client.request.path,
        "host": headers["Host"],
        "authorization": headers.get("Authorization"),
        "subprotocol": client.subprotocol,
    }
    client.send(json.dumps(about))
    for message in client:
        if message == "close":
            client.close(4321, "as told")
            return
        client.send(message)


@contextmanager
def serving(handler: Any, **options: Any) -> Iterator[int]:
    with serve(handler, "127.0.0.1", 0, **options) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.socket.getsockname()[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def port() -> Iterator[int]:
    with serving(echo, subprotocols=["codex"]) as port:
        yield port


@contextmanager
def proxy(
    out: Path, to: str, at: str = "ws://127.0.0.1:0", complaints: tuple[str, ...] = ()
) -> Iterator[str]:
    command = [sys.executable, "-m", "codexwire", "record", "-o", str(out)]
    process = subprocess.Popen(
        [*command, "--listen", at, "--connect", to], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    line = process.stderr.readline()
    assert line.startswith("codexwire: listening at "), line
    try:
        yield line.split()[-1]
    finally:
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=60)[1]
    assert (process.returncode, rest.splitlines()) == (0, list(complaints))


def recorded(out: Path) -> dict[int, list[Any]]:
    by_connection: dict[int, list[Any]] = {}
    for line in out.read_text().splitlines():
        entry = json.loads(line)
        entry.pop("ts")
        by_connection.setdefault(entry.pop("conn"), []).append(entry)
    return by_connection


@pytest.mark.parametrize("compression", [None, "deflate"])
def test_two_connections(compression: Any, port: int, tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    options: Any = {
        "compression": compression,
        "additional_headers": {"Authorization": "Bearer t"},
        "subprotocols": ["codex"],
    }
    big = '{"id":1,"result":"' + "é" * 200_000 + '"}'
    with (
        proxy(out, f"ws://127.0.0.1:{port}/v1?x=1") as url,
        connect(url, **options) as one,
        connect(url, subprotocols=["codex"]) as two,  # type: ignore[list-item]
    ):
        about = json.loads(one.recv())
        assert about == {
            "path": "/v1?x=1",
            "host": f"127.0.0.1:{port}",
            "authorization": "Bearer t",
            "subprotocol": "codex",
        }
        assert one.subprotocol == "codex"
        two.recv()
        for message in ('{"a": 1.0}', b"\x00\xff", "", big):
            one.send(message)
            assert one.recv() == message
        two.send(['{"in":', '"two', ' frames"}'])
        assert two.recv() == '{"in":"two frames"}'
        assert one.ping().wait(timeout=60)
        one.send("close")
        with pytest.raises(ConnectionClosed) as closed:
            one.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4321, "as told")
        two.close(4000)
    lines = recorded(out)
    first, second = lines[1], lines[2]
    assert second[1:] == [
        {"dir": "client", "msg": {"in": "two frames"}},
        {"dir": "server", "msg": {"in": "two frames"}},
        {"dir": "client", "event": "closed", "code": 4000},
    ]
    assert first[0] == {"dir": "server", "msg": about}
    said = [{"msg": {"a": 1.0}}, {"raw": "\x00\ufffd", "base64": "AP8=", "binary": True}]
    said += [{"raw": ""}, {"msg": json.loads(big)}]
    for side in ("client", "server"):
        own = [{**line, "dir": None} for line in first[1:-1] if line["dir"] == side]
        assert own[:4] == [{"dir": None, **line} for line in said], side
    assert first[-1] == {"dir": "server", "event": "closed", "code": 4321}
    assert b'{"a": 1.0}' in out.read_bytes()


class Wire:
    """Passes one connection on to a port; `said` has the bytes of both directions."""

    def __init__(self, port: int) -> None:
        self.said = {"client": bytearray(), "server": bytearray()}
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._serving = threading.Thread(target=self._serve)

    def __enter__(self) -> Wire:
        self._serving.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._serving.join()
        self._listener.close()

    def _serve(self) -> None:
        client = self._listener.accept()[0]
        with client, socket.create_connection(("127.0.0.1", self._to)) as server:
            back = threading.Thread(target=self._pump, args=("server", server, client))
            back.start()
            self._pump("client", client, server)
            back.join()

    def _pump(self, side: str, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                self.said[side] += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


RESET = ClientPerMessageDeflateFactory(True, True, 10, 11)


@pytest.mark.parametrize(
    "options",
    [{"compression": None}, {}, {"compression": None, "extensions": [RESET]}],
    ids=["plain", "deflate", "deflate-anew-each-time"],
)
def test_bytes_pass_untouched_and_messages_are_recorded_whole(options: Any, tmp_path: Path) -> None:
    """Compressed and not: fragments with pings between them, 20 MB, a close with a reason."""
    huge = json.dumps({"data": random.Random(1).randbytes(10_000_000).hex()})
    parts = ['{"in":', '"three', ' frames"}']
    out = tmp_path / "r.jsonl"

    def answer(there: ServerConnection) -> None:
        there.send(there.recv())
        there.send(with_pings(there, [there.recv(), "[", "]"]))
        there.send(there.recv())
        assert there.ping().wait(timeout=60)
        there.close(4000, "enough")

    def with_pings(end: Connection, texts: list[Any]) -> Iterator[Any]:
        for text in texts:
            yield text
            end.ping()

    with (
        serving(answer, max_size=None, extensions=[ServerPerMessageDeflateFactory()]) as port,
        Wire(port) as inner,
        proxy(out, f"ws://127.0.0.1:{inner.port}") as url,
        Wire(int(url.rpartition(":")[2])) as outer,
        connect(f"ws://127.0.0.1:{outer.port}", max_size=None, **options) as here,
    ):
        here.send(with_pings(here, list(parts)))
        assert here.recv() == "".join(parts)
        here.send("{}")
        assert here.recv() == "{}[]"
        here.send(huge)
        assert here.recv() == huge
        with pytest.raises(ConnectionClosed, match="enough"):
            here.recv()
    assert inner.said["server"] == outer.said["server"]
    bodies = [wire.said["client"].partition(b"\r\n\r\n")[2] for wire in (inner, outer)]
    assert bodies[0] == bodies[1]
    assert (len(outer.said["client"]) < 15_000_000) is (options != {"compression": None})
    entries = recorded(out)[1]
    assert entries.pop() == {"dir": "server", "event": "closed", "code": 4000}
    whole = [{"msg": {"in": "three frames"}}, {"msg": {}}, {"msg": json.loads(huge)}]
    assert [e for e in entries if e["dir"] == "client"] == [{"dir": "client", **w} for w in whole]
    whole[1] = {"raw": "{}[]"}
    assert [e for e in entries if e["dir"] == "server"] == [{"dir": "server", **w} for w in whole]


def test_a_unix_socket_on_both_sides(tmp_path: Path) -> None:
    there, here = tmp_path / "server", tmp_path / "proxy"
    with unix_serve(echo, str(there)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with (
            proxy(tmp_path / "r", f"unix://{there}", f"unix://{here}") as url,
            unix_connect(url.removeprefix("unix://")) as connection,
        ):
            assert json.loads(connection.recv())["path"] == "/"
        server.shutdown()
        thread.join()
    assert len(recorded(tmp_path / "r")[1]) == 2
    assert not here.exists()


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What a server needs that this process and its children trust."""
    certificates.Authority(tmp_path, "authority").issue("server")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server-key.pem")
    return context


@pytest.mark.parametrize("goodbye", [True, False])
def test_a_server_behind_tls(goodbye: bool, tls: ssl.SSLContext, tmp_path: Path) -> None:
    """It is let go when the client is gone: over TLS nobody can be told that no more comes."""
    out = tmp_path / "r"
    with (
        serving(echo, ssl=tls) as port,
        proxy(out, f"wss://127.0.0.1:{port}") as url,
        connect(url) as client,
    ):
        assert json.loads(client.recv())["host"] == f"127.0.0.1:{port}"
        client.send("{}")
        assert client.recv() == "{}"
        if not goodbye:
            client.socket.shutdown(socket.SHUT_RDWR)
    code = {"code": 1000} if goodbye else {}
    assert recorded(out)[1][1:] == [
        {"dir": "client", "msg": {}},
        {"dir": "server", "msg": {}},
        {"dir": "client", "event": "closed", **code},
    ]


def test_a_server_that_breaks_tls_is_gone(tls: ssl.SSLContext, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve_badly() -> None:
            with tls.wrap_socket(server.accept()[0], server_side=True) as client:
                client.recv(1 << 16)
                os.write(client.fileno(), b"this is no record of TLS")
                client.recv(1 << 16)

        thread = threading.Thread(target=serve_badly)
        thread.start()
        there = f"wss://127.0.0.1:{server.getsockname()[1]}"
        with proxy(tmp_path / "r", there) as url, pytest.raises(InvalidMessage):
            connect(url)
        thread.join()


def test_a_client_that_resets_its_connection_is_gone(tmp_path: Path) -> None:
    out = tmp_path / "r"
    with (
        serving(echo) as port,
        proxy(out, f"ws://127.0.0.1:{port}") as url,
        connect(url) as client,
    ):
        client.recv()
        linger = struct.pack("ii", 1, 0)
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        client.socket.close()
    assert recorded(out)[1][1:] == [{"dir": "client", "event": "closed"}]


def test_no_server_is_said_and_the_client_is_let_go(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "codexwire", "record", "-o", str(tmp_path / "r")]
    process = subprocess.Popen(
        [*command, "--listen", "ws://127.0.0.1:0", "--connect", f"unix://{tmp_path / 'none'}"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    url = process.stderr.readline().split()[-1]
    with pytest.raises((ConnectionClosed, InvalidMessage, OSError)):
        connect(url)
    assert "connection 1: no server at unix://" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    process.communicate()


def test_a_port_in_use_is_one_line(port: int, tmp_path: Path, capfd: Any) -> None:
    at = ["--listen", f"ws://127.0.0.1:{port}", "--connect", "ws://127.0.0.1:1"]
    assert codexwire(["record", "-o", str(tmp_path / "r"), *at]) == 2
    err = capfd.readouterr().err
    assert f"cannot listen at ws://127.0.0.1:{port}: " in err
    assert len(err.splitlines()) == 1


def test_a_web_page_is_refused_and_never_reaches_the_server(port: int, tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    complaints = (
        "codexwire: connection 1: refused: "
        "it has an Origin header, as the requests of web pages have",
        "codexwire: connection 2: refused: its Host header is not the address that is listened at",
    )
    with proxy(out, f"ws://127.0.0.1:{port}", complaints=complaints) as url:
        for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
            with pytest.raises(InvalidStatus) as refused:
                connect(url, additional_headers=headers)
            assert refused.value.response.status_code == 403
        with connect(url, subprotocols=["codex"]) as good:  # type: ignore[list-item]
            assert json.loads(good.recv())["path"] == "/"
    assert list(recorded(out)) == [3]
