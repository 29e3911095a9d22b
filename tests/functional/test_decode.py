"""Decoding with the generated package: what comes in comes back, whatever it is."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import codex_app_server_protocol as protocol
from codex_app_server_protocol import models
from codexwire.runtime.unknown import (
    NoParams,
    UnknownNotification,
    UnknownRequest,
    UnknownResult,
    UnknownValue,
)

TURN = {"id": "t1", "items": [], "status": "completed"}


def turn(**more: Any) -> dict[str, Any]:
    return {"threadId": "th1", "turn": {**TURN, **more}}


def decoded(raw: Any, method: str = "turn/completed", **options: Any) -> Any:
    return protocol.decode_notification(method, raw, **options)


def same(one: Any, two: Any) -> bool:
    """Whether two values are the same JSON text; 1 and 1.0, null and absent are not."""
    return json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True)


def rules(value: Any) -> list[str]:
    return [note.rule for note in protocol.drift_notes(value)]


@pytest.mark.parametrize(
    "raw",
    [
        turn(),
        turn(error=None),
        turn(durationMs=2**80),
        turn(durationMs=10**4000),
        turn(durationMs=-0.0),
        turn(durationMs=1.0),
        turn(durationMs=1.5),
        turn(durationMs="12"),
        turn(id=7),
        turn(unknown={"deep": [{"er": 1.0}, None, True]}),
        turn(duration_ms=5),
        turn(duration_ms=5, durationMs=None),
        turn(items=[{"type": "brandNew", "id": "i", "x": [1.0]}, {"no": "tag"}, 7, None]),
        turn(items=[{"type": "agentMessage", "id": "i", "text": "\ud800 \U0001f600 \x00"}]),
        turn(status="invented"),
        turn(status="\ud800"),
        turn(error={"message": "m", "codexErrorInfo": {"invented": {"a": 1}}}),
        turn(error={"message": "m", "codexErrorInfo": "invented"}),
        {**turn(), "\ud800": 1},
        {**turn(), "": ""},
        {"turn": turn()["turn"]},
        {},
        None,
        [],
        [turn()],
        "text",
        0,
        False,
    ],
)
@pytest.mark.parametrize("mode", ["tolerant", "raw"])
def test_what_comes_in_comes_back(raw: Any, mode: Any) -> None:
    before = copy.deepcopy(raw)
    value = decoded(raw, mode=mode)
    assert same(protocol.dump(value), before)
    assert same(raw, before)


def test_all_but_what_does_not_fit_is_typed() -> None:
    raw = turn(id=7, items=[{"type": "plan", "id": "p", "text": "a"}, 7], status="invented")
    value = decoded(raw)
    assert isinstance(value, models.TurnCompletedNotification)
    assert value.turn.id == UnknownValue(7)
    assert isinstance(value.turn.items[0], models.PlanThreadItem)
    assert value.turn.items[1] == UnknownValue(7)
    assert isinstance(value.turn.status, models.TurnStatus)
    assert value.turn.status == "invented"
    assert value.turn.status.is_unknown
    assert rules(value) == ["unfit-value", "unfit-value", "unknown-value"]


def test_an_unknown_variant_keeps_its_tag_and_the_whole_object() -> None:
    item = {"type": "brandNew", "id": "i", "more": {"a": None}}
    (found,) = decoded(turn(items=[item])).turn.items
    assert (found.tag, found.raw) == ("brandNew", item)


def test_a_known_variant_that_does_not_fit_is_still_that_variant() -> None:
    (found,) = decoded(turn(items=[{"type": "plan", "id": 1, "text": "a"}])).turn.items
    assert isinstance(found, models.PlanThreadItem)
    assert (found.id, found.text) == (UnknownValue(1), "a")


def test_omitted_null_and_set_are_three_things() -> None:
    given = [turn(), turn(durationMs=None), turn(durationMs=3)]
    assert [decoded(raw).turn.duration_ms for raw in given] == [None, None, 3]
    assert [protocol.dump(decoded(raw)) for raw in given] == given


def test_a_property_that_is_changed_comes_back_changed_and_the_rest_as_it_came() -> None:
    value = decoded(turn(durationMs=1.0, status="in_progress", x=1.0))
    value.turn.id = "new"
    assert same(protocol.dump(value), turn(id="new", durationMs=1.0, status="in_progress", x=1.0))
    value.turn.status = models.TurnStatus.failed
    value.turn.duration_ms = 7
    assert same(protocol.dump(value), turn(id="new", durationMs=7, status="failed", x=1.0))


def test_a_property_that_no_type_has_is_set_to_what_another_had() -> None:
    for given, plain in (
        (models.TextUserInput(text="x"), {"type": "text", "text": "x"}),
        (models.TurnStatus.failed, "failed"),
        (UnknownValue([1]), [1]),
    ):
        value = decoded(turn())
        value.added = given
        dumped = protocol.dump(value)
        assert dumped == {**turn(), "added": plain}
        assert type(dumped["added"]) is type(plain)


def test_what_was_absent_stays_absent_until_it_is_set() -> None:
    value = decoded({"turn": TURN})
    assert value.thread_id is None
    assert protocol.dump(value) == {"turn": TURN}
    value.thread_id = "th1"
    assert protocol.dump(value) == {"threadId": "th1", "turn": TURN}


def test_copies_and_pickles_give_back_the_same() -> None:
    raw = turn(durationMs=1.0, id=7, status="in_progress", items=[{"type": "new"}])
    value = decoded(raw)
    for other in (copy.deepcopy(value), pickle.loads(pickle.dumps(value)), value.model_copy()):
        assert same(protocol.dump(other), raw)


def test_dump_of_a_built_model_has_what_was_set() -> None:
    params = models.ThreadStartParams(model="m", cwd=None)
    assert protocol.dump(params) == {"model": "m", "cwd": None}
    item = models.PlanThreadItem(id="i", text="a")
    assert protocol.dump(item) == {"type": "plan", "id": "i", "text": "a"}


def test_what_is_built_stays_closed() -> None:
    with pytest.raises(ValidationError):
        models.TurnStartParams(thread_id="t", input=[], summary="invented")  # type: ignore[arg-type]
    assert decoded(turn(status="invented")).turn.status == "invented"
    with pytest.raises(ValueError, match="invented"):
        models.TurnStatus("invented")


def test_unknown_methods_of_every_kind() -> None:
    kept = {"a": [1.0]}
    assert decoded(kept, "no/such") == UnknownNotification("no/such", kept)
    assert protocol.decode_request("no/such", kept) == UnknownRequest("no/such", kept)
    assert protocol.decode_result("no/such", kept) == UnknownResult("no/such", kept)
    assert protocol.dump(protocol.decode_result("no/such", kept)) == kept
    assert rules(decoded(kept, "no/such")) == ["unknown-method"]
    for strange in (None, 7, ["turn/completed"], {"a": 1}):
        assert protocol.dump(protocol.decode_request(strange, kept)) == kept  # type: ignore[arg-type]


def test_payloads_that_are_nothing_like_the_type() -> None:
    value = decoded("text")
    assert value == UnknownNotification("turn/completed", "text", "unfit-value")
    result = protocol.decode_result("thread/start", None)
    assert result == UnknownResult("thread/start", None, "unfit-value")


def test_methods_without_params_take_what_comes() -> None:
    for raw in (None, {}, {"x": 1}):
        value = protocol.decode_request("account/logout", raw)
        assert value == NoParams(raw)
        assert protocol.dump(value) == raw
    assert rules(protocol.decode_request("account/logout", {"x": 1})) == ["unexpected-params"]
    assert rules(protocol.decode_request("account/logout", {})) == []


def test_both_senders() -> None:
    params = {"threadId": "th1", "turnId": "t1", "itemId": "i1", "startedAtMs": 1}
    asked = protocol.decode_request("item/fileChange/requestApproval", params, sender="server")
    assert isinstance(asked, models.FileChangeRequestApprovalParams)
    other = protocol.decode_request("item/fileChange/requestApproval", params, sender="client")
    assert isinstance(other, UnknownRequest)
    answer = protocol.decode_result("item/fileChange/requestApproval", {"decision": "accept"})
    assert isinstance(answer, models.FileChangeRequestApprovalResponse)
    started = protocol.decode_request("turn/start", {"threadId": "t", "input": []}, sender="client")
    assert isinstance(started, models.TurnStartParams)
    assert isinstance(protocol.decode_notification("initialized", None, sender="client"), NoParams)


@pytest.mark.parametrize(
    ("raw", "pointer", "rule"),
    [
        (turn(status="invented"), "/params/turn/status", "schema/enum"),
        (turn(durationMs=True), "/params/turn/durationMs", "schema/type"),
        (turn(durationMs="1"), "/params/turn/durationMs", "schema/type"),
        (turn(durationMs=1.5), "/params/turn/durationMs", "schema/type"),
        (turn(items=[{"type": "brandNew"}]), "/params/turn/items/0", "schema/oneOf"),
        (turn(items=[{"type": "plan", "id": "i"}]), "/params/turn/items/0", "schema/required"),
        (turn(itemsView=None), "/params/turn/itemsView", "schema/type"),
        ({"turn": TURN}, "/params", "schema/required"),
        (None, "/params", "schema/type"),
        ([], "/params", "schema/type"),
    ],
)
def test_strict_mode_says_what_breaks_the_schema_and_where(
    raw: Any, pointer: str, rule: str
) -> None:
    with pytest.raises(protocol.DecodeError) as caught:
        decoded(raw, mode="strict")
    assert (caught.value.pointer, caught.value.rule) == (pointer, rule)
    assert caught.value.method == "turn/completed"


def test_strict_mode_takes_what_the_schema_takes() -> None:
    raw = turn(durationMs=12.0, unknown=1, error=None)
    value = decoded(raw, mode="strict")
    assert value.turn.duration_ms == 12
    assert same(protocol.dump(value), raw)
    assert rules(value) == ["unknown-field"]


def test_only_tolerant_mode_reads_a_property_in_another_spelling() -> None:
    raw = turn(duration_ms=5)
    tolerant, strict = decoded(raw), decoded(raw, mode="strict")
    assert (tolerant.turn.duration_ms, strict.turn.duration_ms) == (5, None)
    assert rules(tolerant) == ["t045-optional-spelling", "unknown-field"]
    assert rules(strict) == ["unknown-field"]
    assert same(protocol.dump(tolerant), raw)
    tolerant.turn.duration_ms = 7
    assert same(protocol.dump(tolerant), turn(duration_ms=5, durationMs=7))


def test_strict_mode_refuses_what_a_closed_object_does_not_have() -> None:
    policy = {"granular": {"mcp_elicitations": True, "rules": True, "sandbox_approval": True}}
    raw = {"threadId": "t", "input": [], "approvalPolicy": {**policy, "more": 1}}
    with pytest.raises(protocol.DecodeError) as caught:
        protocol.decode_request("turn/start", raw, mode="strict")
    assert caught.value.pointer == "/params/approvalPolicy/more"
    assert caught.value.rule == "schema/additionalProperties"


@pytest.mark.parametrize(
    ("function", "method", "sender"),
    [
        (protocol.decode_notification, "no/such", None),
        (protocol.decode_request, "turn/start", "server"),
        (protocol.decode_result, "no/such", None),
    ],
)
def test_strict_mode_refuses_unknown_methods(function: Any, method: str, sender: Any) -> None:
    with pytest.raises(protocol.DecodeError) as caught:
        function(method, {}, mode="strict", sender=sender)
    assert (caught.value.pointer, caught.value.rule) == ("/method", "schema/unknown-method")


def test_a_mode_that_is_none() -> None:
    with pytest.raises(ValueError, match="strict, tolerant, raw"):
        decoded(turn(), mode="lax")


def test_raw_mode_looks_at_nothing() -> None:
    value = decoded(turn(status="invented"), mode="raw")
    assert value == UnknownNotification("turn/completed", turn(status="invented"), "")
    assert rules(value) == []


def test_nesting_of_ten_thousand() -> None:
    deep: Any = []
    for _ in range(10_000):
        deep = [deep]
    for raw in (turn(unknown=deep), turn(items=deep), turn(status=deep), deep):
        value = decoded(raw)
        back = protocol.dump(value)
        assert back is raw or back["turn"].keys() == raw["turn"].keys()
        assert protocol.drift_notes(value)
    item = {
        "type": "dynamicToolCall",
        "id": "i",
        "arguments": deep,
        "status": "completed",
        "tool": "t",
    }
    value = decoded(turn(items=[item]))
    assert isinstance(value.turn.items[0], models.DynamicToolCallThreadItem)
    assert protocol.dump(value)["turn"]["items"][0]["arguments"] is deep


def test_a_string_of_a_hundred_megabytes() -> None:
    text = "x" * 100_000_000
    value = decoded(
        {"threadId": "t", "turnId": "u", "itemId": "i", "delta": text}, "item/agentMessage/delta"
    )
    assert value.delta is text
    assert protocol.dump(value)["delta"] is text


def test_a_report_counts_and_names_no_value() -> None:
    report = protocol.DriftReport()
    for _ in range(3):
        decoded(
            turn(status="secret", items=[{"type": "hidden"}, {"type": "hidden"}]), report=report
        )
    decoded({}, "no/such", report=report)
    found = {(n.method, n.pointer, n.rule): count for n, count in report.counts()}
    assert found == {
        ("turn/completed", "/params/turn/status", "unknown-value"): 3,
        ("turn/completed", "/params/turn/items/*", "unknown-variant"): 6,
        ("no/such", "/params", "unknown-method"): 1,
    }
    shown = " ".join(note.message for note, _ in report.counts())
    assert "secret" not in shown
    assert "hidden" not in shown


def test_properties_of_an_object_that_takes_any_are_no_drift() -> None:
    raw = {"config": {"model": "m", "anything": {"a": 1}, "tools": {"more": 1}}, "origins": {}}
    value = protocol.decode_result("config/read", raw)
    notes = [(n.pointer, n.rule) for n in protocol.drift_notes(value, part="result")]
    assert notes == [("/result/config/tools/more", "unknown-field")]
    assert value.config.model_extra == {"anything": {"a": 1}}
    assert protocol.dump(value) == raw
    assert same(protocol.dump(protocol.decode_result("config/read", raw, mode="strict")), raw)


def test_plain_messages_have_no_notes() -> None:
    report = protocol.DriftReport()
    value = decoded(turn(), report=report)
    assert isinstance(value, BaseModel)
    assert not report


def test_notes_name_what_was_decoded() -> None:
    """Also without being told; a model that several methods share names no method."""
    listed = protocol.decode_result("thread/list", {"data": [], "nextCursor": None, "odd": 1})
    assert [(n.method, n.pointer) for n in protocol.drift_notes(listed)] == [
        ("thread/list", "/result/odd")
    ]
    [unknown] = protocol.drift_notes(protocol.decode_result("no/such", {}))
    assert (unknown.method, unknown.pointer) == ("no/such", "/result")
    for value in (decoded({}, "no/such"), protocol.decode_request("no/such", {})):
        [unknown] = protocol.drift_notes(value)
        assert (unknown.method, unknown.pointer) == ("no/such", "/params")
    for method in ("thread/search/cancel", "thread/search/stream/cancel"):
        shared = protocol.decode_result(method, {"odd": 1})
    [note] = protocol.drift_notes(shared)
    assert (note.method, note.pointer) == ("", "/result/odd")
    [said] = protocol.drift_notes(decoded(turn(odd=1)))
    assert (said.method, said.pointer) == ("turn/completed", "/params/turn/odd")
    [told] = protocol.drift_notes(listed, method="a/b", part="params")
    assert (told.method, told.pointer) == ("a/b", "/params/odd")
