from __future__ import annotations

from typing import Any

import pytest
from fake_app_server import FakeServer

from codexwire.runtime.client import AsyncClient, ClientOptions
from codexwire.runtime.errors import (
    ConnectionClosedError,
    NotInitializedError,
    UnsupportedError,
)
from codexwire.runtime.transport import MemoryServer

pytestmark = pytest.mark.anyio


async def test_the_handshake_says_who_is_there_and_learns_the_version(server: FakeServer) -> None:
    options = ClientOptions(
        name="demo", title="Demo", version="2", opt_out=("warning",), capabilities={"x": 1}
    )
    async with AsyncClient(server.open, options) as client:
        assert str(client.server.version) == "0.163.0"
    initialize, initialized = server.seen
    assert initialize["params"] == {
        "clientInfo": {"name": "demo", "title": "Demo", "version": "2"},
        "capabilities": {
            "experimentalApi": True,
            "x": 1,
            "optOutNotificationMethods": ["warning"],
        },
    }
    assert initialized == {"method": "initialized"}


@pytest.mark.parametrize(
    ("agent", "version"),
    [
        ("codex_cli_rs/0.72.0 (Debian 12.0.0; x86_64) xterm (recorder; 1.0.0)", "0.72.0"),
        ("my/app/1.2.3/0.164.0-alpha.2 (Debian) x", "0.164.0-alpha.2"),
        ("something else", None),
    ],
)
async def test_the_version_is_read_from_the_user_agent(agent: str, version: str | None) -> None:
    server = FakeServer()

    async def initialize(end: MemoryServer, message: Any) -> None:
        await end.answer(message, {"userAgent": agent})

    server.answers["initialize"] = initialize
    async with AsyncClient(server.open) as client:
        found = client.server.version
        assert (None if found is None else str(found)) == version


async def test_without_a_handshake_the_server_says_so(server: FakeServer) -> None:
    async def refuse(end: MemoryServer, message: Any) -> None:
        await end.refuse(message, -32600, "Not initialized")

    server.answers["thread/start"] = refuse
    async with AsyncClient(server.open, ClientOptions(handshake=False)) as client:
        with pytest.raises(NotInitializedError):
            await client.start_thread()
    assert server.methods() == ["thread/start"]


async def test_a_failed_handshake_closes_the_connection(server: FakeServer) -> None:
    async def refuse(end: MemoryServer, message: Any) -> None:
        await end.refuse(message, -32600, "Already initialized")

    server.answers["initialize"] = refuse
    client = AsyncClient(server.open)
    with pytest.raises(Exception, match="Already initialized"):
        await client.__aenter__()
    with pytest.raises(ConnectionClosedError, match="closed by this client"):
        await client.request("thread/list")


async def test_a_client_that_is_not_open_says_so(server: FakeServer) -> None:
    with pytest.raises(UnsupportedError, match="not open"):
        await AsyncClient(server.open).request("thread/list")
