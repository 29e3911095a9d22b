"""Connecting again when the connection breaks: at every point of a turn, and for good or not."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from cutting import AT_ONCE, Cutting, on_line
from fake_app_server import FakeServer, quiet, turns
from forgetful import AT, ITEMS, NOTIFICATIONS, PlayingServer, away_for

from codexwire.runtime.client import AsyncClient, Client, ClientOptions, RetryPolicy
from codexwire.runtime.client.backfill import RECONNECTED, missed
from codexwire.runtime.errors import ConnectionClosedError, UnsupportedError
from codexwire.turns import collect

pytestmark = pytest.mark.anyio

POINTS = range(1, len(NOTIFICATIONS))
TEXT = "OK. OK. All of it is done."


ANSWERS = 2
"""What comes before the turn's notifications: the answers to `initialize` and `turn/start`."""


@asynccontextmanager
async def cut_off(server: PlayingServer, after: int, away: int = 0) -> AsyncIterator[Any]:
    """A client that is cut off after so many notifications, and away for so many."""
    cutting = Cutting(lambda: away_for(server, away), ANSWERS + after)
    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server.play)
            async with AsyncClient(cutting.open, ClientOptions(reconnect=AT_ONCE)) as client:
                yield client
            tasks.cancel_scope.cancel()
    assert cutting.left == cutting.opened == 2
    assert quiet(client)


@pytest.mark.parametrize("numbered", [False, True])
@pytest.mark.parametrize(("away", "again"), [(0, 0), (3, 0), (99, 0), (2, 1), (4, 4)])
@pytest.mark.parametrize("after", POINTS)
async def test_a_turn_is_told_once_and_whole(
    after: int, numbered: bool, away: int, again: int
) -> None:
    server = PlayingServer(numbered=numbered, again=again)
    async with cut_off(server, after, away) as client:
        turn = await client.start_turn("t", "go")
        events, text = [], ""
        async for notification in turn:
            events.append(notification)
            text += turn.text_of(notification)
        result = turn.result_so_far()
    completed = [e.wire_params["item"] for e in events if e.method == "item/completed"]
    assert [_without_id(item) for item in completed] == [_without_id(item) for item in ITEMS]
    assert len({item["id"] for item in completed}) == len(ITEMS)
    assert text == TEXT
    assert (result.status, result.text) == ("completed", "All of it is done.")
    assert [_without_id(item) for item in result.items] == [_without_id(item) for item in ITEMS]
    assert result.reconnects == 1
    assert [e.method for e in events].count(RECONNECTED) == 1
    assert events[-1].method == "turn/completed"
    assert server.methods().count("turn/start") == 1


@pytest.mark.parametrize("numbered", [False, True])
@pytest.mark.parametrize("after", [4, 8, 12])
async def test_what_was_not_written_down_is_told_at_the_end(after: int, numbered: bool) -> None:
    async with cut_off(PlayingServer(numbered=numbered, late=2), after, 3) as client:
        result = await client.run_turn("t", "go")
    items = sorted(map(_without_id, result.items), key=str)
    assert items == sorted(map(_without_id, ITEMS), key=str)
    assert result.text == "All of it is done."


async def test_the_event_says_what_happened() -> None:
    async with cut_off(PlayingServer(), 4, 3) as client:
        everything = client.notifications(methods=(RECONNECTED,))
        await client.run_turn("t", "go")
        (event,) = await everything.batch()
    said = event.wire_params
    assert (event.thread_id, event.turn_id) == ("t", "u")
    assert (said["reason"], said["attempts"]) == ("the line was cut", 1)
    assert (said["threadId"], said["turnId"]) == ("t", "u")
    assert said["seconds"] >= 0
    assert said["turn"]["id"] == "u"
    assert [item["id"] for item in said["turn"]["items"]] == ["a", "b"]


def test_a_blocking_client_has_it_too() -> None:
    before = set(threading.enumerate())
    server = PlayingServer()
    cutting = Cutting(lambda: away_for(server, 3), ANSWERS + 8)
    with Client(cutting.open, ClientOptions(reconnect=AT_ONCE)) as client:
        turn = client.start_turn("t", "go")
        client.call(server.play)
        text = "".join(turn.text_of(notification) for notification in turn)
        assert (text, turn.result_so_far().reconnects) == (TEXT, 1)
    assert set(threading.enumerate()) == before
    assert cutting.left == cutting.opened == 2


def _without_id(item: Any) -> Any:
    return {key: value for key, value in item.items() if key != "id"}


async def silence(server: Any, message: Any) -> None:
    """Answer nothing."""


async def test_a_request_in_flight_fails_and_is_not_sent_again(server: FakeServer) -> None:
    server.answers["turn/start"] = silence
    async with on_line(server) as (line, client):

        async def cut() -> None:
            while "turn/start" not in server.methods():
                await anyio.lowlevel.checkpoint()
            line.cut()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cut)
            with pytest.raises(ConnectionClosedError, match="in flight is not known"):
                await client.start_turn("t", "go")
        server.answers["turn/start"] = turns()
        assert (await client.run_turn("t", "go")).text == "hi there"
    assert server.methods().count("turn/start") == 2


async def test_threads_are_resumed_with_their_settings(server: FakeServer) -> None:
    async def resume(end: Any, message: Any) -> None:
        await end.answer(message, {"thread": {"id": "t", "status": {"type": "idle"}}})

    told = dict.fromkeys(("thread/resume", "thread/read", "thread/turns/list"), resume)
    server.answers |= {**told, "turn/start": turns()}
    async with on_line(server) as (line, client):
        thread = await client.start_thread({"sandbox": "workspace-write", "ephemeral": False})
        narrower = {"sandboxPolicy": {"type": "readOnly"}, "model": "m", "effort": "low"}
        await client.run_turn(thread, "go", narrower)
        await line.break_off()
        await client.run_turn(thread, "go")
    (asked,) = [m["params"] for m in server.seen if m.get("method") == "thread/resume"]
    assert asked == {"threadId": "t", "sandbox": "read-only", "model": "m"}


async def test_a_thread_that_is_gone_ends_for_its_followers(server: FakeServer) -> None:
    async def gone(end: Any, message: Any) -> None:
        await end.send(
            {"id": message["id"], "error": {"code": -32600, "message": "no rollout found"}}
        )

    async def begin(end: Any, message: Any) -> None:
        await end.answer(message, {"turn": {"id": "u"}})

    server.answers |= {"thread/resume": gone, "turn/start": begin}
    async with on_line(server) as (line, client):
        turn = await client.start_turn("t", "go")
        line.cut()
        with pytest.raises(ConnectionClosedError, match=r"cannot be resumed.*no rollout"):
            await turn.result()
        assert turn.result_so_far().status == "unknown"
        await client.start_thread()


async def test_after_so_many_tries_it_is_over(server: FakeServer) -> None:
    async with on_line(server) as (line, client):
        waiting = client.notifications()
        line.there = False
        line.cut()
        with pytest.raises(ConnectionClosedError, match=r"3 times .* nobody listens"):
            await waiting.next()
        with pytest.raises(ConnectionClosedError, match="the line was cut"):
            await client.start_thread()


async def test_a_client_may_be_closed_while_it_connects_again(server: FakeServer) -> None:
    async with on_line(server, RetryPolicy(retries=1, first=100)) as (line, client):
        await line.break_off()
        async with anyio.create_task_group() as tasks:

            async def asked() -> None:
                with pytest.raises(ConnectionClosedError, match="closed by this client"):
                    await client.request("thread/list")

            tasks.start_soon(asked)
            await anyio.wait_all_tasks_blocked()
            await client.close()


async def test_it_needs_the_handshake(server: FakeServer) -> None:
    client = AsyncClient(server.open, ClientOptions(reconnect=True, handshake=False))
    with pytest.raises(UnsupportedError, match="leaves the handshake"):
        await client.start()


async def test_without_being_asked_to_it_does_not_connect_again(server: FakeServer) -> None:
    async with on_line(server, reconnect=False) as (line, client):
        line.cut()
        with pytest.raises(ConnectionClosedError, match="the line was cut"):
            await client.start_thread()
    assert line.opened == 1


def test_a_numbered_item_is_the_one_that_says_the_same() -> None:
    """Two messages say `OK.`: the state has one of them, and has begun a third."""
    at = {**AT, "completedAtMs": 1}
    state, *_ = collect(
        {"method": method, "params": {**at, **params}}
        for method, params in [
            ("item/completed", {"item": {"type": "agentMessage", "id": "m1", "text": "OK."}}),
            ("item/started", {"item": {"type": "agentMessage", "id": "m3", "text": ""}}),
            ("item/agentMessage/delta", {"itemId": "m3", "delta": "Th"}),
        ]
    )
    told = ["OK.", "OK.", "The end."]
    items = [
        {"type": "agentMessage", "id": f"item-{n}", "text": text} for n, text in enumerate(told)
    ]
    found = [(item["id"], item["text"]) for _, item in missed(state, {"items": items})]
    assert found == [("item-1", "OK."), ("m3", "The end.")]
