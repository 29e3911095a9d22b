"""What a schema says of a member stands in every style: its name on the wire, and its description once."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias, get_args

import msgspec
import pytest
from probe import bundle, normalized, write_models

from codexwire.emit.styles import STYLES, Style

SAID = "Nobody else says this."
Print: TypeAlias = Callable[[Style, list[str]], type]


@pytest.fixture
def printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Print:
    """The model of a type with these members, in a style."""

    def printed(style: Style, members: list[str]) -> type:
        said = {"type": "string", "description": SAID}
        schema = {"type": "object", "properties": dict.fromkeys(members, said)}
        protocol = normalized(bundle(schema), tmp_path).protocol
        name = f"styled_{style}_{len(members)}"
        write_models(tmp_path, name, protocol, style)
        monkeypatch.syspath_prepend(tmp_path)
        model: type = importlib.import_module(f"{name}.models").ProbeRunParams
        return model

    return printed


def test_every_style_that_a_type_checker_knows_is_there() -> None:
    assert sorted(STYLES) == sorted(get_args(Style))


def wire_names(model: type) -> list[str]:
    """Return the names of a model's members on the wire, as its style tells them."""
    if dataclasses.is_dataclass(model):
        return [field.metadata.get("wire", field.name) for field in dataclasses.fields(model)]
    if issubclass(model, msgspec.Struct):
        return [field.encode_name for field in msgspec.structs.fields(model)]
    fields = getattr(model, "model_fields", None)
    return [*model.__annotations__] if fields is None else [f.alias or n for n, f in fields.items()]


@pytest.mark.parametrize("style", STYLES)
def test_a_member_is_called_as_on_the_wire(style: Style, printed: Print) -> None:
    """Python reads the last two names otherwise where they stand in a class."""
    names = ["camelCase", "__dunder", "ﬁ"]
    assert wire_names(printed(style, names)) == names


@pytest.mark.parametrize("style", STYLES)
def test_a_member_has_its_description_once(style: Style, printed: Print) -> None:
    model = printed(style, ["camelCase"])
    module = importlib.import_module(model.__module__)
    source = Path(str(module.__file__)).read_text("utf-8")
    _, _, body = source.partition(f"class {model.__name__}")
    assert body.partition("\nclass ")[0].count(SAID) == 1
