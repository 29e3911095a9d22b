"""However a websocket ends, who waits is told what happened."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import anyio
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from codexwire.runtime.client import AsyncClient, Client
from codexwire.runtime.errors import ConnectionClosedError

pytestmark = pytest.mark.anyio

RESET = struct.pack("ii", 1, 0)


def end_in_half_a_frame(connection: ServerConnection) -> None:
    connection.socket.sendall(b'\x81\x7e\x10\x00{"id":2')
    connection.socket.shutdown(socket.SHUT_RDWR)


def reset(connection: ServerConnection) -> None:
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.socket.close()


def sending(frame: bytes) -> Callable[[ServerConnection], None]:
    return lambda connection: connection.socket.sendall(frame)


ENDS: dict[str, tuple[Callable[[ServerConnection], Any], str]] = {
    "a close": (lambda connection: connection.close(), r"received 1000 \(OK\)"),
    "a reason": (lambda c: c.close(1011, "out of paper"), "received 1011.*out of paper"),
    "no close": (lambda c: c.socket.shutdown(socket.SHUT_RDWR), "no close frame received"),
    "a reset": (reset, "the connection to the server broke"),
    "half a frame": (end_in_half_a_frame, "no close frame received"),
    "a reserved bit": (sending(b"\xf1\x02{}"), "reserved bits"),
    "a mask": (sending(b"\x81\x82\0\0\0\0{}"), "incorrect masking"),
    "too much": (sending(b"\x81\x7f" + struct.pack(">Q", 1 << 40) + b"x"), "exceeds limit"),
}
"""What the server does in place of an answer, and what the error says."""


@pytest.fixture(params=ENDS)
def ending(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """The address of a server that ends so, and what its clients are told."""
    end, said = ENDS[request.param]

    def talk(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed, OSError):
            for text in connection:
                message = json.loads(text)
                if message.get("method") == "demo":
                    end(connection)
                elif "id" in message:
                    result = {"userAgent": "odd/0.163.0 (Linux)"}
                    connection.send(json.dumps({"id": message["id"], "result": result}))

    with serve(talk, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}", said
        server.shutdown()


async def test_its_end_is_told(ending: tuple[str, str]) -> None:
    url, said = ending
    with anyio.fail_after(20):
        async with AsyncClient.connect(url) as client:
            for _ in range(2):  # whoever asks later, too
                with pytest.raises(ConnectionClosedError, match=said):
                    await client.request("demo")


def test_its_end_is_told_to_who_blocks(ending: tuple[str, str]) -> None:
    url, said = ending
    with Client.connect(url) as client:
        for _ in range(2):
            with pytest.raises(ConnectionClosedError, match=said):
                client.request("demo", timeout=20)
