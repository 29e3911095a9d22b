"""What a client that connects again resumes: which threads, and with which settings.

All messages are invented; which settings there are is in the archive of schemas.
"""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from cutting import on_line
from fake_app_server import FakeServer, play_turn, turns

from codexwire.ingest.archive import archive
from codexwire.runtime.errors import ConnectionClosedError

pytestmark = pytest.mark.anyio

LEAVES = ("thread/unsubscribe", "thread/archive", "thread/delete")


async def answer(end: Any, message: Any) -> None:
    """Answer about the thread that is asked about."""
    thread = message["params"]["threadId"]
    await end.answer(message, {"thread": {"id": thread}})


@pytest.fixture
def server() -> FakeServer:
    server = FakeServer()
    server.answers["thread/fork"] = server.answers["thread/start"]
    methods = ("thread/resume", "thread/read", "thread/turns/list", "thread/settings/update")
    server.answers |= {
        **dict.fromkeys((*methods, *LEAVES), answer),
        "turn/start": turns(),
    }
    return server


async def resumed(server: FakeServer, *asked: tuple[str, dict[str, Any]]) -> list[Any]:
    """The params of each `thread/resume` of a client that was cut off after these requests."""
    async with on_line(server) as (line, client):
        for method, params in asked:
            if method == "turn/start":
                await client.run_turn("t", "go", params)
            else:
                await client.ask(method, params)
        before = len(server.seen)
        await line.break_off()
        await client.ask("thread/read", {"threadId": "t"})
    again = server.seen[before:]
    return [m["params"] for m in again if m.get("method") == "thread/resume"]


@pytest.fixture(scope="module")
def settings() -> set[str]:
    """What `thread/start` and `thread/resume` of one release both take, of any release."""
    found: set[str] = set()
    for release in archive().versions:
        types = archive().protocol(release).types  # type: ignore[union-attr]
        start, resume = (types[f"v2/Thread{verb}Params"].schema for verb in ("Start", "Resume"))
        found |= start["properties"].keys() & resume["properties"].keys()
    return found


async def test_a_thread_is_resumed_with_all_its_settings(
    server: FakeServer, settings: set[str]
) -> None:
    given = {name: f"the {name}" for name in settings}
    (asked,) = await resumed(server, ("thread/start", {**given, "ephemeral": True}))
    assert asked == {**given, "threadId": "t"}


@pytest.mark.parametrize(
    ("method", "thread"),
    [("thread/start", None), ("thread/resume", "t"), ("thread/fork", "source")],
)
async def test_a_thread_that_a_client_joins_is_resumed(
    method: str, thread: str | None, server: FakeServer
) -> None:
    (asked,) = await resumed(server, (method, {"threadId": thread, "model": "m"}))
    assert asked == {"threadId": "t", "model": "m"}


async def test_a_conversation_is_not_and_that_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async def begin(end: Any, message: Any) -> None:
        await end.answer(message, {"conversationId": "t"})

    server = FakeServer("0.99.0")
    server.answers |= dict.fromkeys(("newConversation", "addConversationListener"), begin)
    async with on_line(server) as (line, client):
        thread = await client.start_thread()
        await line.break_off()
        assert await client.start_thread() == thread
        assert "thread t is lost: a conversation of the v1 API is not resumed" in caplog.text
        told = client.notifications(thread_id=thread)
        line.cut()
        with pytest.raises(ConnectionClosedError, match="cannot be resumed"):
            await told.next()


@pytest.mark.parametrize("method", LEAVES)
async def test_a_thread_that_was_left_is_not_resumed(method: str, server: FakeServer) -> None:
    start, other = ("thread/start", {}), ("thread/resume", {"threadId": "other"})
    told = await resumed(server, start, other, (method, {"threadId": "t"}))
    assert [params["threadId"] for params in told] == ["other"]


@pytest.mark.parametrize("method", ["turn/start", "thread/settings/update"])
async def test_what_changes_a_setting_counts(method: str, server: FakeServer) -> None:
    changed = {"threadId": "t", "model": "new", "effort": "low"}
    (asked,) = await resumed(
        server, ("thread/start", {"model": "old", "cwd": "/"}), (method, changed)
    )
    assert asked == {"threadId": "t", "model": "new", "cwd": "/"}


def variants(release: Any, name: str) -> list[str]:
    """The words of an enum, or of the tag of a union."""
    schema = archive().protocol(release).types[f"v2/{name}"].schema  # type: ignore[union-attr]
    tags = (variant["properties"]["type"]["enum"] for variant in schema.get("oneOf", ()))
    return schema.get("enum") or [tag for (tag,) in tags]


async def test_the_sandbox_of_a_turn_is_that_of_the_thread_from_then_on(server: FakeServer) -> None:
    latest = archive().versions[-1]
    modes = variants(latest, "SandboxMode")
    found = set()
    for policy in variants(latest, "SandboxPolicy"):
        turn = {"threadId": "t", "sandboxPolicy": {"type": policy}}
        (asked,) = await resumed(server, ("thread/start", {"sandbox": "x"}), ("turn/start", turn))
        found.add((asked["sandbox"], policy.lower()))
    assert found == {
        *((mode, mode.replace("-", "")) for mode in modes),
        (None, "externalsandbox"),  # which no mode says
    }


@pytest.mark.parametrize("name", ["permissions", "permissionProfile"])
async def test_permissions_and_a_sandbox_stand_in_place_of_each_other(
    name: str, server: FakeServer
) -> None:
    """0.163.0 refuses both: "`permissions` cannot be combined with `sandbox`"."""
    permitted = {"threadId": "t", name: "mine"}
    boxed = {"threadId": "t", "sandboxPolicy": {"type": "readOnly"}}
    start = ("thread/start", {"sandbox": "workspace-write"})
    (asked,) = await resumed(server, start, ("turn/start", permitted))
    assert asked == permitted
    (asked,) = await resumed(server, start, ("turn/start", permitted), ("turn/start", boxed))
    assert asked == {"threadId": "t", "sandbox": "read-only"}


def telling(server: FakeServer, thread: dict[str, Any], later: dict[str, Any]) -> None:
    """Let the server tell a thread so when it is resumed, and otherwise when it is read."""

    async def tell(end: Any, message: Any) -> None:
        told = thread if message["method"] == "thread/resume" else later
        await end.answer(message, {"thread": {"id": "t", **told}})

    server.answers |= dict.fromkeys(("thread/resume", "thread/read", "thread/turns/list"), tell)


async def test_a_turn_that_is_told_as_interrupted_is_asked_for_again(server: FakeServer) -> None:
    """As measured on 0.140.0, which had not written down its end."""

    async def begin(end: Any, message: Any) -> None:
        await end.answer(message, {"turn": {"id": "u"}})
        await end.notify("turn/started", {"threadId": "t", "turn": {"id": "u"}})

    server.answers["turn/start"] = begin
    item = {"type": "agentMessage", "id": "i", "text": "hi"}
    first, then = ({"id": "u", "items": [item], "status": s} for s in ("interrupted", "completed"))
    telling(server, {"turns": [first]}, {"turns": [then], "status": {"type": "idle"}})
    async with on_line(server) as (line, client):
        ends = client.notifications(methods=("turn/completed",))
        turn = await client.start_turn("t", "go")
        await anext(turn)
        line.cut()
        told = [notification async for notification in turn]
        assert (await ends.next()).wire_params["turn"]["items"] == [], "they were told before"
    assert told[-2].wire_params == {"threadId": "t", "turnId": "u", "item": item}
    assert told[-1].wire_params == {"threadId": "t", "turn": {**then, "items": []}}


@pytest.mark.parametrize("again", [{"status": {"type": "idle"}}, {}])
async def test_a_thread_that_tells_no_turns_tells_its_status(
    again: dict[str, Any], server: FakeServer
) -> None:
    async def begin(end: Any, message: Any) -> None:
        await end.answer(message, {"turn": {"id": "u"}})
        await end.notify("turn/started", {"threadId": "t", "turn": {"id": "u"}})

    server.answers["turn/start"] = begin
    idle = {"status": {"type": "idle"}}
    telling(server, {"status": {"type": "active"}} if again else idle, again)
    async with on_line(server) as (line, client):
        statuses = client.notifications(methods=("thread/status/changed",))
        turn = await client.start_turn("t", "go", grace=0.01)
        await anext(turn)
        line.cut()
        assert (await statuses.next()).wire_params == {"threadId": "t", **idle}
        assert (await turn.result()).status == "unknown"


async def test_turns_are_not_asked_for_where_the_answer_has_them(server: FakeServer) -> None:
    """And a thread that is read without them says that it has none."""
    turn = {"id": "other", "items": [], "status": "inProgress"}
    active = {"status": {"type": "active"}}
    telling(server, {"turns": [turn], **active}, {"turns": [], **active})
    async with on_line(server) as (line, client):
        await client.start_thread()
        listening = client.notifications(thread_id="t")
        await line.break_off()
        await listening.next()
        await anyio.wait_all_tasks_blocked()
        assert client.connection.router.active_turn("t") == "other"
        await play_turn(server.ends[-1], "t", "other")
        await anyio.wait_all_tasks_blocked()


@pytest.mark.parametrize(("state", "busy"), [("active", "other"), ("idle", None)])
async def test_a_turn_of_another_client_runs_where_the_thread_is_active(
    state: str, busy: str | None, server: FakeServer
) -> None:
    turn = {"id": "other", "items": [], "status": "inProgress"}
    telling(server, {"turns": [turn], "status": {"type": state}}, {})
    async with on_line(server) as (line, client):
        await client.start_thread()
        await line.break_off()
        await client.ask("thread/read", {"threadId": "t"})
        assert client.connection.router.active_turn("t") == busy
        await play_turn(server.ends[-1], "t", "other")
        await anyio.wait_all_tasks_blocked()
