"""Turns against real servers, with the sync client, on asyncio and on trio."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import pytest
from amount import times
from live_client import FLAVOURS, collect, entered, play

from codexwire.runtime.client import ClientOptions, approval_handlers
from codexwire.stub import ResponsesStub

NEWEST = "0.171.0"
CURRENT, OLDER, LEGACY, OLDEST = "0.163.0", "0.125.0", "0.99.0", "0.58.0"
VERSIONS = (NEWEST, CURRENT, OLDER, LEGACY, OLDEST)

pytestmark = pytest.mark.parametrize("flavour", FLAVOURS)


class Setup:
    """A server of one release, its home and its model."""

    def __init__(self, version: str, binary: Any, stub: ResponsesStub, project: Path) -> None:
        self.version = version
        self.binary = binary
        self.stub = stub
        self.project = project

    def client(self, flavour: str, settings: str = "", **options: Any) -> Any:
        old = tuple(map(int, self.version.split("."))) < (0, 120, 0)
        home = self.stub.write_home(
            self.project.parent / "home",
            model="gpt-5.1-codex" if old else "gpt-5.5",
            settings=settings,
        )
        return entered(
            flavour,
            lambda kind: kind.launch(
                self.binary(self.version),
                cwd=self.project,
                codex_home=home,
                options=ClientOptions(**options),
            ),
        )


@pytest.fixture(params=[CURRENT])
def setup(request: Any, binary: Any, stub_of: Any, project: Path) -> Any:
    """Makes a Setup of the current release, or of those that a test names."""
    return lambda text="", script=None: Setup(request.param, binary, stub_of(text, script), project)


every_version = pytest.mark.parametrize("setup", VERSIONS, indirect=True)


@every_version
def test_a_turn_its_text_and_what_it_came_to(flavour: str, setup: Any) -> None:
    server = setup("Hello, world!")

    async def scenario() -> None:
        async with server.client(flavour) as client:
            assert str(client.server.version) == server.version
            thread = await client.start_thread()
            result = await client.run_turn(thread, "Say hello")
            assert (result.status, result.text) == ("completed", "Hello, world!")
            assert result.usage.last.total_tokens == 1050
            assert len(result.items) == 2
            pieces = await collect(client.stream_text(thread, "Again"))
            assert pieces == ["Hello, ", "world!"]

    play(flavour, scenario)
    assert len(server.stub.requests) == 2


WORK = """
[[turn]]
when = "command"
[[turn.step]]
output = [{ shell = "touch made-by-command.txt", escalate = true }]
[[turn.step]]
output = [{ message = "Command done." }]
[[turn]]
when = "patch"
[[turn.step]]
output = [{ patch = "*** Begin Patch\\n*** Add File: made-by-patch.txt\\n+one\\n*** End Patch" }]
[[turn.step]]
output = [{ message = "Patch done." }]
"""


@every_version
def test_a_command_and_a_patch_wait_for_approval(flavour: str, setup: Any) -> None:
    server = setup(script=WORK)
    asked: list[Any] = []
    made: list[set[str]] = []

    def watched(answer: Any) -> Any:
        def handler(params: Any) -> Any:
            asked.append(params)
            return answer(params)

        return handler

    async def work(client: Any) -> None:
        """Have both asked for in a new thread, and see which files came of it."""
        thread = await client.start_thread()
        command = await client.run_turn(thread, "run the command")
        patch = await client.run_turn(thread, "apply the patch")
        assert (command.status, command.text) == ("completed", "Command done.")
        assert (patch.status, patch.text) == ("completed", "Patch done.")
        files = list(server.project.glob("[!.]*"))
        made.append({file.name for file in files})
        for file in files:
            file.unlink()

    async def scenario() -> None:
        settings = 'approval_policy = "on-request"\nsandbox_mode = "read-only"'
        async with server.client(flavour, settings) as client:
            await work(client)  # without handlers: declined
            for method, handler in approval_handlers("accept").items():
                setting = client.on_request(method, watched(handler))
                if setting is not None:
                    await setting
            await work(client)

    play(flavour, scenario)
    assert made == [set(), {"made-by-command.txt", "made-by-patch.txt"}]
    assert len(asked) == 2


@every_version
def test_a_turn_is_interrupted(flavour: str, setup: Any) -> None:
    server = setup(
        script='[[turn]]\n[[turn.step]]\ndelay = 0.05\noutput = [{ message = "'
        + "word " * 400
        + '" }]'
    )

    async def scenario() -> None:
        async with server.client(flavour) as client:
            thread = await client.start_thread()
            turn = await client.start_turn(thread, "go on and on")
            async for notification in turn:
                if turn_text(turn, notification):
                    break
            await turn.interrupt()
            result = await turn.result()
            assert result.status == "interrupted"

    def turn_text(turn: Any, notification: Any) -> str:
        plain = getattr(turn, "_blocking", turn)
        return str(plain.text_of(notification))

    play(flavour, scenario)


STEERED = """
[[turn]]
when = "left"
[[turn.step]]
output = [{ message = "Turning left." }]
[[turn]]
[[turn.step]]
delay = 0.05
output = [{ shell = "echo straight" }, { message = "Straight on we go, and on, and on." }]
[[turn.step]]
output = [{ message = "Arrived." }]
"""


@every_version
def test_a_running_turn_is_steered(flavour: str, setup: Any) -> None:
    server = setup(script=STEERED)

    async def scenario() -> None:
        async with server.client(flavour) as client:
            thread = await client.start_thread()
            turn = await client.start_turn(thread, "drive")
            await anext(turn)
            await turn.steer("turn left")
            result = await turn.result()
            assert (result.status, result.text) == ("completed", "Turning left.")

    play(flavour, scenario)


@pytest.mark.parametrize("setup", [CURRENT, LEGACY], indirect=True)
def test_turns_of_two_threads_interleave(flavour: str, setup: Any) -> None:
    server = setup(
        script="".join(
            f'[[turn]]\nwhen = "{name}"\n[[turn.step]]\ndelay = 0.02\n'
            f'output = [{{ message = "{f"{name} " * 20}" }}]\n'
            for name in ("alpha", "beta")
        )
    )

    order: list[str] = []

    def watch(_: Any, text: bytes) -> None:
        message = json.loads(text)
        if message.get("method") == "item/agentMessage/delta":
            order.append(message["params"]["delta"].strip())

    async def scenario() -> None:
        async with server.client(flavour, observer=watch) as client:
            threads = [await client.start_thread() for _ in range(2)]
            turns = [
                await client.start_turn(thread, name)
                for thread, name in zip(threads, ("alpha", "beta"), strict=True)
            ]
            results = [await turn.result() for turn in turns]
        assert [r.text.split() for r in results] == [["alpha"] * 20, ["beta"] * 20]

    play(flavour, scenario)
    assert sum(one != other for one, other in pairwise(order)) > 2


@pytest.mark.parametrize(
    ("setup", "count"), [(CURRENT, times(20, 50)), (LEGACY, 10)], indirect=["setup"], ids=str
)
def test_many_turns_at_once_lose_and_misroute_nothing(flavour: str, setup: Any, count: int) -> None:
    said = {f"number {n};": " ".join(f"n{n}w{word}" for word in range(8)) for n in range(count)}
    server = setup(
        script="".join(
            f'[[turn]]\nwhen = "{prompt}"\ntext = "{text}"\n' for prompt, text in said.items()
        )
    )
    seen: dict[str, list[Any]] = {}
    texts: dict[str, str] = {}

    async def run(client: Any, prompt: str) -> None:
        thread = await client.start_thread()
        turn = await client.start_turn(thread, prompt)
        seen[prompt] = await collect(turn)
        texts[prompt] = (await turn.result()).text
        assert {n.thread_id for n in seen[prompt]} == {thread}
        assert {n.turn_id for n in seen[prompt]} == {turn.turn_id}

    async def scenario() -> None:
        async with server.client(flavour) as client, anyio.create_task_group() as tasks:
            for prompt in said:
                tasks.start_soon(run, client, prompt)

    play(flavour, scenario)
    assert texts == said
    for prompt, notifications in seen.items():
        deltas = [
            n.wire_params["delta"] for n in notifications if n.method == "item/agentMessage/delta"
        ]
        assert "".join(deltas) == said[prompt]
