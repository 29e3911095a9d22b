"""The state of a turn, on messages made for the purpose."""

from __future__ import annotations

import doctest
from typing import Any

import pytest
from turn_messages import COMPLETED, HERE, STARTED, after, delta, error, event, item, note, status

import codexwire.turns
from codexwire import turns
from codexwire.ingest import load
from codexwire.ir.model import ref_to
from codexwire.model.message import Json
from codexwire.normalize import normalize
from codexwire.profiles.app_server.turn_tables import LEGACY_LIFE, LIFE, STARTS, V1, V2


def test_the_example_of_the_documentation_runs() -> None:
    done = doctest.testmod(codexwire.turns)
    assert (done.failed, done.attempted > 8) == (0, True)


def test_the_requests_that_start_a_turn_are_those_that_are_answered_with_one() -> None:
    protocol = normalize(load("0.171.0")).protocol
    turn = {"turn": ref_to("v2/Turn")}
    results = {m.name: protocol.types[m.result].schema for m in protocol.methods if m.result}
    answered = {n for n, s in results.items() if turn.items() <= s.get("properties", {}).items()}
    assert answered == STARTS


# How a turn ends


@pytest.mark.parametrize(
    ("messages", "outcome", "reason"),
    [
        ([status("systemError")], "failed", "thread/status/changed: systemError"),
        ([status("idle")], "unknown", "thread/status/changed: idle"),
        ([status("notLoaded")], "interrupted", "thread/status/changed: notLoaded"),
        ([error()], "failed", "error"),
        ([status("systemError"), error()], "failed", "error"),
        ([error(), status("systemError"), status("idle")], "failed", "error"),
        ([status("idle"), status("notLoaded")], "unknown", "thread/status/changed: idle"),
        ([event("error", message="broke")], "failed", "codex/event/error"),
        ([note("error", threadId="T", error={"message": "broke"})], "failed", "error"),
        (
            [{"id": 9, **note("turn/interrupt", **HERE)}, status("idle")],
            "interrupted",
            "thread/status/changed: idle",
        ),
        ([note("thread/status/changed", threadId="T", status="idle")], "unknown", None),
    ],
)
def test_an_end_that_is_hinted_at_is_presumed_and_may_be_taken(
    messages: list[Json], outcome: str, reason: str | None
) -> None:
    state = after(STARTED, *messages)
    assert (state.status, state.ended) == ("inProgress", False)
    assert state.presumed is not None
    assert (state.presumed.status, state.presumed.certain) == (outcome, False)
    assert reason in (None, state.presumed.reason)
    settled = turns.settle(state)
    assert (settled.status, settled.end) == (outcome, state.presumed)
    completed = after(COMPLETED, state=settled)
    assert (completed.status, completed.presumed) == ("completed", None)


def test_of_two_hints_the_one_that_tells_more_counts_and_of_two_alike_the_first() -> None:
    broke = event("error", message="broke")
    ranked = [[status("notLoaded")], [status("idle")], [status("systemError")], [error(), broke]]
    for rank, hints in enumerate(ranked):
        for hint in hints:
            for other in hints:
                assert after(STARTED, hint, other).presumed == after(STARTED, hint).presumed
            for less in (each for lesser in ranked[:rank] for each in lesser):
                told = [after(STARTED, *pair).presumed for pair in ((less, hint), (hint, less))]
                assert [end and end.reason for end in told] == [
                    getattr(after(STARTED, hint).presumed, "reason", "none")
                ] * 2


@pytest.mark.parametrize(
    "message", [STARTED, delta("x"), item("commandExecution", "c", "started")], ids=str
)
def test_what_shows_that_the_turn_goes_on_takes_the_presumption_back(message: Json) -> None:
    assert after(STARTED, status("systemError"), message).presumed is None


@pytest.mark.parametrize(
    "message",
    [
        note("item/commandExecution/outputDelta", **HERE, itemId="c", delta="x"),
        note("item/fileChange/outputDelta", **HERE, itemId="c", delta="x"),
        note("thread/tokenUsage/updated", **HERE, tokenUsage={}),
        item("commandExecution", "c"),
        error(retry=True),
        status("active"),
    ],
    ids=str,
)
def test_what_may_come_after_an_end_does_not(message: Json) -> None:
    assert after(STARTED, status("systemError"), message).presumed is not None


@pytest.mark.parametrize("method", ["thread/closed", "thread/deleted"])
def test_a_thread_that_is_gone_ends_its_turn_at_once(method: str) -> None:
    gone = note(method, threadId="T")
    state = after(STARTED, gone)
    assert state.end is not None
    assert (state.status, state.end.reason, state.end.at) == ("interrupted", method, 2)
    assert after(STARTED, error(), gone).status == "failed"


def test_an_error_that_is_retried_is_no_end() -> None:
    state = after(STARTED, error(retry=True), COMPLETED)
    assert (state.status, state.error) == ("completed", None)
    assert [(e.text, e.will_retry) for e in state.errors] == [("broke", True)]


def test_a_turn_of_which_nothing_more_can_come_ends_as_presumed_or_unknown() -> None:
    lost = turns.settle(after(STARTED), "the connection was lost", 7)
    assert lost.end is not None
    assert (lost.status, lost.end.reason, lost.end.at) == ("unknown", "the connection was lost", 7)
    failed = turns.settle(after(STARTED, error()), "the connection was lost")
    assert (failed.status, failed.error_message) == ("failed", "broke")
    assert turns.settle(after(STARTED, COMPLETED), "lost").status == "completed"


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("cancelled", "interrupted"),
        ("canceled", "interrupted"),
        ("error", "failed"),
        ("new", "new"),
        (None, "unknown"),
    ],
)
def test_words_for_the_end(word: Any, outcome: str) -> None:
    turn = {"id": "U", "status": word}
    assert after(note("turn/completed", threadId="T", turn=turn)).status == outcome


@pytest.mark.parametrize(
    ("events", "outcome", "message"),
    [
        ([event("task_complete", last_agent_message="hi")], "completed", None),
        ([event("error", message="no"), event("task_complete")], "failed", "no"),
        ([event("stream_error", message="no"), event("task_complete")], "completed", None),
        ([event("turn_aborted", reason="interrupted")], "interrupted", None),
    ],
)
def test_a_v1_turn_ends_with_an_event(
    events: list[Json], outcome: str, message: str | None
) -> None:
    state = after(event("task_started"), *events)
    assert state.end is not None
    assert (state.status, state.error_message, state.end.certain) == (outcome, message, True)


def test_what_tells_whether_a_turn_runs_is_known_of_both_vocabularies() -> None:
    members = {"turn": {"id": "U"}, "status": {"type": "idle"}, "item": {"id": "i"}, "delta": "d"}
    told = {f"codex/event/{name}": event(name, **members, item_id="i", call_id="c") for name in V1}
    told |= {name: note(name, **HERE, **members, itemId="i") for name in V2}
    begun = turns.start("T", "U")
    changing = {
        method
        for method, state in ((method, after(told[method], state=begun)) for method in told)
        if (state.started, state.end, state.presumed) != (None, None, None)
    }
    assert changing == LIFE | LEGACY_LIFE


# Which messages are about the turn


@pytest.mark.parametrize(
    "message",
    [
        status("systemError", thread="X"),
        note("turn/completed", threadId="X", turn={"id": "U", "status": "failed"}),
        note("turn/completed", threadId="T", turn={"id": "V", "status": "failed"}),
        note("item/agentMessage/delta", threadId="T", turnId="V", itemId="m", delta="no"),
        {"id": 1, "result": {"turn": {"id": "U", "status": "failed"}}},
        {"id": 1, **note("turn/start", threadId="T")},
        {"id": 1, "error": {"code": 1, "message": "m"}},
        note("no/such/method", **HERE),
        {"method": "turn/completed"},
        {"method": "error", "params": [1]},
        "turn/completed",
        None,
    ],
    ids=str,
)
def test_what_is_not_about_the_turn_changes_nothing(message: Any) -> None:
    state = after(STARTED, item("agentMessage", "a", text="said"))
    later = turns.step(state, message)
    assert (later.end, later.presumed, later.items, later.text) == (None, None, state.items, "said")
    assert later.added == ""


def test_without_ids_it_is_the_first_turn_that_is_named() -> None:
    old = note("thread/tokenUsage/updated", threadId="T", turnId="old", tokenUsage={})
    other = note("turn/started", threadId="X", turn={"id": "V"})
    assert after(old, status("idle"), state=turns.start()).turn_id is None
    state = after(old, STARTED, other, delta("x"), COMPLETED, state=turns.start())
    assert (state.thread_id, state.turn_id, state.text) == ("T", "U", "x")
    assert (state.started, state.status) == (2, "completed")
    on_thread = after(other, STARTED, state=turns.start("T"))
    assert on_thread.turn_id == "U"


# States are values


def test_old_states_stay_what_they_were_and_can_go_on_otherwise() -> None:
    start = after(STARTED, delta("a"))
    one = after(delta("b"), item("agentMessage", "x", text="other"), state=start)
    two = after(delta("c"), delta("d"), state=start)
    assert (start.text, len(start.items)) == ("a", 1)
    assert (one.text, [i.text for i in one.items]) == ("other", ["ab", "other"])
    assert (two.text, len(two.items)) == ("acd", 1)
    assert after(delta("e"), state=one).items[0].text == "abe"


def test_a_long_turn_costs_no_more_a_step() -> None:
    """With a copy of what there is at each step this would take hours."""
    state = turns.start("T", "U")
    for number in range(100_000):
        state = turns.step(state, delta("x"), number)
    for number in range(100_000):
        state = turns.step(state, item("commandExecution", str(number)), number)
        known = state.item(str(number))
        assert known is not None
        assert known.completed == number
    state = turns.step(state, COMPLETED)
    assert (len(state.text), len(state.items)) == (100_000, 100_001)


@pytest.mark.parametrize("again", [STARTED, event("task_started"), event("turn_started")], ids=str)
def test_turns_of_a_session_are_told_apart(again: Json) -> None:
    other = note("turn/completed", threadId="X", turn={"id": "U", "status": "failed"})
    strays = [
        note("error", threadId="T", turnId="none", willRetry=False, error={"message": "m"}),
        note("thread/tokenUsage/updated", threadId="T", turnId="old", tokenUsage={}),
        {"id": 1, **note("turn/interrupt", threadId="T", turnId="none")},
    ]
    states = turns.collect([STARTED, delta("one"), other, COMPLETED, *strays, again, delta("two")])
    assert [(s.thread_id, s.status, s.text) for s in states] == [
        ("T", "completed", "one"),
        ("X", "failed", ""),
        ("T", "inProgress", "two"),
    ]
    assert states[0].end is not None
    assert (states[0].started, states[0].end.at) == (1, 4)
