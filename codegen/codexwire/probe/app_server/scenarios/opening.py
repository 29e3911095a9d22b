"""One turn of one thread, whose ids the requests after it need."""

from __future__ import annotations

from codexwire.probe.app_server.configs import FREE
from codexwire.probe.app_server.turn import turn
from codexwire.probe.scenario import Ask, Scenario

__all__ = ["SCENARIO"]

SCENARIO = Scenario(
    "opening",
    (
        Ask("thread/start", {"cwd": "$project"}, {"thread": "thread.id"}),
        turn("hello"),
        Ask("thread/read", {"threadId": "$thread", "includeTurns": True}),
        Ask("thread/turns/list", {"threadId": "$thread", "itemsView": "full"}),
    ),
    model='[[turn]]\ntext = "Hello, world!"\n',
    settings=FREE,
)
