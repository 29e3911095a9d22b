"""A protocol as the schema from which datamodel-code-generator makes the official SDK's models.

The SDK's own build prepares the published schema: it titles the branches of unions, so that none gets
a number for a name. Here normalization has done that; what is left is what the SDK calls otherwise, and
branches for values that a release does not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any
from unicodedata import normalize

from codexwire.direction import Stability
from codexwire.emit.defaults import JSON_TYPES
from codexwire.emit.docs import documented
from codexwire.emit.expressions import is_finite
from codexwire.emit.flatten import marks_of
from codexwire.emit.literals import can_be_literal
from codexwire.emit.names import class_names
from codexwire.emit.sdk_names import IMPORTED, OPEN_STRINGS, TITLES, WRAPPED
from codexwire.ir.model import UNIONS, Protocol, Schema, full_name, ref_to
from codexwire.ir.names import pascal
from codexwire.ir.nodes import is_catch_all, is_null, union_of, unwrap
from codexwire.ir.walk import references, subschemas, transform
from codexwire.location import JsonPath
from codexwire.model.read import facts_of

__all__ = ["UNKNOWN", "sdk_schema"]

UNKNOWN = "UnknownVariant"
"""The definition of an object that is no variant of its union."""

_ROOT = "CodexAppServerProtocolV2"
_ALTERNATIVES = ("oneOf", "anyOf")
_OF_ONE_TYPE = ("minLength", "minimum")
# What the generator reads; what else a schema asserts is left to the validators.
_KEPT = frozenset(
    {
        *("allOf", "anyOf", "oneOf", "type", "enum", "const", "default", "title"),
        *("items", "minLength", "minimum", "properties", "required", "additionalProperties"),
    }
)


def sdk_schema(protocol: Protocol, sdk: Protocol) -> dict[str, Any]:
    """Return the JSON Schema document of two prepared protocols: what is generated, and the SDK's own.

    What the SDK imports and `protocol` does not have, or has as something else, is that of `sdk`.
    """
    definitions = _completed(_definitions(protocol), _definitions(sdk))
    unknown = {"type": "object", "description": "An object that fits no variant of its union."}
    return {
        "title": _ROOT,
        "type": "object",
        "definitions": {**definitions, UNKNOWN: unknown},
    }


def _definitions(protocol: Protocol) -> dict[str, Schema]:
    names = class_names(protocol)
    found: dict[str, Schema] = {}
    for full, typedef in sorted(protocol.types.items()):
        found |= _definition(protocol, names[full], _marked(typedef.schema, typedef.stability))
    for union in UNIONS:
        if methods := protocol.table(union.sender, union.kind):
            beside = {"properties": dict(protocol.envelope.get(union.union, {}))}
            branches = [_marked(with_beside(beside, m.branch), m.stability) for m in methods]
            what = f"The {union.kind}s that the {union.sender} sends."
            found |= _definition(protocol, union.union, {"oneOf": branches, "description": what})

    enums = frozenset(name for name, schema in found.items() if _sort(schema) == "enum")
    writer = _Writer(names, enums, {*found, *_by_title(found.values())})
    return {name: writer.definition(name, schema) for name, schema in found.items()}


def _marked(schema: Schema, stability: Stability) -> Schema:
    if not isinstance(schema, dict) or stability is not Stability.EXPERIMENTAL:
        return schema
    return {**schema, "x-stability": stability.value}


def _definition(protocol: Protocol, name: str, schema: Schema) -> dict[str, Schema]:
    """Return what a type defines: itself, with branches for unknown values in all its unions."""
    node = transform(schema, lambda path, sub: _open(protocol, path, sub, name))
    if not isinstance(node, dict):
        return {name: node}
    node = {key: value for key, value in node.items() if key != "title"}
    values = node.get("enum", ())
    if name in OPEN_STRINGS and node.get("type") == "string" and not values:
        return {name: {**node, "enum": list(OPEN_STRINGS[name])}}
    if name in WRAPPED and values:
        return {f"{name}Value": node, name: {"allOf": [ref_to(f"{name}Value")]}}
    if len(values) == 1 and isinstance(values[0], str):
        return {name: {"anyOf": [node, {"type": "string"}]}}
    return {name: node}


def _open(protocol: Protocol, path: JsonPath, node: Schema, owner: str) -> Schema:
    """Return a node whose union has titled branches and one more for unknown objects."""
    if not isinstance(node, dict) or not node.keys() & set(_ALTERNATIVES):
        return node
    union = union_of(protocol, node)
    rest = {key: value for key, value in node.items() if key not in _ALTERNATIVES}
    branches: list[Schema] = node["oneOf" if "oneOf" in node else "anyOf"]
    kinds = [protocol.resolve(branch) for branch in branches]
    objects = [kind for kind in kinds if isinstance(kind, dict) and is_object(kind)]
    if "properties" in node:
        if not (union and union.tag):
            return node if _is_branch(path) else _merged(protocol, node)
        beside = {"properties": rest.pop("properties"), "required": rest.pop("required", ())}
        branches = [with_beside(beside, kind) for kind in objects]
    taken: set[str] = set()
    flat = [b for branch in branches for b in _alternatives(protocol, branch, owner, taken)]
    titled = sorted((_titled(branch, owner) for branch in flat), key=is_catch_all)
    if union and union.tag is not None and is_catch_all(titled[-1]):
        return {**rest, "anyOf": _caught(titled)}
    return {**rest, "anyOf": [*titled, ref_to(UNKNOWN)] if union and objects else titled}


def _is_branch(path: JsonPath) -> bool:
    return path[-2:-1] in (("oneOf",), ("anyOf",))


def _caught(branches: list[Schema]) -> list[Schema]:
    """Return the branches of an open union: an enum takes every string, so that none is left to catch."""
    if not any(isinstance(branch, dict) and "enum" in branch for branch in branches):
        return branches
    return [
        {**b, "type": "object"}
        if isinstance(b, dict) and is_catch_all(b) and "object" in b.get("type", ())
        else b
        for b in branches
        if b != {"type": "string"}
    ]


def _merged(protocol: Protocol, node: dict[str, Any]) -> dict[str, Any]:
    """Return an object that must also fit one of several as one object."""
    properties, required = with_alternatives(protocol, node)
    rest = {key: value for key, value in node.items() if key not in _ALTERNATIVES}
    return {**rest, "type": "object", "properties": properties, "required": sorted(required)}


def _alternatives(
    protocol: Protocol, branch: Schema, owner: str, taken: set[str]
) -> Iterator[Schema]:
    """Yield a branch, or one per alternative of it: the first keeps the title, as in the SDK.

    Two branches may have an alternative of one key; the second one's is named after its branch too.
    """
    if not (isinstance(branch, dict) and "properties" in branch and "anyOf" in branch):
        yield branch
        return
    rest = {key: value for key, value in branch.items() if key != "anyOf"}
    title = branch.get("title", owner)
    for index, alternative in enumerate(branch["anyOf"]):
        node = protocol.resolve(alternative)
        merged = with_beside(branch, node if isinstance(node, dict) else {})
        if index > 0:
            key = pascal("".join(merged["required"][len(branch.get("required", ())) :]))
            title = key + (branch.get("title", "") if key + owner in taken else owner)
        taken.add(title)
        yield {**rest, **{k: merged[k] for k in ("properties", "required")}, "title": title}


def _titled(branch: Schema, owner: str) -> Schema:
    if not isinstance(branch, dict):
        return branch
    if branch.get("type") == "string" and "enum" in branch:
        return {**branch, "title": f"{owner}Value"}
    title = branch.get("title")
    if owner == "ClientRequest" and title:
        return {**branch, "title": str(title).removesuffix(owner) + "Request"}
    return {**branch, "title": TITLES.get(title, title)} if title else branch


class _Writer:
    """Writes nodes as the generator reads them.

    It calls a class that is nested in a property after the property; where that name is `taken`, a title
    makes it the name of the owner and the property.
    """

    def __init__(self, names: Mapping[str, str], enums: Set[str], taken: set[str]) -> None:
        self.names = names
        self.enums = enums
        self.taken = taken

    def definition(self, owner: str, schema: Schema) -> Schema:
        """Return one type with everything in it."""
        return transform(schema, lambda path, node: self.node(owner, path, node))

    def node(self, owner: str, path: JsonPath, node: Schema) -> Schema:
        """Return a node whose subschemas are written."""
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            name = full_name(node["$ref"])
            return ref_to(self.names.get(name, name))
        out = {key: value for key, value in node.items() if key in _KEPT}
        if not _is_branch(path):
            out.pop("title", None)
        if "properties" in out:
            name = out.get("title", owner)
            out["properties"] = {k: self.nested(name, k, v) for k, v in out["properties"].items()}
        out |= _about_values(node)
        if text := documented(marks_of(facts_of(node))):
            out["description"] = text
        if node.get("type") == "number":  # an integer is one, and must come back as an integer
            out["type"] = ["integer", "number"]
        if isinstance(node.get("const"), list | dict):  # the generator takes it for a default
            out["type"] = JSON_TYPES[type(out.pop("const"))]
        out = _of_literals(out)
        if isinstance(out.get("type"), list) and len({*out["type"]} - {"null"}) > 1:
            # the generator would say these by functions that are no types
            out = {key: value for key, value in out.items() if key not in _OF_ONE_TYPE}
        if "default" in out and not _fits(out["default"], out, self.enums):
            del out["default"]
        return out

    def nested(self, owner: str, key: str, node: Schema) -> Schema:
        """Return the value of a property, with a title if it is a class whose name is taken."""
        if not isinstance(node, dict):
            return node
        if "properties" not in node and len(node.get("enum", ())) < 2:
            return node
        name = pascal(key)
        titled = {**node, "title": owner + name} if name in self.taken else node
        self.taken |= {name, owner + name}
        return titled


def _of_literals(node: dict[str, Any]) -> dict[str, Any]:
    """Return a node whose enum, unless it is of strings, is a literal type, or the types of its values."""
    values = node.get("enum", [])
    if all(isinstance(value, str | None) for value in values):
        return node
    if all(value is None or can_be_literal(value) for value in values):
        return {**node, "x-enum-field-as-literal": True}
    types = dict.fromkeys("null" if v is None else JSON_TYPES[type(v)] for v in values)
    return {**{k: v for k, v in node.items() if k != "enum"}, "type": [*types]}


def _about_values(node: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what the generator reads of an enum's members: their descriptions and names."""
    out: dict[str, list[str]] = {}
    if texts := node.get("x-enum-descriptions"):
        out["x-enum-descriptions"] = [texts.get(value, "") for value in node["enum"]]
    if any(names := [_member_name(value) for value in node.get("enum", ())]):
        out["x-enum-varnames"] = names
    return out


def _member_name(value: Any) -> str:
    """Return what to call an enum member whose own spelling Python would read as another; else nothing."""
    read = normalize("NFKC", value) if isinstance(value, str) else value
    return "" if read == value else str(read)


def _fits(value: Any, node: Schema, enums: Set[str]) -> bool:
    """Whether the generator writes a default so that it is of the type that it writes."""
    if value is None or not isinstance(node, dict):
        return True
    if "enum" in node:
        return value in node["enum"]
    if "type" not in node:  # a reference, or nothing at all
        refers = any(key in node for key in ("$ref", "allOf", "anyOf"))
        return not enums.isdisjoint(references(node)) if refers else is_finite(value)
    kinds = [node["type"]] if isinstance(node["type"], str) else node["type"]
    inner = node.get("items", True)
    plain = not isinstance(value, list) or all(_fits(v, inner, enums) for v in value)
    return JSON_TYPES[type(value)] in kinds and plain and not isinstance(value, dict)


def _completed(ours: Mapping[str, Schema], sdk: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return our definitions with everything that the SDK imports, as its own release has it.

    Enums get the members that the SDK knows, other kinds of definitions give way to the SDK's.
    """
    found = dict(ours)
    titled = _by_title(ours.values())
    known = {**_by_title(sdk.values()), **sdk}
    waiting = [name for name in IMPORTED if name in known]
    while waiting:
        name = waiting.pop()
        theirs, mine = known[name], found.get(name, titled.get(name))
        if mine is None or (name in found and _sort(mine) != _sort(theirs)):
            found[name] = theirs
            waiting += [name for name in references(theirs) if name not in found and name in known]
        elif _sort(mine) == _sort(theirs) == "enum" and isinstance(mine, dict):
            assert isinstance(theirs, dict)
            more = [value for value in theirs["enum"] if value not in mine["enum"]]
            mine["enum"] = [*mine["enum"], *more]  # of a node that is ours, unlike its list
    return found


def _by_title(schemas: Any) -> dict[str, Schema]:
    return {
        node["title"]: node
        for schema in schemas
        for _, node in subschemas(schema)
        if isinstance(node, dict) and isinstance(node.get("title"), str)
    }


def _sort(schema: Schema) -> str:
    """Return which of the SDK's three sorts of classes a definition becomes."""
    if not isinstance(schema, dict):
        return "root"
    return "enum" if "enum" in schema else "model" if "properties" in schema else "root"


def is_object(node: Mapping[str, Any]) -> bool:
    """Whether a node is of objects: where it says nothing about types, by its properties."""
    kind = node.get("type")
    return kind == "object" or (kind is None and "properties" in node)


def with_beside(beside: Mapping[str, Any], branch: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object of a union with the properties that stand beside the union."""
    return {
        **branch,
        "type": "object",
        "properties": {**beside.get("properties", {}), **branch.get("properties", {})},
        "required": [*beside.get("required", ()), *branch.get("required", ())],
    }


def with_alternatives(
    protocol: Protocol, node: Mapping[str, Any]
) -> tuple[dict[str, Schema], set[str]]:
    """Return the properties and required names of an object that must also fit one of several."""
    properties: dict[str, Schema] = dict(node.get("properties", {}))
    required = set(node.get("required", ()))
    for keyword in _ALTERNATIVES:
        nodes = [protocol.resolve(unwrap(branch)) for branch in node.get(keyword, ())]
        branches = [b for b in nodes if isinstance(b, dict) and not is_null(b)]
        for branch in branches:
            more = branch.get("properties", {})
            properties |= {key: more[key] for key in more if key not in properties}
        if branches:
            required |= set.intersection(*(set(b.get("required", ())) for b in branches))
    return properties, required
