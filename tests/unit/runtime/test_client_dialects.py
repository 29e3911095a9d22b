from __future__ import annotations

from typing import Any

import anyio
import pytest
from fake_app_server import FakeServer, quiet, turns

from codexwire.direction import Kind, Side
from codexwire.ingest.archive import archive
from codexwire.runtime.client import AsyncClient, ClientOptions
from codexwire.runtime.client.dialect import V2
from codexwire.runtime.client.legacy import V1
from codexwire.runtime.errors import (
    ConnectionClosedError,
    UnsupportedError,
)
from codexwire.runtime.transport import MemoryServer
from codexwire.version import Version

pytestmark = pytest.mark.anyio


async def test_the_server_going_away_ends_a_turn_with_the_cause(server: FakeServer) -> None:
    async def die(end: MemoryServer, message: Any) -> None:
        await end.answer(message, {"turn": {"id": "1"}})
        await end.notify("turn/started", {"threadId": "t", "turn": {"id": "1"}})
        await end.aclose()

    server.answers["turn/start"] = die
    async with AsyncClient(server.open) as client:
        turn = await client.start_turn("t", "go")
        assert (await anext(turn)).method == "turn/started"
        with pytest.raises(ConnectionClosedError):
            await anext(turn)
        with pytest.raises(ConnectionClosedError):
            await client.start_turn("t", "again")


@pytest.mark.parametrize(
    ("version", "flow"),
    [("0.99.0", "v1"), ("0.107.0", "v1"), ("0.110.0", "v2"), ("0.115.0", "v2")],
)
async def test_the_dialect_follows_the_version(version: str, flow: str) -> None:
    server = FakeServer(version)

    async def conversation(end: MemoryServer, message: Any) -> None:
        await end.answer(message, {"conversationId": "t"})

    async def fine(end: MemoryServer, message: Any) -> None:
        await end.answer(message, {})

    server.answers |= {"newConversation": conversation, "addConversationListener": fine}
    async with AsyncClient(server.open) as client:
        assert await client.start_thread({"cwd": "/x"}) == "t"
    expected = {"v1": ["newConversation", "addConversationListener"], "v2": ["thread/start"]}
    assert server.methods()[2:] == expected[flow]


def refused(dialect: V1 | V2, release: Version) -> bool:
    try:
        dialect.check(release)
    except UnsupportedError:
        return True
    return False


def test_v2_is_spoken_to_releases_whose_notifications_name_their_thread() -> None:
    """The first are 0.64.0 and 0.65.0, with which it has been tried."""
    for release in archive().versions:
        protocol = archive().protocol(release)
        assert protocol is not None
        ended = protocol.types["v2/TurnCompletedNotification"].schema
        assert refused(V2(), release) is ("threadId" not in ended["properties"])


def test_v1_is_spoken_to_releases_that_serve_it() -> None:
    """0.107.0 does, though its schema has left it out, and 0.110.0 does not: both were tried."""
    last, first_without = Version(0, 107, 0), Version(0, 110, 0)
    assert [refused(V1(), release) for release in (last, first_without)] == [False, True]
    for release in archive().versions:
        protocol = archive().protocol(release)
        assert protocol is not None
        methods = {method.name for method in protocol.table(Side.CLIENT, Kind.REQUEST)}
        if "newConversation" in methods:
            assert not refused(V1(), release)


@pytest.mark.parametrize(("version", "dialect"), [("0.163.0", "v1"), ("0.58.0", "v2")])
async def test_a_dialect_that_the_release_does_not_speak_is_refused(
    version: str, dialect: Any
) -> None:
    with pytest.raises(UnsupportedError, match=version.replace(".", r"\.")):
        async with AsyncClient(FakeServer(version).open, ClientOptions(dialect=dialect)):
            pass


def event(kind: str, turn: str = "0", **members: Any) -> tuple[str, Any]:
    body = {"type": kind, **members}
    return f"codex/event/{kind}", {"id": turn, "msg": body, "conversationId": "c"}


@pytest.mark.parametrize("begin", ["task_started", "turn_started"])
@pytest.mark.parametrize(
    ("events", "status", "text", "message"),
    [
        (
            [
                event("agent_message_content_delta", item_id="m", delta="hel"),
                event("agent_message_content_delta", item_id="m", delta="lo"),
                event("task_complete", last_agent_message="hello"),
            ],
            "completed",
            "hello",
            None,
        ),
        (
            [event("error", message="no"), event("task_complete", last_agent_message=None)],
            "failed",
            "",
            "no",
        ),
        ([event("turn_aborted", reason="interrupted")], "interrupted", "", None),
    ],
)
async def test_a_legacy_turn_has_no_id_in_its_answer_and_ends_with_an_event(
    events: list[tuple[str, Any]], status: str, text: str, message: str | None, begin: str
) -> None:
    """Up to 0.107.0 servers say `task_started`, and take `turn_started` for the same."""
    server = FakeServer("0.58.0")

    async def send(end: MemoryServer, request: Any) -> None:
        await end.answer(request, {})
        for method, params in [event(begin), *events]:
            await end.notify(method, params)

    server.answers["sendUserMessage"] = send
    async with AsyncClient(server.open) as client:
        result = await client.run_turn("c", [{"type": "image", "url": "u"}], timeout=10)
        assert quiet(client)
    assert (result.status, result.text, result.error_message) == (status, text, message)
    assert server.seen[-1]["params"]["items"] == [{"type": "image", "data": {"image_url": "u"}}]


async def test_notifications_can_be_followed_by_method_and_thread(server: FakeServer) -> None:
    server.answers["turn/start"] = turns()
    async with AsyncClient(server.open) as client:
        ends = client.notifications(methods=("turn/completed",))
        thread = client.notifications(thread_id="b", buffer=2, overflow="drop_oldest")
        await client.run_turn("a", "x")
        await client.run_turn("b", "x")
        assert {(await anext(ends)).thread_id for _ in range(2)} == {"a", "b"}
        assert thread.dropped == 3
        assert [n.method for n in await thread.batch()] == ["item/completed", "turn/completed"]


async def test_a_handler_can_be_set_and_taken_back(server: FakeServer) -> None:
    got: dict[int, Any] = {}
    ids = iter((91, 92))

    async def ask(end: MemoryServer, message: Any) -> None:
        await end.send({"method": "responsesApi/call", "id": next(ids), "params": {"x": 1}})
        await end.answer(message, {})

    server.answers["demo"] = ask
    async with AsyncClient(server.open) as client:
        client.on_request("responsesApi/call", lambda params: {"got": params["x"]})
        await client.request("demo")
        client.on_request("responsesApi/call", None)
        await client.request("demo")
        with anyio.fail_after(5):
            while len(got) < 2:
                await anyio.sleep(0.01)
                got = {m["id"]: m for m in server.seen if m.get("id") in (91, 92)}
    assert got[91]["result"] == {"got": 1}
    assert got[92]["error"]["code"] == -32601
