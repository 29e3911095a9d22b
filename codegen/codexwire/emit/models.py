"""The models of a protocol: the one file that uses datamodel-code-generator.

datamodel-code-generator turns the flat definitions of `shape` into type expressions; names, modules,
defaults and unions are ours, so that it never invents a name.
"""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from datamodel_code_generator import generate
from datamodel_code_generator.enums import DataModelType, InputFileType
from datamodel_code_generator.format import PythonVersion

from codexwire.emit.definitions import Definition, DefinitionKind
from codexwire.emit.format import format_python, no_collection
from codexwire.emit.marks import MARKS_MODULE, marks_source
from codexwire.emit.methods import params_class
from codexwire.emit.modules import deal
from codexwire.emit.names import class_names
from codexwire.emit.printing import Printer
from codexwire.emit.shape import shape
from codexwire.emit.styles import Style
from codexwire.errors import EmitError
from codexwire.ir.canonical import canonical_json
from codexwire.ir.model import Protocol, Schema, full_name, ref_to
from codexwire.ir.walk import references, transform

__all__ = ["ClassInfo", "ModelPlan", "Style", "format_python", "plan_models"]

_OUTPUT = {
    "pydantic": DataModelType.PydanticV2BaseModel,
    "typeddict": DataModelType.TypingTypedDict,
    "msgspec": DataModelType.MsgspecStruct,
    "dataclass": DataModelType.DataclassesDataclass,
}

# Lower bounds that pydantic has a name for; the schema's others are left to the validators.
_BOUNDS = {0: "NonNegativeInt", 1: "PositiveInt"}
_TYPES = "Types__"


@dataclass(frozen=True, slots=True)
class ClassInfo:
    """Where a generated class is: module below `models`, the full type name it stems from, kind."""

    module: str
    owner: str
    kind: DefinitionKind


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """The models of one protocol.

    `files` maps paths below the package to unformatted source; `classes` maps every exported name to
    what it is; `class_of` maps full type names to exported names.
    """

    files: Mapping[str, str]
    classes: Mapping[str, ClassInfo]
    class_of: Mapping[str, str]


def plan_models(protocol: Protocol, *, package: str, style: Style = "pydantic") -> ModelPlan:
    """Return the models of a normalized protocol as modules of `package`.models.

    Raises EmitError where two things would get one name or a schema has no type.
    """
    del package  # modules import each other relatively
    names = class_names(protocol)
    uses = _uses(protocol, names)
    definitions = shape(protocol, frozenset(uses))
    modules = deal(definitions)
    printer = Printer(definitions, type_expressions(definitions.values(), style), uses, style)
    files = {f"models/{m.name}.py": printer.module(m) for m in modules}
    files["models/__init__.py"] = printer.index(modules)
    files[f"models/{MARKS_MODULE}.py"] = marks_source(definitions.values())
    classes = {
        d.name: ClassInfo(module.name, d.owner, d.kind)
        for module in modules
        for d in module.definitions
    }
    return ModelPlan(files, classes, names)


def _uses(protocol: Protocol, names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the class names of all payloads, each with a sentence on the messages it is part of."""
    found: dict[str, dict[str, list[str]]] = {}
    for method in protocol.methods:
        params, _ = params_class(protocol, method, names)
        if params is not None:
            found.setdefault(params, {}).setdefault("Params", []).append(method.name)
        if method.result is not None:
            found.setdefault(names[method.result], {}).setdefault("Result", []).append(method.name)
    return {
        name: tuple(
            f"{what} of {', '.join(f'`{method}`' for method in methods)}."
            for what, methods in uses.items()
        )
        for name, uses in found.items()
    }


def type_expressions(definitions: Iterable[Definition], style: Style) -> dict[str, str]:
    """Return the source of the type of every flat schema in the definitions, by canonical JSON.

    References and single values stand for themselves; the rest goes to the generator, each distinct
    schema once, as the fields of one class.
    """
    schemas = {canonical_json(s): s for d in definitions for s in d.schemas()}
    own = {key: _own_expression(schema) for key, schema in schemas.items()}
    rest = [key for key, expression in own.items() if expression is None]
    found = _generate([_bounded(schemas[key], style) for key in rest], style)
    return {
        **{key: expression for key, expression in own.items() if expression is not None},
        **dict(zip(rest, found, strict=True)),
    }


def _own_expression(schema: Schema) -> str | None:
    if not isinstance(schema, dict):
        return "Any"
    if "$ref" in schema:
        return full_name(schema["$ref"])
    return f"Literal[{json.dumps(schema['enum'][0])}]" if len(schema.get("enum", ())) == 1 else None


def _generate(schemas: list[Schema], style: Style) -> list[str]:
    """Return the type expressions of the schemas, in their order."""
    fields = {f"field_{index:05}": schema for index, schema in enumerate(schemas)}
    named = {name: {"type": "string"} for schema in schemas for name in references(schema)}
    types = {"type": "object", "properties": fields, "required": list(fields)}
    with warnings.catch_warnings(), no_collection():
        warnings.simplefilter("ignore")
        source = generate(
            {
                "$schema": "http://json-schema.org/draft-07/schema#",
                "definitions": {**named, _TYPES: types},
            },
            input_file_type=InputFileType.JsonSchema,
            output_model_type=_OUTPUT[style],
            target_python_version=PythonVersion.PY_311,
            formatters=[],
            custom_class_name_generator=lambda name: name,
            disable_timestamp=True,
            skip_root_model=True,
            use_annotated=True,
            use_standard_collections=True,
            use_type_alias=True,
            use_union_operator=True,
        )
    assert isinstance(source, str)
    lines = source.splitlines()
    found = {
        item.target.id: _segment(lines, item.annotation)
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and node.name == _TYPES
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    }
    if list(found) != list(fields):
        raise EmitError(
            "datamodel-code-generator did not return one type per schema",
            hint="a bug of codexwire, or another release of datamodel-code-generator",
        )
    return list(found.values())


def _bounded(schema: Schema, style: Style) -> Schema:
    """Name the bounded integers, which would otherwise become classes of an invented name."""
    bounds = _BOUNDS if style == "pydantic" else {}

    def change(_: Any, node: Schema) -> Schema:
        if not isinstance(node, dict):
            return node
        dropped = {"minimum"} if style == "pydantic" else {"minimum", "minLength"}
        kept = {key: value for key, value in node.items() if key not in dropped}
        bound = bounds.get(node.get("minimum", ""))
        if bound is None:
            return kept
        return (
            {"anyOf": [ref_to(bound), {"type": "null"}]}
            if "null" in kept["type"]
            else ref_to(bound)
        )

    return transform(schema, change)


def _segment(lines: list[str], node: ast.expr) -> str:
    """Return the source of an expression; dcg writes each on one line."""
    assert node.end_lineno == node.lineno
    return lines[node.lineno - 1].encode()[node.col_offset : node.end_col_offset].decode()
