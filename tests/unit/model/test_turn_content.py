"""What a turn has: its items, texts, plan, diff, open requests and usage."""

from __future__ import annotations

from typing import Any

import pytest
from turn_messages import COMPLETED, HERE, STARTED, after, delta, event, item, note

from codexwire import turns
from codexwire.model.message import Json
from codexwire.turns import TurnState


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
        (
            note("item/commandExecution/outputDelta", **HERE, itemId="i", delta="d"),
            ("commandExecution", "inProgress", "d"),
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


REASONING = ("summary", "summary_text", "content", "raw_content", "text")
TEXTS = [
    ("agentMessage", "text"),
    ("agentMessage", "content"),
    ("plan", "text"),
    ("userMessage", "content"),
    *(("reasoning", member) for member in REASONING),
    ("commandExecution", "aggregatedOutput"),
    ("commandExecution", "aggregated_output"),
]
KINDS = sorted({kind for kind, _ in TEXTS})


@pytest.mark.parametrize(("kind", "member"), TEXTS)
def test_the_text_of_an_item_has_stood_in_these_members(kind: str, member: str) -> None:
    for text in ("t", ["t"], [{"type": "text", "text": "t"}]):
        assert first(after(item(kind, "i", **{member: text}))) == (kind, "completed", "t")


@pytest.mark.parametrize("kind", KINDS)
def test_what_holds_the_text_of_other_items_says_nothing(kind: str) -> None:
    others = {member: "t" for _, member in TEXTS if (kind, member) not in TEXTS}
    assert first(after(item(kind, "i", **others))) == (kind, "completed", "")


@pytest.mark.parametrize("kind", KINDS)
def test_of_several_texts_the_first_counts(kind: str) -> None:
    members = {member: [member] for of, member in TEXTS if of == kind}
    for member in [*members]:
        assert first(after(item(kind, "i", **members)))[2] == member
        del members[member]


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
    assert [(i.id, i.started) for i in again.open_items] == [("c", 1), ("f", 6)]
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


@pytest.mark.parametrize(
    ("method", "number"),
    [
        ("item/reasoning/summaryTextDelta", "summaryIndex"),
        ("item/reasoning/textDelta", "contentIndex"),
        ("reasoning_content_delta", "summary_index"),
        ("reasoning_raw_content_delta", "content_index"),
    ],
)
def test_the_parts_of_a_text_are_in_the_order_of_their_numbers(method: str, number: str) -> None:
    def part(index: int, text: str) -> Json:
        if "/" in method:
            return note(method, **HERE, itemId="i", delta=text, **{number: index})
        return event(method, item_id="i", delta=text, **{number: index})

    assert first(after(part(1, "b"), part(0, "a"), part(1, "c")))[2] == "a\n\nbc"


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("item/agentMessage/delta", "agent_message_content_delta"),
        ("item/plan/delta", "plan_delta"),
        ("item/reasoning/summaryTextDelta", "reasoning_content_delta"),
        ("item/reasoning/textDelta", "reasoning_raw_content_delta"),
    ],
)
@pytest.mark.parametrize("texts", [("ab", "a"), ("a", "ab")])
def test_of_a_text_in_both_vocabularies_the_longer_one_counts(
    method: str, name: str, texts: tuple[str, str]
) -> None:
    state = after(
        note(method, **HERE, itemId="i", delta=texts[0]),
        event(name, item_id="i", delta=texts[1]),
    )
    assert first(state)[2] == "ab"


def test_the_summary_of_reasoning_counts_before_its_content_in_v1_too() -> None:
    raw = event("reasoning_raw_content_delta", item_id="i", delta="raw")
    state = after(raw, event("reasoning_content_delta", item_id="i", delta="in short"))
    assert first(state) == ("reasoning", "inProgress", "in short")


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
        {
            "token_usage": {
                "total_token_usage": {"total_tokens": 5},
                "last_token_usage": {"total_tokens": 2},
                "model_context_window": 9,
            }
        },
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
    assert usage.last.total_tokens == (2 if "last" in str(params) else 0)


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
