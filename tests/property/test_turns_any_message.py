"""Whatever a message is made of, a step of the reducer gives a state that can be read."""

from __future__ import annotations

from typing import Any

from amount import times
from hypothesis import given, settings
from hypothesis import strategies as st

from codexwire import turns
from codexwire.profiles.app_server.turn_tables import REQUESTS, ROWS

METHODS = [*ROWS, *REQUESTS, "item/x/requestApproval"]
NAMES = [
    "threadId", "turnId", "itemId", "id", "turn", "thread", "item", "status", "type", "text", "delta",
    "error", "message", "willRetry", "tokenUsage", "last", "total", "plan", "step", "diff", "items",
    "requestId", "conversationId", "msg", "item_id", "call_id", "content", "summary", "changes",
    "summaryIndex", "info", "last_agent_message",
]  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.floats(), st.sampled_from(["T", "U", "m", ""])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=8,
)
PARAMS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6).map(
    lambda params: {"threadId": "T", "turnId": "U", "id": "U", **params}
)
MESSAGES = st.one_of(
    VALUES,
    st.fixed_dictionaries(
        {"method": st.sampled_from(METHODS), "params": PARAMS | VALUES},
        optional={"id": SCALARS},
    ),
)


def everything(state: turns.TurnState) -> tuple[Any, ...]:
    return (
        state.status,
        state.items,
        state.text,
        state.reasoning,
        state.plan,
        state.diff,
        state.errors,
        state.open_requests,
        state.error_message,
        None if state.usage is None else state.usage.total,
    )


@given(st.lists(MESSAGES, max_size=12))
@settings(max_examples=times(300, 20000))
def test_any_messages_make_a_state_that_can_be_read(messages: list[Any]) -> None:
    state = turns.start()
    seen = []
    for message in messages:
        state = turns.step(state, message)
        seen.append((state, repr(everything(state))))
    turns.collect(messages)
    for old, what in seen:
        assert repr(everything(old)) == what
