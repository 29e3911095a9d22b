"""A client as an asynchronous fixture: its halves run in different tasks, or in an event loop of a module."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import odd_answers
import pytest
import pytest_asyncio

from codexwire.runtime.client import AsyncClient
from codexwire.runtime.transport import open_stdio

COMMAND = [sys.executable, "-I", "-S", str(odd_answers.__file__)]


@pytest_asyncio.fixture
async def client() -> AsyncIterator[AsyncClient]:
    async with AsyncClient(lambda: open_stdio(COMMAND)) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kept() -> AsyncIterator[AsyncClient]:
    client = AsyncClient(lambda: open_stdio(COMMAND))
    await client.start()
    yield client
    await client.close()


@pytest.fixture
async def of_anyio() -> AsyncIterator[AsyncClient]:
    async with AsyncClient(lambda: open_stdio(COMMAND)) as client:
        yield client


@pytest.mark.asyncio
async def test_a_fixture_of_a_test(client: AsyncClient) -> None:
    assert await client.ask("demo") == "heard"


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("number", [1, 2])
async def test_a_fixture_of_a_module(kept: AsyncClient, number: int) -> None:
    assert await kept.ask("demo") == "heard"
    assert kept.connection.router.statistics.answers == number + 1


@pytest.mark.anyio
async def test_a_fixture_of_anyio(of_anyio: AsyncClient) -> None:
    assert await of_anyio.ask("demo") == "heard"
