"""`codexwire record --listen … --connect …`: connections pass as they are, and are told apart."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidMessage
from websockets.sync.client import connect, unix_connect
from websockets.sync.server import Server, ServerConnection, serve, unix_serve

from codexwire.cli.app import run as codexwire


def echo(socket: ServerConnection) -> None:
    """Say how it was asked for, echo, and close as it is told."""
    assert socket.request is not None
    headers = socket.request.headers
    about = {
        "path": socket.request.path,
        "host": headers["Host"],
        "authorization": headers.get("Authorization"),
        "subprotocol": socket.subprotocol,
    }
    socket.send(json.dumps(about))
    for message in socket:
        if message == "close":
            socket.close(4321, "as told")
            return
        socket.send(message)


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(echo, "127.0.0.1", 0, subprotocols=["codex"]) as server:  # type: ignore[list-item]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@contextmanager
def proxy(out: Path, to: str, at: str = "ws://127.0.0.1:0") -> Iterator[str]:
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
    assert (process.returncode, rest) == (0, "")


def recorded(out: Path) -> dict[int, list[Any]]:
    by_connection: dict[int, list[Any]] = {}
    for line in out.read_text().splitlines():
        entry = json.loads(line)
        entry.pop("ts")
        by_connection.setdefault(entry.pop("conn"), []).append(entry)
    return by_connection


@pytest.mark.parametrize("compression", [None, "deflate"])
def test_two_connections(compression: Any, server: Server, tmp_path: Path) -> None:
    port = server.socket.getsockname()[1]
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


def test_a_unix_socket_on_both_sides(tmp_path: Path) -> None:
    there, here = tmp_path / "server", tmp_path / "proxy"
    with unix_serve(echo, str(there)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with (
            proxy(tmp_path / "r", f"unix://{there}", f"unix://{here}") as url,
            unix_connect(url.removeprefix("unix://")) as socket,
        ):
            assert json.loads(socket.recv())["path"] == "/"
        server.shutdown()
        thread.join()
    assert len(recorded(tmp_path / "r")[1]) == 2
    assert not here.exists()


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


def test_a_port_in_use_is_one_line(server: Server, tmp_path: Path, capfd: Any) -> None:
    port = server.socket.getsockname()[1]
    at = ["--listen", f"ws://127.0.0.1:{port}", "--connect", "ws://127.0.0.1:1"]
    assert codexwire(["record", "-o", str(tmp_path / "r"), *at]) == 2
    err = capfd.readouterr().err
    assert f"cannot listen at ws://127.0.0.1:{port}: " in err
    assert len(err.splitlines()) == 1
