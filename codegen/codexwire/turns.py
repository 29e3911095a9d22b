"""What a turn comes to, from the messages of a server: for people with their own transport.

A turn is told in hundreds of notifications: pieces of text, items that start and complete, token usage,
approvals, errors. This folds them into one value. `start` gives the state of a turn of which nothing
has come, and `step` the state after one more message:

    >>> from codexwire import turns
    >>> here = {"threadId": "T", "turnId": "U"}
    >>> messages = [
    ...     {"method": "turn/started", "params": {"threadId": "T", "turn": {"id": "U"}}},
    ...     {"method": "item/agentMessage/delta", "params": {**here, "itemId": "m", "delta": "Hello, "}},
    ...     {"method": "item/agentMessage/delta", "params": {**here, "itemId": "m", "delta": "world"}},
    ...     {"method": "thread/status/changed", "params": {"threadId": "X", "status": {"type": "idle"}}},
    ...     {"method": "turn/completed", "params": {**here, "turn": {"id": "U", "status": "completed"}}},
    ... ]
    >>> state = turns.start()
    >>> for message in messages:
    ...     state = turns.step(state, message)
    ...     print(state.added, end="")
    Hello, world
    >>> state.status, state.text, state.end.reason
    ('completed', 'Hello, world', 'turn/completed')

`step` may be given every message of a connection, of any thread and of both sides: what is not about the
turn changes nothing. Give `start` the ids of the turn when you know them, else it is the first that
comes. For all turns of a recording at once there is `collect`.

**Turns that get no end.** Servers do not always say `turn/completed`: a thread may fail
(`thread/status/changed` to `systemError`), an error may not be retried, the thread may just be idle. A
state then has `presumed`, what the end would be, and since when. The real end mostly follows at once,
so wait for it a little, and then take the presumed one:

    >>> failed = {"threadId": "T", "status": {"type": "systemError"}}
    >>> state = turns.step(turns.start("T", "U"), messages[0], at=10.0)
    >>> state = turns.step(state, {"method": "thread/status/changed", "params": failed}, at=12.5)
    >>> state.ended, state.presumed.status, state.presumed.at
    (False, 'failed', 12.5)
    >>> now = 18.0
    >>> if state.presumed and now - state.presumed.at > turns.GRACE:
    ...     state = turns.settle(state)
    >>> state.status, state.end.reason
    ('failed', 'thread/status/changed: systemError')

There is no clock in here: `at` is the time that you give, by your clock. When the connection is lost,
`settle(state, "the connection was lost")` ends the turn as presumed, or as `unknown`. A message that shows
that the turn goes on takes the presumption back, and a `turn/completed` always has the last word.

States are values: a step returns a new one and leaves the old one as it was. It costs the same however
long the turn is (going on from an old state costs a copy). Both vocabularies are understood, that of v2
and the `codex/event/*` of servers up to 0.107.0, also mixed in one stream.
"""

from __future__ import annotations

from codexwire.model.turn_items import Item
from codexwire.model.turn_state import End, OpenRequest, Plan, PlanStep, TurnError, TurnState
from codexwire.model.turn_usage import TokenUsage, TurnUsage
from codexwire.profiles.app_server.turns import GRACE, answered, collect, settle, start, step

__all__ = [
    "GRACE",
    "End",
    "Item",
    "OpenRequest",
    "Plan",
    "PlanStep",
    "TokenUsage",
    "TurnError",
    "TurnState",
    "TurnUsage",
    "answered",
    "collect",
    "settle",
    "start",
    "step",
]
