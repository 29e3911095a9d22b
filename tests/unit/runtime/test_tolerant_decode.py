"""What is read of a message that does not fit: the alternative that explains most of a value."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from typing_extensions import TypeAliasType

import codex_app_server_protocol as protocol
from codex_app_server_protocol import models
from codexwire.direction import Side
from codexwire.ingest import load
from codexwire.normalize import normalize
from codexwire.runtime.model import WireModel
from codexwire.runtime.model_types import model_shape
from codexwire.runtime.tolerance.rule import MessagePart
from codexwire.runtime.tolerant_decode import MisfitError, TolerantReader
from codexwire.runtime.unknown import UnknownValue
from codexwire.wire import Validators


@pytest.mark.parametrize(
    ("names", "read"),
    [
        ({}, models.McpElicitationUntitledSingleSelectEnumSchema),
        ({"enumNames": ["Red"]}, models.McpElicitationLegacyTitledEnumSchema),
        ({"oneOf": []}, models.McpElicitationUntitledSingleSelectEnumSchema),
    ],
)
def test_of_alternatives_that_fit_the_one_with_fewest_unknown_keys_is_read(
    names: dict[str, list[str]], read: type
) -> None:
    """A server that writes `required` as a string: all beside it is read as without the mistake."""
    colour = {"type": "string", "enum": ["red"], **names}
    schema = {"type": "object", "properties": {"colour": colour}, "required": "colour"}
    params = {"serverName": "s", "threadId": "t", "message": "?", "mode": "form"}
    request = protocol.decode_request(
        "mcpServer/elicitation/request", {**params, "requestedSchema": schema}
    )
    asked = request.root.requested_schema
    assert asked.required == UnknownValue("colour")
    assert type(asked.properties["colour"]) is read


@pytest.mark.parametrize("tag", ["type", "kind", "mode", "status"])
def test_an_object_that_stands_for_a_string_is_known_by_any_usual_tag(tag: str) -> None:
    status = {tag: "failed", "more": 1}
    turn = {"id": "U", "items": [], "status": status}
    done = protocol.decode_notification("turn/completed", {"threadId": "T", "turn": turn})
    assert done.turn.status == "failed"
    assert protocol.dump(done)["turn"]["status"] == status


def test_nothing_is_read_by_the_name_of_a_field() -> None:
    """Of a union that takes any object as well, beside a value that does not fit."""
    info = {"http_connection_failed": {"httpStatusCode": 5}}
    turn = {
        "id": "U",
        "items": [],
        "status": "failed",
        "error": {"message": 7, "codexErrorInfo": info},
    }
    done = protocol.decode_notification("turn/completed", {"threadId": "T", "turn": turn})
    assert done.turn.error.codex_error_info == info
    assert protocol.dump(done)["turn"] == turn


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_what_pydantic_dumps_has_no_wrappers() -> None:
    changes = [5, {"path": 1, "kind": {"type": "add"}, "diff": ""}]
    item = {"type": "fileChange", "id": "x", "status": ["odd"], "changes": changes}
    for odd in (item, [item]):
        params = {"threadId": "t", "turnId": "u", "completedAtMs": {"at": 1}, "item": odd}
        read = protocol.decode_notification("item/completed", params)
        assert isinstance(read.completed_at_ms, UnknownValue)
        for mode in ("python", "json"):
            assert read.model_dump(mode=mode, exclude_unset=True) == params
        assert json.loads(read.model_dump_json(exclude_unset=True)) == params


Tree = TypeAliasType("Tree", "list[Tree]")


class Holder(WireModel):
    tree: Tree
    size: int
    version: Literal[1] = 1


@pytest.mark.parametrize("version", [2, "1", None])
def test_what_is_no_listed_value_breaks_the_enum(version: Any) -> None:
    raw = {"tree": [], "size": 1, "version": version}
    reader = TolerantReader(MessagePart("m", "params", raw), (), strict=True)
    with pytest.raises(MisfitError) as caught:
        reader.read(model_shape(Holder), raw)
    assert (caught.value.rule, caught.value.path) == ("schema/enum", ("version",))


def test_a_type_inside_itself_is_read_beside_what_does_not_fit() -> None:
    for tree in ([[], [[]]], [[], "leaf"]):
        raw = {"tree": tree, "size": "two"}
        read = (
            TolerantReader(MessagePart("m", "params", raw), ()).read(model_shape(Holder), raw).value
        )
        assert read.size == UnknownValue("two")
        assert read.tree == [[], UnknownValue("leaf") if "leaf" in tree else [[]]]


ASKED = {"threadId": "t", "turnId": "u", "itemId": "i", "cwd": "/", "startedAtMs": 1}


@pytest.fixture(scope="module")
def validators() -> Validators:
    return Validators(normalize(load(protocol.PROTOCOL_VERSION)).protocol)


@pytest.mark.parametrize(
    ("sender", "method", "params", "rule"),
    [
        (Side.CLIENT, "thread/list", {"limit": -1}, "minimum"),
        (
            Side.SERVER,
            "item/permissions/requestApproval",
            {**ASKED, "permissions": {"fileSystem": {"globScanMaxDepth": 0}}},
            "minimum",
        ),
        (Side.CLIENT, "turn/start", {"threadId": "t", "input": [], "effort": ""}, "minLength"),
        (Side.CLIENT, "turn/start", {"threadId": "t", "input": [], "effort": 7}, "type"),
    ],
)
def test_strict_decoding_names_the_rule_and_place_that_validation_does(
    sender: Side, method: str, params: dict[str, Any], rule: str, validators: Validators
) -> None:
    message = {"id": 1, "method": method, "params": params}
    (violation,) = validators.check_message(message, sender)
    assert violation.rule == f"schema/{rule}"
    with pytest.raises(protocol.DecodeError) as caught:
        protocol.decode_request(method, params, mode="strict", sender=sender.value)
    assert (caught.value.rule, caught.value.pointer) == (violation.rule, violation.pointer)
