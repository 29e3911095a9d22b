"""What clients send is what the schema of a release takes, with all that they were told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import anyio
import pytest
from fake_app_server import FakeServer, play_turn
from fake_exec_server import FakeExecServer

import codex_exec_server_protocol as exec_server
from codexwire import wire
from codexwire.direction import Side
from codexwire.ingest.archive import archive
from codexwire.runtime.client import AsyncClient, ClientOptions, CommandOptions
from codexwire.runtime.exec_client import AsyncExecClient, HttpRequest, ProcessOptions
from codexwire.version import Version

pytestmark = pytest.mark.anyio


def flaws(messages: Iterable[Any], release: str = "0.163.0") -> list[str]:
    """What a release has against a client's messages."""
    protocol = archive().protocol(Version.parse(release))
    assert protocol is not None
    validators = wire.Validators(protocol)
    asked = [message for message in messages if "method" in message]
    assert asked
    found = (validators.check_message(message, Side.CLIENT) for message in asked)
    return [str(flaw) for flaws in found for flaw in flaws]


def params_of(messages: Iterable[Any], method: str) -> list[Any]:
    return [m["params"] for m in messages if m.get("method") == method]


async def answer(end: Any, message: Any) -> None:
    """Answer whatever names a thread, a turn, a conversation or a login."""
    ids = {"thread": {"id": "t"}, "turn": {"id": "u"}, "conversationId": "t", "loginId": "l"}
    await end.answer(message, {**ids, "type": "chatgpt", "authUrl": "http://here"})


def answering(version: str, *methods: str) -> FakeServer:
    server = FakeServer(version)
    server.answers |= dict.fromkeys(methods, answer)
    return server


async def test_a_client_introduces_itself() -> None:
    server = FakeServer()
    options = ClientOptions(
        "me", "Me", "1.2", opt_out=("error",), capabilities={"requestAttestation": True}
    )
    async with AsyncClient(server.open, options):
        pass
    assert flaws(server.seen) == []
    (told,) = params_of(server.seen, "initialize")
    assert told["clientInfo"] == {"name": "me", "title": "Me", "version": "1.2"}
    assert told["capabilities"] == {
        "experimentalApi": True,
        "requestAttestation": True,
        "optOutNotificationMethods": ["error"],
    }


async def test_turns_are_started_steered_and_interrupted() -> None:
    server = answering("0.163.0", "turn/start", "turn/steer", "turn/interrupt")
    async with AsyncClient(server.open) as client:
        turn = await client.start_turn("t", "go", {"model": "m"})
        await turn.steer("more")
        await turn.interrupt()
        await play_turn(server.ends[-1], "t", "u")
        await turn.result()
    assert flaws(server.seen) == []
    go, more = ({"input": [{"type": "text", "text": text}]} for text in ("go", "more"))
    assert params_of(server.seen, "turn/start") == [{"threadId": "t", "model": "m", **go}]
    assert params_of(server.seen, "turn/steer") == [
        {"threadId": "t", "expectedTurnId": "u", **more}
    ]
    assert params_of(server.seen, "turn/interrupt") == [{"threadId": "t", "turnId": "u"}]


SAID = [
    {"type": "text", "text": "go"},
    {"type": "image", "url": "https://x/a.png"},
    {"type": "localImage", "path": "/a.png"},
]


async def test_a_turn_is_read_from_its_thread_or_from_its_list() -> None:
    turn = {"id": "u", "items": [], "status": "completed"}

    async def listed(end: Any, message: Any) -> None:
        await end.answer(message, {"data": [turn]})

    server = answering("0.163.0", "thread/read")
    server.answers["thread/turns/list"] = listed
    async with AsyncClient(server.open) as client:
        assert await client.read_turn("t", "u") == turn
    assert flaws(server.seen) == []
    assert params_of(server.seen, "thread/read") == [{"threadId": "t", "includeTurns": True}]
    assert params_of(server.seen, "thread/turns/list") == [{"threadId": "t", "itemsView": "full"}]


async def test_conversations_of_the_first_api_are_spoken_to() -> None:
    async def begin(end: Any, message: Any) -> None:
        await answer(end, message)
        told = {"conversationId": "t", "id": "u", "msg": {"type": "task_started"}}
        await end.notify("codex/event/task_started", told)

    server = answering(
        "0.99.0", "newConversation", "addConversationListener", "interruptConversation"
    )
    server.answers["sendUserMessage"] = begin
    async with AsyncClient(server.open) as client:
        thread = await client.start_thread({"model": "m"})
        turn = await client.start_turn(thread, SAID, {"more": 1})
        await turn.steer("more")
        await turn.interrupt()
        told = {"conversationId": "t", "id": "u", "msg": {"type": "turn_aborted"}}
        await server.ends[-1].notify("codex/event/turn_aborted", told)
        await turn.result()
    assert flaws(server.seen, release="0.99.0") == []
    first, then = (params["items"] for params in params_of(server.seen, "sendUserMessage"))
    assert [item["type"] for item in first] == [item["type"] for item in SAID]
    assert then == [{"type": "text", "data": {"text": "more"}}]
    assert params_of(server.seen, "sendUserMessage")[0]["more"] == 1
    assert params_of(server.seen, "newConversation") == [{"model": "m"}]


COMMANDS: list[tuple[CommandOptions, dict[str, Any]]] = [
    (CommandOptions(stream=False), {}),
    (
        CommandOptions(stdin=True, process_id="p"),
        {"processId": "p", "streamStdin": True, "streamStdoutStderr": True},
    ),
    (
        CommandOptions(tty=(2, 3), process_id="p"),
        {"processId": "p", "tty": True, "size": {"rows": 2, "cols": 3}},
    ),
    (
        CommandOptions(
            cwd="/x",
            env={"A": "b", "C": None},
            timeout=1.5,
            output_cap=9,
            stream=False,
            sandbox_policy={"type": "readOnly"},
        ),
        {
            "cwd": "/x",
            "env": {"A": "b", "C": None},
            "timeoutMs": 1500,
            "outputBytesCap": 9,
            "sandboxPolicy": {"type": "readOnly"},
        },
    ),
    (
        CommandOptions(timeout=float("inf"), output_cap=-1, stream=False),
        {"disableTimeout": True, "disableOutputCap": True},
    ),
]


@pytest.mark.parametrize(("options", "sent"), COMMANDS)
async def test_a_command_runs_as_it_is_told_to(
    options: CommandOptions, sent: dict[str, Any]
) -> None:
    async def done(end: Any, message: Any) -> None:
        await end.answer(message, {"exitCode": 0, "stdout": "", "stderr": ""})

    server = FakeServer()
    server.answers["command/exec"] = done
    async with AsyncClient(server.open) as client:
        await client.run_command(["ls", "-l"], options).run(timeout=10)
    assert flaws(server.seen) == []
    assert params_of(server.seen, "command/exec") == [{"command": ["ls", "-l"], **sent}]


async def test_a_command_that_runs_is_written_to_resized_and_ended() -> None:
    asked: list[Any] = []

    async def run(end: Any, message: Any) -> None:
        asked.append((end, message))

    verbs = ("write", "resize", "terminate")
    server = answering("0.163.0", *(f"command/exec/{verb}" for verb in verbs))
    server.answers["command/exec"] = run
    async with (
        AsyncClient(server.open) as client,
        client.run_command(["x"], CommandOptions(stdin=True, process_id="p")) as command,
    ):
        await command.write(b"in", close=True)
        await command.close_stdin()
        await command.resize(4, 5)
        await command.terminate()
        ((end, message),) = asked
        await end.answer(message, {"exitCode": 0, "stdout": "", "stderr": ""})
        await command.wait(timeout=10)
    assert flaws(server.seen) == []
    written, resized, ended = (params_of(server.seen, f"command/exec/{verb}") for verb in verbs)
    closed = {"processId": "p", "closeStdin": True}
    assert written == [{"deltaBase64": "aW4=", **closed}, closed]
    assert resized == [{"processId": "p", "size": {"rows": 4, "cols": 5}}]
    assert ended == [{"processId": "p"}]


async def test_the_output_of_a_command_is_told_apart() -> None:
    async def streamed(end: Any, message: Any) -> None:
        for stream, data in (("stdout", "b3V0"), ("stderr", "ZXJy")):
            params = {"processId": "p", "stream": stream, "deltaBase64": data, "capReached": False}
            await end.notify("command/exec/outputDelta", params)
        await end.answer(message, {"exitCode": 3, "stdout": "", "stderr": ""})

    async def at_once(end: Any, message: Any) -> None:
        await end.answer(message, {"exitCode": 3, "stdout": "out", "stderr": "err"})

    server = FakeServer()
    async with AsyncClient(server.open) as client:
        for answers, stream in ((streamed, True), (at_once, False)):
            server.answers["command/exec"] = answers
            options = CommandOptions(stream=stream, process_id="p")
            result = await client.run_command(["x"], options).run(timeout=10)
            assert (result.exit_code, result.stdout, result.stderr) == (3, b"out", b"err")


async def test_a_login_is_begun_and_called_off() -> None:
    server = answering("0.163.0", "account/login/start", "account/login/cancel")
    async with AsyncClient(server.open) as client:
        login = await client.login({"type": "chatgpt"})
        await login.cancel()
    assert flaws(server.seen) == []
    assert params_of(server.seen, "account/login/cancel") == [{"loginId": "l"}]


async def test_what_the_exec_server_is_asked() -> None:
    server = FakeExecServer(info={"cwd": "file:///srv"})
    fine = ("readFile", "dataBase64"), ("canonicalize", "path"), ("readBlock", "chunk")
    server.answers = {f"fs/{name}": {member: "", "eof": True} for name, member in fine}
    server.answers |= {
        "fs/readDirectory": {"entries": []},
        "fs/walk": {"entries": [], "errors": [], "truncated": False},
        "fs/getMetadata": {
            "isDirectory": False,
            "isFile": True,
            "createdAtMs": 0,
            "modifiedAtMs": 0,
        },
        "http/request": {"status": 200, "headers": [], "bodyBase64": ""},
    }
    with anyio.fail_after(20):
        async with AsyncExecClient(server.open) as client:
            options = ProcessOptions(
                env={"A": "b"}, inherit="none", arg0="zero", stdin=True, process_id="p"
            )
            process = await client.start(["a", "b"], options)
            await process.write(b"in")
            await process.read(after_seq=1, max_bytes=2, wait_ms=3)
            await process.signal()
            await process.terminate()
            files = client.files
            await files.read("/a")
            await files.write("/a", b"x")
            await files.create_directory("/a")
            await files.info("/a")
            await files.list("/a")
            await files.copy("/a", "/b", recursive=True)
            await files.remove("/a")
            await files.canonicalize("/a")
            await files.walk("/a", max_depth=1, max_directories=2, max_entries=3)
            async with files.open("/a") as file:
                await file.read(7, 9)
            request = HttpRequest("PUT", "http://x/", {"a": "b"}, b"body", timeout=1.5)
            await client.fetch(request)
    assert [m for m in server.seen if not exec_server.accepts_message(m, Side.CLIENT)] == []
    (written,) = server.sent("process/write")
    assert (written["processId"], written["chunk"]) == ("p", "aW4=")
    assert server.sent("process/read")[0] == {
        "processId": "p",
        "afterSeq": 1,
        "maxBytes": 2,
        "waitMs": 3,
    }
    assert server.sent("process/signal") == [{"processId": "p", "signal": "interrupt"}]
    (walked,) = server.sent("fs/walk")
    assert walked["options"] == {
        "maxDepth": 1,
        "maxDirectories": 2,
        "maxEntries": 3,
        "followDirectorySymlinks": False,
    }
    (asked,) = server.sent("http/request")
    assert asked.pop("requestId")
    assert asked == {
        "method": "PUT",
        "url": "http://x/",
        "headers": [{"name": "a", "value": "b"}],
        "bodyBase64": "Ym9keQ==",
        "timeoutMs": 1500,
        "streamResponse": False,
    }
