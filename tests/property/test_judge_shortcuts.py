"""What a recording is judged to be does not depend on whether messages that say nothing are passed over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codexwire.direction import Side
from codexwire.ingest import load
from codexwire.model.session_message import SessionMessage
from codexwire.normalize import normalize
from codexwire.transcript.entry import ConnectionEnd, Entry, TranscriptItem
from codexwire.transcript.formats.wrapped import read_quickly, read_wrapped
from codexwire.transcript.judge import judge_items
from codexwire.transcript.judgement import Judgement, JudgeOptions, Schema
from codexwire.transcript.quiet import Glance, Glanced, Valid
from codexwire.transcript.source import Line, OpenRecording
from codexwire.wire import Validators, Violation, compile

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings" / "0.163.0"
NAMES = ("s02_command_approval", "s06_lifecycle_resume", "s08_bad_input_optout", "s12_undocumented")
METHODS = ["error", "initialize", "initialized", "item/completed", "nope", "turn/completed", ""]
IDS = ["T", "", None, 7]
PARAMS = st.dictionaries(
    st.sampled_from(["threadId", "thread_id", "turnId", "conversationId", "sessionId"]),
    st.sampled_from(IDS),
    max_size=2,
)
EDITS = st.one_of(
    st.sampled_from([("drop", None), ("twice", None)]),
    st.tuples(st.just("move"), st.integers(0, 200)),
    st.tuples(st.just("again"), st.integers(0, 200)),
    st.tuples(st.just("sender"), st.sampled_from(["client", "server", None])),
    st.tuples(st.just("connection"), st.sampled_from(["a", "b"])),
    st.tuples(st.just("method"), st.sampled_from(METHODS)),
    st.tuples(st.just("params"), PARAMS),
    st.tuples(st.just("member"), st.sampled_from(["jsonrpc", "id", "result", "error"])),
    st.tuples(
        st.just("text"),
        st.sampled_from(
            ['"method":"nope",', '"m\\u0065thod":"nope",', '"note":"\\ud800",', '"x":"\\u0061",']
        ),
    ),
)
PLACED = st.lists(st.tuples(st.integers(0, 200), EDITS), max_size=8)


@cache
def validators() -> Validators:
    return compile(normalize(load("0.163.0")).protocol)


@cache
def recorded(name: str) -> tuple[tuple[Any, str | None, str, str], ...]:
    """The messages of a recording: text before, sender, connection, and text inside the braces."""
    lines = map(json.loads, (RECORDINGS / f"{name}.jsonl").read_bytes().splitlines())
    return tuple(("", r["dir"], "", json.dumps(r["msg"])) for r in lines if "msg" in r)


def edited(
    messages: list[Any], edits: Iterable[tuple[int, tuple[str, Any]]]
) -> list[TranscriptItem]:
    """Return the items of a recording after some changes."""
    for place, (what, value) in edits:
        at = place % len(messages)
        before, sender, connection, text = messages[at]
        if what == "drop":
            messages[at : at + 1] = messages[at : at + 1] if len(messages) == 1 else []
        elif what in ("move", "again"):
            moved = messages.pop(at) if what == "move" and len(messages) > 1 else messages[at]
            messages.insert(value % (len(messages) + 1), moved)
        elif what == "sender":
            messages[at] = (before, value, connection, text)
        elif what == "connection":
            messages[at] = (before, sender, value, text)
        elif what in ("text", "twice"):
            more = value or f'"method":{json.dumps(json.loads(text).get("method"))},'
            messages[at] = (before + more, sender, connection, text)
        else:
            messages[at] = (before, sender, connection, json.dumps(changed(text, what, value)))
    return [
        Entry(line, f"{{{before}{text[1:]}".encode("latin-1"), sender and Side(sender), connection)
        for line, (before, sender, connection, text) in enumerate(messages, 1)
    ]


def changed(text: str, what: str, value: Any) -> Any:
    body = json.loads(text)
    if what == "method":
        return {**body, "method": value}
    if what == "member":
        return {**body, value: 1}
    params = body.get("params")
    return {**body, "params": {**(params if isinstance(params, dict) else {}), **value}}


def nothing_tolerated(message: SessionMessage, method: str | None) -> tuple[Violation, ...]:  # noqa: ARG001 - its signature
    """A tolerance that says nothing, for which every message has to be looked at."""
    return ()


def judged(items: Iterable[Glanced], *tolerances: Any, glance: Glance | None = None) -> Any:
    judgement = Judgement("r", 0)
    schema = Schema("0.163.0", validators(), tolerances=tolerances)
    judge_items(iter(items), judgement, lambda _: schema, JudgeOptions(), glance)
    return judgement.messages, judgement.unchecked, judgement.counts, judgement.findings


class Written(OpenRecording):
    """A recording of our own that is in no file."""

    def __init__(self, items: list[TranscriptItem], *, spaced: bool = False) -> None:
        super().__init__("r")
        self.items, self.spaced = items, spaced

    def lines(self) -> Iterator[Line]:
        for number, item in enumerate(self.items, 1):
            assert isinstance(item, Entry)
            gap, sender = " " * self.spaced, item.sender or "out"
            head = (
                f'{{"ts":{gap}1,"dir":{gap}"{sender}",{gap}"conn":{gap}"{item.connection}","msg":'
            )
            yield number, head.encode() + item.data + b"}\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_server_that_is_only_passed_over_was_heard_all_the_same(name: str) -> None:
    request, _, *rest = recorded(name)
    notification = next(m for m in rest if m[1] == "server" and '"method"' in m[3])
    items = edited([request, notification], [])
    assert judged(items) == judged(items, nothing_tolerated)
    assert [f.rule for f in judged(items)[-1]] == ["session/unanswered-request"]


def test_what_was_passed_over_is_looked_at_again_on_the_next_connection() -> None:
    messages = list(recorded("s02_command_approval"))
    piece = next(i for i, m in enumerate(messages) if "item/agentMessage/delta" in m[3])
    items = edited(messages[: piece + 1], [])
    again = [*items, ConnectionEnd(piece + 2), items[piece]]
    assert judged(again) == judged(again, nothing_tolerated)
    assert "session/session-boundary" in [f.rule for f in judged(again)[-1]]


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(NAMES), PLACED, st.booleans())
@example("s12_undocumented", [(place, ("member", "jsonrpc")) for place in range(100)], True)
def test_what_is_passed_over_says_nothing(name: str, edits: list[Any], spaced: bool) -> None:
    items = edited(list(recorded(name)), edits)
    assert judged(items) == judged(items, nothing_tolerated)
    source, glance = Written(items, spaced=spaced), Glance()
    quickly = judged(read_quickly(source, glance), glance=glance)
    assert quickly == judged(read_wrapped(source), nothing_tolerated)


def test_most_of_a_recording_is_valid_at_a_glance() -> None:
    source, glance = Written(edited(list(recorded("s02_command_approval")), [])), Glance()
    glance.know(validators())
    seen = list(read_quickly(source, glance))
    valid = [item for item in seen if isinstance(item, Valid)]
    assert {item.sender for item in valid} == {*Side}
    assert len(valid) > 0.7 * len(seen)
    assert sum(item.about is not None for item in valid) > len(seen) / 6


@pytest.mark.parametrize(
    "member",
    [
        '"big":' + "9" * 20_001,
        '"big":' + "9" * 5000,
        '"big":1e999',
        '"text":"\\ud800"',
        '"m":"\xff"',
    ],
)
def test_what_a_gate_does_not_read_is_judged_all_the_same(member: str) -> None:
    messages = list(recorded("s02_command_approval"))
    before, sender, connection, text = next(m for m in messages if "agentMessage/delta" in m[3])
    items = edited([*messages, (before + member + ",", sender, connection, text)], [])
    glance = Glance()
    quickly = judged(read_quickly(Written(items), glance), glance=glance)
    assert quickly == judged(read_wrapped(Written(items)), nothing_tolerated)
