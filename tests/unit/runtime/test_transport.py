from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import anyio
import pytest

from codexwire.runtime.errors import LaunchError
from codexwire.runtime.transport import open_stdio
from codexwire.runtime.transport.base import TransportFailure
from codexwire.runtime.transport.lines import LineSplitter

pytestmark = pytest.mark.anyio

ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"


def python(code: str) -> list[str]:
    return [sys.executable, "-u", "-c", code]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_lines_are_found_wherever_the_chunks_are_cut(size: int) -> None:
    stream = b'{"a":1}\n\n  \r\n{"b":"\xc3\xa9"}\r\n' + b"x" * 50 + b"\nlast"
    splitter = LineSplitter()
    lines = [
        line
        for start in range(0, len(stream), size)
        for line in splitter.feed(stream[start : start + size])
    ]
    assert [*lines, *splitter.end()] == [b'{"a":1}', b'{"b":"\xc3\xa9"}', b"x" * 50, b"last"]
    assert splitter.end() == []


def test_an_endless_line_ends_the_transport() -> None:
    splitter = LineSplitter(limit=10)
    splitter.feed(b"12345")
    with pytest.raises(TransportFailure, match="longer than 10 bytes"):
        splitter.feed(b"6789ab")


async def test_a_child_process_echoes_small_and_large_messages() -> None:
    large = b'"' + b"x" * 3_000_000 + b'"'
    async with open_stdio(python(ECHO)) as transport, anyio.create_task_group() as tasks:
        tasks.start_soon(transport.send, large)
        assert await transport.receive() == [large]
        await transport.send(b"1")
        await transport.send(b"2")
        got: list[bytes] = []
        while len(got) < 2:
            got += await transport.receive()
    assert got == [b"1", b"2"]


async def test_a_process_that_dies_is_described() -> None:
    code = "import sys; print('broken: no disk', file=sys.stderr); sys.exit(3)"
    async with open_stdio(python(code)) as transport:
        with pytest.raises(TransportFailure, match="standard output"):
            await transport.receive()
        post = await transport.post_mortem()
    assert (post.returncode, str(post)) == (3, "exit code 3")
    assert post.stderr_tail == "broken: no disk\n"


if sys.platform != "win32":

    async def test_a_killed_process_is_described() -> None:
        code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
        async with open_stdio(python(code)) as transport:
            with pytest.raises(TransportFailure):
                await transport.receive()
            assert str(await transport.post_mortem()) == "killed by SIGKILL"


async def test_standard_error_is_drained_and_its_tail_kept() -> None:
    code = (
        "import sys\nfor n in range(50_000): print('noise', n, file=sys.stderr)\n"
        "print('{}', flush=True)"
    )
    async with open_stdio(python(code)) as transport:
        assert await transport.receive() == [b"{}"]
        tail = (await transport.post_mortem()).stderr_tail
    assert len(tail) <= 64 * 1024
    assert tail.endswith("noise 49999\n")


async def test_a_server_that_does_not_leave_is_made_to() -> None:
    code = (
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('{}', flush=True)\ntime.sleep(60)"
    )
    with anyio.fail_after(20):
        async with open_stdio(python(code), grace=0.1) as transport:
            await transport.receive()
    post = await transport.post_mortem()
    assert post.returncode not in (None, 0)


async def test_environment_and_folder_reach_the_server(tmp_path: Path) -> None:
    code = "import os; print(os.environ['DEMO'], os.environ['PATH'] != '', os.getcwd())"
    async with open_stdio(python(code), cwd=tmp_path, env={"DEMO": "yes"}) as transport:
        (line,) = await transport.receive()
    assert line.decode() == f"yes True {tmp_path.resolve()}"


async def test_what_cannot_be_started_is_said(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match=r"cannot start .*no-such-codex"):
        async with open_stdio([str(tmp_path / "no-such-codex")]):
            pass


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cwd": "no/such/folder"}, "no such folder: no/such/folder"),
        ({"cwd": __file__}, "no such folder"),
        ({"env": {"NAME": "a\0b"}}, "null byte"),
    ],
)
async def test_nor_where_and_how_it_cannot(given: dict[str, Any], said: str) -> None:
    with pytest.raises(LaunchError, match=said):
        async with open_stdio(python(ECHO), **given):
            pass


async def test_a_failing_block_fails_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        async with open_stdio(python(ECHO)):
            _ = 1 // 0
