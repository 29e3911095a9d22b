"""Models and registry in the layout of the official Python SDK, to take the place of its own.

The official files are one module of models and one registry that import nothing but pydantic. Names
follow the SDK's release 0.163.0: unions are RootModels, and what the SDK calls otherwise is an alias.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from codexwire.direction import Kind, Side
from codexwire.emit.definitions import Default, Definition, DefinitionKind, Member, Property
from codexwire.emit.docs import docstring
from codexwire.emit.expressions import expression, source
from codexwire.emit.format import format_python
from codexwire.emit.header import Stamp
from codexwire.emit.ids import id_tables
from codexwire.emit.methods import params_class
from codexwire.emit.modules import deal
from codexwire.emit.names import class_names
from codexwire.emit.objects import with_beside
from codexwire.emit.prepare import prepared
from codexwire.emit.render import render
from codexwire.emit.sdk_names import ALIASES, IMPORTED, OPEN_STRINGS, RENAMED, WRAPPED
from codexwire.emit.shape import shape
from codexwire.ir.model import Protocol, Schema, full_name, ref_to
from codexwire.ir.walk import transform
from codexwire.normalize.names import pascal

__all__ = ["plan_sdk_layout"]


_STRING_NAMES = frozenset(name for name in dir(str) if not name.startswith("_"))


@dataclass(frozen=True, slots=True)
class Line:
    """One field or member with the docstring below it."""

    code: str
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One class as the template prints it."""

    name: str
    base: str
    doc: str
    lines: tuple[Line, ...]


def plan_sdk_layout(protocol: Protocol, stamp: Stamp, sdk: Protocol) -> dict[str, bytes]:
    """Return `v2_all.py` and `notification_registry.py` for a normalized protocol.

    `sdk` is the protocol of the SDK's own release: what the SDK imports and `protocol` does not
    have, or has as something else, is taken from there, so that the SDK imports with any release.
    """
    protocol, sdk = prepared(protocol), prepared(sdk)
    names = class_names(protocol)
    sources = {
        "v2_all.py": _models(protocol, sdk),
        "notification_registry.py": _registry(protocol, names),
    }
    stamped = {name: f"{stamp.comment()}\n{source}" for name, source in sources.items()}
    return {name: text.encode() for name, text in format_python(stamped).items()}


def _models(protocol: Protocol, sdk: Protocol) -> str:
    definitions = _completed(_sdk_definitions(protocol), _sdk_definitions(sdk))
    names = _final_names(definitions)
    ordered = [_renamed(d, names) for module in deal(definitions) for d in module.definitions]
    definitions = {definition.name: definition for definition in ordered}
    return render(
        "sdk_models.py.jinja",
        title=f"codex {protocol.version} protocol" if protocol.version else protocol.name,
        blocks=[_block(definition, definitions) for definition in ordered],
        aliases=[
            (alias, name)
            for alias, name in sorted(ALIASES.items())
            if name in definitions and alias not in definitions
        ],
    )


def _sdk_name(name: str) -> str:
    """Return what the SDK calls a class."""
    if name.endswith("ClientRequest") and name != "ClientRequest":
        return name.removesuffix("ClientRequest") + "Request"
    return RENAMED.get(name, name)


def _final_names(definitions: Iterable[str]) -> dict[str, str]:
    """Return what the SDK calls each definition, its own name where another one has that."""
    names = {name: _sdk_name(name) for name in definitions}
    return {name: name if wanted in names else wanted for name, wanted in names.items()}


def _renamed(definition: Definition, names: Mapping[str, str]) -> Definition:
    def point(_: object, node: Schema) -> Schema:
        if not isinstance(node, dict) or "$ref" not in node:
            return node
        return ref_to(names[full_name(node["$ref"])])

    return replace(
        definition,
        name=names[definition.name],
        schema=transform(definition.schema, point),
        properties=tuple(
            replace(p, schema=transform(p.schema, point)) for p in definition.properties
        ),
    )


def _sdk_definitions(protocol: Protocol) -> dict[str, Definition]:
    """Return the definitions of a protocol as the SDK has them."""
    return dict(_as_in_sdk(shape(_with_flat_unions(protocol), frozenset())))


def _completed(
    definitions: Mapping[str, Definition], sdk: Mapping[str, Definition]
) -> dict[str, Definition]:
    """Return the definitions with everything that the SDK imports, as its own release has it.

    Enums get the members that the SDK knows, other kinds of definitions give way to the SDK's.
    """
    found = dict(definitions)
    waiting = [name for name in IMPORTED if name in sdk]
    while waiting:
        theirs = sdk[waiting.pop()]
        ours = found.get(theirs.name)
        if ours is None or _sort(ours) != _sort(theirs):
            found[theirs.name] = theirs
            waiting += [name for name in theirs.references() if name not in found]
        elif ours.kind is DefinitionKind.ENUM:
            known = {name for member in ours.members for name in (member.value, member.name)}
            more = tuple(m for m in theirs.members if known.isdisjoint((m.value, m.name)))
            found[ours.name] = replace(ours, members=ours.members + more)
    return found


def _sort(definition: Definition) -> str:
    """Return which of the SDK's three sorts of classes a definition becomes."""
    kind = definition.kind
    return kind if kind in (DefinitionKind.MODEL, DefinitionKind.ENUM) else "root"


def _as_in_sdk(definitions: Mapping[str, Definition]) -> Iterator[tuple[str, Definition]]:
    """Yield the definitions, strings that the SDK has as enums turned into such and the like."""
    for name, definition in definitions.items():
        if name in OPEN_STRINGS and definition.kind is DefinitionKind.ALIAS:
            members = tuple(Member(value, value) for value in OPEN_STRINGS[name])
            yield name, replace(definition, kind=DefinitionKind.ENUM, members=members)
        elif _is_wrapped(definition):
            value = f"{name}Value"
            yield value, replace(definition, name=value)
            alias = Definition(name, DefinitionKind.ALIAS, definition.owner, definition.marks)
            yield name, replace(alias, schema=ref_to(value))
        else:
            yield name, definition


def _is_wrapped(definition: Definition) -> bool:
    """Whether the SDK has an enum as a RootModel: also where it is published with one value only."""
    if definition.kind is not DefinitionKind.ENUM:
        return False
    return definition.name in WRAPPED or len(definition.members) == 1


def _with_flat_unions(protocol: Protocol) -> Protocol:
    """Return the protocol with variants that have alternatives of their own as several variants."""
    changed = {}
    taken = {typedef.bare_name for typedef in protocol.types.values()}
    for name, typedef in protocol.types.items():
        schema = typedef.schema
        if isinstance(schema, dict) and any(map(_has_alternatives, schema.get("oneOf", ()))):
            branches = [
                alternative
                for branch in schema["oneOf"]
                for alternative in _alternatives(
                    with_beside(schema, branch), typedef.bare_name, taken
                )
            ]
            flat = {"description": schema.get("description", ""), "oneOf": branches}
            changed[name] = replace(typedef, schema=flat)
    return protocol.with_types(changed)


def _has_alternatives(branch: Schema) -> bool:
    return isinstance(branch, dict) and "properties" in branch and "anyOf" in branch


def _alternatives(branch: dict[str, Any], union: str, taken: set[str]) -> Iterator[dict[str, Any]]:
    """Yield a variant, or one per alternative: the first keeps the name, the others get their key's.

    Two variants may have an alternative of one key; the second one's is named after its variant too.
    """
    if not _has_alternatives(branch):
        yield branch
        return
    for index, alternative in enumerate(branch["anyOf"]):
        required = alternative.get("required", [])
        title = branch["title"]
        if index > 0:
            key = pascal("".join(required))
            title = key + (title if key + union in taken else union)
        taken.add(title)
        yield {
            **{key: value for key, value in branch.items() if key != "anyOf"},
            "properties": {**branch["properties"], **alternative.get("properties", {})},
            "required": [*branch.get("required", ()), *required],
            "title": title,
        }


def _block(definition: Definition, definitions: Mapping[str, Definition]) -> Block:
    name, doc = definition.name, docstring(definition.marks)
    if definition.kind is DefinitionKind.ENUM:
        members = map(_member, definition.members)
        return Block(name, "OpenEnum", doc, tuple(members))
    if definition.kind is DefinitionKind.MODEL:
        fields = tuple(_field(p, definitions) for p in definition.properties)
        return Block(name, "OpenModel", doc, fields)
    value = expression(definition.schema, bounds=True)
    kinds = {definitions[name].kind for name in definition.references()}
    if definition.kind is DefinitionKind.UNION and DefinitionKind.MODEL in kinds:
        value = _open_union(definition, DefinitionKind.ENUM in kinds)
    return Block(name, "OpenRoot", doc, (Line(f"root: {value}"),))


def _member(member: Member) -> Line:
    """Return one value of an enum; the SDK's enums know no names of strings to avoid."""
    name = _member_name(member)
    shadows = "  # type: ignore[assignment]" if name in _STRING_NAMES else ""
    return Line(f"{name} = {source(member.value)}{shadows}", docstring(member.marks))


def _member_name(member: Member) -> str:
    bare = member.name.removesuffix("_")
    return bare if bare in _STRING_NAMES else member.name


def _open_union(union: Definition, has_enum: bool) -> str:
    assert isinstance(union.schema, dict)
    branches = [*union.schema["anyOf"]]
    if union.catch_all and has_enum:  # which takes every string: there is nothing left to catch
        branches = [branch for branch in branches if branch != {"type": "string"}]
    members = expression({"anyOf": branches}, bounds=True)
    members = members if union.catch_all else f"{members} | UnknownVariant"
    return f'Annotated[{members}, Field(union_mode="left_to_right")]'


def _field(prop: Property, definitions: Mapping[str, Definition]) -> Line:
    annotation = expression(prop.schema, bounds=True)
    if annotation.startswith("dict[") and annotation.endswith("] | None"):
        annotation = "dict[str, Any] | None"  # values of optional maps are plain in the SDK
    nullable = annotation == "None" or annotation.endswith("| None")
    default = ""
    if not prop.required:
        annotation = annotation if nullable else f"{annotation} | None"
        default = f" = {_default(prop.default, definitions)}"
    elif nullable:
        default = " = None"  # what the SDK does too, and what servers that lack the property mean
    name = f"field_{prop.name}" if prop.wire.startswith("_") else prop.name
    if name != prop.wire:
        annotation = f"Annotated[{annotation}, Field(alias={source(prop.wire)})]"
    return Line(f"{name}: {annotation}{default}", docstring(prop.marks))


def _default(default: Default | None, definitions: Mapping[str, Definition]) -> str:
    """Return a default as source, enum members by the SDK's names."""
    if default is None:
        return "None"
    text = default.source
    for name in default.references:
        for member in definitions[name].members:
            text = re.sub(rf"\b{name}\.{member.name}\b", f"{name}.{_member_name(member)}", text)
    return text


def _registry(protocol: Protocol, names: Mapping[str, str]) -> str:
    found = {
        method.name: params_class(protocol, method, names)[0]
        for method in protocol.table(Side.SERVER, Kind.NOTIFICATION)
    }
    methods = sorted((method, name) for method, name in found.items() if name is not None)
    turns = {t.kind: t.rows for t in id_tables(protocol)}.get("turn", {})
    at = {method: turns[method][0] for method, _ in methods if method in turns}
    return render(
        "sdk_registry.py.jinja",
        methods=methods,
        models=sorted({name for _, name in methods}),
        direct=sorted({name for method, name in methods if "turnId" in at.get(method, ())}),
        nested=sorted({name for method, name in methods if "turn.id" in at.get(method, ())}),
    )
