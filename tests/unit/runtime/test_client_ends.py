"""Turns whose end the server does not say, or says late: nobody waits for ever."""

from __future__ import annotations

import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest
from fake_app_server import FakeServer, play_turn, quiet

from codexwire.runtime.client import AsyncClient, Client, ClientOptions
from codexwire.runtime.errors import (
    ConnectionClosedError,
    RequestTimeoutError,
    TurnFailedError,
)
from codexwire.runtime.transport import MemoryServer
from codexwire.turns import GRACE

pytestmark = pytest.mark.anyio

QUICK = ClientOptions(grace=0.05)
Json = dict[str, Any]


def status(word: str) -> tuple[str, Json]:
    return "thread/status/changed", {"threadId": "t", "status": {"type": word}}


def error(retry: bool = False) -> tuple[str, Json]:
    params = {"threadId": "t", "turnId": "0", "willRetry": retry, "error": {"message": "broke"}}
    return "error", params


STARTED = ("turn/started", {"threadId": "t", "turn": {"id": "0"}})
CLOSED = ("thread/closed", {"threadId": "t"})
DELTA = (
    "item/agentMessage/delta",
    {"threadId": "t", "turnId": "0", "itemId": "m", "delta": "so far"},
)
COMPLETED = ("turn/completed", {"threadId": "t", "turn": {"id": "0", "status": "completed"}})


def telling(
    *messages: tuple[str, Json], then: Callable[[MemoryServer], Awaitable[None]] | None = None
) -> Callable[[MemoryServer, Any], Awaitable[None]]:
    """A `turn/start` that answers, starts the turn, tells `messages`, and then nothing of it any more.

    The turns are numbered; in the messages "0" stands for the turn.
    """
    numbers = itertools.count()

    async def answer(server: MemoryServer, message: Any) -> None:
        turn = str(next(numbers))
        await server.answer(message, {"turn": {"id": turn, "status": "inProgress"}})
        for method, params in [STARTED, *messages]:
            told = json.dumps(params).replace('"0"', json.dumps(turn))
            await server.notify(method, json.loads(told))
        if then is not None:
            await then(server)

    return answer


ENDS = pytest.mark.parametrize(
    ("messages", "outcome", "reason"),
    [
        ([status("systemError")], "failed", "thread/status/changed: systemError"),
        ([status("idle")], "unknown", "thread/status/changed: idle"),
        ([status("notLoaded"), CLOSED], "interrupted", "thread/status/changed: notLoaded"),
        ([CLOSED], "interrupted", "thread/closed"),
        ([("thread/deleted", {"threadId": "t"})], "interrupted", "thread/deleted"),
        ([error()], "failed", "error"),
        ([status("systemError"), error(), status("idle")], "failed", "error"),
        ([("error", {"threadId": "t", "error": {"message": "broke"}})], "failed", "error"),
    ],
)


@ENDS
async def test_a_turn_that_gets_no_end_ends_with_what_is_known(
    server: FakeServer, messages: list[tuple[str, Json]], outcome: str, reason: str
) -> None:
    server.answers["turn/start"] = telling(DELTA, *messages)
    async with AsyncClient(server.open, QUICK) as client:
        with anyio.fail_after(10):
            result = await client.run_turn("t", "go")
        assert quiet(client)
        with anyio.fail_after(10), pytest.raises(TurnFailedError) as late:
            await client.wait_for_turn_completed("t", "0")
    assert (result.status, result.ended_by, result.text) == (outcome, reason, "so far")
    assert result.error_message == ("broke" if reason == "error" else None)
    assert late.value.result.status == outcome
    assert "turn/interrupt" not in server.methods()


@ENDS
def test_so_it_is_for_the_sync_client(
    messages: list[tuple[str, Json]], outcome: str, reason: str
) -> None:
    server = FakeServer()
    server.answers["turn/start"] = telling(DELTA, *messages)
    with Client(server.open, QUICK) as client:
        turn = client.start_turn("t", "go")
        methods = [notification.method for notification in turn]
        result = turn.result()
    assert (result.status, result.ended_by, turn.state.status) == (outcome, reason, outcome)
    assert methods[:2] == ["turn/started", "item/agentMessage/delta"]
    assert not {"thread/status/changed", "thread/closed"} & set(methods)


async def test_the_text_of_such_a_turn_ends_with_an_error(server: FakeServer) -> None:
    server.answers["turn/start"] = telling(DELTA, status("systemError"))
    async with AsyncClient(server.open, QUICK) as client:
        stream = client.stream_text("t", "go")
        assert await anext(stream) == "so far"
        with anyio.fail_after(10), pytest.raises(TurnFailedError, match="systemError"):
            await anext(stream)


async def test_an_end_within_the_grace_counts(server: FakeServer) -> None:
    async def end_later(end: MemoryServer) -> None:
        await anyio.sleep(0.05)
        await end.notify(*COMPLETED)

    server.answers["turn/start"] = telling(status("systemError"), error(), then=end_later)
    async with AsyncClient(server.open) as client:
        result = await client.run_turn("t", "go")
    assert (result.status, result.ended_by) == ("completed", "turn/completed")


async def test_a_turn_that_goes_on_is_waited_for(server: FakeServer) -> None:
    async def go_on(end: MemoryServer) -> None:
        await anyio.sleep(0.01)
        await end.notify(*DELTA)
        await anyio.sleep(0.2)
        await end.notify(*COMPLETED)

    server.answers["turn/start"] = telling(status("systemError"), then=go_on)
    async with AsyncClient(server.open, ClientOptions(grace=0.1)) as client:
        turn = await client.start_turn("t", "go")
        ends = client.notifications(methods=(COMPLETED[0],))
        await client.connection.router.wait_idle("t", 0.1)
        assert (await anext(ends)).turn_id == "0"
        assert len(ends.waiting) == 0
        result = await turn.result()
    assert (result.status, result.ended_by) == ("completed", "turn/completed")


async def test_the_next_turn_of_the_thread_waits_for_the_grace_only(server: FakeServer) -> None:
    server.answers["turn/start"] = telling(status("idle"))
    async with AsyncClient(server.open, QUICK) as client:
        await client.start_turn("t", "dropped")  # nobody reads it
        with anyio.fail_after(10):
            assert (await client.run_turn("t", "next")).status == "unknown"
    assert server.methods().count("turn/start") == 2


async def test_the_grace_can_be_chosen_by_call(server: FakeServer) -> None:
    server.answers["turn/start"] = telling(status("systemError"))
    assert ClientOptions().grace == GRACE
    async with AsyncClient(server.open, ClientOptions(grace=60)) as client:
        with anyio.fail_after(10):
            assert (await client.run_turn("t", "go", grace=0)).status == "failed"
            turn = await client.start_turn("t", "go", grace=0.01)
            assert (await turn.result()).status == "failed"
            async with client.stream_turn("t", "go", grace=0) as stream:
                assert [n.method async for n in stream] == ["turn/started"]
            with pytest.raises(TurnFailedError):
                await anext(client.stream_text("t", "go", grace=0))


async def test_a_turn_on_an_idle_thread_is_not_waited_for(server: FakeServer) -> None:
    """An answer may name a turn that never starts, and turns are asked for that ended long ago."""
    async with AsyncClient(server.open, QUICK) as client:
        await client.request("thread/start")
        seen = client.notifications()
        end = server.ends[-1]
        await end.notify(*status("idle"))
        await anext(seen)
        with anyio.fail_after(10), pytest.raises(TurnFailedError, match="unknown"):
            await client.wait_for_turn_completed("t", "never-started")


async def test_the_end_of_each_of_many_turns_can_be_waited_for(server: FakeServer) -> None:
    async def answer(end: MemoryServer, message: Any) -> None:
        thread = message["params"]["threadId"]
        await end.answer(message, {"turn": {"id": f"U{thread}", "status": "completed"}})
        await play_turn(end, thread, f"U{thread}")

    server.answers["turn/start"] = answer
    async with AsyncClient(server.open) as client:
        ended = client.notifications(methods=("turn/completed",))
        for number in range(1000):
            await client.request("turn/start", {"threadId": f"T{number}", "input": []})
        for _ in range(1000):
            await anext(ended)
        for number in range(1000):
            end = await client.wait_for_turn_completed(f"T{number}", f"UT{number}", timeout=5)
            assert end.turn_id == f"UT{number}"


async def test_a_turn_of_which_nothing_is_ever_said_needs_a_timeout(server: FakeServer) -> None:
    async with AsyncClient(server.open, QUICK) as client:
        with pytest.raises(RequestTimeoutError):
            await client.wait_for_turn_completed("t", "0", timeout=0.2)


async def test_a_lost_connection_is_an_error_and_the_state_says_so(server: FakeServer) -> None:
    async def die(end: MemoryServer) -> None:
        await end.aclose()

    server.answers["turn/start"] = telling(DELTA, then=die)
    async with AsyncClient(server.open) as client:
        turn = await client.start_turn("t", "go")
        with pytest.raises(ConnectionClosedError):
            await turn.result()
        result = turn.result_so_far()
    assert (result.status, result.ended_by) == ("unknown", "the connection was lost")
    assert result.text == "so far"


async def test_who_stops_following_does_not_end_the_turn(server: FakeServer) -> None:
    server.answers["turn/start"] = telling(DELTA)
    async with AsyncClient(server.open) as client:
        turn = await client.start_turn("t", "go")
        turn.close()
        assert (await turn.result()).status == "unknown"
        assert client.connection.router.active_turn("t") == "0"
