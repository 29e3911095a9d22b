"""Every name that a printed module uses is defined in it or imported."""

from __future__ import annotations

import importlib
import typing
from pathlib import Path

import pytest
from probe import bundle, normalized, write_models

TYPES = {
    "Tree": {"type": "array", "items": {"$ref": "#/definitions/v2/Tree"}},
    "Bag": {"type": "object", "properties": {"a": True}, "additionalProperties": {"type": "null"}},
}
SCHEMA = {
    "type": "object",
    "properties": {
        "listed": {"enum": [7]},
        "natural": {"type": "integer", "minimum": 1},
        "tree": {"$ref": "#/definitions/v2/Tree"},
        "bag": {"$ref": "#/definitions/v2/Bag"},
    },
}


def test_every_name_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    protocol = normalized(bundle(SCHEMA, TYPES), tmp_path).protocol
    write_models(tmp_path, "printed", protocol)
    monkeypatch.syspath_prepend(tmp_path)
    models = importlib.import_module("printed.models")
    for name in models.__all__:
        if isinstance(found := getattr(models, name), type):
            typing.get_type_hints(found)
    read = models.ProbeRunParams.model_validate({"natural": 1, "tree": [[]], "bag": {"b": None}})
    assert read.model_dump(exclude_unset=True) == {"natural": 1, "tree": [[]], "bag": {"b": None}}
