"""A thousand turns that end in all ways, over ten connections, leave nothing behind.

Counted before and after: threads, tasks of the event loop, open descriptors, objects that wait or are
waited for; and what the router of each connection keeps.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import anyio
import pytest
import trio
import turn_server as program
from turn_server import END, HOLD, turn_server
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from codexwire.runtime.client import AsyncClient, Client, ClientOptions
from codexwire.runtime.client.connection import Connection
from codexwire.runtime.client.subscription import Subscription
from codexwire.runtime.client.waiter import BlockingWaiter, TaskWaiter
from codexwire.runtime.errors import ConnectionClosedError, RequestTimeoutError
from codexwire.runtime.transport import TransportOpener, open_stdio, open_websocket

ROUNDS, TURNS, LAST = 10, 105, 5
SHORT = 0.001
DESCRIPTORS = Path("/dev/fd")

# The turns of the asynchronous client, as they end


async def completes(client: AsyncClient, thread: str) -> None:
    assert (await client.run_turn(thread, END)).status == "completed"


async def is_cancelled(client: AsyncClient, thread: str) -> None:
    with anyio.move_on_after(SHORT):
        await client.run_turn(thread, HOLD)


async def is_late(client: AsyncClient, thread: str) -> None:
    with pytest.raises(RequestTimeoutError):
        await client.run_turn(thread, HOLD, timeout=SHORT)


async def is_left(client: AsyncClient, thread: str) -> None:
    async with client.stream_turn(thread, HOLD) as turn:
        await anext(turn)


async def is_interrupted(client: AsyncClient, thread: str) -> None:
    turn = await client.start_turn(thread, HOLD)
    await turn.interrupt()
    turn.close()


async def is_followed(client: AsyncClient, thread: str) -> None:
    asked = {"threadId": thread, "input": [{"type": "text", "text": END}]}
    started = await client.request("turn/start", asked)
    result = await client.follow_turn(thread, started["turn"]["id"]).result()
    assert result.status == "completed"


async def is_never_answered(client: AsyncClient, thread: str) -> None:
    with pytest.raises(RequestTimeoutError):
        await client.request("never", {"threadId": thread}, timeout=SHORT)


async def loses_its_server(client: AsyncClient, thread: str) -> None:
    with pytest.raises(ConnectionClosedError):
        await client.run_turn(thread, HOLD)


ENDS = (
    completes,
    is_cancelled,
    is_late,
    is_left,
    is_interrupted,
    is_followed,
    is_never_answered,
)

# The same, as far as it can be, of the one that blocks


def blocking_completes(client: Client, thread: str) -> None:
    assert client.run_turn(thread, END).status == "completed"


def blocking_is_late(client: Client, thread: str) -> None:
    with pytest.raises(RequestTimeoutError):
        client.run_turn(thread, HOLD, timeout=SHORT)


def blocking_is_left(client: Client, thread: str) -> None:
    with client.start_turn(thread, HOLD) as turn:
        next(turn)


def blocking_is_interrupted(client: Client, thread: str) -> None:
    turn = client.start_turn(thread, HOLD)
    turn.interrupt()
    assert turn.result().status == "interrupted"


def blocking_is_never_answered(client: Client, thread: str) -> None:
    with pytest.raises(RequestTimeoutError):
        client.request("never", {"threadId": thread}, timeout=SHORT)


def blocking_loses_its_server(client: Client, thread: str) -> None:
    with pytest.raises(ConnectionClosedError):
        client.run_turn(thread, HOLD)


BLOCKING_ENDS = (
    blocking_completes,
    blocking_is_late,
    blocking_is_left,
    blocking_is_interrupted,
    blocking_is_never_answered,
)


@pytest.fixture(autouse=True)
def only_these_objects() -> Iterator[None]:
    """Let the garbage collector see no object that was there before: it would take long."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(params=["stdio", "websocket"])
def opener(request: pytest.FixtureRequest) -> Iterator[TransportOpener]:
    if request.param == "stdio":
        command = [sys.executable, "-I", "-S", str(program.__file__)]
        yield partial(open_stdio, command)
        return

    def talk(connection: ServerConnection) -> None:
        reply = turn_server()
        with suppress(ConnectionClosed):
            for text in connection:
                for message in reply(json.loads(text)):
                    connection.send(json.dumps(message))

    with serve(talk, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield partial(open_websocket, f"ws://127.0.0.1:{server.socket.getsockname()[1]}")
        server.shutdown()


def counted(tasks: int = 0) -> dict[str, int]:
    """How much there is of what must not be left behind."""
    gc.collect()
    kinds = (BlockingWaiter, Connection, Subscription, TaskWaiter)
    return {
        "tasks": tasks,
        "threads": len(threading.enumerate()),
        "descriptors": len(list(DESCRIPTORS.iterdir())) if DESCRIPTORS.exists() else 0,
        "objects": sum(issubclass(type(thing), kinds) for thing in gc.get_objects()),
    }


def more(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """How much more there is of each; what was still about to end before may be gone."""
    return {kind: after[kind] - count for kind, count in before.items() if after[kind] > count}


def kept(client: AsyncClient) -> dict[str, int]:
    """What the connection keeps of requests and turns; empty when nothing is open."""
    here = client.connection
    if client._turn_locks:
        gc.collect()  # tracebacks hold them
    found = {
        **here.router.leftovers(),
        "serving": len(here._serving),
        "turn locks": len(client._turn_locks),
    }
    return {name: count for name, count in found.items() if count}


def tasks_alive() -> int:
    with suppress(RuntimeError):
        return len(asyncio.all_tasks())
    return trio.lowlevel.current_statistics().tasks_living


async def until(reached: Callable[[], bool]) -> None:
    """Wait for what the ends of tasks and threads of the server's side bring about."""
    with anyio.move_on_after(10):
        while not reached():
            await anyio.sleep(0.01)


async def play(client: AsyncClient, kinds: Any, count: int, name: str) -> None:
    async with anyio.create_task_group() as turns:
        for number in range(count):
            turns.start_soon(kinds[number % len(kinds)], client, f"{name}-{number}")


async def play_round(opener: TransportOpener, number: int, turns: int = TURNS) -> None:
    """Play turns, of which the last ones lose their server: it is killed, or the client closed."""
    client = await AsyncClient(opener).start()
    await play(client, ENDS, turns, "ended")
    await until(lambda: not kept(client))
    assert kept(client) == {}
    async with anyio.create_task_group() as last:
        last.start_soon(play, client, [loses_its_server], LAST, "lost")
        await until(lambda: kept(client).get("active") == LAST)
        if number % 2 and opener.func is open_stdio:  # type: ignore[attr-defined]
            with pytest.raises(ConnectionClosedError):
                await client.request("die")
        await client.close()
    assert kept(client) == {}


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_thousand_turns_leave_nothing(backend: str, opener: TransportOpener) -> None:
    async def scenario() -> None:
        await play_round(opener, 1, turns=10)  # what is made once is made
        before = counted(tasks_alive())
        for number in range(ROUNDS):
            await play_round(opener, number)
        await until(lambda: not more(before, counted(tasks_alive())))
        assert more(before, counted(tasks_alive())) == {}

    anyio.run(scenario, backend=backend)


async def play_over_breaks(opener: TransportOpener, turns: int) -> None:
    """Play turns of a client that connects again, whose server dies after each half of them."""
    client = await AsyncClient(opener, options=ClientOptions(reconnect=True)).start()
    for half in ("first", "second"):
        await play(client, ENDS, turns // 2, half)
        with pytest.raises(ConnectionClosedError):
            await client.request("die")
    await completes(client, "after")
    await until(lambda: not kept(client))
    assert kept(client) == {}
    await client.close()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("opener", ["stdio"], indirect=True)
def test_nor_do_those_of_a_client_that_connects_again(
    backend: str, opener: TransportOpener
) -> None:
    async def scenario() -> None:
        await play_over_breaks(opener, turns=14)
        before = counted(tasks_alive())
        await play_over_breaks(opener, turns=TURNS)
        await until(lambda: not more(before, counted(tasks_alive())))
        assert more(before, counted(tasks_alive())) == {}

    anyio.run(scenario, backend=backend)


def wait_until(reached: Callable[[], bool]) -> None:
    deadline = monotonic() + 10
    while not reached() and monotonic() < deadline:
        sleep(0.01)


def play_blocking_round(opener: TransportOpener, turns: int = TURNS) -> None:
    client = Client(opener).start()
    with ThreadPoolExecutor(20) as threads:
        played = [
            threads.submit(BLOCKING_ENDS[n % len(BLOCKING_ENDS)], client, f"ended-{n}")
            for n in range(turns)
        ]
    assert [turn.exception() for turn in played] == [None] * turns
    wait_until(lambda: not kept(client._client))
    assert kept(client._client) == {}
    with ThreadPoolExecutor(LAST) as threads:
        lost = [threads.submit(blocking_loses_its_server, client, f"lost-{n}") for n in range(LAST)]
        wait_until(lambda: kept(client._client).get("active") == LAST)
        client.close()
    assert [turn.exception() for turn in lost] == [None] * LAST
    assert kept(client._client) == {}


def test_nor_do_those_that_block(opener: TransportOpener) -> None:
    play_blocking_round(opener, turns=10)
    before = counted()
    for _ in range(ROUNDS):
        play_blocking_round(opener)
    wait_until(lambda: not more(before, counted()))
    assert more(before, counted()) == {}
