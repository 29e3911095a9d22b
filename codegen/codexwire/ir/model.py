"""The intermediate representation: one protocol as frozen values over JSON Schema nodes.

A `Schema` is a draft-07 JSON Schema node (a dict or a bool) that nobody mutates. References inside
read `#/definitions/X` for a type of the root namespace and `#/definitions/v2/X` for one of a nested
namespace, exactly as published; a type's *full name* is `X` or `v2/X`.

What codexwire knows beyond JSON Schema is written into the nodes as extension keywords, which
validators ignore:

- `x-stability`: `"experimental"` on a property, branch or type that only the experimental schema has;
- `x-experimental-values`: the values of an `enum` that only the experimental schema has;
- `discriminator`: `{"propertyName": P}` on a union whose branches all have a single-valued
  required property P, `{"externallyTagged": true}` on one whose branches have one key each;
- `x-open`: true on a union or enum that has a catch-all branch;
- `x-unit`: `"s"` or `"ms"` on a number that is a time or a duration;
- `x-deprecated`: true where the published description says so; `x-deprecated-values`: the values of an
  `enum` whose description does;
- `x-enum-descriptions`: value → description, on an `enum` that was published as one branch a value;
- `x-wrapper`: true on a type that is a string and nothing else;
- `x-name`: the class name of a type whose own name another type has, too;
- `x-id`: `"thread"`, `"turn"`, `"item"` or `"request"` on the member that holds such an id of a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, TypeAlias

from codexwire.direction import Kind, Side, Stability
from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.layout import UNIONS, Layout, MessageUnion, Namespaces
from codexwire.version import Version

__all__ = [
    "REF_PREFIX",
    "UNIONS",
    "MessageUnion",
    "Method",
    "Protocol",
    "Schema",
    "Source",
    "TypeDef",
    "full_name",
    "open_sides",
    "ref_to",
]

Schema: TypeAlias = "dict[str, Any] | bool"

REF_PREFIX = "#/definitions/"


def full_name(ref: str) -> str:
    """Return the full type name that a `$ref` points to."""
    return ref.removeprefix(REF_PREFIX)


def ref_to(name: str) -> dict[str, Any]:
    """Return the reference node for a full type name."""
    return {"$ref": REF_PREFIX + name}


@dataclass(frozen=True, slots=True)
class TypeDef:
    """A named type: full name, JSON Schema node, and which published schema has it."""

    name: str
    schema: Schema
    stability: Stability = Stability.UNKNOWN


@dataclass(frozen=True, slots=True)
class Method:
    """One request or notification.

    `branch` is the whole branch of the published union (`id`, `method`, `params` and `required`);
    `result` is the full name of the response type: None for notifications, and for requests whose
    response type is not known. `result_by` says how normalization found it: `table` (the rules know
    it), `params` (by the name of the params type), `words` (by the words of the method's name),
    `project` (pyproject.toml says it), `observed` (servers answered so), or `unknown`. `published` is
    false for a method that a rule added.
    """

    name: str
    sender: Side
    kind: Kind
    branch: dict[str, Any]
    stability: Stability = Stability.UNKNOWN
    namespace: str = ""
    result: str | None = None
    result_by: str = ""
    published: bool = True

    @property
    def params(self) -> Schema | None:
        """The subschema of `params`; None when the message has none."""
        found: Schema | None = self.branch.get("properties", {}).get("params")
        return found

    @property
    def params_required(self) -> bool:
        """Whether the message must have `params`."""
        return "params" in self.branch.get("required", ())

    @property
    def params_type(self) -> str | None:
        """The full name of the params type, looked up through nullable wrappers."""
        return _single_ref(self.params)

    @property
    def label(self) -> str:
        """What reports call it, unique in a protocol: `client request turn/start`."""
        return f"{self.sender} {self.kind} {self.name}"

    @property
    def description(self) -> str:
        """The published description, or an empty string."""
        text: str = self.branch.get("description", "")
        return text


def _single_ref(schema: Schema | None) -> str | None:
    if not isinstance(schema, dict):
        return None
    if "$ref" in schema:
        return full_name(schema["$ref"])
    for keyword in ("allOf", "anyOf", "oneOf"):
        refs = [branch for branch in schema.get(keyword, ()) if branch != {"type": "null"}]
        if len(refs) == 1:
            return _single_ref(refs[0])
    return None


@dataclass(frozen=True, slots=True)
class Source:
    """One input that a protocol was read from: channel, SHA-256 of its canonical JSON.

    `origin` is the file or folder as the user named it, for error messages only.
    """

    channel: str
    digest: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ObservedServer:
    """What the server of a release was seen to do: the response types of its answers, by request.

    `gated` are requests (with an empty text) and members of their params that it refuses to clients
    without the capability for what is experimental.
    """

    responses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    gated: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Protocol:
    """Everything known about one version of one protocol.

    `types` maps full names to definitions, without the four method unions. `envelope` maps a union's
    name to the properties that its schema has beside `oneOf` (`emittedAtMs`). `holes` are the places
    that codexwire cannot use: ingestion finds branches without a method, normalization the rest. `layout`
    is what is particular to the protocol; `codexwire.model.profile` tells the rest of it. `spaces` are the
    namespaces of this release where it has more than those that its layout tells.
    """

    name: str
    version: Version | None
    sources: tuple[Source, ...]
    types: Mapping[str, TypeDef]
    methods: tuple[Method, ...]
    envelope: Mapping[str, Mapping[str, Schema]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    holes: tuple[Hole, ...] = ()
    layout: Layout = field(default=Layout(), compare=False, repr=False)
    observed: ObservedServer = field(default=ObservedServer(), compare=False, repr=False)
    spaces: Namespaces | None = field(default=None, compare=False, repr=False)
    _methods: Mapping[tuple[str, Side, Kind], Method] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        found = {(m.name, m.sender, m.kind): m for m in reversed(self.methods)}
        object.__setattr__(self, "_methods", found)

    @property
    def namespaces(self) -> Namespaces:
        """Where its types stand."""
        return self.spaces or self.layout.namespaces

    def table(self, sender: Side, kind: Kind) -> tuple[Method, ...]:
        """Return the methods that `sender` sends as `kind`, in published order."""
        return tuple(m for m in self.methods if m.sender is sender and m.kind is kind)

    def method(self, name: str, sender: Side, kind: Kind) -> Method | None:
        """Return the method, or None when this protocol does not have it."""
        return self._methods.get((name, sender, kind))

    def resolve(self, schema: Schema) -> Schema:
        """Follow `$ref`s (an annotated reference included) until a node that is none."""
        while isinstance(schema, dict) and "$ref" in schema:
            schema = self.types[full_name(schema["$ref"])].schema
        return schema

    def envelope_properties(self, method: Method) -> Mapping[str, Schema]:
        """Return the properties that stand beside `method` and `params` in its messages."""
        for table in UNIONS:
            if (table.sender, table.kind) == (method.sender, method.kind):
                return self.envelope.get(table.union, {})
        return {}

    def with_types(self, changed: Mapping[str, TypeDef]) -> Protocol:
        """Return a copy in which `changed` types are added or replaced."""
        return replace(self, types=MappingProxyType({**self.types, **changed}))

    def document(self) -> dict[str, Any]:
        """Return the protocol as one bundle-shaped JSON Schema document."""
        spaces = self.namespaces
        nested: dict[str, dict[str, Any]] = {space: {} for space in spaces.nested}
        root: dict[str, Any] = {}
        for name, typedef in sorted(self.types.items()):
            nested.get(spaces.of(name), root)[spaces.bare(name)] = typedef.schema
        for union in UNIONS:
            branches = [m.branch for m in self.table(union.sender, union.kind)]
            if branches:
                node: dict[str, Any] = {"oneOf": branches, "title": union.union}
                if beside := self.envelope.get(union.union):
                    node["properties"] = dict(beside)
                root[union.union] = node
        whole: Schema = root.pop(self.layout.root, None) or {
            "title": "".join(word.capitalize() for word in self.name.split("-")) + "Protocol",
            "type": "object",
        }
        assert isinstance(whole, dict)
        return {
            "$schema": "http://json-schema.org/draft-07/schema#",
            **whole,
            "definitions": root | nested,
        }


def open_sides(protocol: Protocol) -> frozenset[Side]:
    """Return the sides that may send methods that nobody knows: a branch of theirs names none."""
    open_unions = {
        hole.place.partition("#")[0]
        for hole in protocol.holes
        if hole.kind is HoleKind.BRANCH and not hole.name
    }
    return frozenset(union.sender for union in UNIONS if union.union in open_unions)
