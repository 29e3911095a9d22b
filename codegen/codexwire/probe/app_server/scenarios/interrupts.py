"""Turns that are steered, interrupted, or waited for in the queue."""

from __future__ import annotations

from codexwire.probe.app_server.configs import FREE
from codexwire.probe.app_server.turn import turn
from codexwire.probe.scenario import Ask, Scenario, WaitFor

__all__ = ["SCENARIO"]

_MODEL = """
[[turn]]
when = "slowly"
[[turn.step]]
delay = 0.25
output = [{ message = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen" }]

[[turn]]
when = "wait"
[[turn.step]]
delay = 0.15
output = [{ message = "one two three four five six" }]

[[turn]]
text = "Hello, world!"
"""
_DELTA = WaitFor("item/agentMessage/delta", {"threadId": "$thread"})
_ENDED = WaitFor("turn/completed", {"threadId": "$thread"})
_TEXT = [{"type": "text", "text": "and this"}]


def _queued(name: str) -> Ask:
    params = {"threadId": "$thread", "clientUserMessageId": name, "input": _TEXT}
    return Ask("thread/queue/add", params, {name: "queuedSubmission.id"})


SCENARIO = Scenario(
    "interrupts",
    (
        Ask("thread/start", {"cwd": "$project"}, {"thread": "thread.id"}),
        turn("slowly", ends=False),
        _DELTA,
        Ask("turn/interrupt", {"threadId": "$thread", "turnId": "$turn"}, until=_ENDED),
        turn("wait", ends=False),
        _DELTA,
        Ask("turn/steer", {"threadId": "$thread", "expectedTurnId": "$turn", "input": _TEXT}),
        Ask("turn/settings/update", {"threadId": "$thread", "turnId": "$turn", "effort": "low"}),
        _ENDED,
        turn("slowly", ends=False),
        _DELTA,
        _queued("first"),
        _queued("second"),
        _queued("third"),
        Ask("thread/queue/list", {"threadId": "$thread"}),
        Ask(
            "thread/queue/update",
            {"threadId": "$thread", "queuedSubmissionId": "$first", "input": _TEXT},
        ),
        Ask(
            "thread/queue/reorder",
            {"threadId": "$thread", "queuedSubmissionIds": ["$third", "$second", "$first"]},
        ),
        Ask("thread/queue/delete", {"threadId": "$thread", "queuedSubmissionId": "$third"}),
        Ask("turn/interrupt", {"threadId": "$thread", "turnId": "$turn"}, until=_ENDED),
        Ask(
            "thread/queue/start",
            {"threadId": "$thread", "queuedSubmissionId": "$first"},
            until=_ENDED,
        ),
    ),
    model=_MODEL,
    twice=True,
    settings=FREE,
)
