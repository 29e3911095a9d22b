"""Threads live as long as the mock, in both APIs, whatever is asked about them."""

from __future__ import annotations

from typing import Any

import pytest
from mocked import converse, live, mock_of, request, talking


class Asking:
    """Asks a mock of a release, each time on a connection of its own; the threads stay."""

    def __init__(self, version: str) -> None:
        self._server = mock_of(version)

    def ask(self, method: str, **params: Any) -> Any:
        """Return the result of a request."""
        return next(m["result"] for m in self.tell((method, params)) if m.get("id") == 0)

    def tell(self, *asked: tuple[str, Any]) -> list[Any]:
        """Return all that the mock says to requests on one connection."""
        requests = (request(n, method, params) for n, (method, params) in enumerate(asked))
        return converse(self._server, *requests)


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("thread/metadata/update", {"gitInfo": {"branch": "main"}}),
        ("thread/revert", {"beforeTurnId": "t"}),
        ("thread/rollback", {"numTurns": 1}),
    ],
)
def test_a_setting_that_is_not_kept_is_answered_with_the_thread(method: str, more: Any) -> None:
    mock = Asking("0.163.0" if method != "thread/rollback" else "0.140.0")
    thread = mock.ask("thread/start", cwd="/of this one")["thread"]["id"]
    shown = mock.ask(method, threadId=thread, **more)["thread"]
    assert (shown["id"], shown["cwd"]) == (thread, "/of this one")


def test_turns_are_listed_as_they_are_read() -> None:
    mock = Asking("0.163.0")
    thread = mock.ask("thread/start")["thread"]["id"]
    mock.ask("turn/start", threadId=thread, input=[{"type": "text", "text": "go"}])
    (read,) = mock.ask("thread/read", threadId=thread, includeTurns=True)["thread"]["turns"]
    (listed,) = mock.ask("thread/turns/list", threadId=thread)["data"]
    assert (listed["id"], listed["status"]) == (read["id"], "completed")


def test_what_was_queued_begins_a_turn() -> None:
    mock = Asking("0.163.0")
    thread = mock.ask("thread/start")["thread"]["id"]
    told = mock.tell(("thread/queue/start", {"threadId": thread}))
    turn = next(m["result"]["turn"]["id"] for m in told if m.get("id") == 0)
    ends = [m["params"]["turn"]["id"] for m in told if m.get("method") == "turn/completed"]
    assert ends == [turn]


def test_conversations_of_the_first_api() -> None:
    mock = Asking("0.99.0")

    def listed() -> list[str]:
        found = mock.ask("listConversations")["items"]
        return [one["conversationId"] for one in found]

    one, two = (mock.ask("newConversation", model=m)["conversationId"] for m in ("m-1", "m-2"))
    assert listed() == [two, one]
    resumed = mock.ask("resumeConversation", conversationId=one)
    assert (resumed["conversationId"], resumed["model"]) == (one, "m-1")
    fork = mock.ask("forkConversation", conversationId=two)["conversationId"]
    assert listed() == [fork, two, one]
    mock.ask("archiveConversation", conversationId=two, rolloutPath="/p")
    assert listed() == [fork, one]


def test_who_listens_no_more_hears_nothing() -> None:
    live(_listening)


async def _listening() -> None:
    async with talking(mock_of("0.72.0")) as client:
        started = await client.ask("newConversation", {})
        about = {"conversationId": started["conversationId"]}
        words = {**about, "items": [{"type": "text", "data": {"text": "go"}}]}
        listens = await client.ask("addConversationListener", about)
        await client.ask("sendUserMessage", words)
        await client.hear("codex/event/task_complete")
        await client.ask("removeConversationListener", listens)
        heard = len(client.heard)
        await client.ask("sendUserMessage", words)
        await client.ask("listConversations", {})
        assert not [m for m in client.heard[heard:] if "method" in m]
