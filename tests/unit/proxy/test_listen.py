"""Who is let in where the package listens, and that a connection that fails fails alone."""

from __future__ import annotations

import stat
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import pytest

from codexwire.errors import UsageError
from codexwire.proxy.address import Address, parse_listen_address
from codexwire.proxy.admittance import refusal
from codexwire.proxy.listen import listening
from codexwire.runtime.errors import HandshakeRefusedError
from codexwire.runtime.transport import open_unix_socket, open_websocket
from codexwire.runtime.transport.base import Transport, TransportFailure

HERE = Address("127.0.0.1", 4500)
ANYWHERE = Address("0.0.0.0", 4500)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1:4500", HERE),
        ("127.0.0.9", HERE),
        ("[::1]:4500", HERE),
        ("LocalHost:4500", HERE),
        ("devbox:4500", Address("devbox", 4500)),
        ("192.0.2.7:4500", Address("192.0.2.7", 4500)),
        ("192.0.2.7:4500", ANYWHERE),
    ],
)
def test_these_hosts_lead_here(host: str, address: Address) -> None:
    assert refusal([("Host", host), ("Upgrade", "websocket")], address) is None


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("evil.example:4500", HERE),
        ("127.0.0.1.evil.example", HERE),
        ("localhost.evil.example", HERE),
        ("evil.example@127.0.0.1.nip.example", HERE),
        ("192.0.2.7:4500", HERE),
        ("192.0.2.8:4500", Address("192.0.2.7", 4500)),
        ("evil.example", ANYWHERE),
        ("[::1", HERE),
        ("", HERE),
    ],
)
def test_these_hosts_do_not(host: str, address: Address) -> None:
    assert refusal([("Host", host)], address) is not None


def test_a_request_without_host_or_with_two_is_refused_except_on_a_socket_file() -> None:
    assert refusal([], HERE) is not None
    assert refusal([("Host", "127.0.0.1"), ("host", "evil.example")], HERE) is not None
    assert refusal([], Address(path="/tmp/s")) is None


@pytest.mark.parametrize("value", ["http://evil.example", "null", "http://127.0.0.1:4500", ""])
@pytest.mark.parametrize("address", [HERE, ANYWHERE, Address(path="s")])
def test_any_origin_is_refused(value: str, address: Address) -> None:
    assert refusal([("Host", "127.0.0.1"), ("origin", value)], address) is not None


@pytest.mark.parametrize("url", ["ws://0.0.0.0:0", "ws://[::]:1", "ws://192.0.2.7:1", "ws://box:1"])
def test_beyond_loopback_only_on_demand(url: str) -> None:
    with pytest.raises(UsageError, match=r"other machines would reach .*--allow-remote"):
        parse_listen_address(url)
    assert str(parse_listen_address(url, allow_remote=True)) == url


@pytest.mark.parametrize(
    "url", ["ws://127.0.0.1:0", "ws://[::1]:1", "ws://localhost:1", "unix://s"]
)
def test_loopback_and_socket_files_need_no_leave(url: str) -> None:
    assert str(parse_listen_address(url)) == url


async def echo(transport: Transport) -> None:
    """Echo; `fail` fails deep inside."""
    while True:
        for message in await transport.receive():
            if message == b"fail":
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_fail)
            await transport.send(message)


async def _fail() -> None:
    raise ValueError("Exceeds the limit\n(4300 digits)")


def served(url: str, scenario: Callable[[str], Awaitable[None]]) -> list[str]:
    """What is complained of while a scenario runs against `echo`."""
    said: list[str] = []

    async def run() -> None:
        with anyio.fail_after(60):
            async with listening(parse_listen_address(url), echo, said.append, binary=False) as at:
                await scenario(str(at))

    anyio.run(run)
    return said


def test_a_connection_that_fails_fails_alone() -> None:
    async def scenario(url: str) -> None:
        async with open_websocket(url) as good, open_websocket(url) as bad:
            await good.send(b"one")
            assert await good.receive() == [b"one"]
            await bad.send(b"fail")
            with pytest.raises(TransportFailure):
                await bad.receive()
            await good.send(b"two")
            assert await good.receive() == [b"two"]
            async with open_websocket(url) as third:
                await third.send(b"three")
                assert await third.receive() == [b"three"]

    assert served("ws://127.0.0.1:0", scenario) == [
        "connection 2: ended by an internal error: ValueError: Exceeds the limit (4300 digits)"
    ]


def test_a_refused_client_hears_403_and_the_next_is_served() -> None:
    async def scenario(url: str) -> None:
        for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
            with pytest.raises(HandshakeRefusedError) as refused:
                async with open_websocket(url, headers=headers):
                    pass
            assert refused.value.status == 403
        async with open_websocket(url) as good:
            await good.send(b"x")
            assert await good.receive() == [b"x"]

    said = served("ws://127.0.0.1:0", scenario)
    assert [line.partition(":")[0] for line in said] == ["connection 1", "connection 2"]


if sys.platform != "win32":

    def test_a_socket_file_is_private_and_goes(tmp_path: Path) -> None:
        path = tmp_path / "s"

        async def scenario(url: str) -> None:
            assert url == f"unix://{path}"
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            async with open_unix_socket(path) as good:
                await good.send(b"x")
                assert await good.receive() == [b"x"]

        assert served(f"unix://{path}", scenario) == []
        assert not path.exists()
