"""Opening and closing: by any task, again, in a forked child, and before there is a server."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from fake_app_server import FakeServer, turns

from codexwire.runtime.client import AsyncClient, Client, ClientOptions
from codexwire.runtime.errors import (
    ConnectionClosedError,
    LaunchError,
    NoServerError,
    RequestTimeoutError,
    UnsupportedError,
)
from codexwire.runtime.exec_client import AsyncExecClient, ExecClient
from codexwire.runtime.transport import MemoryServer, Transport, open_served_websocket, open_stdio
from codexwire.runtime.transport.stdio import ending

pytestmark = pytest.mark.anyio


class Leaving:
    """A server whose transport says when it is left."""

    def __init__(self, server: FakeServer) -> None:
        self.server = server
        self.left = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Transport]:
        try:
            async with self.server.open() as transport:
                yield transport
        finally:
            self.left += 1


async def test_one_task_starts_and_another_closes(server: FakeServer) -> None:
    leaving = Leaving(server)
    server.answers["turn/start"] = turns()
    client = AsyncClient(leaving.open)
    for times in (1, 2):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.start)
        assert (await client.run_turn("t", "go")).text == "hi there"
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.close)
            tasks.start_soon(client.close)
        assert leaving.left == times
        with pytest.raises(ConnectionClosedError, match="closed by this client"):
            await client.request("thread/list")
    await client.close()


def test_a_block_may_be_left_in_another_task(server: FakeServer) -> None:
    """As fixtures of pytest-asyncio do: one event loop, a task for each half."""
    client = AsyncClient(server.open)
    with asyncio.Runner() as runner:
        runner.run(client.__aenter__())
        runner.run(client.request("thread/start"))
        runner.run(client.__aexit__(None, None, None))


async def test_an_open_client_cannot_be_entered(server: FakeServer) -> None:
    async with AsyncClient(server.open) as client:
        with pytest.raises(UnsupportedError, match="open already"):
            await client.start()
        assert await client.start_thread() == "t"


def test_nor_can_a_blocking_one_which_can_be_opened_again(server: FakeServer) -> None:
    client = Client(server.open)
    for _ in range(2):
        with client:
            with pytest.raises(UnsupportedError, match="open already"), client:
                pass
            assert client.start_thread() == "t"
    assert client.start(timeout=5).start_thread() == "t"
    closer = threading.Thread(target=client.close)
    closer.start()
    closer.join()
    client.close()
    with pytest.raises(ConnectionClosedError, match="closed"):
        client.start_thread()


async def test_a_start_that_fails_leaves_the_transport(server: FakeServer) -> None:
    leaving = Leaving(server)

    async def refuse(end: MemoryServer, message: Any) -> None:
        await end.refuse(message, -32600, "not today")

    works, server.answers["initialize"] = server.answers["initialize"], refuse
    client = AsyncClient(leaving.open)
    with pytest.raises(Exception, match="not today"):
        await client.start()
    assert leaving.left == 1
    server.answers["initialize"] = works
    await client.start()
    await client.close()
    assert leaving.left == 2


async def test_a_start_that_is_cancelled_leaves_the_transport(server: FakeServer) -> None:
    leaving = Leaving(server)
    del server.answers["initialize"]
    client = AsyncClient(leaving.open)
    with anyio.move_on_after(0.1) as given_up:
        await client.start()
    assert given_up.cancelled_caught
    with pytest.raises(RequestTimeoutError, match=r"was not ready within 0\.1 s"):
        await client.start(timeout=0.1)
    assert leaving.left == 2


async def test_a_transport_that_does_not_open_is_left() -> None:
    left: list[bool] = []

    @asynccontextmanager
    async def never() -> AsyncIterator[Transport]:
        try:
            await anyio.sleep_forever()
            yield None  # type: ignore[misc]
        finally:
            left.append(True)

    with pytest.raises(RequestTimeoutError):
        await AsyncClient(never).start(timeout=0.1)
    assert left == [True]


@pytest.mark.parametrize("flavour", ["async", "blocking"])
async def test_a_handler_may_close_the_client(server: FakeServer, flavour: str) -> None:
    async def ask(end: MemoryServer, _message: Any) -> None:
        await end.send({"method": "item/tool/call", "id": 1, "params": {}})

    server.answers["demo"] = ask
    with anyio.fail_after(10):
        if flavour == "async":
            async with AsyncClient(server.open) as client:
                client.on_request("item/tool/call", lambda _: client.close())
                with pytest.raises(ConnectionClosedError):
                    await client.request("demo")
            return

        def blocking() -> None:
            with Client(server.open) as client:
                client.on_request("item/tool/call", lambda _: client.close())
                with pytest.raises(ConnectionClosedError):
                    client.request("demo")

        await anyio.to_thread.run_sync(blocking)


FORKING = """
import os, sys
from fake_app_server import FakeServer
from codexwire.runtime.client import Client
from codexwire.runtime.errors import UnsupportedError

client = Client(FakeServer().open)
with client:
    turn = client.follow_turn("t", "0")
    child = os.fork()
    if child == 0:
        for act in (client.start_thread, turn.result, turn.interrupt, lambda: next(turn)):
            try:
                act()
            except UnsupportedError as problem:
                print(problem, flush=True)
        client.close()
        sys.exit(7)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), client.start_thread(), flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_in_a_forked_child_a_client_fails_at_once() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", FORKING], timeout=60, env=environment, capture_output=True, text=True
    )
    *said, last = ran.stdout.splitlines()
    assert said == ["the client was opened in another process (open one after the fork)"] * 4
    assert last == "7 t"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_connecting_waits_for_a_server_that_is_starting() -> None:
    """The mock of the package is started a moment after the client."""
    url = f"ws://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "codexwire", "mock", "--listen", url]
    client = AsyncClient.connect(url, wait=60)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(client.start)
        await anyio.sleep(0.1)
        async with open_stdio(command, grace=0.1):
            with anyio.fail_after(60):
                while not client.server.user_agent:
                    await anyio.sleep(0.05)
            await client.close()


@pytest.mark.parametrize("client", [AsyncClient, AsyncExecClient])
async def test_and_not_for_ever(client: Any) -> None:
    url = f"ws://127.0.0.1:{free_port()}"
    with pytest.raises(NoServerError, match=f"no server at {url}"):
        await client.connect(url, wait=0.2).__aenter__()


@pytest.mark.parametrize("client", [Client, ExecClient])
def test_nor_does_a_blocking_client(client: Any) -> None:
    url = f"ws://127.0.0.1:{free_port()}"
    with pytest.raises(NoServerError, match=f"no server at {url}"), client.connect(url, wait=0.2):
        pass


async def test_what_is_no_address_is_not_waited_for(tmp_path: Path) -> None:
    with anyio.fail_after(10), pytest.raises(LaunchError, match="not a websocket URL"):
        await AsyncClient.connect("http://x", wait=600).start()
    with pytest.raises(NoServerError, match="no server at unix://"):
        await AsyncClient.connect_unix(tmp_path / "none", wait=0.2).start()


async def test_unix_sockets_are_refused_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    client = AsyncClient.connect_unix("some.sock")
    with pytest.raises(UnsupportedError, match="no unix sockets on Windows"):
        await client.start()


async def test_on_windows_the_tree_of_processes_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run: list[list[str]] = []
    monkeypatch.setattr("subprocess.run", lambda command, **_: run.append(command))
    async with await anyio.open_process([sys.executable, "-c", "input()"]) as process:
        ending(process, "win32")()
        assert run == [["taskkill", "/T", "/F", "/PID", str(process.pid)]]
        ending(process, "linux")()
        assert await process.wait() != 0


async def test_standard_error_is_told_as_it_comes(caplog: pytest.LogCaptureFixture) -> None:
    script = "import sys, time; print('one\\ntwo', file=sys.stderr, flush=True); input()"
    lines: list[str] = []
    told = anyio.Event()

    def tell(line: str) -> None:
        lines.append(line)
        if line == "two":
            told.set()
            raise ValueError(line)

    async with open_stdio([sys.executable, "-c", script], stderr=tell) as transport:
        with anyio.fail_after(10):
            await told.wait()
        await transport.send(b"")
        assert (await transport.post_mortem()).stderr_tail.splitlines() == ["one", "two"]
    assert lines == ["one", "two"]
    assert [r.levelno for r in caplog.records if r.name == "codexwire.client"] == [logging.ERROR]


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
async def test_a_server_announces_its_address_on_either_stream(stream: str) -> None:
    announcing = f"print('  listening on: ws://127.0.0.1:1', file=sys.{stream}, flush=True)"
    command = [sys.executable, "-c", f"import sys; {announcing}; input()"]
    with pytest.raises(NoServerError, match=r"no server at ws://127\.0\.0\.1:1"):
        async with open_served_websocket(command):
            pass


@pytest.mark.parametrize(("script", "code"), [("input(); input()", 1), ("input()", 0)])
async def test_how_the_process_ended_is_known_after_closing(script: str, code: int) -> None:
    """A program that reads a line, and one that wants a second and meets the end."""
    command = [sys.executable, "-c", script]
    client = AsyncClient(lambda: open_stdio(command), ClientOptions(handshake=False))
    async with client:
        assert client.post_mortem is None
        await client.notify("hello")
    assert client.post_mortem is not None
    assert client.post_mortem.returncode == code
    assert ("EOFError" in client.post_mortem.stderr_tail) is bool(code)


def test_a_blocking_client_shows_what_its_connection_has_seen(server: FakeServer) -> None:
    async def garble(end: MemoryServer, message: Any) -> None:
        await end.send(b"no JSON")
        await end.answer(message, {"raw": 5})

    server.answers["demo"] = garble
    with Client(server.open) as client:
        assert client.ask("demo") == {"raw": 5}
        assert client.statistics.unreadable == 1
        assert client.unreadable == (b"no JSON",)
    assert client.statistics.answers == 2
    assert client.post_mortem is not None
