"""Every kind of drift that needs no rule: an invented message that has it, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

import codex_app_server_protocol as protocol
import codex_rollout as rollout
from codexwire.runtime.drift import DRIFT, TITLES
from codexwire.runtime.unknown import Drift

DELTA = {"threadId": "T", "turnId": "U", "itemId": "I", "delta": "x"}
TURN = {"id": "U", "items": [], "status": "completed"}


def delta(**members: Any) -> Any:
    return protocol.decode_notification("item/agentMessage/delta", {**DELTA, **members})


def turn(**members: Any) -> Any:
    params = {"threadId": "T", "turn": {**TURN, **members}}
    return protocol.decode_notification("turn/completed", params)


def without(member: str) -> Any:
    params = {name: value for name, value in DELTA.items() if name != member}
    return protocol.decode_notification("item/agentMessage/delta", params)


def asked(**members: Any) -> Any:
    """A request whose params are one of several forms."""
    schema = {"type": "object", "properties": {}}
    form = {"mode": "form", "message": "?", "requestedSchema": schema}
    params = {"threadId": "T", "serverName": "s", **form, **members}
    return protocol.decode_request("mcpServer/elicitation/request", params)


CASES = [
    ("id-conflict", delta(item={"id": "J"}), "another id than in the place that is read"),
    ("missing-field", without("delta"), "required property is absent"),
    ("null-value", delta(delta=None), "null where"),
    ("repeated-key", rollout.decode_line(b'{"type":"a","type":"b"}'), "key that comes more than"),
    (
        "unexpected-params",
        protocol.decode_request("account/logout", {"x": 1}),
        "params for a method",
    ),
    ("unfit-value", delta(delta=[]), "value of another type"),
    ("unfit-value", protocol.decode_result("thread/start", 5), "value of another type"),
    ("unknown-field", delta(odd=1), "property that the schema does not have"),
    ("unknown-field", delta(deltas=1), "did you mean 'delta'"),
    ("unknown-field", asked(odd=1), "property that the schema does not have"),
    ("unknown-method", protocol.decode_notification("a/b", {}), "method that the schema does not"),
    ("unknown-method", protocol.decode_request("a/b", {}), "method that the schema does not have"),
    ("unknown-method", protocol.decode_result("a/b", {}), "method that the schema does not have"),
    ("unfit-value", rollout.decode_line(b"[1]"), "value of another type"),
    ("unknown-value", turn(status="odd"), "enum value that the schema does not have"),
    ("unknown-variant", turn(items=[{"type": "odd"}]), "variant that the schema does not have"),
]


@pytest.mark.parametrize(("kind", "value", "said"), CASES, ids=[case[0] for case in CASES])
def test_a_message_that_drifts_so_is_noted_as_this(kind: str, value: Any, said: str) -> None:
    notes = {note.rule: note.message.lower() for note in protocol.drift_notes(value)}
    assert said in notes[kind]


def test_every_kind_has_a_case_and_a_sentence() -> None:
    kinds = {str(kind) for kind in Drift}
    assert {kind for kind, *_ in CASES} == kinds == {rule.id for rule in DRIFT}
    assert kinds < TITLES.keys()
