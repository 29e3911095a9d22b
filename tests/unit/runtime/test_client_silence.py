"""A server that falls silent, wherever it does, holds nobody beyond the limit."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import anyio
import pytest
from fake_app_server import FakeServer, quiet
from fake_exec_server import FakeExecServer

from codexwire.runtime.client import AsyncClient, Client, ClientOptions
from codexwire.runtime.errors import (
    LaunchError,
    RequestTimeoutError,
    UnreadableAnswerError,
)
from codexwire.runtime.exec_client import AsyncExecClient, ExecClient, HttpRequest, ProcessOptions
from codexwire.runtime.transport import MemoryServer

pytestmark = pytest.mark.anyio

LIMIT = 0.2
HERE = ProcessOptions(cwd="/")
TURN = {"threadId": "t", "turn": {"id": "0"}}
Wait: TypeAlias = Callable[[Any], Any]


async def answer_only(server: MemoryServer, message: Any) -> None:
    """A turn that is answered, and of which nothing more is said."""
    await server.answer(message, {"turn": {"id": "0"}})


async def begin_only(server: MemoryServer, message: Any) -> None:
    await answer_only(server, message)
    await server.notify("turn/started", TURN)
    delta = {"threadId": "t", "turnId": "0", "itemId": "m", "delta": "so far"}
    await server.notify("item/agentMessage/delta", delta)


SCRIPTS: dict[str, Callable[[MemoryServer, Any], Awaitable[None]]] = {
    "answered": answer_only,
    "begun": begin_only,
}

POINTS: dict[str, tuple[str, Wait, str]] = {
    "a request": ("", lambda c: c.request("thread/list", timeout=LIMIT), "thread/list"),
    "a thread": ("", lambda c: c.start_thread(timeout=LIMIT), "the thread did not start"),
    "a turn": ("", lambda c: c.start_turn("t", "go", timeout=LIMIT), "the turn did not start"),
    "steering": ("", lambda c: c.steer("t", "go", "0", timeout=LIMIT), "turn/steer"),
    "interrupting": ("", lambda c: c.interrupt("t", "0", timeout=LIMIT), "turn/interrupt"),
    "a whole turn": ("", lambda c: c.run_turn("t", "go", timeout=LIMIT), "the turn did not end"),
    "an answered turn": (
        "answered",
        lambda c: c.run_turn("t", "go", timeout=LIMIT),
        "the turn did not end",
    ),
    "a begun turn": (
        "begun",
        lambda c: c.run_turn("t", "go", timeout=LIMIT),
        "the turn did not end",
    ),
    "a stream": (
        "begun",
        lambda c: drain(c.stream_turn("t", "go", timeout=LIMIT)),
        "turn 0 did not end",
    ),
    "a text": ("begun", lambda c: drain(c.stream_text("t", "go", timeout=LIMIT)), "turn 0 did not"),
    "the end of a turn": (
        "",
        lambda c: c.wait_for_turn_completed("t", "0", timeout=LIMIT),
        "turn 0 did not end",
    ),
    "the result of a turn": (
        "",
        lambda c: c.follow_turn("t", "0").result(timeout=LIMIT),
        "turn 0 did not end",
    ),
    "the next of a turn": (
        "",
        lambda c: c.follow_turn("t", "0").next(timeout=LIMIT),
        "no notification of the turn came",
    ),
    "notifications": (
        "",
        lambda c: drain(c.notifications(timeout=LIMIT)),
        "no notification came",
    ),
    "the next notification": (
        "",
        lambda c: c.notifications().next(timeout=LIMIT),
        "no notification came",
    ),
    "a command": ("", lambda c: c.run_command(["x"]).run(timeout=LIMIT), "did not end"),
}
"""What is waited for → what the server still did, how to wait, and what the error says."""

EXEC_POINTS: dict[str, tuple[Wait, str]] = {
    "a process": (lambda c: c.start(["x"], HERE, timeout=LIMIT), "the process did not start"),
    "a whole process": (lambda c: c.run(["x"], HERE, timeout=LIMIT), "x did not end"),
    "its input": (lambda c: c.run(["x"], HERE, input=b"y", timeout=LIMIT), "x did not end"),
    "an HTTP request": (lambda c: c.request("http/request", {}, timeout=LIMIT), "http/request"),
    "its output so far": (lambda c: c.attach("p", timeout=LIMIT), "process/read"),
    "a file": (lambda c: c.files.read("/f", timeout=LIMIT), "fs/readFile"),
    "writing one": (lambda c: c.files.write("/f", b"", timeout=LIMIT), "fs/writeFile"),
    "a folder": (lambda c: c.files.create_directory("/d", timeout=LIMIT), "fs/createDirectory"),
    "what it is": (lambda c: c.files.info("/f", timeout=LIMIT), "fs/getMetadata"),
    "names": (lambda c: c.files.list("/d", timeout=LIMIT), "fs/readDirectory"),
    "a copy": (lambda c: c.files.copy("/a", "/b", timeout=LIMIT), "fs/copy"),
    "its end": (lambda c: c.files.remove("/f", timeout=LIMIT), "fs/remove"),
    "its path": (lambda c: c.files.canonicalize("/f", timeout=LIMIT), "fs/canonicalize"),
    "a tree": (lambda c: c.files.walk("/d", timeout=LIMIT), "fs/walk"),
    "opening one": (lambda c: entering(c.files.open("/f", timeout=LIMIT)), "fs/open"),
    "the head of an answer": (
        lambda c: entering(c.stream(HttpRequest("GET", "http://x/"), timeout=LIMIT)),
        "http/request",
    ),
}


def entering(block: Any) -> Any:
    """Enter a block, or return what does so when it is awaited."""
    return block.__aenter__() if hasattr(block, "__aenter__") else block.__enter__()


async def drain(stream: Any) -> None:
    async for _ in stream:
        pass


def drain_blocking(stream: Iterator[Any]) -> None:
    for _ in stream:
        pass


@pytest.mark.parametrize("point", POINTS)
async def test_no_one_is_held(server: FakeServer, point: str) -> None:
    script, wait, said = POINTS[point]
    server.answers.pop("thread/start")
    if script:
        server.answers["turn/start"] = SCRIPTS[script]
    async with AsyncClient(server.open) as client:
        with anyio.fail_after(10), pytest.raises(RequestTimeoutError, match=said):
            await wait(client)
        server.answers["ping"] = lambda end, message: end.answer(message, "pong")
        assert await client.request("ping") == "pong"
    if script and not point.startswith("the"):
        assert "turn/interrupt" in server.methods()


@pytest.mark.parametrize("point", POINTS)
def test_nor_who_blocks(server: FakeServer, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    script, wait, said = POINTS[point]
    server.answers.pop("thread/start")
    if script:
        server.answers["turn/start"] = SCRIPTS[script]
    monkeypatch.setitem(globals(), "drain", drain_blocking)
    with Client(server.open) as client, pytest.raises(RequestTimeoutError, match=said):
        wait(client)


FILES = "readFile writeFile createDirectory getMetadata readDirectory copy remove canonicalize walk open"
SILENT = {"process/start", "process/read", "process/terminate", "http/request"}
SILENT |= {f"fs/{name}" for name in FILES.split()}


@pytest.mark.parametrize("point", EXEC_POINTS)
async def test_nor_who_waits_for_an_exec_server(point: str) -> None:
    wait, said = EXEC_POINTS[point]
    server = FakeExecServer()
    server.silent = SILENT
    async with AsyncExecClient(server.open) as client:
        with anyio.fail_after(20), pytest.raises(RequestTimeoutError, match=said):
            await wait(client)


@pytest.mark.parametrize("point", EXEC_POINTS)
def test_nor_who_blocks_for_one(point: str) -> None:
    wait, said = EXEC_POINTS[point]
    server = FakeExecServer()
    server.silent = SILENT
    with ExecClient(server.open) as client, pytest.raises(RequestTimeoutError, match=said):
        wait(client)


@pytest.mark.parametrize("kind", [AsyncClient, AsyncExecClient])
async def test_a_silent_handshake_is_given_up(kind: Any) -> None:
    server = FakeServer()
    del server.answers["initialize"]
    assert ClientOptions().handshake_timeout == 30
    for limits in ({"handshake_timeout": LIMIT}, {"timeout": LIMIT}):
        client = kind(server.open)
        for name, value in limits.items():
            object.__setattr__(client.options, name, value)
        with anyio.fail_after(10), pytest.raises(RequestTimeoutError, match="'initialize'"):
            await client.__aenter__()


STUBBORN = f"""#!{sys.executable}
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
time.sleep(60)
"""


@pytest.mark.parametrize("websocket", [False, True])
async def test_a_silent_process_is_given_up_and_killed(websocket: bool, tmp_path: Path) -> None:
    """It heeds neither the end of its standard input nor SIGTERM, and gets no seconds to leave."""
    codex = tmp_path / "codex"
    codex.write_text(STUBBORN)
    codex.chmod(0o755)
    options = ClientOptions(handshake_timeout=None)
    client = AsyncClient.launch(codex, websocket=websocket, options=options)
    begun = anyio.current_time()
    with pytest.raises((RequestTimeoutError, LaunchError)):
        await client.start(timeout=1)
    assert anyio.current_time() - begun < 4  # it takes 1.6, and five where it gets its seconds
    assert websocket or (client.post_mortem is not None and client.post_mortem.returncode == -9)


@pytest.mark.parametrize(
    "line",
    [
        b'{"id":%d,"result":{"x":',
        b'{"id" : %d , "result": nonsense}',
        b'{"error":{"message": nonsense},"id":%d}',
        b'{"id":%d,"error":{"message":"\xff"',
    ],
)
async def test_an_answer_that_cannot_be_read_fails_its_request(
    server: FakeServer, line: bytes
) -> None:
    async def garble(end: MemoryServer, message: Any) -> None:
        await end.send(b'{"id":%d,"method":"item/tool/call' % message["id"])  # not an answer
        await end.send(line % message["id"])

    server.answers["demo"] = garble
    async with AsyncClient(server.open) as client:
        with anyio.fail_after(10), pytest.raises(UnreadableAnswerError, match="cannot be read"):
            await client.request("demo")
        assert client.connection.router.statistics.unreadable == 2
        assert quiet(client)


async def test_what_the_server_says_of_the_network_is_logged(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = count()

    async def retry(end: MemoryServer, message: Any) -> None:
        fault = {"message": f"Reconnecting... {next(numbers)}/5"}
        await end.notify("error", {"threadId": "t", "error": fault, "willRetry": True})
        await end.answer(message, {})

    server.answers["demo"] = retry
    async with AsyncClient(server.open) as client:
        await client.request("demo")
    assert [r.getMessage() for r in caplog.records] == ["the server says: Reconnecting... 0/5"]


async def test_an_observer_that_raises_sees_no_more(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[bytes] = []

    def observe(_side: Any, text: bytes) -> None:
        seen.append(text)
        raise ValueError("full")

    async with AsyncClient(server.open, ClientOptions(observer=observe)) as client:
        assert await client.start_thread() == "t"
    assert len(seen) == 1
    assert "the observer raised" in caplog.text
