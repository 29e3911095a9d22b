"""What datamodel-code-generator cannot do, each with the smallest schema on which it shows.

A test that fails here after an update of the generator says that something of ours can go.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from codexwire.emit.generator import Kind, generated_models

Make = Callable[[Kind, dict[str, Any]], ModuleType]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """The module that the generator makes of definitions, under the options that the styles use."""

    def make(kind: Kind, definitions: dict[str, Any]) -> ModuleType:
        schema = {"title": "Unused", "type": "object", "definitions": definitions}
        found = generated_models(
            schema,
            lambda name: name,
            kind,
            disable_future_imports=True,
            use_type_alias=True,
        )
        path = tmp_path / "made.py"
        path.write_text(found[()], "utf-8")
        spec = importlib.util.spec_from_file_location("made", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return make


def test_a_key_that_a_class_reads_otherwise_is_renamed(make: Make) -> None:
    """When this fails: templates/styles/TypedDict.jinja2 and `_reads_otherwise` can go."""
    keys = {"__x": {"type": "string"}, "\ufb01": {"type": "string"}}
    made = make("typing.TypedDict", {"P": {"type": "object", "properties": keys}})
    assert set(made.P.__annotations__) == {"field__x", "fi"}


STRUCT = {"type": "object", "properties": {"a": {"type": "string"}}}
REFS = [{"$ref": "#/definitions/A"}, {"$ref": "#/definitions/B"}]


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": REFS},
        {"anyOf": [{"type": "null"}, {"type": "array", "items": {"$ref": "#/definitions/P"}}]},
    ],
    ids=["structs without a tag", "alias that leads to itself"],
)
def test_a_type_that_msgspec_refuses_is_written(make: Make, schema: dict[str, Any]) -> None:
    """When this fails: `emit.limits` need not take such types apart, only report them."""
    holder = {"type": "object", "properties": {"p": {"$ref": "#/definitions/P"}}}
    made = make("msgspec.Struct", {"A": STRUCT, "B": STRUCT, "P": schema, "H": holder})
    with pytest.raises((NameError, TypeError)):
        msgspec.json.Decoder(made.H)
