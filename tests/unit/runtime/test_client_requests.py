"""What a request can be told beside its params: retries, a trace, pages; and how long a decision takes."""

from __future__ import annotations

import threading
from typing import Any

import anyio
import pytest
from fake_app_server import FakeServer, quiet

from codexwire.runtime.client import AsyncClient, Client, ClientOptions, RetryPolicy
from codexwire.runtime.errors import (
    InternalServerError,
    MessageError,
    OverloadedError,
    UnexpectedResultError,
)
from codexwire.runtime.transport import MemoryServer

pytestmark = pytest.mark.anyio

PAGES: dict[Any, Any] = {
    None: {"data": [1, 2], "nextCursor": "a"},
    "a": {"data": [], "nextCursor": "b"},
    "b": {"data": [3]},
}
TRACE = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}


async def page(server: MemoryServer, message: Any) -> None:
    await server.answer(message, PAGES[message["params"].get("cursor")])


async def test_all_entries_of_all_pages_come(server: FakeServer) -> None:
    server.answers["x/list"] = page
    async with AsyncClient(server.open) as client:
        assert [entry async for entry in client.list_all("x/list", {"limit": 2})] == [1, 2, 3]
        assert len([one async for one in client.pages("x/list")]) == 3
    asked = [m["params"] for m in server.seen if m.get("method") == "x/list"]
    assert asked[:3] == [{"limit": 2}, {"limit": 2, "cursor": "a"}, {"limit": 2, "cursor": "b"}]


@pytest.mark.parametrize(
    "pages",
    [[{"data": [1]}], [{"items": [1], "nextCursor": "a"}, {"items": [], "nextCursor": None}]],
)
async def test_a_page_has_data_or_a_cursor(server: FakeServer, pages: list[Any]) -> None:
    """The first API lists `items`, and the last page of a list needs no cursor."""
    waiting = [*pages]

    async def next_page(end: MemoryServer, message: Any) -> None:
        await end.answer(message, waiting.pop(0))

    server.answers["x/list"] = next_page
    async with AsyncClient(server.open) as client:
        assert [one async for one in client.pages("x/list")] == pages


def test_also_when_blocking(server: FakeServer) -> None:
    server.answers["x/list"] = page
    with Client(server.open) as client:
        assert list(client.list_all("x/list")) == [1, 2, 3]
        assert [one["data"] for one in client.pages("x/list")] == [[1, 2], [], [3]]


@pytest.mark.parametrize(
    "result", [{"data": [1], "nextCursor": "again"}, {}, [], None, {"nextCursor": None}]
)
async def test_what_is_no_list_of_pages_does_not_go_on(server: FakeServer, result: Any) -> None:
    async def answer(end: MemoryServer, message: Any) -> None:
        await end.answer(message, result)

    server.answers["x/list"] = answer
    async with AsyncClient(server.open) as client:
        with anyio.fail_after(10), pytest.raises(UnexpectedResultError):
            _ = [entry async for entry in client.list_all("x/list")]


async def test_retries_are_chosen_by_call(server: FakeServer) -> None:
    async def busy(end: MemoryServer, message: Any) -> None:
        await end.refuse(message, -32001, "Server overloaded; retry later.")

    async def broken(end: MemoryServer, message: Any) -> None:
        await end.refuse(message, -32603, "broke")

    server.answers |= {"busy": busy, "turn/start": broken}
    async with AsyncClient(server.open) as client:
        for retries in (0, 3):
            server.seen.clear()
            with pytest.raises(OverloadedError):
                await client.request("busy", retry=RetryPolicy(retries, first=0.001))
            assert server.methods().count("busy") == retries + 1
        with pytest.raises(InternalServerError):
            await client.request("turn/start", {}, retry=RetryPolicy(9, first=0.001))
        assert server.methods().count("turn/start") == 1


async def test_a_trace_goes_beside_the_params(server: FakeServer) -> None:
    async with AsyncClient(server.open) as client:
        await client.request("thread/start", {}, trace=TRACE)
        assert server.seen[-1]["trace"] == TRACE
        for odd in (7, "00-1", {"traceparent": 7}, {"other": "x"}):
            with pytest.raises(MessageError, match="not a trace context"):
                await client.request("thread/start", {}, trace=odd)  # type: ignore[arg-type]
        assert quiet(client)


APPROVAL = "item/commandExecution/requestApproval"


def asking(server: FakeServer) -> list[Any]:
    """Let the server ask for an approval on `demo`; the answers come into the list."""

    async def ask(end: MemoryServer, message: Any) -> None:
        await end.send({"method": APPROVAL, "id": 1, "params": {}})
        with anyio.fail_after(10):
            while not any("method" not in m for m in server.seen):
                await anyio.sleep(0.01)
        await end.answer(message, {})

    server.answers["demo"] = ask
    return server.seen


async def test_an_approval_without_a_decision_is_declined(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    seen = asking(server)
    options = ClientOptions(
        handlers={APPROVAL: lambda _: anyio.sleep_forever()}, decision_timeout=0.05
    )
    async with AsyncClient(server.open, options) as client:
        await client.request("demo")
    assert {"id": 1, "result": {"decision": "decline"}} in seen
    assert "no decision on" in caplog.text


def test_so_is_one_whose_handler_blocks(server: FakeServer) -> None:
    seen = asking(server)
    asleep = threading.Event()
    options = ClientOptions(handlers={APPROVAL: lambda _: asleep.wait(30)}, decision_timeout=0.05)
    with Client(server.open, options) as client:
        client.request("demo")
    asleep.set()
    assert {"id": 1, "result": {"decision": "decline"}} in seen
