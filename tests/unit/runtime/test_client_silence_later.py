"""A server that falls silent in the middle: when a turn, command, process or login has begun; or before hands
are shaken. The limit is the one of the call where it takes one, else that of the options."""

from __future__ import annotations

import inspect
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import anyio
import pytest
from fake_app_server import FakeServer
from fake_exec_server import FakeExecServer

from codexwire.runtime.client import AsyncClient, Client, ClientOptions
from codexwire.runtime.errors import LaunchError, RequestTimeoutError
from codexwire.runtime.exec_client import (
    AsyncExecClient,
    ExecClient,
    ExecOptions,
    HttpRequest,
    ProcessOptions,
)
from codexwire.runtime.transport import MemoryServer

pytestmark = pytest.mark.anyio

LIMIT = 0.2
HERE = ProcessOptions(cwd="/", stdin=True)
Begin: TypeAlias = Callable[[Any], Any]
Wait: TypeAlias = Callable[[Any, Any], Any]


def turn(client: Any) -> Any:
    return client.start_turn("t", "go")


def login(client: Any) -> Any:
    return client.login({"type": "chatgpt"})


def command(client: Any) -> Any:
    made = client.run_command(["x"])
    return made.__enter__() if isinstance(client, Client) else made.__aenter__()


def process(client: Any) -> Any:
    return client.start(["x"], HERE)


def nothing(_: Any) -> None:
    """Begin with what is waited for."""


def second_page(client: Any, _: Any) -> Any:
    pages = client.pages("x/list")
    if isinstance(client, Client):
        return list(pages)

    async def drain() -> None:
        async for _ in pages:
            pass

    return drain()


POINTS: dict[str, tuple[Begin, Wait, str]] = {
    "steering it": (turn, lambda _, turn: turn.steer("x"), "turn/steer"),
    "interrupting it": (turn, lambda _, turn: turn.interrupt(), "turn/interrupt"),
    "the next turn": (
        turn,
        lambda client, _: client.start_turn("t", "x", timeout=LIMIT),
        "the turn did not start",
    ),
    "the whole next turn": (
        turn,
        lambda client, _: client.run_turn("t", "x", timeout=LIMIT),
        "the turn did not end",
    ),
    "joining it": (
        turn,
        lambda client, _: client.start_turn("t", "x", on_busy="steer", timeout=LIMIT),
        "the turn did not start",
    ),
    "the end of a login": (
        login,
        lambda _, login: login.wait(timeout=LIMIT),
        "the login did not end",
    ),
    "cancelling a login": (login, lambda _, login: login.cancel(), "account/login/cancel"),
    "output": (command, lambda _, command: command.next(timeout=LIMIT), "came within"),
    "the end of a command": (command, lambda _, command: command.wait(timeout=LIMIT), "end within"),
    "input": (command, lambda _, command: command.write(b"x"), "command/exec/write"),
    "the end of input": (command, lambda _, command: command.close_stdin(), "command/exec/write"),
    "a size": (command, lambda _, command: command.resize(3, 3), "command/exec/resize"),
    "termination": (command, lambda _, command: command.terminate(), "command/exec/terminate"),
    "a request": (nothing, lambda client, _: client.request("x"), "'x'"),
    "a raw result": (nothing, lambda client, _: client.ask("x"), "'x'"),
    "a second handshake": (nothing, lambda client, _: client.handshake(), "'initialize'"),
    "a thread": (nothing, lambda client, _: client.start_thread(), "thread/start"),
    "a login": (nothing, lambda client, _: login(client), "account/login/start"),
    "an account": (nothing, lambda client, _: client.is_logged_in(), "account/read"),
    "a second page": (nothing, second_page, "x/list"),
}
"""What is waited for → how it begins, how to wait, and what the error says."""

EXEC_POINTS: dict[str, tuple[Begin, Wait, str]] = {
    "output": (process, lambda _, process: process.next(timeout=LIMIT), "came within"),
    "the end": (process, lambda _, process: process.wait(timeout=LIMIT), "did not end"),
    "the exit": (process, lambda _, process: process.wait_exit(timeout=LIMIT), "did not exit"),
    "input": (process, lambda _, process: process.write(b"x"), "process/write"),
    "termination": (process, lambda _, process: process.terminate(), "process/terminate"),
    "a signal": (process, lambda _, process: process.signal(), "process/signal"),
    "output again": (process, lambda _, process: process.read(after_seq=0), "process/read"),
    "a handshake": (nothing, lambda client, _: client.handshake(), "'initialize'"),
    "a process": (nothing, lambda client, _: client.start(["y"], HERE), "process/start"),
    "a known process": (nothing, lambda client, _: client.attach("p"), "process/read"),
    "a file": (nothing, lambda client, _: client.files.read("/f"), "fs/readFile"),
    "writing a file": (nothing, lambda client, _: client.files.write("/f", b""), "fs/writeFile"),
    "a folder": (nothing, lambda client, _: client.files.list("/"), "fs/readDirectory"),
    "a web page": (
        nothing,
        lambda client, _: client.fetch(HttpRequest("GET", "http://x")),
        "http/request",
    ),
}


async def answer_turn(end: MemoryServer, message: Any) -> None:
    await end.answer(message, {"turn": {"id": "0"}})


async def answer_login(end: MemoryServer, message: Any) -> None:
    await end.answer(message, {"loginId": "l", "authUrl": "https://x"})


async def answer_page(end: MemoryServer, message: Any) -> None:
    if "cursor" not in message["params"]:
        await end.answer(message, {"data": [], "nextCursor": "a"})


def app_server(begin: Begin) -> FakeServer:
    server = FakeServer()
    del server.answers["thread/start"]
    server.answers["turn/start"] = answer_turn
    server.answers["x/list"] = answer_page
    if begin is login:
        server.answers["account/login/start"] = answer_login
    return server


def silence(server: FakeServer) -> None:
    for method in ("initialize", "turn/start"):
        server.answers.pop(method, None)


class Mute(set[str]):
    """All methods."""

    def __contains__(self, _: object) -> bool:
        return True


@pytest.mark.parametrize("point", POINTS)
async def test_no_one_is_held(point: str) -> None:
    begin, wait, said = POINTS[point]
    server = app_server(begin)
    with anyio.fail_after(20):
        async with AsyncClient(server.open, ClientOptions(timeout=LIMIT)) as client:
            begun = begin(client)
            begun = await begun if inspect.isawaitable(begun) else begun
            silence(server)
            with pytest.raises(RequestTimeoutError, match=said):
                await wait(client, begun)


@pytest.mark.parametrize("point", POINTS)
def test_nor_who_blocks_later(point: str) -> None:
    begin, wait, said = POINTS[point]
    server = app_server(begin)
    with Client(server.open, ClientOptions(timeout=LIMIT)) as client:
        begun = begin(client)
        silence(server)
        with pytest.raises(RequestTimeoutError, match=said):
            wait(client, begun)


@pytest.mark.parametrize("point", EXEC_POINTS)
async def test_nor_who_waits_for_an_exec_server(point: str) -> None:
    begin, wait, said = EXEC_POINTS[point]
    server = FakeExecServer()
    with anyio.fail_after(20):
        async with AsyncExecClient(server.open, ExecOptions(timeout=LIMIT)) as client:
            begun = begin(client)
            begun = await begun if inspect.isawaitable(begun) else begun
            server.silent = Mute()
            with pytest.raises(RequestTimeoutError, match=said):
                await wait(client, begun)


@pytest.mark.parametrize("point", EXEC_POINTS)
def test_nor_who_blocks_for_one(point: str) -> None:
    begin, wait, said = EXEC_POINTS[point]
    server = FakeExecServer()
    with ExecClient(server.open, ExecOptions(timeout=LIMIT)) as client:
        begun = begin(client)
        server.silent = Mute()
        with pytest.raises(RequestTimeoutError, match=said):
            wait(client, begun)


# Before hands are shaken

SILENT = f"#!{sys.executable}\nimport time\ntime.sleep(60)\n"


WAYS = ["process", "served websocket", "websocket"]
if sys.platform != "win32":
    WAYS.append("unix socket")


@pytest.fixture(params=WAYS)
def silent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[Any], Any]]:
    """Makes a client of a class, of a server that lets it in and never says a word."""
    if request.param in ("process", "served websocket"):
        codex = tmp_path / "codex"
        codex.write_text(SILENT)
        codex.chmod(0o755)
        websocket = request.param == "served websocket"
        yield lambda kind: kind.launch(codex, websocket=websocket)
        return
    at, family = ("127.0.0.1", 0), socket.AF_INET
    if request.param == "unix socket":
        at, family = str(tmp_path / "s"), socket.AF_UNIX
    with socket.socket(family) as listening:
        listening.bind(at)
        listening.listen()
        if request.param == "unix socket":
            yield lambda kind: kind.connect_unix(at)
        else:
            port = listening.getsockname()[1]
            yield lambda kind: kind.connect(f"ws://127.0.0.1:{port}")


async def test_a_server_that_never_says_a_word_is_given_up(silent: Callable[[Any], Any]) -> None:
    with anyio.fail_after(20), pytest.raises((RequestTimeoutError, LaunchError)):
        await silent(AsyncClient).start(timeout=LIMIT)


def test_also_by_a_client_that_blocks(silent: Callable[[Any], Any]) -> None:
    client = silent(Client)
    with pytest.raises((RequestTimeoutError, LaunchError)):
        client.start(timeout=LIMIT)
    assert "codexwire-client" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize(("kind", "options"), [(Client, ClientOptions), (ExecClient, ExecOptions)])
@pytest.mark.parametrize("limit", ["handshake_timeout", "timeout"])
def test_a_silent_handshake_is_given_up_when_blocking(kind: Any, options: Any, limit: str) -> None:
    server = FakeServer()
    del server.answers["initialize"]
    client = kind(server.open, options(**{limit: LIMIT}))
    with pytest.raises(RequestTimeoutError, match="'initialize'"), client:
        pass
