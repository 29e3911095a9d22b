"""What goes wrong with real servers: they die, talk nonsense, refuse, or are read too slowly."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from live_client import FLAVOURS, collect, entered, play

from codexwire.runtime.client import ClientOptions
from codexwire.runtime.errors import (
    BufferOverflowError,
    ConnectionClosedError,
    InvalidParamsError,
    MethodUnknownError,
    NotInitializedError,
    ThreadNotFoundError,
    TurnFailedError,
    TurnNotActiveError,
)

CURRENT, LEGACY = "0.163.0", "0.99.0"
SLOW = '[[turn]]\n[[turn.step]]\ndelay = 0.05\noutput = [{{ message = "{}" }}]'.format(
    "word " * 300
)

pytestmark = pytest.mark.parametrize("flavour", FLAVOURS)


def wrapped(binary: Path, folder: Path, before: str) -> Path:
    """A script that does something and then becomes the real binary."""
    script = folder / "codex-wrapped"
    script.write_text(f'#!/bin/sh\n{before}\nexec {shlex.quote(str(binary))} "$@"\n')
    script.chmod(0o755)
    return script


def launched(flavour: str, codex: Path, stub: Any, project: Path, **options: Any) -> Any:
    home = stub.write_home(project.parent / "home")
    return entered(
        flavour,
        lambda kind: kind.launch(
            codex, cwd=project, codex_home=home, options=ClientOptions(**options)
        ),
    )


if sys.platform != "win32":

    def test_a_server_killed_mid_turn_wakes_everyone_with_the_cause(
        flavour: str, binary: Any, stub_of: Any, project: Path
    ) -> None:
        pid = project.parent / "pid"
        codex = wrapped(binary(CURRENT), project.parent, f"echo $$ > {shlex.quote(str(pid))}")
        stub = stub_of(script=SLOW)
        woken: list[Any] = []

        async def wait(function: Any, *args: Any) -> None:
            try:
                await function(*args)
            except ConnectionClosedError as problem:
                woken.append(problem)

        async def scenario() -> None:
            async with launched(flavour, codex, stub, project) as client:
                thread, other = [await client.start_thread() for _ in range(2)]
                turn = await client.start_turn(thread, "go")
                for _ in range(5):
                    await anext(turn)
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(wait, client.run_turn, other, "go")
                    tasks.start_soon(wait, client.run_turn, thread, "queued")
                    tasks.start_soon(wait, collect, turn)
                    await anyio.sleep(0.5)
                    os.kill(int(pid.read_text()), signal.SIGKILL)
                with pytest.raises(ConnectionClosedError):
                    await client.start_thread()

        play(flavour, scenario)
        assert [problem.returncode for problem in woken] == [-signal.SIGKILL] * 3
        assert "killed by SIGKILL" in str(woken[0])

    def test_garbage_on_standard_output_is_survived(
        flavour: str, binary: Any, stub_of: Any, project: Path
    ) -> None:
        noise = "echo 'npm notice: a new version is there'; echo '[1, 2]'; echo; printf '\\377\\n'"
        codex = wrapped(binary(CURRENT), project.parent, noise)

        async def scenario() -> None:
            async with launched(flavour, codex, stub_of("fine"), project) as client:
                assert (await client.run_turn(await client.start_thread(), "go")).text == "fine"

        play(flavour, scenario)

    def test_a_server_that_cannot_start_says_why(
        flavour: str, binary: Any, stub_of: Any, project: Path
    ) -> None:
        home = stub_of().write_home(project.parent / "home")
        args = ("--no-such-flag",)

        async def scenario() -> None:
            with pytest.raises(ConnectionClosedError) as closed:
                async with entered(
                    flavour,
                    lambda kind: kind.launch(binary(CURRENT), args=args, codex_home=home),
                ):
                    pass
            assert closed.value.returncode == 2
            assert "--no-such-flag" in closed.value.stderr_tail
            assert "exit code 2" in str(closed.value)

        play(flavour, scenario)


def test_a_slow_consumer_gets_everything_or_is_told(
    flavour: str, binary: Any, stub_of: Any, project: Path
) -> None:
    words = " ".join(f"w{n}" for n in range(300))
    stub = stub_of(words)

    async def scenario() -> None:
        async with launched(flavour, binary(CURRENT), stub, project) as client:
            first, second = [await client.start_thread() for _ in range(2)]
            slow = await client.start_turn(first, "go")
            small = await client.start_turn(second, "go", buffer=50)
            assert (await client.run_turn(first, "the server is not held up")).text == words
            pieces = []
            async for notification in slow:
                pieces.append(notification.wire_params.get("delta", ""))
                await anyio.sleep(0.001)
            assert "".join(pieces) == words
            await client.run_turn(second, "nor is another turn")
            with pytest.raises(BufferOverflowError, match="more than 50"):
                await collect(small)

    play(flavour, scenario)


def test_turns_on_one_thread_queue_up(
    flavour: str, binary: Any, stub_of: Any, project: Path
) -> None:
    stub = stub_of(
        script="".join(
            f'[[turn]]\nwhen = "number {n}"\n[[turn.step]]\ndelay = 0.02\n'
            f'output = [{{ message = "answer {n}" }}]\n'
            for n in range(4)
        )
    )
    texts: dict[int, str] = {}

    async def run(client: Any, thread: str, number: int) -> None:
        texts[number] = (await client.run_turn(thread, f"number {number}")).text

    async def scenario() -> None:
        async with launched(flavour, binary(CURRENT), stub, project) as client:
            thread = await client.start_thread()
            async with anyio.create_task_group() as tasks:
                for number in range(4):
                    tasks.start_soon(run, client, thread, number)

    play(flavour, scenario)
    assert texts == {n: f"answer {n}" for n in range(4)}


def test_errors_of_a_real_server_are_typed(
    flavour: str, binary: Any, stub_of: Any, project: Path
) -> None:
    nobody = "01a1fe05-6a5e-7853-ba14-0d4e8494d8dd"

    async def scenario() -> None:
        async with launched(flavour, binary(CURRENT), stub_of(), project) as client:
            thread = await client.start_thread()
            for kind, method, params in (
                (ThreadNotFoundError, "turn/start", {"threadId": nobody, "input": []}),
                (ThreadNotFoundError, "thread/resume", {"threadId": nobody}),
                (MethodUnknownError, "no/such/method", {}),
                (InvalidParamsError, "turn/start", {}),
                (TurnNotActiveError, "turn/steer", steer(thread)),
            ):
                with pytest.raises(kind) as problem:
                    await client.request(method, params)
                assert (problem.value.method, problem.value.code) == (method, -32600)

    def steer(thread: str) -> Any:
        text = [{"type": "text", "text": "x"}]
        return {"threadId": thread, "expectedTurnId": nobody, "input": text}

    play(flavour, scenario)


def test_a_request_before_the_handshake_is_refused(
    flavour: str, binary: Any, stub_of: Any, project: Path
) -> None:
    async def scenario() -> None:
        async with launched(
            flavour, binary(CURRENT), stub_of("hi"), project, handshake=False
        ) as client:
            with pytest.raises(NotInitializedError):
                await client.start_thread()
            await client.handshake()
            assert (await client.run_turn(await client.start_thread(), "go")).text == "hi"

    play(flavour, scenario)


@pytest.mark.parametrize("version", [CURRENT, LEGACY, "0.58.0"])
def test_a_failing_model_fails_the_turn(
    flavour: str, version: str, binary: Any, stub_of: Any, project: Path
) -> None:
    stub = stub_of(
        script='[[turn]]\n[[turn.step]]\nerror = { status = 400, message = "bad prompt" }'
    )

    async def scenario() -> None:
        async with launched(flavour, binary(version), stub, project) as client:
            thread = await client.start_thread()
            result = await client.run_turn(thread, "go", timeout=20)
            assert result.status == "failed"
            assert "bad prompt" in result.error_message
            with pytest.raises(TurnFailedError, match="bad prompt"):
                await collect(client.stream_text(thread, "again"))

    play(flavour, scenario)
