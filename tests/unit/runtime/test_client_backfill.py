"""A server tells a turn once more: what its follower has is not told again, whatever it is called."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

import pytest
from recorded_turns import DATA, sessions

from codexwire.runtime.client.backfill import TurnGap, missed
from codexwire.runtime.client.messages import PLAIN, Notification
from codexwire.turns import TurnState, collect

AT = {"threadId": "t", "turnId": "u"}


def state_after(*told: tuple[str, dict[str, Any]]) -> TurnState:
    """The state of a turn after notifications about its items."""
    (state,) = collect({"method": m, "params": {**AT, "item": item}} for m, item in told)
    return state


def told_again() -> list[tuple[TurnState, dict[str, Any]]]:
    """Turns that a client has followed, each as a real server tells it afterwards."""
    lines = (DATA / "turns" / "0.140.0" / "told_again.jsonl").read_text("utf-8").splitlines()
    *messages, answer = (json.loads(line)["msg"] for line in lines)
    states = {state.turn_id: state for state in collect(messages)}
    return [(states[turn["id"]], turn) for turn in answer["result"]["thread"]["turns"]]


def test_nothing_is_missed_of_what_was_followed() -> None:
    turns = told_again()
    assert not [missing for state, turn in turns for missing in missed(state, turn)]
    numbers = [item["id"] for _, turn in turns for item in turn["items"]]
    assert sum(number.startswith("item-") for number in numbers) == 14


def begun_and_done() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each recorded item as it began, and as it was when it ended."""
    found = []
    for _, messages in sessions():
        begun: dict[str, dict[str, Any]] = {}
        for message in messages:
            item = message.get("params", {}).get("item", {})
            if message.get("method") == "item/started":
                begun[item["id"]] = item
            elif message.get("method") == "item/completed" and item["id"] in begun:
                found.append((begun[item["id"]], item))
    return found


def test_an_item_that_had_begun_is_known_under_a_number() -> None:
    """Also a command, whose `source` is another at its end (0.163.0)."""
    items = begun_and_done()
    assert {done["type"] for _, done in items} > {"commandExecution", "fileChange", "reasoning"}
    for begun, done in items:
        state = state_after(("item/started", begun))
        told = missed(state, {"items": [{**done, "id": "item-1"}]})
        assert [*told] == [("item/completed", done)]


@pytest.mark.parametrize(
    ("kind", "had", "told"),
    [
        ("reasoning", {"summary": ["a", "b"]}, {"summary": ["a\n\nb"]}),
        ("reasoning", {"summary": [], "content": ["a"]}, {"summary": ["a"], "content": ["more"]}),
        ("userMessage", {"content": [{"type": "text", "text": "a"}]}, {"content": ["a"]}),
        ("agentMessage", {"text": "a"}, {"content": [{"type": "Text", "text": "a"}]}),
    ],
)
def test_a_text_is_the_same_however_it_is_divided(
    kind: str, had: dict[str, Any], told: dict[str, Any]
) -> None:
    """All of it is invented."""
    state = state_after(("item/completed", {"type": kind, "id": "a", **had}))
    again, other = ({"type": kind, "id": f"item-{n}", **told} for n in (1, 2))
    assert [*missed(state, {"items": [again, other]})] == [("item/completed", other)]


@pytest.mark.parametrize(
    ("member", "had", "told"), [("processId", "7", "8"), ("exitCode", 1, 2), ("durationMs", 3, 4)]
)
def test_an_item_is_the_same_whatever_its_run_came_to(member: str, had: Any, told: Any) -> None:
    """Invented: recorded servers say the same twice."""
    item = {"type": "commandExecution", "command": "ls", "status": "completed"}
    state = state_after(("item/completed", {**item, "id": "a", member: had}))
    again = {**item, "id": "item-1", member: told}
    assert not [*missed(state, {"items": [again]})]
    assert [*missed(state, {"items": [{**again, "command": "pwd"}]})]


@pytest.mark.parametrize("method", ["item/started", "item/completed", "turn/completed"])
def test_what_tells_more_waits_until_the_turn_is_told_again(method: str) -> None:
    """For what ended in the gap may not have been written down before."""
    item = {"type": "agentMessage", "id": "b", "text": "after"}
    params = {**AT, "item": item, "turn": {"id": "u", "status": "completed", "items": []}}
    state = state_after(("item/started", {"type": "agentMessage", "id": "a", "text": ""}))
    gap = TurnGap(state, PLAIN)
    gap.open(state, {}, ())
    later = Notification(method, {"method": method, "params": params}, "t", "u", PLAIN)
    assert gap.let_through(later) is None
    turn = {"items": [{"type": "agentMessage", "id": "a", "text": "in the gap"}]}
    gap.go_on(state, turn, deque())
    told = [(n.method, n.wire_params.get("item", {}).get("text")) for n in gap.fill]
    assert told[0] == ("item/completed", "in the gap")
    assert told[1][0] == method
