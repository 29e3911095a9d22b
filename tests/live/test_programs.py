"""The five programs that people write for Codex, written for these clients, on real servers.

Each runs on every release that has what it needs, over every way to a server, blocking and on both event
loops. What a release lacks is in `LACKS`, and its server is seen to refuse it.
"""

from __future__ import annotations

import inspect
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import anyio
import pytest
from live_client import FLAVOURS, collect, connecting, entered, play

from codex_exec_server_protocol import AsyncExecServerClient, ExecServerClient
from codexwire.runtime.client import CommandOptions, Notification, approval_handlers
from codexwire.runtime.errors import (
    MethodUnknownError,
    NotInitializedError,
    ProcessNotFoundError,
    RpcError,
    StdinClosedError,
)
from codexwire.runtime.exec_client import ExecOptions, ProcessOptions

RELEASES = OLDEST, OLDER, CURRENT, NEWEST = "0.58.0", "0.125.0", "0.163.0", "0.171.0"
TRANSPORTS = ("stdio", "websocket", "unix")
LACKS = {
    ("app-server", OLDEST, "websocket"): "unexpected argument '--listen'",
    ("app-server", OLDEST, "unix"): "unexpected argument '--listen'",
    ("exec-server", OLDEST, "stdio"): "unexpected argument '--listen'",
    ("exec-server", OLDEST, "websocket"): "unexpected argument '--listen'",
    ("exec-server", OLDEST, "unix"): "unexpected argument '--listen'",
    ("exec-server", OLDER, "stdio"): "unsupported --listen URL `stdio`",
    ("exec-server", OLDER, "unix"): "unsupported --listen URL `unix://",
    ("exec-server", CURRENT, "unix"): "unsupported --listen URL `unix://",
    ("exec-server", NEWEST, "unix"): "unsupported --listen URL `unix://",
}
"""Server, release and transport → how the server refuses it."""

LISTEN = {"stdio": "stdio", "websocket": "ws://127.0.0.1:0", "unix": "unix:///tmp/none/s"}
OPEN = 'sandbox_mode = "danger-full-access"'  # no helper for a sandbox is below a temporary folder

Serving: TypeAlias = Callable[..., Any]


def table(server: str) -> list[tuple[str, str, str]]:
    """The releases, transports and flavours of a server that its program runs on."""
    return [
        (release, transport, flavour)
        for release in RELEASES
        for transport in TRANSPORTS
        if (server, release, transport) not in LACKS
        for flavour in FLAVOURS
    ]


on_app_servers = pytest.mark.parametrize(
    ("release", "transport", "flavour"), table("app-server"), ids=str
)
on_exec_servers = pytest.mark.parametrize(
    ("release", "transport", "flavour"), table("exec-server"), ids=str
)


@pytest.fixture
def serving(binary: Any, stub_of: Any, project: Path) -> Serving:
    """Lets a server of a release listen for clients; its model says a text or plays a script."""

    def start(release: str, transport: str, text: str = "", script: Any = None, **home: str) -> Any:
        model = "gpt-5.1-codex" if release == OLDEST else "gpt-5.5"
        stub = stub_of(text, script)
        folder = stub.write_home(project.parent / "home", model=model, **home)
        serving = connecting(transport, binary(release), folder, project)
        return serving, stub

    return start


@pytest.mark.parametrize(("server", "release", "transport"), LACKS, ids=str)
def test_what_a_release_lacks_it_refuses(
    server: str, release: str, transport: str, binary: Any, tmp_path: Path
) -> None:
    done = subprocess.run(
        [binary(release), server, "--listen", LISTEN[transport]],
        env={**os.environ, "CODEX_HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert LACKS[server, release, transport] in done.stderr


# 1: a script that runs one turn


@on_app_servers
def test_a_script_runs_one_turn(
    release: str, transport: str, flavour: str, serving: Serving
) -> None:
    server, stub = serving(release, transport, "Hello, world!")

    async def scenario() -> None:
        async with server as opened, opened(flavour) as client:
            assert str(client.server.version) == release
            result = await client.run_turn(await client.start_thread(), "Say hello", timeout=60)
            assert (result.status, result.text) == ("completed", "Hello, world!")
            assert result.usage.last.total_tokens == 1050
            assert [type(item).__name__ for item in result.items]

    play(flavour, scenario)
    assert len(stub.requests) == 1
    assert "Say hello" in str(stub.requests[0])


# 2: a client that routes messages to turns

TALK = "".join(
    f'[[turn]]\nwhen = "{name}"\n[[turn.step]]\ndelay = 0.02\n'
    f'output = [{{ message = "{f"{name} " * 10}" }}]\n'
    for name in ("alpha", "beta")
)
TOUCH = """
[[turn]]
when = "touch"
[[turn.step]]
output = [{ shell = "touch made-by-command.txt", escalate = true }]
[[turn.step]]
output = [{ message = "Done." }]
"""


@on_app_servers
def test_messages_come_to_the_turns_that_they_are_about(
    release: str, transport: str, flavour: str, serving: Serving, project: Path
) -> None:
    server, _ = serving(
        release,
        transport,
        script=TALK + TOUCH,
        settings='approval_policy = "on-request"\nsandbox_mode = "read-only"',
    )
    seen: dict[str, list[Notification]] = {}

    async def follow(client: Any, thread: str, name: str) -> None:
        turn = await client.start_turn(thread, name)
        seen[name] = await collect(turn)
        assert (await turn.result()).text.split() == [name] * 10
        assert {(n.thread_id, n.turn_id) for n in seen[name]} == {(thread, turn.turn_id)}

    async def scenario() -> None:
        handlers = approval_handlers("accept")
        async with server as opened, opened(flavour, handlers=handlers) as client:
            threads = [await client.start_thread() for _ in range(2)]
            everything = await soon(client.notifications())
            async with anyio.create_task_group() as tasks:
                for thread, name in zip(threads, ("alpha", "beta"), strict=True):
                    tasks.start_soon(follow, client, thread, name)
            both = [n.raw for name in seen for n in seen[name]]
            while both:
                notification = await everything.next(timeout=20)
                if notification.raw in both:
                    both.remove(notification.raw)
            if release != OLDEST:  # whose turns have no end in v2, and no answer with an id in v1
                await follow_late(client, threads[0])
            done = await client.run_turn(threads[1], "touch")
            assert (done.status, done.text) == ("completed", "Done.")

    play(flavour, scenario)
    assert (project / "made-by-command.txt").exists()


async def follow_late(client: Any, thread: str) -> None:
    """A turn of the bare request is told from its beginning when it is asked for after its end."""
    items = [{"type": "text", "text": "alpha"}]
    started = await client.ask("turn/start", {"threadId": thread, "input": items})
    turn = started["turn"]["id"]
    await client.wait_for_turn_completed(thread, turn, timeout=20)
    late = await collect(client.follow_turn(thread, turn))
    assert late[0].method == "turn/started"
    assert late[-1].method == "turn/completed"
    deltas = [n.wire_params["delta"] for n in late if n.method == "item/agentMessage/delta"]
    assert "".join(deltas).split() == ["alpha"] * 10


async def soon(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


# 3: a client of several connections, each with a handshake of its own, that runs commands


@on_app_servers
def test_each_connection_has_its_handshake_and_commands(
    release: str, transport: str, flavour: str, serving: Serving, project: Path
) -> None:
    server, _ = serving(release, transport, "in", settings=OPEN)

    async def scenario() -> None:
        async with server as opened, opened(flavour) as first:
            async with opened(flavour, handshake=False) as second:
                thread = await first.start_thread()
                with pytest.raises(NotInitializedError):
                    await second.request("thread/start", {})
                await second.handshake()
                other = await second.start_thread()
                assert other != thread
                for client in (first, second):  # both count the ids of their requests from 1
                    await run_commands(release, client, project)
            assert (await first.run_turn(thread, "go")).text == "in"

    play(flavour, scenario)


async def run_commands(release: str, client: Any, project: Path) -> None:
    shell = ["sh", "-c", "echo out; echo err >&2; pwd; exit 7"]
    command = await soon(client.run_command(shell, CommandOptions(cwd=str(project))))
    if release == OLDEST:
        with pytest.raises(MethodUnknownError, match="command/exec"):
            await command.run(timeout=20)
        return
    result = await command.run(timeout=20)
    assert (result.exit_code, result.stderr) == (7, b"err\n")
    assert result.stdout == f"out\n{project}\n".encode()
    async with await soon(client.run_command(["cat"], CommandOptions(stdin=True))) as cat:
        await cat.write(b"one\n")
        assert (await anext(cat)).data == b"one\n"
        await cat.write(b"two", close=True)
        assert (await cat.wait(timeout=20)).stdout == b"one\ntwo"


# 4: a client of the exec-server


@on_exec_servers
def test_processes_and_files_of_the_exec_server(
    release: str, transport: str, flavour: str, binary: Any, project: Path
) -> None:
    home = project.parent / "home"
    home.mkdir()
    here = ProcessOptions(cwd=project, env={"PATH": "/usr/bin:/bin"}, stdin=True)
    kinds = (ExecServerClient, AsyncExecServerClient)

    def opened(**options: Any) -> Any:
        given = {"cwd": project, "codex_home": home, "websocket": transport == "websocket"}
        given["options"] = ExecOptions(**options)
        return entered(flavour, lambda kind: kind.launch(binary(release), **given), kinds)

    async def scenario() -> None:
        async with opened(handshake=False) as client:
            with pytest.raises(NotInitializedError):
                await client.request("process/read", {"processId": "x"})
            await client.handshake()
            shell = ["sh", "-c", "echo out; echo err >&2; pwd; exit 3"]
            result = await client.run(shell, here, timeout=20)
            assert (result.exit_code, result.stderr, result.gaps) == (3, b"err\n", ())
            assert result.stdout == f"out\n{project}\n".encode()
            async with await client.start(["cat"], here) as cat:
                await cat.write(b"hi\xff\x00")
                assert (await anext(cat)).data == b"hi\xff\x00"
                assert await cat.terminate()
                killed = -1 if release == OLDER else 137  # as the server says
                assert (await cat.wait(timeout=20)).exit_code == killed
            unread = ProcessOptions(cwd=project, env=here.env)
            async with await client.start(["sleep", "60"], unread) as sleep:
                with pytest.raises(StdinClosedError):
                    await sleep.write(b"x")
            with pytest.raises(ProcessNotFoundError):
                await client.attach("nope")
            await soon(client.files.write(project / "f", b"12345"))
            assert await soon(client.files.read(project / "f")) == b"12345"
            with pytest.raises(RpcError):
                await soon(client.files.read(project / "no-such-file"))

    play(flavour, scenario)
    assert (project / "f").read_bytes() == b"12345"


# 5: a client of raw messages, that takes the thread's id from wherever it stands

ENDS = {"turn/completed", "codex/event/task_complete"}


@on_app_servers
def test_the_thread_is_known_wherever_its_id_stands(
    release: str, transport: str, flavour: str, serving: Serving
) -> None:
    server, _ = serving(release, transport, "Hello, world!")

    async def scenario() -> None:
        async with server as opened, opened(flavour) as client:
            everything = await soon(client.notifications())
            if release == OLDEST:
                answer = await client.ask("newConversation", {})
                thread = answer["conversationId"]
                await client.ask("addConversationListener", {"conversationId": thread})
                items = [{"type": "text", "data": {"text": "go"}}]
                await client.ask("sendUserMessage", {"conversationId": thread, "items": items})
            else:
                answer = await client.ask("thread/start", {})
                thread = answer["thread"]["id"]
                items = [{"type": "text", "text": "go"}]
                await client.ask("turn/start", {"threadId": thread, "input": items})
            text, ended, places = "", False, set()
            while not ended:
                notification = await everything.next(timeout=20)
                params = notification.wire_params
                if thread in str(params):
                    assert notification.thread_id == thread
                    places |= {
                        key for key in params if key.endswith("Id") and params[key] == thread
                    }
                    places |= {"thread.id"} if "thread" in params else set()
                text += params.get("delta", "") if "agentMessage" in notification.method else ""
                ended = notification.method in ENDS
            if release == OLDEST:
                assert places == {"conversationId"}
            else:
                assert places == {"thread.id", "threadId"}
                assert text == "Hello, world!"

    play(flavour, scenario)
