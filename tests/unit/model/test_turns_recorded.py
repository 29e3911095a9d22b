"""On recordings, the state of a turn is what its messages say."""

from __future__ import annotations

from typing import Any

import pytest
from recorded_turns import Session, sessions

from codexwire import turns
from codexwire.turns import TurnState

SESSIONS = dict(sessions())


def said(messages: Session, method: str) -> list[dict[str, Any]]:
    return [message["params"] for message in messages if message.get("method") == method]


def of_turn(messages: Session, method: str, state: TurnState) -> list[dict[str, Any]]:
    key = (state.thread_id, state.turn_id)
    return [p for p in said(messages, method) if (p.get("threadId"), p.get("turnId")) == key]


def ended(messages: Session) -> list[tuple[TurnState, dict[str, Any]]]:
    """The turns with a `turn/completed`, and the turn in it."""
    states = {(s.thread_id, s.turn_id): s for s in turns.collect(messages)}
    ends = {(p["threadId"], p["turn"]["id"]): p["turn"] for p in said(messages, "turn/completed")}
    return [(states[key], turn) for key, turn in ends.items()]


@pytest.mark.parametrize("name", SESSIONS)
def test_a_state_is_what_the_messages_say(name: str) -> None:
    messages = SESSIONS[name]
    for state, turn in ended(messages):
        assert state.end is not None
        assert (state.status, state.end.reason) == (turn["status"], "turn/completed")
        assert state.error == turn["error"]
        items = {p["item"]["id"]: p["item"] for p in of_turn(messages, "item/completed", state)}
        done = {item.id: item.wire for item in state.items if item.completed is not None}
        assert done == items
        answers = [item for item in items.values() if item["type"] == "agentMessage"]
        final = [item for item in answers if item.get("phase") == "final_answer"] or answers
        if final:
            assert state.text == final[-1]["text"]
        reports = of_turn(messages, "thread/tokenUsage/updated", state)
        if reports:
            last = reports[-1]["tokenUsage"]
            assert state.usage is not None
            assert state.usage.total.total_tokens == last["total"]["totalTokens"]
            assert state.usage.last.output_tokens == last["last"]["outputTokens"]


@pytest.mark.parametrize("name", SESSIONS)
def test_a_state_without_content_begins_and_ends_alike(name: str) -> None:
    messages = SESSIONS[name]
    for whole in turns.collect(messages):
        full, light = (
            turns.start(whole.thread_id, whole.turn_id, content=c) for c in (True, False)
        )
        for at, message in enumerate(messages, 1):
            full, light = turns.step(full, message, at), turns.step(light, message, at)
            facts = [(s.started, s.end, s.presumed, s.interrupt_asked) for s in (full, light)]
            assert facts[0] == facts[1]
        assert light.items == ()


def test_there_was_something_to_compare() -> None:
    found = [pair for messages in SESSIONS.values() for pair in ended(messages)]
    statuses = {state.status for state, _ in found}
    assert len(found) > 50
    assert statuses == {"completed", "failed", "interrupted"}
    assert all(
        any(getattr(state, what) for state, _ in found)
        for what in ("plan", "diff", "reasoning", "errors")
    )


def test_one_turn_among_all_messages_is_the_same_as_all_turns_at_once() -> None:
    for messages in SESSIONS.values():
        for expected in turns.collect(messages):
            state = turns.start(expected.thread_id, expected.turn_id)
            for number, message in enumerate(messages, 1):
                state = turns.step(state, message, number)
            assert (state.end, state.items, state.text) == (
                expected.end,
                expected.items,
                expected.text,
            )


def test_what_streams_is_the_text_that_is_said_at_the_end() -> None:
    compared = 0
    for messages in SESSIONS.values():
        for expected in turns.collect(messages):
            if expected.status != "completed":
                continue
            state, heard = turns.start(expected.thread_id, expected.turn_id), []
            for message in messages:
                state = turns.step(state, message)
                heard.append(state.added)
            answers = [item.text for item in state.items if item.kind == "agentMessage"]
            assert "".join(heard) == "".join(answers)
            compared += len(answers)
    assert compared > 30


def test_the_tokens_of_the_turns_add_up_to_those_of_the_thread() -> None:
    compared = 0
    for name, messages in SESSIONS.items():
        if name.endswith("/2") or "resume" in name or "errors" in name:
            continue  # turns before the recording, or totals that jump
        totals: dict[Any, list[tuple[int, int]]] = {}
        for state in turns.collect(messages):
            if state.usage is not None:
                counts = (state.usage.turn.total_tokens, state.usage.total.total_tokens)
                totals.setdefault(state.thread_id, []).append(counts)
        for counts in totals.values():
            assert sum(turn for turn, _ in counts) == max(total for _, total in counts), name
            compared += len(counts)
    assert compared > 30


@pytest.mark.parametrize("name", [n for n in SESSIONS if n.startswith(("0.72", "0.99"))])
def test_both_vocabularies_say_the_same(name: str) -> None:
    def only(legacy: bool) -> dict[Any, TurnState]:
        messages = [
            m
            for m in SESSIONS[name]
            if str(m.get("method", "")).startswith("codex/event/") is legacy
        ]
        return {(s.thread_id, s.turn_id): s for s in turns.collect(messages)}

    modern, legacy = only(False), only(True)
    for key, state in modern.items():
        if state.end is None or state.end.reason != "turn/completed":
            continue
        old = legacy[key]
        assert old.end is not None
        assert old.end.reason.startswith("codex/event/")
        assert (old.status, old.text, old.diff) == (state.status, state.text, state.diff)
        assert [error.text for error in old.errors] == [error.text for error in state.errors]
        kinds = [item.kind for item in state.items if old.item(item.id)]
        assert [item.kind for item in old.items] == kinds
        if state.usage is not None and old.usage is not None:
            assert old.usage.total == state.usage.total
