"""Processes of the exec-server's client against a scripted server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest
from fake_exec_server import FakeExecServer, chunk

from codexwire.runtime.errors import (
    ConnectionClosedError,
    ProcessNotFoundError,
    StdinClosedError,
    UnexpectedResultError,
    UnsupportedError,
)
from codexwire.runtime.exec_client import (
    AsyncExecClient,
    AsyncProcess,
    ExecOptions,
    Gap,
    ProcessOptions,
    ProcessRead,
    ProcessResult,
)

pytestmark = pytest.mark.anyio
HERE = ProcessOptions(cwd="/x")


@asynccontextmanager
async def client_of(
    server: FakeExecServer, options: ExecOptions | None = None
) -> AsyncIterator[AsyncExecClient]:
    with anyio.fail_after(30):  # what never ends is a failure
        async with AsyncExecClient(server.open, options) as client:
            yield client


async def test_the_handshake_and_what_starts_a_process() -> None:
    async def play(server: FakeExecServer, process: str) -> None:
        await server.exited(process, 1)
        await server.closed(process, 2)

    server = FakeExecServer(play)
    options = ProcessOptions(
        cwd="/x",
        env={"A": "b"},
        inherit="core",
        arg0="zero",
        stdin=True,
        process_id="p",
        extra={"sandbox": None},
    )
    async with client_of(server, ExecOptions(name="me", resume="s-0")) as client:
        assert client.server.session_id == "s-1"
        assert (await client.run(["a", "b"], options)).exit_code == 0
    assert [m["method"] for m in server.seen[:3]] == ["initialize", "initialized", "process/start"]
    assert server.sent("initialize") == [{"clientName": "me", "resumeSessionId": "s-0"}]
    [started] = server.sent("process/start")
    policy = started.pop("envPolicy")
    assert started == {
        "processId": "p",
        "argv": ["a", "b"],
        "cwd": "/x",
        "env": {"A": "b"},
        "tty": False,
        "arg0": "zero",
        "pipeStdin": True,
        "sandbox": None,
    }
    assert policy["inherit"] == "core"


async def test_output_is_in_the_order_of_its_numbers_up_to_the_true_end() -> None:
    async def play(server: FakeExecServer, process: str) -> None:
        await server.output("another", 1, b"not mine")
        await server.exited(process, 2, 3)
        await server.output(process, 1, b"a")
        await server.output(process, 3, b"late", "stderr")
        await server.output(process, 3, b"twice")
        await server.closed(process, 4)

    server = FakeExecServer(play)
    server.kept = [chunk(1, b"a")]
    async with client_of(server) as client:
        result = await client.run(["x"], HERE)
    assert result == ProcessResult(3, b"a", b"late")


async def test_what_did_not_come_is_read() -> None:
    async def play(server: FakeExecServer, process: str) -> None:
        await server.output(process, 1, b"1")
        await server.output(process, 4, b"4")
        await server.exited(process, 5)
        await server.closed(process, 6)

    server = FakeExecServer(play)
    server.kept = [chunk(n, b"%d" % n) for n in (1, 2, 3, 4)]
    async with client_of(server) as client:
        assert await client.run(["x"], HERE) == ProcessResult(0, b"1234", b"")
    assert [p["afterSeq"] for p in server.sent("process/read")] == [1]


async def test_what_cannot_be_read_is_a_gap() -> None:
    async def play(server: FakeExecServer, process: str) -> None:
        await server.output(process, 3, b"3")
        await server.output(process, 6, b"6")
        await server.exited(process, 7, 1)
        await server.closed(process, 8)

    server = FakeExecServer(play)
    server.kept = [chunk(5, b"5"), chunk(6, b"6")]
    async with client_of(server) as client, await client.start(["x"], HERE) as process:
        pieces = [(o.seq, o.data, o.gap) async for o in process]
        assert pieces == [(3, b"3", Gap(1, 2)), (5, b"5", Gap(4, 4)), (6, b"6", None)]
        assert process.gaps == [Gap(1, 2), Gap(4, 4)]
        assert (await process.wait()).gaps == (Gap(1, 2), Gap(4, 4))
        assert process.exit_code == 1


async def test_a_process_that_the_server_forgot_has_gaps_only() -> None:
    async def play(server: FakeExecServer, process: str) -> None:
        await server.output(process, 2, b"2")
        await server.exited(process, 3)
        await server.closed(process, 4)

    server = FakeExecServer(play)
    server.forgets = True
    async with client_of(server) as client:
        assert await client.run(["x"], HERE) == ProcessResult(0, b"2", b"", (Gap(1, 1),))


async def test_a_slow_reader_reads_again_what_its_buffer_dropped() -> None:
    done = anyio.Event()

    async def play(server: FakeExecServer, process: str) -> None:
        for n in range(1, 100):
            await server.output(process, n, b"%d," % n)
        await server.exited(process, 100)
        await server.closed(process, 101)
        await server.end.answer({"id": "marker"}, None)
        done.set()

    server = FakeExecServer(play)
    server.kept = [chunk(n, b"%d," % n) for n in range(1, 100)]
    async with client_of(server) as client:
        options = ProcessOptions(cwd="/x", buffer=5)
        async with await client.start(["x"], options) as process:
            await done.wait()
            while not client.connection.router.statistics.stray_answers:  # all has come
                await anyio.sleep(0.01)
            result = await process.wait()
    assert result.stdout == b"".join(b"%d," % n for n in range(1, 100))
    assert (result.exit_code, result.gaps) == (0, ())
    assert server.sent("process/read")


async def test_an_ended_process_is_attached_to() -> None:
    server = FakeExecServer()
    server.kept = [chunk(1, b"a"), chunk(2, b"b"), chunk(4, b"c")]  # 3 was the exit
    server.state = {"exited": True, "exitCode": 4, "closed": True, "sandboxDenied": False}
    async with client_of(server) as client:
        process = await client.attach("p", after_seq=1)
        assert await process.wait() == ProcessResult(4, b"bc", b"", (), False)
        assert (process.closed, process.exhausted) == (True, True)


async def test_a_running_process_is_attached_to_and_followed() -> None:
    server = FakeExecServer()
    server.kept = [chunk(3, b"3"), chunk(4, b"4")]
    async with client_of(server) as client:
        process = await client.attach("p")
        await server.output("p", 4, b"4")
        await server.output("p", 5, b"5")
        await server.exited("p", 6, 7)
        await server.closed("p", 7)
        assert await process.wait() == ProcessResult(7, b"345", b"", (Gap(1, 2),))


async def test_a_number_taken_for_the_exit_is_a_gap_after_all_when_the_exit_comes() -> None:
    server = FakeExecServer()
    server.kept = [chunk(1, b"1"), chunk(3, b"3")]
    server.state = {"exited": True, "exitCode": 0, "closed": False}
    async with client_of(server) as client:
        process = await client.attach("p")
        await server.exited("p", 4)
        await server.closed("p", 5)
        assert (await process.wait()).gaps == (Gap(2, 2),)


async def test_attaching_to_nothing_is_an_error() -> None:
    server = FakeExecServer()
    server.forgets = True
    async with client_of(server) as client:
        with pytest.raises(ProcessNotFoundError):
            await client.attach("nope")


async def test_the_exit_can_be_waited_for_beside_a_reader() -> None:
    async def play(server: FakeExecServer, process: str) -> None:
        await server.output(process, 1, b"ready")

    server = FakeExecServer(play)
    codes: list[int | None] = []
    async with client_of(server) as client, anyio.create_task_group() as tasks:
        process = await client.start(["x"], HERE)

        async def watch() -> None:
            codes.append(await process.wait_exit())

        for _ in range(3):
            tasks.start_soon(watch)
        assert (await anext(process)).data == b"ready"
        await process.write(b"go")
        await server.exited(process.process_id, 2, 9)
        await server.closed(process.process_id, 3)
        assert (await process.wait()).exit_code == 9
    assert codes == [9, 9, 9]


async def test_writing_where_nothing_can_be_written() -> None:
    server = FakeExecServer()
    async with client_of(server) as client:
        process = await client.start(["x"], HERE)
        await process.write(b"\xff")
        await process.write(b"")
        again = await client.attach(process.process_id)
        await again.write(b"z")  # an id that was seen would be dropped
        written = server.sent("process/write")
        assert [p["chunk"] for p in written] == ["/w==", "", "eg=="]
        assert len({p["writeId"] for p in written}) == 3
        server.answers["process/write"] = {"status": "stdinClosed"}
        with pytest.raises(StdinClosedError, match="is closed"):
            await process.write(b"x")
        server.answers["process/write"] = {"status": "unknownProcess"}
        with pytest.raises(ProcessNotFoundError):
            await process.write(b"x")


async def test_leaving_the_block_terminates() -> None:
    async def play(server: FakeExecServer, process: str) -> None:
        await server.output(process, 1, b"x")

    server = FakeExecServer(play)
    async with client_of(server) as client:
        async with await client.start(["x"], HERE) as process:
            await anext(process)
            server.answers["process/terminate"] = {"running": True}
            await server.exited(process.process_id, 2, 137)
        assert server.sent("process/terminate") == [{"processId": process.process_id}]
        assert process.exit_code == 137


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
async def test_input_ends_for_the_process_though_the_server_sends_no_end() -> None:
    """What the server is told to run, run here: it reads its input and no byte more."""

    async def play(server: FakeExecServer, process: str) -> None:
        await server.exited(process, 1)
        await server.closed(process, 2)

    server = FakeExecServer(play)
    async with client_of(server) as client:
        await client.run(["sh", "-c", 'cat; echo " $1"', "x", "of two words"], HERE, input=b"in")
    [started] = server.sent("process/start")
    done = subprocess.run(started["argv"], input=b"input", capture_output=True, check=True)
    assert done.stdout == b"in of two words\n"


async def test_a_start_that_is_cancelled_leaves_no_process() -> None:
    server = FakeExecServer()
    server.silent = {"process/start"}
    async with client_of(server) as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.run, ["x"], HERE)
            while not server.sent("process/start"):
                await anyio.sleep(0.01)
            tasks.cancel_scope.cancel()
        [started] = server.sent("process/start")
        assert server.sent("process/terminate") == [{"processId": started["processId"]}]


async def test_the_end_of_the_connection_reaches_every_reader() -> None:
    async def play(server: FakeExecServer, process: str) -> None:
        await server.output(process, 1, b"x")
        await server.end.aclose()

    async with client_of(FakeExecServer(play)) as client:
        process = await client.start(["x"], HERE)
        assert (await anext(process)).data == b"x"
        with pytest.raises(ConnectionClosedError):
            await anext(process)
        with pytest.raises(ConnectionClosedError):
            await process.wait_exit()


async def test_unreadable_events_are_passed_over() -> None:
    async def play(server: FakeExecServer, process: str) -> None:
        await server.end.notify("process/output", {"processId": process})
        bad = {"processId": process, "seq": 1, "stream": "stdout", "chunk": "*"}
        await server.end.notify("process/output", bad)
        await server.output(process, 1, b"fine")
        await server.exited(process, 2)
        await server.closed(process, 3)

    async with client_of(FakeExecServer(play)) as client:
        assert await client.run(["x"], HERE) == ProcessResult(0, b"fine", b"")


async def test_reads_as_they_are() -> None:
    server = FakeExecServer()
    server.kept = [chunk(1, b"a")]
    async with client_of(server) as client:
        process = await client.start(["x"], HERE)
        found = await process.read(after_seq=0, max_bytes=5, wait_ms=7)
        assert isinstance(found, ProcessRead)
        assert [c.data for c in found.chunks] == [b"a"]
        assert (found.next_seq, found.exited, found.closed) == (2, False, False)
        assert server.sent("process/read") == [
            {"processId": process.process_id, "afterSeq": 0, "maxBytes": 5, "waitMs": 7}
        ]
        server.answers["process/read"] = {"chunks": 1}
        with pytest.raises(UnexpectedResultError):
            await process.read()


async def test_a_folder_is_the_servers_own_or_has_to_be_named() -> None:
    async with client_of(FakeExecServer()) as client:
        with pytest.raises(UnsupportedError, match="does not tell its folder"):
            await client.start(["x"])
    server = FakeExecServer(info={"cwd": "file:///srv"}, uris=True)
    async with client_of(server) as client:
        assert isinstance(await client.start(["x"]), AsyncProcess)
    assert server.sent("process/start")[0]["cwd"] == "file:///srv"


async def test_a_refusal_tells_that_paths_are_uris() -> None:
    server = FakeExecServer(uris=True)  # 0.143.0–0.149.0: nothing in the handshake
    async with client_of(server) as client:
        await client.start(["x"], HERE)
        await client.start(["x"], HERE)
    assert [p["cwd"] for p in server.sent("process/start")] == ["/x", "file:///x", "file:///x"]


async def test_paths_can_be_settled_in_advance() -> None:
    server = FakeExecServer(info={})
    async with client_of(server, ExecOptions(paths="native")) as client:
        await client.start(["x"], ProcessOptions(cwd="file:///a%20b"))
    assert server.sent("process/start")[0]["cwd"] == "/a b"


async def test_names_of_processes_do_not_repeat_over_connections() -> None:
    names = set()
    for _ in range(2):
        async with client_of(FakeExecServer()) as client:
            names |= {(await client.start(["x"], HERE)).process_id for _ in range(2)}
    assert len(names) == 4
