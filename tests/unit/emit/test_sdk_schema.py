"""What the models in the official SDK's layout take and refuse: a member for each keyword that is read."""

from __future__ import annotations

import importlib
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from probe import bundle, normalized
from pydantic import ValidationError

from codexwire.emit.header import stamp_of
from codexwire.emit.sdk_layout import plan_sdk_layout

STRING = {"type": "string"}


def obj(required: str = "", **members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members, "required": required.split()}


PLACES = [obj("url", url=STRING), obj("file", file=STRING)]
IMAGE = {**obj("type", type={"enum": ["image"]}), "oneOf": PLACES}
MEMBERS = {
    "text": STRING,
    "mode": {"allOf": [{"$ref": "#/definitions/v2/Mode"}]},
    "either": {"anyOf": [STRING, {"type": "integer"}]},
    "constant": {"const": "c"},
    "listed": {"const": [1]},
    "count": {"type": "integer", "minimum": 0, "default": 5},
    "filled": {"type": "string", "minLength": 1},
    "many": {"type": "array", "items": STRING},
    "by_name": {"type": "object", "additionalProperties": STRING},
    "inner": obj("x", x=STRING),
    "placed": {**obj("title", title=STRING), "anyOf": PLACES},
    "pick": {"oneOf": [IMAGE, obj("type", type={"enum": ["text"]})]},
}
TYPES = {"Mode": {"type": "string", "enum": ["on", "off"], "description": "Said of a mode."}}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the models of the members above."""
    folder = tmp_path_factory.mktemp("sdk")
    protocol = normalized(bundle(obj(**MEMBERS), TYPES), folder).protocol
    files = plan_sdk_layout(protocol, stamp_of(protocol, ""), protocol)
    (folder / "models_as_of_the_sdk.py").write_bytes(files["v2_all.py"])
    return folder


@pytest.fixture
def models(made: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(made)
    return importlib.import_module("models_as_of_the_sdk")


@pytest.mark.parametrize(
    ("member", "taken", "refused"),
    [
        ("text", "x", 7),
        ("mode", "on", 7),
        ("either", 7, [7]),
        ("constant", "c", "d"),
        ("listed", [1], "x"),
        ("count", 0, -1),
        ("filled", "x", ""),
        ("many", ["x"], [7]),
        ("by_name", {"k": "x"}, {"k": 7}),
        ("inner", {"x": "y"}, {"x": 7}),
        ("inner", {"x": "y"}, {}),
    ],
)
def test_a_member_takes_what_its_schema_does(
    models: ModuleType, member: str, taken: Any, refused: Any
) -> None:
    read = models.ProbeRunParams.model_validate({member: taken})
    assert read.model_dump(mode="json", exclude_unset=True) == {member: taken}
    with pytest.raises(ValidationError):
        models.ProbeRunParams.model_validate({member: refused})


def test_what_is_left_out_has_its_default(models: ModuleType) -> None:
    assert models.ProbeRunParams().count == 5


def test_listed_values_are_members_of_an_enum(models: ModuleType) -> None:
    assert issubclass(models.Mode, Enum)
    assert {member.value for member in models.Mode} == {"on", "off"}
    assert models.Mode.__doc__ == "Said of a mode."


def test_an_object_with_alternatives_has_the_members_of_all(models: ModuleType) -> None:
    placed = models.ProbeRunParams.model_validate({"placed": {"title": "t", "file": "f"}}).placed
    required = {name: field.is_required() for name, field in type(placed).model_fields.items()}
    assert required == {"title": True, "url": False, "file": False}


def test_the_branches_of_a_union_are_told_apart_and_have_names(models: ModuleType) -> None:
    def pick(**members: str) -> Any:
        return models.ProbeRunParams.model_validate({"pick": members}).pick

    assert type(pick(type="text")) is models.TextProbeRunParamsPick
    image = pick(type="image", url="u")
    assert type(image) is models.ImageProbeRunParamsPick
    assert "url" in type(image.root).model_fields
    assert type(pick(type="other")) is models.UnknownVariant
