"""Names of fields, enum members and classes, and what is refused."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from codexwire.emit.names import RESERVED_FIELDS, field_names, member_names, snake
from codexwire.errors import EmitError
from codexwire.runtime.model import OpenStrEnum, wire_name


@pytest.mark.parametrize(
    ("wire", "field"),
    [
        ("threadId", "thread_id"),
        ("text_elements", "text_elements"),
        ("_meta", "meta"),
        ("from", "from_"),
        ("schema", "schema_"),
        ("model_config", "model_config_"),
        ("copy", "copy_"),
        ("list", "list_"),
        ("tag", "tag_"),
        ("otlp-http", "otlp_http"),
        ("MCPServers", "mcp_servers"),
        ("dataBase64", "data_base64"),
        ("128k", "field_128k"),
    ],
)
def test_field_names(wire: str, field: str) -> None:
    assert field_names("X", [wire]) == {wire: field}


def test_two_properties_of_one_field_name_are_refused() -> None:
    with pytest.raises(EmitError, match=r"fields of X 'fooBar' and 'foo_bar'.*'foo_bar'"):
        field_names("X", ["fooBar", "foo_bar"])


def test_no_attribute_of_a_model_can_be_a_field() -> None:
    public = {name for name in dir(BaseModel) if not name.startswith("_")}
    assert public <= RESERVED_FIELDS


@pytest.mark.parametrize(
    ("value", "member"),
    [
        ("inProgress", "in_progress"),
        ("on-request", "on_request"),
        ("final_answer", "final_answer"),
        ("async", "async_"),
        ("replace", "replace_"),
        ("unknown", "unknown"),
        ("1.0", "field_1_0"),
        ("", "field_"),
    ],
)
def test_member_names(value: str, member: str) -> None:
    assert member_names("X", [value]) == {value: member}


def test_members_that_differ_in_case_only_keep_their_spelling() -> None:
    assert member_names("X", ["Live", "live", "off"]) == {
        "Live": "Live",
        "live": "live",
        "off": "off",
    }
    with pytest.raises(EmitError, match="members of X"):
        member_names("X", ["a-b", "a_b"])


def test_no_attribute_of_an_enum_can_be_a_member() -> None:
    public = {name for name in dir(OpenStrEnum) if not name.startswith("_")}
    renamed = {name: member_names("X", [name])[name] for name in public}
    assert not {name for name in public if renamed[name] == name}


@pytest.mark.parametrize("wire", ["threadId", "id", "emittedAtMs", "textElements"])
def test_wire_names_follow_from_field_names(wire: str) -> None:
    assert wire_name(snake(wire)) == wire
