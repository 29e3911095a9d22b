"""The state of a turn, on messages made for the purpose."""

from __future__ import annotations

import doctest
from typing import Any

import pytest

import codexwire.turns
from codexwire import turns
from codexwire.turns import TurnState

HERE = {"threadId": "T", "turnId": "U"}
Json = dict[str, Any]


def note(method: str, /, **params: Any) -> Json:
    return {"method": method, "params": params}


def event(kind: str, /, **members: Any) -> Json:
    params = {"conversationId": "T", "id": "U", "msg": {"type": kind, **members}}
    return {"method": f"codex/event/{kind}", "params": params}


def status(word: str, thread: str = "T") -> Json:
    return note("thread/status/changed", threadId=thread, status={"type": word})


def delta(text: str, item: str = "m") -> Json:
    return note("item/agentMessage/delta", **HERE, itemId=item, delta=text)


def item(kind: str, item_id: str, /, when: str = "completed", **members: Any) -> Json:
    return note(f"item/{when}", **HERE, item={"type": kind, "id": item_id, **members})


def error(retry: bool = False, text: str = "broke") -> Json:
    return note("error", **HERE, willRetry=retry, error={"message": text})


STARTED = note("turn/started", threadId="T", turn={"id": "U", "status": "inProgress"})
COMPLETED = note("turn/completed", threadId="T", turn={"id": "U", "status": "completed"})


def after(*messages: Any, state: TurnState | None = None) -> TurnState:
    """The state after messages, the first of them at 1."""
    state = state or turns.start("T", "U")
    for number, message in enumerate(messages, 1):
        state = turns.step(state, message, number)
    return state


def test_the_example_of_the_documentation_runs() -> None:
    done = doctest.testmod(codexwire.turns)
    assert (done.failed, done.attempted > 8) == (0, True)


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


def first(state: TurnState) -> tuple[str, str, str]:
    (one,) = state.items
    return one.kind, one.status, one.text


def piece(kind: str, /, **members: Any) -> Json:
    return event(kind, item_id="i", delta="d", **members)


def call(kind: str, /, **members: Any) -> Json:
    return event(kind, call_id="c", **members)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (note("item/plan/delta", **HERE, itemId="i", delta="d"), ("plan", "inProgress", "d")),
        (
            note("item/fileChange/outputDelta", **HERE, itemId="i", delta="d"),
            ("fileChange", "inProgress", "d"),
        ),
        (item("plan", "i", text="p"), ("plan", "completed", "p")),
        (
            item("userMessage", "i", content=[{"type": "text", "text": "hi"}, {"type": "image"}]),
            ("userMessage", "completed", "hi"),
        ),
        (
            item("commandExecution", "i", status="failed", aggregatedOutput="out"),
            ("commandExecution", "failed", "out"),
        ),
        (item("brandNew", "i"), ("brandNew", "completed", "")),
        (piece("plan_delta"), ("plan", "inProgress", "d")),
        (piece("agent_message_content_delta"), ("agentMessage", "inProgress", "d")),
        (piece("reasoning_content_delta", summary_index=0), ("reasoning", "inProgress", "d")),
        (piece("reasoning_raw_content_delta", content_index=0), ("reasoning", "inProgress", "d")),
        (
            event("item_started", item={"type": "WebSearch", "id": "i"}),
            ("webSearch", "inProgress", ""),
        ),
        (
            event(
                "item_completed",
                item={"AgentMessage": {"id": "i", "content": [{"Text": {"text": "t"}}]}},
            ),
            ("agentMessage", "completed", "t"),
        ),
        (call("exec_command_begin"), ("commandExecution", "inProgress", "")),
        (call("exec_command_end", aggregated_output="o"), ("commandExecution", "completed", "o")),
        (call("patch_apply_begin"), ("fileChange", "inProgress", "")),
        (call("patch_apply_end"), ("fileChange", "completed", "")),
        (call("mcp_tool_call_begin"), ("mcpToolCall", "inProgress", "")),
        (call("mcp_tool_call_end"), ("mcpToolCall", "completed", "")),
        (call("web_search_begin"), ("webSearch", "inProgress", "")),
        (call("web_search_end"), ("webSearch", "completed", "")),
    ],
    ids=str,
)
def test_what_a_message_says_of_an_item(message: Json, expected: tuple[str, str, str]) -> None:
    assert first(after(message)) == expected


def test_a_patch_in_progress_has_the_changes_told_last() -> None:
    begun = item("fileChange", "f", "started", status="inProgress", changes=[])
    changed = note("item/fileChange/patchUpdated", **HERE, itemId="f", changes=[{"path": "p"}])
    (patch,) = after(begun, changed).items
    assert (patch.kind, patch.wire["changes"]) == ("fileChange", [{"path": "p"}])


def test_what_the_other_v1_events_say() -> None:
    for begins in ("task_started", "turn_started"):
        assert after(event(begins)).started == 1
    assert after(event("turn_complete")).status == "completed"
    state = after(
        event("stream_error", message="again"),
        event("plan_update", plan=[{"step": "s", "status": "completed"}]),
        event("turn_diff", unified_diff="diff"),
        event("token_count", info={"total_token_usage": {"total_tokens": 3}}),
        event("token_count", info=None),
    )
    assert [(e.text, e.will_retry) for e in state.errors] == [("again", True)]
    assert (state.plan is not None, state.diff) == (True, "diff")
    assert state.usage is not None
    assert state.usage.total.total_tokens == 3


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


# What the turn has


def test_a_completed_item_has_the_last_word_over_what_streamed() -> None:
    state = after(STARTED, delta("Hel"), delta("lo"))
    assert (state.text, state.items[0].status, state.items[0].kind) == (
        "Hello",
        "inProgress",
        "agentMessage",
    )
    state = after(item("agentMessage", "m", text="Hello, world"), state=state)
    assert (state.text, state.added) == ("Hello, world", ", world")
    again = after(item("agentMessage", "m", text="Hello, world"), state=state)
    assert (again.text, again.added, len(again.items)) == ("Hello, world", "", 1)


def test_the_answer_is_the_final_message_else_the_last_whole_one() -> None:
    first = item("agentMessage", "a", text="first", phase="final_answer")
    second = item("agentMessage", "b", text="second", phase="commentary")
    assert after(second, delta("streams", "c")).text == "second"
    assert after(first, second).text == "first"
    assert (
        after(first, second, item("agentMessage", "c", text="x", phase="final_answer")).text == "x"
    )


def test_items_keep_their_order_status_and_times() -> None:
    state = after(
        item("commandExecution", "c", "started", status="inProgress", aggregatedOutput=None),
        item("fileChange", "f", "started", status="inProgress"),
        note("item/commandExecution/outputDelta", **HERE, itemId="c", delta="out"),
        note("item/fileChange/patchUpdated", **HERE, itemId="f", changes=[{"path": "p"}]),
        item("fileChange", "f", status="declined", changes=[]),
    )
    command, patch = state.items
    assert (command.status, command.text, command.started, command.completed) == (
        "inProgress",
        "out",
        1,
        None,
    )
    assert (patch.status, patch.started, patch.completed) == ("declined", 2, 5)
    assert state.item("c") == command
    assert state.open_items == (command,)
    again = turns.step(state, item("fileChange", "f", "started"), 6)
    assert [i.id for i in again.open_items] == ["c", "f"]
    assert state.item("none") is None


def test_reasoning_comes_in_parts() -> None:
    def part(index: int, text: str) -> Json:
        return note(
            "item/reasoning/summaryTextDelta", **HERE, itemId="r", summaryIndex=index, delta=text
        )

    state = after(part(0, "a"), part(1, "c"), part(0, "b"))
    assert state.reasoning == "ab\n\nc"
    raw = note("item/reasoning/textDelta", **HERE, itemId="q", contentIndex=0, delta="raw")
    assert after(raw, state=state).reasoning == "ab\n\nc\n\nraw"
    done = after(item("reasoning", "r", summary=["x", "y"], content=["z"]), state=state)
    assert done.reasoning == "x\n\ny"


def test_plan_and_diff_are_those_told_last() -> None:
    steps = [{"step": "look", "status": "in_progress"}, {"step": "go", "status": "pending"}]
    state = after(
        note("turn/plan/updated", **HERE, explanation="e", plan=[]),
        note("turn/plan/updated", **HERE, explanation=None, plan=steps),
        note("turn/diff/updated", **HERE, diff="one"),
        note("turn/diff/updated", **HERE, diff="two"),
        note("turn/diff/updated", **HERE, diff=42),
    )
    assert state.plan is not None
    assert [(s.text, s.status) for s in state.plan.steps] == [
        ("look", "inProgress"),
        ("go", "pending"),
    ]
    assert state.diff == "two"


def test_requests_are_open_until_they_are_settled() -> None:
    def asked(number: int, item_id: str = "c") -> Json:
        asks = note("item/commandExecution/requestApproval", **HERE, itemId=item_id)
        return {"id": number, **asks}

    begun = item("commandExecution", "c", "started")
    state = after(
        STARTED, begun, asked(0), {"id": "1", **note("item/tool/call", **HERE, callId="x")}
    )
    assert [(r.id, r.item_id) for r in state.open_requests] == [(0, "c"), ("1", "x")]
    resolved = note("serverRequest/resolved", threadId="T", requestId=0)
    assert [r.id for r in after(resolved, state=state).open_requests] == ["1"]
    assert [r.id for r in turns.answered(state, "1").open_requests] == [0]
    done = item("commandExecution", "c")
    assert [r.id for r in after(done, state=state).open_requests] == ["1"]
    assert after(COMPLETED, state=state).open_requests == ()
    for method in ("execCommandApproval", "applyPatchApproval", "mcpServer/elicitation/request"):
        of_thread = {"id": 7, **note(method, conversationId="T", callId="c")}
        assert [r.id for r in after(STARTED, of_thread).open_requests] == [7]


def test_usage_is_counted_once() -> None:
    def usage(last: int, total: int, turn: str = "U") -> Json:
        report = {"last": {"totalTokens": last}, "total": {"totalTokens": total}}
        return note("thread/tokenUsage/updated", threadId="T", turnId=turn, tokenUsage=report)

    # A report of the turn before, repeated at the beginning of this one, and then two calls.
    messages = [usage(100, 1000), usage(50, 1050), usage(70, 1120), usage(70, 1120)]
    known = after(usage(100, 1000, "before"), *messages).usage
    assert known is not None
    assert (known.last.total_tokens, known.total.total_tokens) == (70, 1120)
    assert known.turn.total_tokens == 120
    first_seen = after(*messages[1:]).usage
    assert first_seen is not None
    assert first_seen.turn.total_tokens == 120


@pytest.mark.parametrize(
    "params",
    [
        {"tokenUsage": {"total": {"totalTokens": 5}, "modelContextWindow": 9}},
        {"usage": {"totalTokens": 5, "modelContextWindow": 9}},
        {"token_usage": {"total_token_usage": {"total_tokens": 5}, "model_context_window": 9}},
        {
            "tokenUsage": {
                "totalTokenUsage": {"totalTokens": 5},
                "lastTokenUsage": {"totalTokens": 2},
                "modelContextWindow": 9,
            }
        },
    ],
    ids=str,
)
def test_usage_has_had_many_shapes(params: Json) -> None:
    usage = after(note("thread/tokenUsage/updated", **HERE, **params)).usage
    assert usage is not None
    assert (usage.total.total_tokens, usage.context_window) == (5, 9)
    assert usage.last.total_tokens == (2 if "lastTokenUsage" in str(params) else 0)


@pytest.mark.parametrize("items", [7, True, {"id": "m"}, [7, None, {}, {"id": 7}], "x"], ids=str)
def test_an_end_with_odd_items_is_an_end(items: Any) -> None:
    turn = {"id": "U", "status": "completed", "items": items}
    state = after(STARTED, note("turn/completed", threadId="T", turn=turn))
    assert (state.status, state.items) == ("completed", ())


def test_the_items_of_the_end_count_where_no_others_came() -> None:
    turn = {
        "id": "U",
        "status": "completed",
        "items": [{"type": "agentMessage", "id": "m", "text": "t"}],
    }
    state = after(STARTED, note("turn/completed", threadId="T", turn=turn))
    assert (state.text, [i.id for i in state.items]) == ("t", ["m"])


def test_a_message_in_both_vocabularies_counts_once() -> None:
    state = turns.start("T", "U")
    heard = []
    for message in (
        event("agent_message_content_delta", item_id="m", delta="Hel"),
        delta("Hel"),
        event("agent_message_content_delta", item_id="m", delta="lo"),
        delta("lo"),
        event(
            "item_completed",
            item={"type": "AgentMessage", "id": "m", "content": [{"text": "Hello!"}]},
        ),
        item("agentMessage", "m", text="Hello!"),
    ):
        state = turns.step(state, message)
        heard.append(state.added)
    assert "".join(heard) == state.text == "Hello!"
    assert len(state.items) == 1


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
