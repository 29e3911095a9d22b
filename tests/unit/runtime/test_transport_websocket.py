from __future__ import annotations

import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import anyio
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.protocol import SERVER, Protocol
from websockets.server import ServerProtocol
from websockets.sync.server import Server, ServerConnection, serve, unix_serve

from codexwire.runtime.errors import HandshakeRefusedError, LaunchError, NoServerError
from codexwire.runtime.transport import open_unix_socket, open_websocket
from codexwire.runtime.transport.base import TransportFailure

pytestmark = pytest.mark.anyio


def echo(connection: ServerConnection) -> None:
    for message in connection:
        connection.send(message)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def served(handler: Callable[[ServerConnection], None], token: str | None = None) -> Iterator[str]:
    def authorize(connection: ServerConnection, request: object) -> object:
        given = request.headers.get("Authorization")  # type: ignore[attr-defined]
        if token is not None and given != f"Bearer {token}":
            return connection.respond(HTTPStatus.UNAUTHORIZED, "no\n")
        assert "Origin" not in request.headers  # type: ignore[attr-defined]
        return None

    server = serve(handler, "127.0.0.1", 0, process_request=authorize, max_size=None)  # type: ignore[arg-type]
    with running(server):
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"


async def test_messages_travel_both_ways() -> None:
    large = b'"' + b"y" * 2_000_000 + b'"'
    with served(echo) as url, anyio.fail_after(20):
        async with open_websocket(url) as transport:
            await transport.send(b'{"id":1}')
            assert await transport.receive() == [b'{"id":1}']
            await transport.send(large)
            assert await transport.receive() == [large]


async def test_fragments_and_pings_are_the_transports_own_business() -> None:
    def handler(connection: ServerConnection) -> None:
        connection.send(iter(['{"a"', ":", "1}"]))
        connection.send(iter([b"[1", b",2]"]))  # bytes are read as text is
        assert connection.ping().wait(10)
        connection.send("2")
        connection.recv()

    with served(handler) as url, anyio.fail_after(20):
        async with open_websocket(url) as transport:
            got: list[bytes] = []
            while len(got) < 3:
                got += await transport.receive()
            await transport.send(b"done")
    assert got == [b'{"a":1}', b"[1,2]", b"2"]


async def test_the_token_opens_the_door_and_its_lack_does_not() -> None:
    with served(echo, token="secret") as url:
        async with open_websocket(url, token="secret") as transport:
            await transport.send(b"1")
            assert await transport.receive() == [b"1"]
        with pytest.raises(HandshakeRefusedError, match="HTTP 401") as refused:
            async with open_websocket(url, token="wrong"):
                pass
    assert refused.value.status == 401


@pytest.mark.parametrize(
    ("status", "hint"), [(401, "check the token"), (403, "check the token"), (503, None)]
)
async def test_a_refusal_says_what_can_be_done(status: int, hint: str | None) -> None:
    def refuse(connection: ServerConnection, _request: object) -> object:
        return connection.respond(HTTPStatus(status), "no\n")

    server = serve(echo, "127.0.0.1", 0, process_request=refuse)  # type: ignore[arg-type]
    with running(server), pytest.raises(HandshakeRefusedError) as refused:
        async with open_websocket(f"ws://127.0.0.1:{server.socket.getsockname()[1]}"):
            pass
    assert (refused.value.status, refused.value.hint) == (status, hint)


async def test_a_token_never_goes_out_in_the_clear() -> None:
    with pytest.raises(LaunchError, match="in the clear"):
        async with open_websocket("ws://192.0.2.1:1", token="secret"):
            pass


async def test_a_server_that_closes_is_described() -> None:
    def handler(connection: ServerConnection) -> None:
        connection.send("1")
        connection.close(1011, "out of paper")

    with served(handler) as url:
        async with open_websocket(url) as transport:
            assert await transport.receive() == [b"1"]
            with pytest.raises(TransportFailure, match=r"1011.*out of paper"):
                await transport.receive()
            with pytest.raises(TransportFailure, match="out of paper"):
                await transport.send(b"2")


async def test_a_server_that_falls_silent_is_given_up() -> None:
    with anyio.fail_after(20):
        async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
            port = listener.extra(anyio.abc.SocketAttribute.local_port)

            async def shake_hands_and_sleep(stream: anyio.abc.SocketStream) -> None:
                protocol = ServerProtocol()
                while not (events := protocol.events_received()):
                    protocol.receive_data(await stream.receive())
                protocol.send_response(protocol.accept(events[0]))  # type: ignore[arg-type]
                for data in protocol.data_to_send():
                    await stream.send(data)
                await anyio.sleep_forever()

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(listener.serve, shake_hands_and_sleep)
                async with open_websocket(
                    f"ws://127.0.0.1:{port}", ping_interval=0.05
                ) as transport:
                    with pytest.raises(TransportFailure, match="no sign of life"):
                        await transport.receive()
                tasks.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("url", "message"),
    [("ws://127.0.0.1:1", "no server at"), ("http://x", "not a websocket URL")],
)
async def test_no_server_no_session(url: str, message: str) -> None:
    with pytest.raises(LaunchError, match=message):
        async with open_websocket(url):
            pass


@pytest.mark.parametrize("linger", [True, False])
async def test_a_port_that_hangs_up_is_no_server(linger: bool) -> None:
    async def hang_up(stream: anyio.abc.SocketStream) -> None:
        if not linger:  # a reset, in place of an end
            raw = stream.extra(anyio.abc.SocketAttribute.raw_socket)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await stream.receive()
        await stream.aclose()

    async with (
        await anyio.create_tcp_listener(local_host="127.0.0.1") as listener,
        anyio.create_task_group() as tasks,
    ):
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        tasks.start_soon(listener.serve, hang_up)
        with anyio.fail_after(5), pytest.raises(NoServerError, match="handshake failed"):
            async with open_websocket(f"ws://127.0.0.1:{port}"):
                pass
        tasks.cancel_scope.cancel()


async def test_a_port_that_speaks_something_else_is_no_server() -> None:
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        port = listener.extra(anyio.abc.SocketAttribute.local_port)

        async def talk_nonsense(stream: anyio.abc.SocketStream) -> None:
            await stream.send(b"220 mail.example ESMTP\r\n")
            await stream.aclose()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, talk_nonsense)
            with pytest.raises(LaunchError, match="handshake failed"):
                async with open_websocket(f"ws://127.0.0.1:{port}"):
                    pass
            tasks.cancel_scope.cancel()


if sys.platform != "win32":

    async def test_a_unix_socket_carries_a_websocket(tmp_path: Path) -> None:
        path = tmp_path / "s"
        with running(unix_serve(echo, str(path))):
            async with open_unix_socket(path) as transport:
                await transport.send(b"1")
                assert await transport.receive() == [b"1"]
        with pytest.raises(LaunchError, match="no server at unix://"):
            async with open_unix_socket(tmp_path / "none"):
                pass

    async def test_a_unix_socket_may_take_frames_alone(tmp_path: Path) -> None:
        """As that of 0.125.0, which hangs up on a handshake."""
        greetings: list[bytes] = []

        async def serve(stream: anyio.abc.SocketStream) -> None:
            first = await stream.receive()
            greetings.append(first[:2])
            if not first.startswith(b"GET"):
                protocol = Protocol(SERVER)
                protocol.receive_data(first)
                [frame] = protocol.events_received()
                protocol.send_text(frame.data)  # type: ignore[union-attr]
                for data in protocol.data_to_send():
                    await stream.send(data)
                await stream.receive()
            await stream.aclose()

        async with (
            await anyio.create_unix_listener(tmp_path / "s") as listener,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(listener.serve, serve)
            async with open_unix_socket(tmp_path / "s") as transport:
                await transport.send(b'{"id":1}')
                assert await transport.receive() == [b'{"id":1}']
            tasks.cancel_scope.cancel()
        assert greetings == [b"GE", b"\x81\x88"]


async def test_the_server_sees_a_clean_close() -> None:
    seen: list[int | None] = []

    def handler(connection: ServerConnection) -> None:
        try:
            connection.recv()
        except ConnectionClosed as closed:
            seen.append(closed.rcvd.code if closed.rcvd else None)

    with served(handler) as url:
        async with open_websocket(url):
            pass
    assert seen == [1000]
