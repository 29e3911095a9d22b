"""The models of a protocol: the one file that uses datamodel-code-generator.

datamodel-code-generator turns the flat definitions of `shape` into type expressions; names, modules,
defaults and unions are ours, so that it never invents a name.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datamodel_code_generator import generate
from datamodel_code_generator.enums import DataModelType, InputFileType
from datamodel_code_generator.format import PythonVersion
from datamodel_code_generator.parser import LiteralType

from codexwire.emit.definitions import Definition, DefinitionKind
from codexwire.emit.format import format_python
from codexwire.emit.methods import params_class
from codexwire.emit.modules import deal
from codexwire.emit.names import class_names
from codexwire.emit.printing import Printer
from codexwire.emit.shape import shape
from codexwire.emit.styles import Style
from codexwire.errors import EmitError
from codexwire.ir.model import Protocol, Schema, ref_to
from codexwire.ir.walk import transform

__all__ = ["ClassInfo", "ModelPlan", "Style", "format_python", "plan_models"]

_OUTPUT = {
    "pydantic": DataModelType.PydanticV2BaseModel,
    "typeddict": DataModelType.TypingTypedDict,
    "msgspec": DataModelType.MsgspecStruct,
    "dataclass": DataModelType.DataclassesDataclass,
}

# Lower bounds that pydantic has a name for; the schema's others are left to the validators.
_BOUNDS = {0: "NonNegativeInt", 1: "PositiveInt"}


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
    printer = Printer(definitions, value_types(definitions, style), uses, style)
    files = {f"models/{m.name}.py": printer.module(m) for m in modules}
    files["models/__init__.py"] = printer.index(modules)
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


def value_types(definitions: Mapping[str, Definition], style: Style) -> dict[str, dict[str, str]]:
    """Return the type expression of every field (definition → field → source).

    What is no model has one expression, under the empty field name.
    """
    source = _generate(definitions, style)
    lines = source.splitlines()
    types: dict[str, dict[str, str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            types[node.name] = {
                item.target.id: _segment(lines, item.annotation)
                for item in node.body
                if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
            }
        elif alias := _alias(node):
            types[alias[0]] = {"": _segment(lines, alias[1])}
    for definition in definitions.values():
        expected = {p.name for p in definition.properties}
        if definition.kind is DefinitionKind.ENUM:
            types[definition.name] = {}
        elif definition.kind is not DefinitionKind.MODEL:
            expected = {""}
        if set(types.get(definition.name, ())) != expected:
            print(definition, types.get(definition.name))
            raise EmitError(
                f"datamodel-code-generator did not give {definition.name!r} the fields that it has",
                hint="a bug of codexwire, or another release of datamodel-code-generator",
            )
    return types


def _generate(definitions: Mapping[str, Definition], style: Style) -> str:
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {
            **{name: _body(definition) for name, definition in definitions.items()},
            **{bound: {"type": "integer"} for bound in _BOUNDS.values()},
        },
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = generate(
            schema,
            input_file_type=InputFileType.JsonSchema,
            output_model_type=_OUTPUT[style],
            target_python_version=PythonVersion.PY_311,
            formatters=[],
            custom_class_name_generator=lambda name: name,
            disable_timestamp=True,
            enum_field_as_literal=LiteralType.One,
            skip_root_model=True,
            use_annotated=True,
            use_standard_collections=True,
            use_type_alias=True,
            use_union_operator=True,
        )
    assert isinstance(found, str)
    return found


def _body(definition: Definition) -> Any:
    if definition.kind is DefinitionKind.MODEL:
        properties = {p.name: _bounded(p.schema) for p in definition.properties}
        return {"type": "object", "properties": properties, "required": list(properties)}
    if definition.kind is DefinitionKind.ENUM:
        return {"type": "string", "enum": [m.value for m in definition.members]}
    return _bounded(definition.schema)


def _bounded(schema: Schema) -> Schema:
    """Name the bounded integers, which would otherwise become classes of an invented name."""

    def change(_: Any, node: Schema) -> Schema:
        if not isinstance(node, dict) or "minimum" not in node:
            return node
        kept = {key: value for key, value in node.items() if key != "minimum"}
        bound = _BOUNDS.get(node["minimum"])
        if bound is None:
            return kept
        null: list[Schema] = [{"type": "null"}] if "null" in node["type"] else []
        return {"anyOf": [ref_to(bound), *null]} if null else ref_to(bound)

    return transform(schema, change)


def _alias(node: ast.stmt) -> tuple[str, ast.expr] | None:
    """Return name and value of `X = TypeAliasType("X", T)` and `X: TypeAlias = T`."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
        return node.target.id, node.value
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return None
    call = node.value
    value = call.args[1] if isinstance(call, ast.Call) and len(call.args) == 2 else call
    return node.targets[0].id, value


def _segment(lines: list[str], node: ast.expr) -> str:
    """Return the source of an expression; dcg writes each on one line."""
    assert node.end_lineno == node.lineno
    return lines[node.lineno - 1].encode()[node.col_offset : node.end_col_offset].decode()
