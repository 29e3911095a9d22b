from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

import pytest
from fake_app_server import FakeServer

from codexwire.runtime.client.connection import Connection, open_connection
from codexwire.runtime.transport import MemoryServer, PostMortem, memory_pair, open_memory

Connected: TypeAlias = Callable[..., AbstractAsyncContextManager[tuple[Connection, MemoryServer]]]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def connected() -> Connected:
    """Opens a connection in memory and yields it with the server's end."""

    @asynccontextmanager
    async def opened(
        *, post_mortem: PostMortem | None = None, **options: Any
    ) -> AsyncIterator[tuple[Connection, MemoryServer]]:
        transport, server = memory_pair(post_mortem=post_mortem)
        async with open_connection(lambda: open_memory(transport), **options) as connection:
            try:
                yield connection, server
            finally:
                await server.aclose()

    return opened


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()
