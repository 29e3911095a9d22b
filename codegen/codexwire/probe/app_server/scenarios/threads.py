"""The life of threads: names, goals, projects, sections, forks, compaction, review, archive."""

from __future__ import annotations

from codexwire.probe.app_server.configs import FREE
from codexwire.probe.app_server.turn import turn
from codexwire.probe.scenario import Ask, Scenario, WaitFor

__all__ = ["SCENARIO"]

_THREAD = {"threadId": "$thread"}
_LINK = {"attachmentType": "link", "identityKey": "k1"}
_ROOTS = [{"path": "$project"}]
_MESSAGE = {
    "type": "message",
    "role": "user",
    "content": [{"type": "input_text", "text": "injected"}],
}
_MODEL = """
[[turn]]
when = "run"
[[turn.step]]
output = [{ shell = "echo hi" }]
[[turn.step]]
output = [{ message = "It said hi." }]

[[turn]]
text = "Hello, world!"
"""


def _ended(thread: str) -> WaitFor:
    return WaitFor("turn/completed", {"threadId": thread})


SCENARIO = Scenario(
    "threads",
    (
        Ask("thread/start", {"cwd": "$project"}, {"thread": "thread.id", "path": "thread.path"}),
        turn("hello"),
        turn("run something"),
        Ask("thread/turns/list", _THREAD, {"last": "data.0.id"}),
        Ask("thread/list", {}),
        Ask("thread/list", {"limit": 1, "archived": False}),
        Ask("thread/loaded/list", {}),
        Ask("thread/read", _THREAD, {"revision": "thread.readState.revision"}),
        Ask("thread/read", {**_THREAD, "includeTurns": True}, {"turn": "thread.turns.0.id"}),
        Ask("thread/turns/list", _THREAD, {"turn": "data.0.id"}),
        Ask("thread/turns/list", {**_THREAD, "itemsView": "full"}, {"item": "data.0.items.0.id"}),
        Ask("thread/items/list", _THREAD),
        Ask("thread/items/read", {**_THREAD, "turnId": "$turn", "itemIds": ["$item"]}),
        Ask("thread/timeline/list", _THREAD),
        Ask("thread/name/set", {**_THREAD, "name": "A thread"}),
        Ask("thread/metadata/update", {**_THREAD, "gitInfo": {"branch": "main"}}),
        Ask("thread/settings/update", {**_THREAD, "effort": "low"}),
        Ask("thread/memoryMode/set", {**_THREAD, "mode": "disabled"}),
        Ask("thread/memory/read", _THREAD),
        Ask("memory/status", {}),
        Ask("thread/goal/set", {**_THREAD, "objective": "Finish", "status": "paused"}),
        Ask("thread/goal/get", _THREAD),
        Ask("thread/goal/set", {**_THREAD, "status": "paused", "tokenBudget": 1000}),
        Ask("thread/goal/clear", _THREAD),
        Ask("thread/inject_items", {**_THREAD, "items": [_MESSAGE]}),
        Ask("thread/increment_elicitation", _THREAD),
        Ask("thread/decrement_elicitation", _THREAD),
        Ask(
            "thread/shellCommand",
            {**_THREAD, "command": "echo from the user"},
            until=_ended("$thread"),
        ),
        Ask("thread/search", {"searchTerm": "hello"}),
        Ask("thread/search/stream", {"searchTerm": "hello"}),
        Ask("thread/search/cancel", {"requestId": "s1"}),
        Ask("thread/realtime/list", _THREAD),
        Ask(
            "feedback/save",
            {"classification": "bug", "savePath": "$other/feedback.zip", "threadId": "$thread"},
        ),
        Ask("thread/searchOccurrences", {**_THREAD, "searchTerm": "hello"}),
        Ask(
            "thread/attachment/add",
            {**_THREAD, **_LINK, "payload": {"url": "http://127.0.0.1:9/"}},
        ),
        Ask("thread/attachment/list", _THREAD),
        Ask("thread/attachmentOwner/list", _LINK),
        Ask("thread/attachment/remove", {**_THREAD, **_LINK}),
        Ask("thread/read", _THREAD, {"revision": "thread.readState.revision"}),
        Ask(
            "thread/readState/update",
            {**_THREAD, "expectedRevision": "$revision", "operation": {"type": "read"}},
        ),
        Ask(
            "project/create",
            {"idempotencyKey": "one", "name": "Demo", "roots": _ROOTS},
            {"project_id": "project.id"},
        ),
        Ask("project/list", {}),
        Ask("project/read", {"projectId": "$project_id"}),
        Ask("project/update", {"projectId": "$project_id", "name": "Renamed"}),
        Ask("thread/metadata/update", {**_THREAD, "projectId": "$project_id"}),
        Ask("project/move", {"projectId": "$project_id"}),
        Ask(
            "project/import",
            {"idempotencyKey": "two", "name": "Other", "roots": _ROOTS, "threads": ["$thread"]},
        ),
        Ask("project/delete", {"projectId": "$project_id"}),
        Ask("threadSection/create", {"name": "A section"}, {"section": "section.id"}),
        Ask("threadSection/list", {}),
        Ask("thread/section/move", {**_THREAD, "sectionId": "$section"}),
        Ask("threadSection/update", {"sectionId": "$section", "name": "Renamed"}),
        Ask("threadSection/delete", {"sectionId": "$section"}),
        Ask("thread/fork", _THREAD, {"fork": "thread.id"}),
        turn("hello", thread="$fork"),
        Ask("thread/read", {"threadId": "$fork", "includeTurns": True}),
        Ask("thread/revert", {"threadId": "$fork", "beforeTurnId": "$turn"}),
        Ask("thread/rollback", {"threadId": "$fork", "numTurns": 1}),
        Ask("thread/fork", {**_THREAD, "ephemeral": True, "excludeTurns": True}),
        Ask("thread/turns/list", _THREAD, {"last": "data.0.id"}),
        Ask("thread/sample", {**_THREAD, "prompt": "hello", "expectedTurnId": "$last"}),
        Ask("thread/sample/cancel", {"requestId": "s1"}),
        Ask("thread/compact/start", _THREAD, until=_ended("$thread")),
        Ask(
            "review/start",
            {**_THREAD, "target": {"type": "custom", "instructions": "check"}},
            until=_ended("$thread"),
        ),
        Ask(
            "review/start",
            {**_THREAD, "target": {"type": "custom", "instructions": "x"}, "delivery": "detached"},
            until=WaitFor("turn/completed", seconds=5),
        ),
        Ask("getConversationSummary", {"conversationId": "$thread"}),
        Ask("thread/unsubscribe", _THREAD),
        Ask("thread/resume", _THREAD),
        Ask("thread/resume", {**_THREAD, "excludeTurns": True}),
        Ask("thread/archive", _THREAD),
        Ask("thread/list", {"archived": True}),
        Ask("thread/unarchive", _THREAD),
        Ask("thread/resume", _THREAD),
        turn("hello"),
        Ask("thread/delete", {"threadId": "$fork"}, until=WaitFor("thread/deleted", seconds=2)),
    ),
    model=_MODEL,
    twice=True,
    settings=FREE,
)
