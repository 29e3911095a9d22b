"""Names of fields, enum members and classes, and what is refused."""

from __future__ import annotations

import ast
import builtins
import re
from pathlib import Path
from typing import TypeGuard

import pytest
from pydantic import BaseModel

from codexwire.emit.names import (
    RESERVED_CLASSES,
    RESERVED_FIELDS,
    field_names,
    member_names,
    snake,
)
from codexwire.model.spelling import wire_name
from codexwire.runtime.model import OpenStrEnum, UnknownVariant

ROOT = Path(__file__).parents[3]
GENERATED = ROOT / "generated"
TEMPLATES = ROOT / "templates"


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
        ("register", "register_"),
        ("имяФайла", "имяфайла"),
        ("ﬁle", "file"),
        ("👍", "field_"),
        ("", "field_"),
    ],
)
def test_field_names(wire: str, field: str) -> None:
    assert field_names([wire]) == {wire: field}


@pytest.mark.parametrize("extra", [[], ["other"], ["FOOBar"]])
def test_of_two_properties_the_one_that_is_spelled_like_the_name_keeps_it(extra: list[str]) -> None:
    assert field_names(["fooBar", "foo_bar", *extra])["foo_bar"] == "foo_bar"
    assert field_names(["fooBar", "FooBar", *extra])["fooBar"] == "foo_bar"


def test_second_names_follow_from_the_spelling_alone() -> None:
    names = field_names(["fooBar", "foo_bar", "foo-bar"])
    assert names == field_names(["foo-bar", "foo_bar", "fooBar"])
    assert names["fooBar"] == field_names(["fooBar", "foo_bar"])["fooBar"] == "foo_bar_5a906c"
    assert len(set(names.values())) == 3


def test_a_given_name_comes_first() -> None:
    names = field_names(["foo", "bar", "baz"], {"bar": "foo", "baz": "copy"})
    assert (names["bar"], names["baz"]) == ("foo", "copy_")
    assert names["foo"].startswith("foo_")


def test_no_attribute_of_a_model_can_be_a_field() -> None:
    attributes = {*dir(BaseModel), *dir(type(BaseModel))}
    assert {name for name in attributes if not name.startswith("_")} <= RESERVED_FIELDS


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
    assert member_names([value]) == {value: member}


def test_members_that_differ_in_case_only_keep_their_spelling() -> None:
    assert member_names(["Live", "live", "off"]) == {
        "Live": "Live",
        "live": "live",
        "off": "off",
    }


def test_members_that_no_spelling_tells_apart() -> None:
    names = member_names(["a-b", "a_b", "a b"])
    assert names["a_b"] == "a_b"
    assert len(set(names.values())) == 3


def test_no_attribute_of_an_enum_can_be_a_member() -> None:
    owners = (*OpenStrEnum.__mro__, *type(OpenStrEnum).__mro__)
    public = {name for owner in owners for name in vars(owner) if not name.startswith("_")}
    assert {"casefold", "is_unknown", "mro", "name"} <= public
    assert not {name for name in public if member_names([name])[name] == name}


def test_no_field_of_a_model_reads_like_one_of_an_unknown_variant() -> None:
    public = {name for name in vars(UnknownVariant) if not name.startswith(("_", "model_"))}
    assert {"raw", "tag"} <= public <= RESERVED_FIELDS


def test_no_builtin_of_an_annotation_can_be_a_field() -> None:
    trees = [ast.parse(path.read_text("utf-8")) for path in GENERATED.glob("*/models/*.py")]
    models = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    fields = [node for model in models for node in model.body if isinstance(node, ast.AnnAssign)]
    used = {name.id for node in fields for name in ast.walk(node.annotation) if _is_builtin(name)}
    assert {"bool", "float", "int", "list", "str"} <= used <= RESERVED_FIELDS


def _is_builtin(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and hasattr(builtins, node.id)


def test_no_name_that_a_module_imports_or_brings_along_can_be_a_class() -> None:
    trees = [ast.parse(path.read_text("utf-8")) for path in GENERATED.glob("*/models/*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    names = {alias.name for node in imports for alias in node.names}
    of_sdk = (TEMPLATES / "sdk_models.py.jinja").read_text("utf-8")
    names |= {*re.findall(r"^class (\w+)", of_sdk, re.MULTILINE)}
    for line in re.findall("^from .* import (.*)$", of_sdk, re.MULTILINE):
        names |= {*line.split(", ")}
    names.add("TypeAliasType")  # of an alias that contains itself
    assert {"CatchAllModel", "OpenModel"} <= names
    assert {name for name in names if name[0].isupper()} <= RESERVED_CLASSES


@pytest.mark.parametrize("wire", ["threadId", "id", "emittedAtMs", "textElements"])
def test_wire_names_follow_from_field_names(wire: str) -> None:
    assert wire_name(snake(wire)) == wire
