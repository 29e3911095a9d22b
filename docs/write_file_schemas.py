"""Write schema/files/*.schema.json: JSON Schemas of the files that people write, for their editors.

    python docs/write_file_schemas.py

They are made of the types that the readers use; what a reader reads in steps is put together here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from codexwire import config
from codexwire.diff import contract, ignores
from codexwire.emit import lock
from codexwire.ir.model import UNIONS
from codexwire.normalize import project
from codexwire.proxy.mock import faults
from codexwire.proxy.mock import script as mock
from codexwire.stub import script as stub

TARGET = Path(__file__).resolve().parents[1] / "schema" / "files"
Schema = dict[str, Any]


class Writer:
    """Makes one document; `definitions` are the types that it refers to."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def of(self, *types: Any) -> list[Schema]:
        """Return the schema of each type."""
        found, named = msgspec.json.schema_components(
            types, schema_hook=_unknown, ref_template="#/definitions/{name}"
        )
        self.definitions.update(named)
        return list(found)

    def table(self, kind: Any, **members: Schema) -> Schema:
        """Return the schema of a table, whose members are more than its type says."""
        (found,) = self.of(kind)
        whole = self.definitions.pop(found["$ref"].rpartition("/")[2])
        whole["properties"] = {**whole.get("properties", {}), **members}
        return whole

    def document(self, title: str, whole: Schema) -> Schema:
        """Return the document: TOML has no null, so that it stands nowhere."""
        head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": title}
        definitions = {"definitions": self.definitions} if self.definitions else {}
        cleaned: Schema = _without_null({**whole, **definitions})
        text = json.dumps(cleaned | head)
        found: Schema = json.loads(re.sub(r'(?<=["/])_(?=[A-Z])', "", text))  # private names
        return found


def _unknown(kind: Any) -> Schema:
    """Return the schema of a type that msgspec leaves to its hooks."""
    if kind is re.Pattern or getattr(kind, "__origin__", None) is re.Pattern:
        return {"type": "string", "format": "regex"}
    raise NotImplementedError(kind)


def _without_null(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_null(item) for item in value if item != {"type": "null"}]
    if not isinstance(value, dict):
        return value
    kept = {k: _without_null(v) for k, v in value.items() if not (k == "default" and v is None)}
    branches = kept.get("anyOf")
    return (
        {**kept, **branches[0]} if branches and len(branches) == 1 and kept.pop("anyOf") else kept
    )


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _one_of(writer: Writer, kinds: Mapping[str, Any]) -> Schema:
    return {"oneOf": writer.of(*kinds.values())}


def _mapping(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _one(keys: Iterable[str]) -> Schema:
    return {"oneOf": [{"required": [key]} for key in keys]}


def pyproject() -> Schema:
    """Return the schema of `[tool.codexwire]`."""
    writer = Writer()
    rules, grade, further = writer.of(project._Row, config.Grade, config._Further)
    levels = _mapping(grade)
    diff = writer.table(config._Diff, levels=levels)
    return writer.document(
        "[tool.codexwire] of pyproject.toml",
        writer.table(
            config._Project,
            responses=_mapping({"type": "string"}),
            rules=_array(rules),
            packages=_array(further),
            diff=diff,
        ),
    )


def contract_file() -> Schema:
    """Return the schema of a contract."""
    writer = Writer()
    (parts,) = writer.of(contract._Parts)
    names = _array({"type": "string"})
    methods = {
        "type": "object",
        "properties": {union.union: names for union in UNIONS},
        "additionalProperties": False,
    }
    whole = writer.table(
        contract._Table, methods=methods, sends=_mapping(parts), reads=_mapping(parts)
    )
    return writer.document("A contract for codexwire diff and compat", whole)


def ignore_file() -> Schema:
    """Return the schema of an ignore file."""
    writer = Writer()
    (entry,) = writer.of(ignores._Entry)
    whole = writer.table(ignores._Document, ignore=_array(entry))
    return writer.document("An ignore file for codexwire diff", whole)


def levels() -> Schema:
    """Return the schema of `[tool.codexwire.diff.levels]`."""
    writer = Writer()
    (grade,) = writer.of(config.Grade)
    return writer.document("[tool.codexwire.diff.levels]", _mapping(grade))


def mock_script() -> Schema:
    """Return the schema of a mock's script."""
    writer = Writer()
    steps = _one_of(writer, mock._STEPS)
    turn = writer.table(mock._Turn, step=_array(steps)) | _one(("text", "step"))
    answer = writer.table(mock.Answer) | _one(("result", "error"))
    fault = {"oneOf": [_true_only(writer.table(kind)) for kind in faults._TABLES.values()]}
    whole = writer.table(
        mock._Document, turn=_array(turn), answer=_array(answer), fault=_array(fault)
    )
    return writer.document("A script for codexwire mock", whole)


def _true_only(table: Schema) -> Schema:
    """Return the table of a fault; a fault that is a boolean is true, or is left out."""
    kind = table["title"]
    if table["properties"][kind] == {"type": "boolean"}:
        table["properties"][kind] = {"const": True}
    return table


def stub_script() -> Schema:
    """Return the schema of a stub's script."""
    writer = Writer()
    step = writer.table(stub._Step, output=_array(_one_of(writer, stub._OUTPUTS)))
    turn = writer.table(stub._Turn, step=_array(step) | {"minItems": 1}) | _one(("text", "step"))
    whole = writer.table(stub._Document, turn=_array(turn) | {"minItems": 1})
    return writer.document("A script for the stub of the model", whole)


def lock_file() -> Schema:
    """Return the schema of codexwire.lock."""
    writer = Writer()
    package = {"type": "object", "required": ["version", "command", "tool", "digest"]}
    whole = writer.table(lock._Document, package=_mapping(package))
    return writer.document("codexwire.lock", whole)


SCHEMAS = {
    "pyproject": pyproject,
    "contract": contract_file,
    "ignores": ignore_file,
    "levels": levels,
    "mock-script": mock_script,
    "stub-script": stub_script,
    "lock": lock_file,
}


def text(name: str) -> str:
    """Return a file as it should be."""
    return json.dumps(SCHEMAS[name](), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    for name in SCHEMAS:
        (TARGET / f"{name}.schema.json").write_text(text(name), "utf-8")
