"""Lines of saved sessions decoded, given back, and asked for their ids."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from command import Run
from rollouts import DATA, RELEASES, TOOLS

import codex_rollout as rollout

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.mark.parametrize("release", RELEASES)
def test_every_line_is_given_back_byte_by_byte(release: str) -> None:
    for path in [
        *(DATA / "sessions" / release).glob("*.jsonl"),
        *(DATA / "extra").rglob("*.jsonl"),
    ]:
        for line in path.read_bytes().splitlines():
            assert rollout.dump_line(rollout.decode_line(line)) == line


def test_json_that_is_nothing_like_a_line_is_given_back() -> None:
    line = b'[1,{"a":"b"}]'
    for value in (rollout.decode_line(line), rollout.decode_line(line, mode="raw")):
        assert rollout.dump_line(value) == line
        assert rollout.dump(value) == json.loads(line)


def test_the_command_decodes_sessions(codexwire: Run) -> None:
    code, out, _ = codexwire("decode", DATA / "sessions" / "0.163.0", "--format", "json")
    value = json.loads(out)
    assert (code, value["raw"], value["drift"]) == (0, 0, [])
    code, out, _ = codexwire("decode", DATA / "sessions" / "0.99.0" / "s07_tools.jsonl")
    assert (code, "unknown-field  turn_context /payload/truncation_policy" in out) == (1, True)
    recording = DATA.parent / "recordings" / "0.163.0" / "s02_command_approval.jsonl"
    code, _, err = codexwire("decode", recording, "--package", "codex_rollout")
    assert (code, "decodes lines, and this is a recording of messages" in err) == (2, True)


def test_ids_are_found_in_lines() -> None:
    found: Counter[str] = Counter()
    for line in TOOLS.read_bytes().splitlines():
        value = rollout.decode_line(line)
        for kind in ("session", "thread", "turn", "item", "call"):
            typed = getattr(rollout, f"{kind}_id")(value)
            assert typed == getattr(rollout, f"{kind}_id")(json.loads(line))
            found[kind] += typed is not None
    assert all(found[kind] > 1 for kind in ("session", "thread", "turn", "item", "call")), found


PASSED = "internal_chat_message_metadata_passthrough"


@pytest.mark.parametrize(
    ("kind", "type", "payload"),
    [
        ("session", "session_meta", {"session_id": "X", "id": "Y"}),
        ("session", "token_usage_record", {"session_id": "X"}),
        ("thread", "session_meta", {"session_id": "Y", "id": "X"}),
        ("thread", "token_usage_record", {"thread_id": "X"}),
        ("thread", "event_msg", {"type": "thread_goal_updated", "threadId": "X"}),
        ("turn", "event_msg", {"type": "task_started", "turn_id": "X"}),
        ("turn", "response_item", {"type": "message", PASSED: {"turn_id": "X"}}),
        ("item", "event_msg", {"type": "item_started", "item": {"id": "X"}}),
        ("item", "event_msg", {"type": "item_completed", "item": {"id": "X"}}),
        ("item", "event_msg", {"type": "agent_message_content_delta", "item_id": "X"}),
        ("item", "response_item", {"type": "message", "id": "X"}),
        ("call", "response_item", {"type": "function_call", "call_id": "X"}),
        ("call", "event_msg", {"type": "exec_command_end", "call_id": "X"}),
        ("call", "retained_context", {"type": "function_call", "call_id": "X"}),
    ],
)
def test_an_id_is_found_in_its_place(kind: str, type: str, payload: dict[str, Any]) -> None:
    line = {"timestamp": "t", "type": type, "payload": payload}
    assert getattr(rollout, f"{kind}_id")(line) == "X"


@pytest.mark.parametrize(
    ("kind", "type", "payload"),
    [
        ("session", "event_msg", {"type": "x", "session_id": "X"}),
        ("thread", "response_item", {"type": "message", "id": "X"}),
        ("thread", "event_msg", {"type": "x", "threadId": "X"}),
        ("turn", "event_msg", {"type": "x", PASSED: {"turn_id": "X"}}),
        ("item", "event_msg", {"type": "x", "item": {"id": "X"}}),
        ("item", "event_msg", {"type": "x", "id": "X"}),
        ("item", "response_item", {"type": "message", "item_id": "X"}),
        ("call", "turn_context", {"call_id": "X"}),
    ],
)
def test_a_member_of_that_name_is_no_id_elsewhere(
    kind: str, type: str, payload: dict[str, Any]
) -> None:
    line = {"timestamp": "t", "type": type, "payload": payload}
    assert getattr(rollout, f"{kind}_id")(line) is None
