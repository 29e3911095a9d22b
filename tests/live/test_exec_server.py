"""The exec-server's client against real binaries, over stdio and websocket; its traffic validates."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import anyio
import pytest
from live_exec import Traffic, home_in

from codex_exec_server_protocol import AsyncExecServerClient, ExecServerClient, models
from codexwire.runtime.errors import (
    AlreadyInitializedError,
    ConnectionClosedError,
    FileMissingError,
    InternalServerError,
    InvalidParamsError,
    MethodUnknownError,
    NotInitializedError,
    ProcessExistsError,
    ProcessNotFoundError,
    RequestTimeoutError,
    SessionNotFoundError,
    StdinClosedError,
)
from codexwire.runtime.exec_client import ExecOptions, HttpRequest, ProcessOptions
from codexwire.runtime.launch import exec_server_command

CURRENT, OLDER = "0.163.0", "0.125.0"
PATH = {"PATH": "/usr/bin:/bin"}
LIMIT = 60

Launched: TypeAlias = "Callable[..., Any]"


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def traffic() -> Traffic:
    return Traffic()


@pytest.fixture(params=["stdio", "websocket"])
def launched(
    request: pytest.FixtureRequest, binary: Any, tmp_path: Path, project: Path, traffic: Traffic
) -> Launched:
    """Opens an async client of a real server that runs in the project folder."""

    @asynccontextmanager
    async def opened(version: str = CURRENT, **options: Any) -> AsyncIterator[Any]:
        client = AsyncExecServerClient.launch(
            binary(version),
            websocket=request.param == "websocket",
            cwd=project,
            codex_home=home_in(tmp_path),
            options=ExecOptions(observer=traffic, **options),
        )
        with anyio.fail_after(LIMIT):
            async with client:
                yield client

    return opened


@pytest.mark.anyio
async def test_pipes_terminals_input_and_ends(
    launched: Launched,
    traffic: Traffic,
    tmp_path: Path,
    project: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with launched() as client:
        assert str(client.server.version) == CURRENT
        assert client.server.cwd == str(project)
        shell = "echo out; echo err >&2; pwd; echo $0 $A; exit 3"
        options = ProcessOptions(env={**PATH, "A": "b"}, arg0="zero")
        result = await client.run(["sh", "-c", shell], options)
        assert result.stdout == f"out\n{project}\nzero b\n".encode()
        assert (result.exit_code, result.stderr, result.gaps) == (3, b"err\n", ())

        async with await client.start(["cat"], ProcessOptions(env=PATH, stdin=True)) as cat:
            await cat.write(b"hi\xff\x00")
            piece = await anext(cat)
            assert (piece.seq, piece.stream, piece.data) == (1, "stdout", b"hi\xff\x00")
            assert await cat.terminate()
            assert (await cat.wait()).exit_code == 137
            assert not await cat.terminate()

        terminal = ProcessOptions(env=PATH, tty=True)
        async with await client.start(["sh", "-c", "stty size; read x; echo =$x"], terminal) as pty:
            shown = b""
            while b"24 80" not in shown:
                piece = await anext(pty)
                assert piece.stream == "pty"
                shown += piece.data
            await pty.write(b"abc\n")
            result = await pty.wait()
            assert (result.exit_code, b"=abc" in result.stdout) == (0, True)

        async with await client.start(["sleep", "60"], ProcessOptions(env=PATH)) as sleep:
            await sleep.signal("interrupt")
            assert await sleep.wait_exit() == 130

        late = "(sleep 0.3; echo late) & exit 4"
        async with await client.start(["sh", "-c", late], ProcessOptions(env=PATH)) as process:
            assert await process.wait_exit() == 4
            result = await process.wait()  # the true end comes after the exit
            assert (result.exit_code, result.stdout, process.closed) == (4, b"late\n", True)
    assert traffic.findings(tmp_path, CURRENT, capsys) == []


@pytest.mark.anyio
async def test_large_output_comes_whole_and_in_order(
    launched: Launched, traffic: Traffic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with launched() as client:
        options = ProcessOptions(env=PATH)
        result = await client.run(["sh", "-c", "seq 1 400000"], options)
        assert result.gaps == ()
        assert result.stdout == b"".join(b"%d\n" % n for n in range(1, 400_001))

        process = await client.start(["sh", "-c", "seq 1 50000"], options)
        await process.wait()
        first = await process.read(after_seq=0, max_bytes=1)
        assert [chunk.seq for chunk in first.chunks] == [1]
        again = await client.attach(process.process_id)
        whole = await again.wait()
        assert whole.stdout == b"".join(b"%d\n" % n for n in range(1, 50_001))
        assert (whole.exit_code, whole.gaps) == (0, ())
    assert traffic.findings(tmp_path, CURRENT, capsys) == []


@pytest.mark.anyio
async def test_what_the_server_has_not_kept_is_reported(launched: Launched) -> None:
    """The server keeps a megabyte; this reader comes after three."""
    async with launched() as client:
        options = ProcessOptions(env=PATH)
        process = await client.start(["sh", "-c", "yes | head -c 3000000"], options)
        await process.wait()
        late = await client.attach(process.process_id)
        result = await late.wait()
        [gap] = result.gaps
        assert gap.first == 1
        assert 0 < len(result.stdout) < 3_000_000
        assert set(result.stdout) == set(b"y\n")


@pytest.mark.anyio
async def test_errors_are_typed(
    launched: Launched, traffic: Traffic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ProcessOptions(env=PATH, process_id="p")
    async with launched() as client:
        async with await client.start(["sleep", "60"], options) as sleep:
            with pytest.raises(StdinClosedError):
                await sleep.write(b"x")
            with pytest.raises(ProcessExistsError):
                await client.start(["true"], options)
        with pytest.raises(InternalServerError, match="No such file") as found:
            await client.run(["/no/such/binary"])
        assert found.value.code == -32603
        with pytest.raises(InvalidParamsError, match="argv must not be empty") as refused:
            await client.run([])
        assert refused.value.code == -32602
        with pytest.raises(ProcessNotFoundError) as unknown:
            await client.attach("nope")
        assert unknown.value.code == -32600
        with pytest.raises(FileMissingError) as missing:
            await client.files.read("/no/such/file")
        assert missing.value.code == -32004
    assert traffic.findings(tmp_path, CURRENT, capsys) == []


@pytest.mark.anyio
async def test_what_is_wrong_about_the_handshake(launched: Launched) -> None:
    async with launched(handshake=False) as client:
        with pytest.raises(NotInitializedError):
            await client.request("process/read", {"processId": "x"})
        await client.handshake()
        with pytest.raises(AlreadyInitializedError):
            await client.handshake()
        with pytest.raises(MethodUnknownError):
            await client.request("no/such")
    with pytest.raises(SessionNotFoundError):
        async with launched(resume="no-such-session"):
            pass


@pytest.mark.anyio
@pytest.mark.parametrize("launched", ["websocket"], indirect=True)  # over stdio it falls silent
async def test_the_server_hangs_up_on_an_unknown_notification(launched: Launched) -> None:
    async with launched() as client:
        await client.notify("no/such/notification")
        with pytest.raises(ConnectionClosedError):
            await ask_on(client)


async def ask_on(client: Any) -> None:
    while True:
        await client.environment_status()


@pytest.mark.anyio
async def test_files(
    launched: Launched,
    traffic: Traffic,
    tmp_path: Path,
    project: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with launched() as client:
        files = client.files
        folder, data = project / "ä b" / "x", bytes(range(256)) * 3000
        await files.create_directory(folder)
        await files.write(folder / "f", data)
        assert (folder / "f").read_bytes() == data
        assert await files.read(str(folder / "f")) == data
        assert await files.read((folder / "f").as_uri()) == data
        info = await files.info(folder / "f")
        assert (info.is_file, info.is_symlink, info.size) == (True, False, len(data))
        await files.copy(folder / "f", folder / "g")
        assert sorted(entry.name for entry in await files.list(folder)) == ["f", "g"]
        assert await files.canonicalize(f"{folder}/../x/g") == str(folder / "g")
        tree = await files.walk(project)
        assert (str(folder / "g"), "file") in {(e.path, e.kind) for e in tree.entries}
        async with files.open(folder / "f", block=100_000) as file:
            assert b"".join([piece async for piece in file]) == data
            assert await file.read(256, 3) == b"\x00\x01\x02"
        await files.remove(folder / "g")
        await files.remove(folder / "g", force=True)
        assert not (folder / "g").exists()
    assert traffic.findings(tmp_path, CURRENT, capsys) == []


@pytest.mark.anyio
async def test_http(
    launched: Launched,
    web: str,
    traffic: Traffic,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with launched() as client:
        posted = HttpRequest("POST", web, headers={"X-Sent": "v"}, body=b"\xff12", timeout=20)
        answer = await client.fetch(posted)
        assert (answer.status, answer.header("x-seen"), answer.body) == (201, "v", b"21\xff")
        async with client.stream(HttpRequest("GET", web)) as stream:
            assert stream.response.status == 201
            assert await stream.read() == b"x" * 300_000
        with pytest.raises(InternalServerError, match="http/request failed"):
            await client.fetch(HttpRequest("GET", "http://127.0.0.1:1/"))
    assert traffic.findings(tmp_path, CURRENT, capsys) == []


@pytest.mark.anyio
async def test_a_session_is_resumed_and_its_process_followed(
    binary: Any, tmp_path: Path, project: Path
) -> None:
    """Two connections to one server: the first leaves, the process goes on."""
    options = ProcessOptions(env=PATH, stdin=True)
    with serving(binary(CURRENT), project, home_in(tmp_path)) as url, anyio.fail_after(LIMIT):
        async with AsyncExecServerClient.connect(url) as client:
            process = await client.start(["cat"], options)
            await process.write(b"one\n")
            assert (await anext(process)).data == b"one\n"
            session = client.server.session_id
        resumed = AsyncExecServerClient.connect(url, options=ExecOptions(resume=session))
        async with resumed as client:
            assert client.server.session_id == session
            async with await client.attach(process.process_id, after_seq=1) as again:
                await again.write(b"two\n")
                assert (await anext(again)).data == b"two\n"


@contextmanager
def serving(codex: Path, cwd: Path, home: Path) -> Iterator[str]:
    """A server that outlives its connections: its address."""
    process = subprocess.Popen(
        exec_server_command(codex, listen="ws://127.0.0.1:0"),
        cwd=cwd,
        env={**os.environ, "CODEX_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().decode().strip()
    finally:
        process.kill()
        process.communicate()


def test_the_blocking_client(
    binary: Any, tmp_path: Path, project: Path, web: str, capsys: pytest.CaptureFixture[str]
) -> None:
    traffic = Traffic()
    options = ExecOptions(observer=traffic, timeout=LIMIT)
    launch = ExecServerClient.launch(
        binary(CURRENT), cwd=project, codex_home=home_in(tmp_path), options=options
    )
    with launch as client:
        status = client.environment_status()
        assert isinstance(status, models.EnvironmentStatusResponse)
        assert status.status == "ready"
        result = client.run(["sh", "-c", "echo hi; exit 2"], ProcessOptions(inherit="core"))
        assert (result.exit_code, result.stdout) == (2, b"hi\n")
        with client.start(["cat"], ProcessOptions(env=PATH, stdin=True)) as cat:
            cat.write(b"abc")
            assert next(cat).data == b"abc"
        assert cat.exit_code == 137
        client.files.write(project / "f", b"12345")
        with client.files.open(project / "f", block=2) as file:
            assert list(file) == [b"12", b"34", b"5"]
        with client.stream(HttpRequest("GET", web)) as stream:
            assert sum(map(len, stream)) == 300_000
        started = client.process_start(
            process_id="typed", argv=["true"], cwd=project.as_uri(), env=PATH, tty=False
        )
        assert started.process_id == "typed"
        assert client.attach("typed").wait().exit_code == 0
    assert traffic.findings(tmp_path, CURRENT, capsys) == []


@pytest.mark.anyio
async def test_an_older_server_is_spoken_to_in_its_own_way(
    binary: Any, tmp_path: Path, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """0.125.0: a websocket only, native paths, no word about itself."""
    traffic = Traffic()
    client = AsyncExecServerClient.launch(
        binary(OLDER),
        websocket=True,
        codex_home=home_in(tmp_path),
        options=ExecOptions(observer=traffic),
    )
    with anyio.fail_after(LIMIT):
        async with client:
            assert client.server.version is None
            here = ProcessOptions(cwd=project, env=PATH, stdin=True)
            result = await client.run(["sh", "-c", "pwd; exit 3"], here)
            assert (result.exit_code, result.stdout) == (3, f"{project}\n".encode())
            async with await client.start(["cat"], here) as cat:
                await cat.write(b"hi")
                assert (await anext(cat)).data == b"hi"
                with pytest.raises(MethodUnknownError):
                    await cat.signal()
            await client.files.write(project / "f", b"x")
            assert (await client.files.info(project / "f")).size is None
    rules = [finding["rule"] for finding in traffic.findings(tmp_path, OLDER, capsys)]
    assert rules == ["schema/unknown-method"]  # the signal, on purpose


@pytest.mark.anyio
async def test_input_is_written_and_has_an_end(launched: Launched) -> None:
    options = ProcessOptions(env=PATH)
    async with launched() as client:
        counted = await client.run(["wc", "-c"], options, input=b"x" * 200_000, timeout=LIMIT)
        assert (counted.exit_code, counted.stdout.strip()) == (0, b"200000")
        failed = await client.run(["sh", "-c", "cat; exit 3"], options, input=b"", timeout=LIMIT)
        assert (failed.exit_code, failed.stdout) == (3, b"")
        unread = await client.run(["true"], options, input=b"x" * 200_000, timeout=LIMIT)
        assert unread.exit_code == 0
        with pytest.raises(RequestTimeoutError, match="sleep did not end"):
            await client.run(["sleep", "60"], options, timeout=0.2)
