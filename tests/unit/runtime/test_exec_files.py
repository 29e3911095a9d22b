"""Files and HTTP of the exec-server's client against a scripted server, async and blocking."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from fake_exec_server import FakeExecServer, b64

from codexwire.runtime.errors import (
    BrokenBodyError,
    FileMissingError,
    MethodUnknownError,
    UnexpectedResultError,
)
from codexwire.runtime.exec_client import (
    AsyncExecClient,
    DirectoryEntry,
    ExecClient,
    FileInfo,
    HttpRequest,
    ProcessOptions,
    ProcessResult,
    TreeEntry,
)

URIS = {"cwd": "file:///srv"}
GET = HttpRequest("GET", "http://x/")


@pytest.mark.anyio
async def test_files_as_they_go_over_the_wire() -> None:
    server = FakeExecServer(info=URIS)
    server.answers = {
        "fs/readFile": {"dataBase64": b64(b"\xff\x00")},
        "fs/getMetadata": {
            "isDirectory": False,
            "isFile": True,
            "createdAtMs": 0,
            "modifiedAtMs": 5,
        },
        "fs/readDirectory": {"entries": [{"fileName": "f", "isDirectory": False, "isFile": True}]},
        "fs/canonicalize": {"path": "file:///a%20b"},
        "fs/walk": {
            "entries": [{"path": "file:///d/f", "kind": "file"}],
            "errors": [],
            "truncated": True,
        },
    }
    async with AsyncExecClient(server.open) as client:
        files = client.files
        assert await files.read("/a b") == b"\xff\x00"
        await files.write("/a b", b"\xff")
        await files.create_directory("/d", recursive=False)
        assert await files.info("/f") == FileInfo(False, True, None, None, 0, 5)
        assert await files.list("/d") == (DirectoryEntry("f", False, True),)
        await files.copy("/a", "/b")
        await files.remove("/a", force=True)
        assert await files.canonicalize("/x") == "/a b"
        tree = await files.walk("/d", max_depth=1)
        assert tree.entries == (TreeEntry("/d/f", "file"),)
        assert tree.truncated
        await files.within({"permissions": {"type": "disabled"}}).read("/s")
    sent = {m["method"]: m["params"] for m in server.seen if m["method"].startswith("fs/")}
    assert server.sent("fs/readFile")[0] == {"path": "file:///a%20b"}
    assert sent["fs/writeFile"] == {"path": "file:///a%20b", "dataBase64": "/w=="}
    assert sent["fs/createDirectory"] == {"path": "file:///d", "recursive": False}
    assert sent["fs/copy"] == {
        "sourcePath": "file:///a",
        "destinationPath": "file:///b",
        "recursive": False,
    }
    assert sent["fs/remove"] == {"path": "file:///a", "recursive": False, "force": True}
    assert sent["fs/walk"]["options"]["maxDepth"] == 1
    assert sent["fs/readFile"]["sandbox"] == {"permissions": {"type": "disabled"}}


@pytest.mark.anyio
async def test_what_files_can_do_wrong() -> None:
    server = FakeExecServer(info=URIS)
    async with AsyncExecClient(server.open) as client:
        server.answers["fs/readFile"] = (-32004, "No such file or directory (os error 2)")
        with pytest.raises(FileMissingError):
            await client.files.read("/x")
        for odd in ({"dataBase64": "*"}, {}, None, {"dataBase64": 5}):
            server.answers["fs/readFile"] = odd
            with pytest.raises(UnexpectedResultError):
                await client.files.read("/x")
        server.answers["fs/open"] = (-32601, "exec-server stub does not implement `fs/open` yet")
        with pytest.raises(MethodUnknownError):
            async with client.files.open("/x"):
                pass
    assert not server.sent("fs/close")


@pytest.mark.anyio
async def test_an_open_file_is_read_in_blocks_and_closed() -> None:
    server = FakeExecServer(info=URIS)
    server.answers["fs/readBlock"] = {"chunk": b64(b"abc"), "eof": False}
    async with (
        AsyncExecClient(server.open) as client,
        client.files.open("/x", block=3) as file,
    ):
        assert await anext(file) == b"abc"
        server.answers["fs/readBlock"] = {"chunk": b64(b"d"), "eof": True}
        assert [piece async for piece in file] == [b"d"]
        assert await file.read(7, 9) == b"d"
    asked = [(p["offset"], p["len"]) for p in server.sent("fs/readBlock")]
    assert asked == [(0, 3), (3, 3), (7, 9)]
    [opened], [closed] = server.sent("fs/open"), server.sent("fs/close")
    assert opened["handleId"] == closed["handleId"]


def delta(server: FakeExecServer, seq: int, data: bytes, **more: Any) -> dict[str, Any]:
    [asked] = server.sent("http/request")
    body = {"requestId": asked["requestId"], "seq": seq, "deltaBase64": b64(data)}
    return {**body, "done": False, "error": None, **more}


ANSWER = {"status": 200, "headers": [], "bodyBase64": ""}


@pytest.mark.anyio
async def test_a_body_is_streamed() -> None:
    server = FakeExecServer()
    server.answers["http/request"] = ANSWER
    body = "http/request/bodyDelta"
    async with AsyncExecClient(server.open) as client, client.stream(GET) as stream:
        assert stream.response.status == 200
        await server.end.notify(body, {**delta(server, 1, b"no"), "requestId": "other"})
        await server.end.notify(body, delta(server, 1, b"a\xff"))
        assert await anext(stream) == b"a\xff"
        await server.end.notify(body, delta(server, 2, b"b"))
        await server.end.notify(body, delta(server, 3, b"", done=True))
        assert await stream.read() == b"b"
        assert stream.exhausted


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"seq": 2, "data": b"", "error": "reset"}, "reset"),
        ({"seq": 3, "data": b"c", "done": True}, "piece 2 did not come"),
        ({"seq": 2, "data": b"", "deltaBase64": "*"}, "piece 2 is unreadable"),
    ],
)
async def test_a_body_breaks_off(bad: dict[str, Any], message: str) -> None:
    server = FakeExecServer()
    server.answers["http/request"] = ANSWER
    async with AsyncExecClient(server.open) as client, client.stream(GET) as stream:
        await server.end.notify("http/request/bodyDelta", delta(server, 1, b"a"))
        assert await anext(stream) == b"a"
        await server.end.notify("http/request/bodyDelta", delta(server, **bad))
        with pytest.raises(BrokenBodyError, match=message):
            await anext(stream)
        assert [piece async for piece in stream] == []


def test_the_blocking_client_does_the_same() -> None:
    async def play(server: FakeExecServer, process: str) -> None:
        await server.output(process, 1, b"a")
        await server.output(process, 2, b"b", "stderr")
        await server.exited(process, 3, 4)
        await server.closed(process, 4)

    server = FakeExecServer(play, info=URIS)
    server.answers["fs/readFile"] = {"dataBase64": b64(b"hi")}
    server.answers["http/request"] = {**ANSWER, "bodyBase64": b64(b"page")}
    server.answers["fs/readBlock"] = {"chunk": b64(b"abc"), "eof": True}
    with ExecClient(server.open) as client:
        assert client.server.cwd == "/srv"
        assert client.run(["x"]) == ProcessResult(4, b"a", b"b")
        with client.start(["x"], ProcessOptions(cwd="/y", stdin=True)) as process:
            process.write(b"in")
            assert [(o.seq, o.stream, o.data) for o in process] == [
                (1, "stdout", b"a"),
                (2, "stderr", b"b"),
            ]
            assert (process.exit_code, process.closed, process.gaps) == (4, True, ())
            assert (process.wait_exit(), process.wait().exit_code) == (4, 4)
            assert process.read().next_seq == 1
            assert process.terminate()
            process.signal()
        server.state = {"exited": True, "exitCode": 1, "closed": True}
        assert client.attach("p").wait().exit_code == 1
        assert client.files.read("/x") == b"hi"
        with client.files.open("/x") as file:
            assert list(file) == [b"abc"]
        assert client.fetch(GET).body == b"page"
    assert server.sent("process/signal")[0]["signal"] == "interrupt"


def test_a_blocking_stream_ends_with_its_body() -> None:
    server = FakeExecServer()
    server.answers["http/request"] = ANSWER

    async def bodies() -> None:
        for n in range(1, 4):
            await server.end.notify("http/request/bodyDelta", delta(server, n, b"%d" % n))
        await server.end.notify("http/request/bodyDelta", delta(server, 4, b"", done=True))

    with ExecClient(server.open) as client, client.stream(GET) as stream:
        client.call(bodies)
        assert list(stream) == [b"1", b"2", b"3"]


@pytest.mark.anyio
async def test_a_program_that_reads_nothing_ends() -> None:
    async def play(server: FakeExecServer, process: str) -> None:
        await server.output(process, 1, b"a")

    with anyio.fail_after(30):
        async with AsyncExecClient(FakeExecServer(play).open) as client:
            await client.start(["x"], ProcessOptions(cwd="/y"))
