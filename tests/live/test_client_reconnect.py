"""Connections that break at every point of a turn, to real servers that play on or are started anew."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import anyio
import pytest
from cutting import Cutting
from live_client import FLAVOURS, entered, listening, play

from codexwire.runtime.client import ClientOptions, RetryPolicy
from codexwire.runtime.transport import open_websocket

CURRENT, NEWEST, OLDER = "0.163.0", "0.171.0", "0.125.0"

SCRIPT = """
[[turn]]
[[turn.step]]
delay = 0.01
output = [
    { reasoning = "I look first." },
    { message = "Let me see the files of it." },
    { shell = "echo one; sleep 0.1; echo two" },
]
[[turn.step]]
delay = 0.01
output = [{ message = "Two files are in there, and no more." }]
"""
FIRST = 8
"""The messages that a server sends before a turn's first notification."""


def options(**more: Any) -> ClientOptions:
    return ClientOptions(reconnect=RetryPolicy(retries=20, first=0.02, longest=0.2), **more)


def descriptors() -> int:
    """The files that this process has open; 0 where that cannot be seen."""
    gc.collect()
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def said(items: list[Any]) -> list[Any]:
    return [(i["type"], i.get("text"), i.get("summary"), i.get("aggregatedOutput")) for i in items]


async def cut_and_compare(cutting: Cutting, reader: Any) -> None:
    """Play a turn over a connection that breaks, and compare it with the thread's history."""
    async with entered("asyncio", lambda kind: kind(cutting.open, options())) as client:
        thread = await client.start_thread()
        turn = await client.start_turn(thread, "go")
        items, text = [], ""
        async for notification in turn:
            if notification.method == "item/completed":
                items.append(notification.wire_params["item"])
            text += turn.text_of(notification)
        asked = {"threadId": thread, "includeTurns": True}
        (told,) = (await reader.ask("thread/read", asked))["thread"]["turns"]
    assert cutting.opened == cutting.left
    assert not any(client.connection.router.leftovers().values())
    assert said(items) == said(told["items"])
    messages = [item["text"] for item in told["items"] if item["type"] == "agentMessage"]
    assert text == "".join(messages)
    result = turn.result_so_far()
    assert (result.status, result.text) == ("completed", messages[-1])


@pytest.mark.parametrize("version", [CURRENT, NEWEST])
def test_cut_at_twenty_points_a_turn_is_told_once_and_whole(
    version: str, binary: Any, stub_of: Any, project: Path
) -> None:
    home = stub_of(script=SCRIPT).write_home(project.parent / "home")

    async def scenario() -> None:
        args = ("--listen", "ws://127.0.0.1:0")
        with listening(binary(version), home, *args, cwd=project) as address:
            url = address()
            async with entered("asyncio", lambda kind: kind.connect(url)) as reader:
                for point in range(FIRST, FIRST + 40, 2):
                    cutting = Cutting(lambda: open_websocket(url), point)
                    await cut_and_compare(cutting, reader)

    play("asyncio", scenario, limit=120)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_client_goes_on(flavour: str, binary: Any, stub_of: Any, project: Path) -> None:
    home = stub_of(script=SCRIPT).write_home(project.parent / "home")
    threads = set(threading.enumerate())
    files = descriptors()

    async def scenario() -> None:
        args = ("--listen", "ws://127.0.0.1:0")
        with listening(binary(CURRENT), home, *args, cwd=project) as address:
            url = address()
            cutting = Cutting(lambda: open_websocket(url), 14, 9, 9)
            async with entered(flavour, lambda kind: kind(cutting.open, options())) as client:
                result = await client.run_turn(await client.start_thread(), "go")
            assert result.status == "completed"
            assert result.text == "Two files are in there, and no more."
            assert result.reconnects >= 2
            assert len(result.items) == 5

    play(flavour, scenario)
    assert {t for t in threading.enumerate() if "codexwire" in t.name} <= threads
    assert descriptors() <= files


@pytest.mark.parametrize("version", [CURRENT, OLDER])
def test_a_server_that_is_started_anew_resumes_the_thread(
    version: str, binary: Any, stub_of: Any, project: Path
) -> None:
    """The turn that ran died with the server, which says so; the settings are as they were."""
    home = stub_of(script=SCRIPT).write_home(project.parent / "home")

    def launched(kind: Any) -> Any:
        return kind.launch(binary(version), cwd=project, codex_home=home, options=options())

    async def scenario() -> None:
        async with entered("asyncio", launched) as client:
            given = {"sandbox": "danger-full-access", "approvalPolicy": "never"}
            thread = await client.start_thread(given)
            turn = await client.start_turn(thread, "go")
            async for notification in turn:
                if notification.method == "item/agentMessage/delta":
                    client.connection._transport._process.kill()
                    break
            died = await turn.result()
            assert (died.status, died.reconnects) == ("interrupted", 1)
            again = await client.run_turn(thread, "go")
            assert (again.status, again.reconnects) == ("completed", 0)
            resumed = await client.ask("thread/resume", {"threadId": thread})
            assert resumed["approvalPolicy"] == "never"
            assert resumed["sandbox"]["type"] == "dangerFullAccess"

    play("asyncio", scenario)


ASKS = """
[[turn]]
[[turn.step]]
output = [{ shell = "touch made", escalate = true }]
[[turn.step]]
output = [{ message = "Done." }]
"""


def test_an_approval_that_was_open_is_asked_for_again(
    binary: Any, stub_of: Any, project: Path
) -> None:
    home = stub_of(script=ASKS).write_home(project.parent / "home")
    asked: list[Any] = []

    async def decide(params: Any) -> Any:
        asked.append(params)
        if len(asked) == 1:
            cutting.cut()
            await anyio.sleep_forever()
        return {"decision": "accept"}

    cutting: Any = None

    async def scenario() -> None:
        nonlocal cutting
        args = ("--listen", "ws://127.0.0.1:0")
        with listening(binary(CURRENT), home, *args, cwd=project) as address:
            url = address()
            cutting = Cutting(lambda: open_websocket(url))
            handlers = {"item/commandExecution/requestApproval": decide}
            async with entered(
                "asyncio", lambda kind: kind(cutting.open, options(handlers=handlers))
            ) as client:
                result = await client.run_turn(await client.start_thread(), "go")
        assert (result.status, result.text, len(asked)) == ("completed", "Done.", 2)
        assert (project / "made").exists()

    play("asyncio", scenario)


def test_what_the_documentation_shows_runs(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "reconnect.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert (done.stdout, done.returncode) == ("Hello, world! 0\n", 0), done.stderr
