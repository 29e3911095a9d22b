"""However a server process ends, everyone who waits is told within the limit what happened.

The servers are small programs that play one way to end: before the handshake, or while a turn runs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple

import anyio
import pytest

from codexwire.runtime.client import AsyncClient, Client, ClientOptions
from codexwire.runtime.errors import ClientError, ConnectionClosedError, RequestTimeoutError
from codexwire.runtime.transport import Transport, open_stdio

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="ends by signals, and pipes of POSIX"),
]

BEGIN = """
import json, os, signal, subprocess, sys, time

def answer(result):
    message = json.loads(sys.stdin.readline())
    print(json.dumps({"id": message["id"], "result": result}), flush=True)

def half(line):
    print(line, end="", flush=True)
    os._exit(4)

def flood(stream, text):
    while True:
        stream.write(text)

if sys.argv[1] == "turn":
    answer({"userAgent": "odd/0.163.0 (Linux)"})
    sys.stdin.readline()
    answer({"turn": {"id": "0", "status": "inProgress"}})
"""
SLEEP = "time.sleep(60)"


class End(NamedTuple):
    """What the program does, and what is known of it: its return code, and words of the error."""

    program: str
    returncode: int | None
    said: str


TOLD = {
    "exit code 0": End("os._exit(0)", 0, "closed its standard output.*exit code 0"),
    "exit code and words": End("sys.exit('no such flag')", 1, "exit code 1.*no such flag"),
    "words in colour": End(
        r"sys.exit('\x1b[31mERROR\x1b[0m \x1b[2mwhy')", 1, r"last words: ERROR why\)"
    ),
    "killed": End("os.kill(os.getpid(), signal.SIGKILL)", -9, "killed by SIGKILL"),
    "crashed": End("os.kill(os.getpid(), signal.SIGSEGV)", -11, "killed by SIGSEGV"),
    "silent and alive": End(f"os.close(1); {SLEEP}", None, "closed its standard output"),
    "deaf and dumb": End(f"os.close(0); os.close(1); {SLEEP}", None, "closed its standard output"),
    "half a line": End("""half('{"id":1,"res')""", 4, r"in the middle of a line.*exit code 4"),
    "half an answer": End("""half('{"id":1,"result":{"a')""", 4, "in the middle of a line"),
    "pipes held open": End(
        "subprocess.Popen(['sleep', '5']); os._exit(5)", 5, "the server ended.*exit code 5"
    ),
    "flood of words": End(
        "sys.stderr.write('x' * 10_000_000 + ' last'); os._exit(6)", 6, "exit code 6.*xxx last"
    ),
}
"""Ends that the client can know: it says so, whoever waits for what."""

UNTOLD = {
    "never reads": SLEEP,
    "never stops its errors": "flood(sys.stderr, 'x' * 1000 + chr(10))",
    "one endless line of errors": "flood(sys.stderr, 'x' * 1000)",
    "one endless line": "flood(sys.stdout, 'x' * 1000)",
    "blank lines": "flood(sys.stdout, chr(10) * 1000)",
}
"""Servers that live and never answer: every wait ends by its limit."""

LIMIT, SHORT = 20.0, 0.3
OPTIONS = ClientOptions(handshake_timeout=None)
WHEN = pytest.mark.parametrize("when", ["start", "turn"])
WAITS: tuple[Callable[[Any, float], Any], ...] = (
    lambda client, limit: client.run_turn("t", "go", timeout=limit),
    lambda client, limit: client.notifications(methods=("never",)).next(timeout=limit),
    lambda client, limit: client.wait_for_turn_completed("t2", "1", timeout=limit),
    lambda client, limit: client.follow_turn("t3", "2").result(timeout=limit),
)


def opener(program: str, when: str) -> Callable[[], AbstractAsyncContextManager[Transport]]:
    command = [sys.executable, "-I", "-S", "-c", f"{BEGIN}\n{program}", when]
    return lambda: open_stdio(command, grace=0.05)


async def problems_of(client: AsyncClient, when: str, limit: float) -> list[ClientError]:
    """Wait for a start, or in all ways at once, and return the errors that come of it."""
    problems: list[ClientError] = []

    async def wait(way: Callable[[Any, float], Any]) -> None:
        with pytest.raises(ClientError) as problem:
            await way(client, limit)
        problems.append(problem.value)

    with anyio.fail_after(LIMIT / 2):
        if when == "start":
            await wait(lambda client, limit: client.start(timeout=limit))
            return problems
        async with client, anyio.create_task_group() as tasks:
            for way in WAITS:
                tasks.start_soon(wait, way)
    return problems


def blocking_problems_of(client: Client, when: str, limit: float) -> list[ClientError]:
    """Do the same with a client that blocks."""

    def wait(way: Callable[[Any, float], Any]) -> ClientError:
        with pytest.raises(ClientError) as problem:
            way(client, limit)
        return problem.value

    if when == "start":
        return [wait(lambda client, limit: client.start(timeout=limit))]
    with client, ThreadPoolExecutor() as threads:
        return list(threads.map(wait, WAITS, timeout=LIMIT / 2))


def check(problems: list[ClientError], when: str, end: End) -> None:
    assert len(problems) == (1 if when == "start" else len(WAITS))
    for problem in problems:
        assert isinstance(problem, ConnectionClosedError)
        assert problem.returncode == end.returncode
        assert re.search(end.said, str(problem), re.DOTALL)


@WHEN
@pytest.mark.parametrize("name", TOLD)
async def test_an_end_is_told(name: str, when: str) -> None:
    end = TOLD[name]
    client = AsyncClient(opener(end.program, when), OPTIONS)
    check(await problems_of(client, when, LIMIT), when, end)


@WHEN
@pytest.mark.parametrize("name", TOLD)
def test_an_end_is_told_to_who_blocks(name: str, when: str) -> None:
    end = TOLD[name]
    client = Client(opener(end.program, when), OPTIONS)
    check(blocking_problems_of(client, when, LIMIT), when, end)


@WHEN
@pytest.mark.parametrize("name", UNTOLD)
async def test_no_odd_server_holds_anybody(name: str, when: str) -> None:
    client = AsyncClient(opener(UNTOLD[name], when), OPTIONS)
    for problem in await problems_of(client, when, SHORT):
        assert isinstance(problem, RequestTimeoutError)


@WHEN
@pytest.mark.parametrize("name", UNTOLD)
def test_nor_does_it_hold_who_blocks(name: str, when: str) -> None:
    client = Client(opener(UNTOLD[name], when), OPTIONS)
    for problem in blocking_problems_of(client, when, SHORT):
        assert isinstance(problem, RequestTimeoutError)


async def test_a_full_pipe_holds_nobody() -> None:
    """The request is too long for the pipe, and what comes after it waits, too."""
    async with AsyncClient(opener(SLEEP, "start"), ClientOptions(handshake=False)) as client:
        long = {"text": "x" * 200_000}
        with anyio.fail_after(LIMIT / 2):
            for _ in range(300):  # more than wait to be sent
                with pytest.raises(RequestTimeoutError):
                    await client.request("demo", long, timeout=0.001)


@pytest.mark.parametrize("big", [False, True])
async def test_closed_standard_input_is_told_to_who_sends(big: bool) -> None:
    program = f"os.close(0); print(json.dumps({{'method': 'deaf'}}), flush=True); {SLEEP}"
    async with AsyncClient(opener(program, "start"), ClientOptions(handshake=False)) as client:
        with anyio.fail_after(LIMIT / 2):
            assert (await client.notifications().next()).method == "deaf"
            for _ in range(2):  # the second at once
                with pytest.raises(ConnectionClosedError, match="closed its standard input"):
                    await client.request("demo", {"x": "y" * 1_000_000} if big else None)
