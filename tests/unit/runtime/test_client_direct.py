"""A blocking client whose threads wait by themselves, and send by themselves over a child's pipes."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
import pytest
from fake_app_server import FakeServer

from codexwire.runtime.client import Client, ClientOptions, RetryPolicy
from codexwire.runtime.client.outgoing import Outgoing
from codexwire.runtime.errors import (
    ConnectionClosedError,
    MessageError,
    OverloadedError,
    RequestTimeoutError,
    RpcError,
    UnreadableAnswerError,
)
from codexwire.runtime.transport import (
    MemoryServer,
    PostMortem,
    Transport,
    memory_pair,
    open_memory,
    open_stdio,
    stdio,
)
from codexwire.runtime.transport.base import TransportFailure, background_tasks

SERVER = r"""
import json, sys, time
def say(message):
    sys.stdout.write((message if isinstance(message, str) else json.dumps(message)) + "\n")
    sys.stdout.flush()
for line in sys.stdin:
    asked = json.loads(line)
    method, params, rid = asked["method"], asked.get("params"), asked.get("id")
    if method == "die":
        sys.exit(3)
    elif method == "busy":
        say({"id": rid, "error": {"code": -32001, "message": "Server overloaded"}})
    elif method == "refuse":
        say({"id": rid, "error": {"code": -32600, "message": "no"}})
    elif method == "garble":
        say('{"id":%d,"result":{' % rid)
    elif method == "tell":
        for number in range(params):
            say({"method": "told", "params": {"number": number}})
        say({"id": rid, "result": None})
    elif method == "ask":
        say({"id": 1, "method": "item/tool/call", "params": {}})
        say({"id": rid, "result": None})
    elif method == "pause":
        time.sleep(params)
        say({"id": rid, "result": None})
    elif method not in ("never", "note"):
        say({"id": rid, "result": params})
"""
OPTIONS = ClientOptions(handshake=False)


def client(options: ClientOptions = OPTIONS) -> Client:
    return Client(partial(open_stdio, [sys.executable, "-c", SERVER], grace=0.5), options)


def kept(open_client: Client) -> int:
    return sum(open_client._client.connection.router.leftovers().values())


def test_each_thread_gets_its_own_answers() -> None:
    """Short messages go out at once, long ones by the event loop: both between each other."""

    def ask(number: int) -> bool:
        params = {"number": number, "text": "x" * (number % 7 * 3000)}
        return all(
            opened.request("echo", {**params, "n": n}) == {**params, "n": n} for n in range(30)
        )

    with client() as opened, ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(32)))
        assert kept(opened) == 0
        assert opened.statistics.answers == 32 * 30
        assert opened.statistics.stray_answers == 0


def test_a_thread_s_messages_stay_in_their_order() -> None:
    with client() as opened:
        opened.notify("note", {"text": "x" * 300_000})
        assert opened.request("echo", {"first": True}) == {"first": True}
        heard = opened.notifications(methods=("told",))
        opened.request("tell", 100)
        assert opened.statistics.notifications == 100  # what came before an answer is there with it
        assert [next(heard).params["number"] for _ in range(100)] == list(range(100))


def test_answers_that_are_none() -> None:
    with client() as opened:
        with pytest.raises(RpcError, match="no"):
            opened.request("refuse")
        with pytest.raises(UnreadableAnswerError):
            opened.request("garble")
        with pytest.raises(RequestTimeoutError, match=r"never.*0\.05"):
            opened.request("never", timeout=0.05)
        with pytest.raises(RequestTimeoutError):
            opened.request("never", timeout=-1)
        with pytest.raises(MessageError):
            opened.request("echo", {"x": float("nan")})
        assert kept(opened) == 0
        assert opened.request("echo", 7) == 7


def test_the_limit_of_the_options_counts() -> None:
    with client(ClientOptions(handshake=False, timeout=0.05)) as opened:
        with pytest.raises(RequestTimeoutError):
            opened.request("never")
        assert opened.request("pause", 0.1, timeout=10) is None


def test_a_busy_server_is_asked_again_within_the_limit() -> None:
    with client() as opened:
        for retries in (0, 2):
            answers = opened.statistics.answers
            with pytest.raises(OverloadedError):
                opened.request("busy", retry=RetryPolicy(retries, first=0.001))
            assert opened.statistics.answers - answers == retries + 1
        with pytest.raises(RequestTimeoutError):
            opened.request("busy", retry=RetryPolicy(9, first=60), timeout=0.1)


def later(act: Any) -> None:
    timer = threading.Timer(0.2, act)
    timer.daemon = True
    timer.start()


def test_who_waits_is_woken_when_the_client_is_closed() -> None:
    opened = client().start()
    later(opened.close)
    with pytest.raises(ConnectionClosedError, match="closed by this client"):
        opened.request("never")
    with pytest.raises(ConnectionClosedError):
        opened.request("echo", 1)


def test_and_when_the_server_goes() -> None:
    with client() as opened:
        later(partial(opened.notify, "die"))
        with pytest.raises(ConnectionClosedError, match="exit code 3"):
            opened.request("never")
        with pytest.raises(ConnectionClosedError, match="exit code 3"):
            opened.request("echo", 1)


def test_a_handler_uses_the_client_that_waits() -> None:
    with client() as opened:
        got: list[Any] = []
        done = threading.Event()

        def handler(_: Any) -> Any:
            got.append(opened.request("echo", "from the handler"))
            done.set()
            return {}

        opened.on_request("item/tool/call", handler)
        opened.request("ask")
        assert done.wait(10)
        assert got == ["from the handler"]


def test_an_observer_sees_all_messages_in_one_thread() -> None:
    seen: list[tuple[int, bytes]] = []

    def observe(_: object, text: bytes) -> None:
        seen.append((threading.get_ident(), text))

    with client(ClientOptions(handshake=False, observer=observe)) as opened:
        assert opened.request("echo", 1) == 1
    assert [text for _, text in seen] == [
        b'{"id":1,"method":"echo","params":1}',
        b'{"id": 1, "result": 1}',
    ]
    assert {thread for thread, _ in seen} != {threading.get_ident()}
    assert len({thread for thread, _ in seen}) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_the_waiting_only() -> None:
    with client() as opened:
        later(partial(os.kill, os.getpid(), signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            opened.request("never")
        assert kept(opened) == 0
        assert opened.request("echo", 1) == 1


class Narrow:
    """A transport that takes a message without waiting only while `open`, and else after a moment."""

    def __init__(self) -> None:
        self.open = True
        self.sent: list[bytes] = []

    def send_now(self, message: bytes) -> bool:
        if self.open:
            self.sent.append(message)
        return self.open

    async def send(self, message: bytes) -> None:
        await anyio.sleep(0.001)
        self.sent.append(message)

    async def receive(self) -> Sequence[bytes]:
        raise TransportFailure("nothing")

    async def listen(self, _take: Any) -> None:
        raise TransportFailure("nothing")

    async def post_mortem(self) -> PostMortem:
        return PostMortem()


@pytest.mark.anyio
async def test_what_waits_is_never_overtaken() -> None:
    transport = Narrow()
    outgoing = Outgoing(transport)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(outgoing.write)
        assert outgoing.send_now(b"0")
        transport.open = False
        assert not outgoing.send_now(b"never")
        assert outgoing.put(b"1")
        transport.open = True
        assert not outgoing.send_now(b"never")
        for number in range(2, 600):
            await outgoing.send(b"%d" % number)
        with anyio.fail_after(10):
            while not outgoing.send_now(b"600"):
                await anyio.sleep(0.001)
        outgoing.close()
    assert transport.sent == [b"%d" % number for number in range(601)]
    with pytest.raises(TransportFailure):
        outgoing.put(b"late")
    assert not outgoing.send_now(b"late")


@pytest.mark.anyio
async def test_closing_wakes_senders_and_sends_what_waits() -> None:
    transport = Narrow()
    transport.open = False
    outgoing = Outgoing(transport)
    refused: list[bytes] = []

    async def send(text: bytes) -> None:
        try:
            await outgoing.send(text)
        except TransportFailure:
            refused.append(text)

    async with anyio.create_task_group() as tasks:
        for number in range(300):
            tasks.start_soon(send, b"%d" % number)
        await anyio.wait_all_tasks_blocked()
        outgoing.close()
        tasks.start_soon(outgoing.write)
    assert (len(refused), len(transport.sent)) == (44, 256)


@pytest.mark.anyio
async def test_a_full_pipe_is_waited_for() -> None:
    """A server that reads nothing for a while, and then everything."""
    slow = "import sys, time; time.sleep(0.5); data = sys.stdin.readlines(); print(len(data))"
    async with open_stdio([sys.executable, "-c", slow], grace=10) as transport:
        for _ in range(3000):
            await transport.send(b"x" * 300)
        with anyio.fail_after(10):
            await transport._input.aclose()  # type: ignore[attr-defined]
            assert await transport.receive() == [b"3000"]


def test_where_an_event_loop_cannot_wait_for_pipes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows: the streams of the event loop are used."""
    monkeypatch.setattr(stdio, "_piped", stdio._streamed)
    with client() as opened:
        assert opened.request("echo", 1) == 1
        with pytest.raises(RequestTimeoutError):
            opened.request("never", timeout=0.05)
    assert opened.post_mortem is not None
    assert opened.post_mortem.returncode == 0


def test_a_request_takes_no_task_of_the_loop(
    monkeypatch: pytest.MonkeyPatch, server: FakeServer
) -> None:
    """Else it would be as slow as two crossings between threads: over pipes and over anything else."""
    server.answers["echo"] = lambda end, message: end.answer(message, message["params"])
    for opened in (client(), Client(server.open)):
        with opened:
            monkeypatch.setattr(opened, "call", None)
            assert opened.request("echo", 1) == 1
            assert opened.request("echo", 2) == 2
            monkeypatch.undo()


def test_more_requests_than_may_wait_all_get_their_answers() -> None:
    """The server begins to read when 600 threads have asked, and the transport takes one message."""
    asked = threading.Semaphore(0)

    async def serve(server: MemoryServer) -> None:
        for _ in range(600):
            await anyio.to_thread.run_sync(asked.acquire)
        await anyio.sleep(0.2)
        with suppress(TransportFailure):
            while True:
                message = await server.receive()
                await server.answer(message, message["params"])

    @asynccontextmanager
    async def opener() -> AsyncIterator[Transport]:
        transport, server = memory_pair(buffer=1)
        async with open_memory(transport), background_tasks(lambda: serve(server)):
            yield transport

    def ask(number: int) -> bool:
        asked.release()
        return bool(opened.request("echo", number, timeout=60) == number)

    with Client(opener, OPTIONS) as opened, ThreadPoolExecutor(600) as pool:
        assert all(pool.map(ask, range(600)))
        assert kept(opened) == 0
