"""A protocol becomes flat definitions: every nested object, union and enum gets a name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from msgspec import structs

from codexwire.direction import Kind, Stability
from codexwire.emit.defaults import with_defaults
from codexwire.emit.definitions import (
    Definition,
    DefinitionKind,
    EnumMember,
    Marks,
    ModelProperty,
)
from codexwire.emit.literals import can_be_literal, literals
from codexwire.emit.names import class_name, class_names, field_names, member_names
from codexwire.emit.objects import (
    given_names,
    is_map,
    only_key,
    own_object,
    own_unions,
    with_alternatives,
    with_beside,
    with_object,
)
from codexwire.ir.model import UNIONS, MessageUnion, Protocol
from codexwire.ir.names import pascal, second_name
from codexwire.location import JsonPath, join_pointer
from codexwire.model.choose import told_apart
from codexwire.model.read import types_of
from codexwire.model.types import (
    Anything,
    Facts,
    List,
    Map,
    Object,
    Ref,
    Scalar,
    Type,
    Union,
    is_catch_all,
    is_null,
    split_nullable,
    values_of,
)

__all__ = ["marks_of", "shape"]

_NULL = Scalar("null")
_NUMBER = Union((Scalar("integer"), Scalar("number")), by_kind=True)
_NO_OBJECT = (
    Union(tuple(map(Scalar, ("boolean", "integer", "number", "string"))), by_kind=True),
    List(Anything()),
    _NULL,
)


class _Variant(NamedTuple):
    """One branch of a union, and what selects it (or None)."""

    type: Type
    tag: Any = None


class _ToldUnion(NamedTuple):
    """A union, its branches that are not null, and what tells them apart (`model.choose.Discriminator`)."""

    union: Union
    tag: str | None
    variants: tuple[_Variant, ...]


def shape(protocol: Protocol, payloads: frozenset[str]) -> dict[str, Definition]:
    """Return the definitions of a prepared protocol by name, the method unions included.

    `payloads` are the class names of params and results: those that are no objects become `root`
    definitions, each a class that can be told from those it is made of.
    """
    roots = payloads | {u.union for u in UNIONS}
    shaper = _Shaper(protocol, roots)
    for full, typedef in sorted(protocol.types.items()):
        shaper.owner, shaper.stability = full, typedef.stability
        shaper.define(shaper.names[full], shaper.types.named(full), ())
    for union in UNIONS:
        shaper.messages(union)
    values = (DefinitionKind.UNION, DefinitionKind.ALIAS)
    found = {
        name: replace(
            d,
            kind=DefinitionKind.ROOT if name in roots and d.kind in values else d.kind,
            tag=_tag_field(d, shaper.found),
        )
        for name, d in sorted(shaper.found.items())
    }
    return with_defaults(found, shaper.defaults)


def _tag_field(union: Definition, definitions: Mapping[str, Definition]) -> str | None:
    """Return the field that tells a union's variants apart, once all of them are known.

    Styles that use one want it in classes, under one name, and its values all strings or all integers.
    """
    if not union.tag:
        return union.tag
    variants = [definitions[name] for name in union.references()]
    tags = [p for v in variants for p in v.properties if p.wire == union.tag]
    names, kinds = {tag.name for tag in tags}, {type(tag.constant) for tag in tags}
    proved = len(tags) == len(variants) and len(names) == 1 and kinds in ({str}, {int})
    return names.pop() if proved else None


def marks_of(facts: Facts, stability: Stability = Stability.STABLE) -> Marks:
    """Return what a type says about itself, and that it is as stable as its owner unless it says so."""
    return Marks(facts.description, facts.stability or stability, facts.deprecated, facts.unit)


class _Shaper:
    """Collects definitions; `owner` is the published type that is being taken apart.

    What a type is made of is as stable as the type, unless it says otherwise. Paths are those of nodes
    below their owner.
    """

    def __init__(self, protocol: Protocol, roots: frozenset[str]) -> None:
        self.protocol = protocol
        self.roots = roots
        self.types = types_of(protocol)
        self.names = class_names(protocol)
        self.taken = set(self.names.values())
        self.found: dict[str, Definition] = {}
        self.defaults: dict[tuple[str, str], Any] = {}
        self.owner = ""
        self.stability = Stability.STABLE

    def free(self, wanted: str, path: JsonPath) -> str:
        """Return the name for a definition: `wanted`, unless it is another one's."""
        if not path:  # the type that the name was reserved for
            return wanted
        name = class_name(wanted)
        if name in self.taken:
            name = second_name(name, f"{self.owner}#{join_pointer(path)}")
        self.taken.add(name)
        return name

    def add(self, definition: Definition) -> Type:
        """Keep a definition and return the reference to it."""
        self.found[definition.name] = definition
        return Ref(definition.name)

    def define(self, wanted: str, found: Type, path: JsonPath) -> Type:
        """Keep the definition that a type is, and what is nested in it, and return the reference."""
        name = self.free(wanted, path)
        marks = marks_of(found.facts, self.stability)
        inner, nullable = split_nullable(found)
        is_enum = _strings(inner) is not None
        if not nullable:
            if is_enum and name not in self.roots:
                return self.enum(name, [inner], marks)
            if told := self.union_in(inner):
                return self.union(name, inner, told, marks, path)
            own = own_object(inner)
            if own is not None and (own_unions(inner) or not is_map(own)):
                return self.model(name, inner, marks, path)
        apart = nullable or is_enum or (isinstance(inner, Union) and inner.by_kind)
        flat = self.flat(found, f"{wanted}Value" if apart else wanted, (*path, "value"))
        return self.add(Definition(name, DefinitionKind.ALIAS, self.owner, marks, type=flat))

    def union_in(self, found: Type) -> _ToldUnion | None:
        """Return the union that a type is, unless it rather is an object with alternatives."""
        unions = [union for union in own_unions(found) if values_of(union) is None]
        if not unions:
            return None
        union = max(unions, key=lambda part: part.exact)
        tag, values = told_apart(self.types, union)
        listed = map(_Variant, union.branches, values)
        variants = tuple(variant for variant in listed if not is_null(variant.type))
        if len(variants) == 1 and tag is None:
            key = only_key(variants[0].type) if union.exact and len(union.branches) == 1 else None
            if key is None:
                return None
            tag, variants = "", (variants[0]._replace(tag=key),)
        own = own_object(found)
        return (
            _ToldUnion(union, tag, variants) if tag or own is None or not own.properties else None
        )

    def enum(self, name: str, parts: Iterable[Type], marks: Marks) -> Type:
        """Keep an enum of the values of all `parts`."""
        described = {v: m for part in parts for v, m in _described(part)}
        names = member_names(described)
        members = tuple(EnumMember(v, names[v], m) for v, m in described.items())
        return self.add(Definition(name, DefinitionKind.ENUM, self.owner, marks, members=members))

    def model(self, name: str, found: Type, marks: Marks, path: JsonPath, inner: str = "") -> Type:
        """Keep a class; what is nested in it is called after `inner` (default: after the class)."""
        properties, required = with_alternatives(self.types, found)
        names = field_names(properties, given_names(properties))
        self.defaults |= {
            (name, wire): sub.facts.default
            for wire, sub in properties.items()
            if sub.facts.has_default
        }
        fields = tuple(
            self.property(
                (inner or name) + pascal(wire),
                ModelProperty(wire, names[wire], sub, wire in required, marks=marks_of(sub.facts)),
                (*path, "properties", wire),
            )
            for wire, sub in properties.items()
        )
        own = own_object(found)
        more = own.rest if own is not None and not own.is_closed else None
        extra = Anything() if more is None else more
        return self.add(
            Definition(
                name,
                DefinitionKind.MODEL,
                self.owner,
                marks,
                properties=fields,
                catch_all=more is not None,
                extra=self.flat(extra, f"{name}Extra", (*path, "additionalProperties")),
            )
        )

    def property(self, name: str, prop: ModelProperty, path: JsonPath) -> ModelProperty:
        """Return a field with its value flattened; `name` is for what is nested in that."""
        values = values_of(prop.type) or () if prop.required else ()
        constant = values[0] if len(values) == 1 and can_be_literal(values[0]) else None
        return replace(prop, type=self.flat(prop.type, name, path), constant=constant)

    def union(self, name: str, found: Type, told: _ToldUnion, marks: Marks, path: JsonPath) -> Type:
        """Keep a union and its variants."""
        plain = [v.type for v in told.variants if _strings(v.type) is not None]
        flat: list[Type] = []
        if plain:
            value = self.free(f"{name}Value", (*path, "enum"))
            flat.append(self.enum(value, plain, Marks(stability=self.stability)))
        for variant in told.variants:
            if _strings(variant.type) is None:
                step = variant.type.path[len(told.union.path) :][:2]
                branch = self.variant(name, told, variant, found, (*path, *step))
                nested = isinstance(branch, Union) and not branch.by_kind
                flat += branch.branches if nested and isinstance(branch, Union) else [branch]
        caught = told.tag is not None and any(is_catch_all(v.type) for v in told.variants)
        if len(told.variants) < len(told.union.branches):
            flat.append(_NULL)
        return self.add(
            Definition(
                name,
                DefinitionKind.UNION,
                self.owner,
                marks,
                type=Union(tuple(flat)),
                tag=told.tag,
                catch_all=caught,
            )
        )

    def variant(
        self, name: str, told: _ToldUnion, variant: _Variant, whole: Type, path: JsonPath
    ) -> Type:
        """Return the flat type of one branch: a reference, a scalar, or a class of its own."""
        found, beside = variant.type, own_object(whole)
        if beside is not None:
            found = self.types.resolve(found)
        own = own_object(found)
        if own is None or isinstance(own, Map):
            return self.flat(found, f"{name}Item", path)
        if own.others:
            return self.flat(found, _variant_name(name, variant), path)
        title = self.free(_variant_name(name, variant), path)
        marks = marks_of(found.facts, self.stability)
        if beside is not None:
            found = with_object(found, with_beside(beside.properties, beside.required, own))
        return self.model(title, found, marks, path, inner=name if told.tag == "" else "")

    def flat(self, found: Type, name: str, path: JsonPath) -> Type:
        """Return the flat type of a type; `name` is for what has to be defined on its own."""
        found, nullable = split_nullable(found)
        if nullable:
            return _nullable(self.flat(found, name, path))
        if isinstance(found, Ref):
            return self.reference(found.name)
        values = values_of(found)
        if values is not None:
            if len(values) == 1 or _strings(found) is None:
                return literals(values)
            return self.define(name, found, path)
        if self.union_in(found):
            return self.define(name, found, path)
        if isinstance(found, Union) and found.by_kind:
            return self.any_of(found.branches, name, (*path, "type"))
        own, unions = own_object(found), own_unions(found)
        if own is not None and (unions or not isinstance(own, Map)):
            ref = self.define(name, found, path)
            return Union((ref, *_NO_OBJECT)) if own.others else ref
        if unions:
            return self.any_of(unions[-1].branches, name, path)
        return self.plain(found, name, path)

    def any_of(self, parts: Iterable[Type], name: str, path: JsonPath) -> Type:
        """Return the flat type of what fits one of several types."""
        return Union(tuple(self.flat(p, name, (*path, i)) for i, p in enumerate(parts)))

    def reference(self, full: str) -> Type:
        """Return the flat reference to a type, beside what else it admits if it names no type."""
        ref, target = Ref(self.names[full]), self.types.named(full)
        whole = self.types.resolve(target)
        if is_null(whole) or values_of(whole) == (None,):
            return _NULL  # `T | None` would be none of Python's where `T` is None
        own = None if self.union_in(target) else own_object(target)
        return Union((ref, *_NO_OBJECT)) if own is not None and own.others else ref

    def plain(self, found: Type, name: str, path: JsonPath) -> Type:
        """Return the flat type of a scalar, an array or a map."""
        if isinstance(found, List) and not found.others:
            return List(self.flat(found.items, f"{name}Item", (*path, "items")))
        if isinstance(found, Object) and not found.others:
            values = Anything() if found.rest is None or found.is_closed else found.rest
            return Map(rest=self.flat(values, f"{name}Value", (*path, "additionalProperties")))
        if not isinstance(found, Scalar) or found.others:
            return Anything()
        if found.kind == "number":  # an integer is a number, and must come back as an integer
            return _NUMBER
        kept = {k: found.limits[k] for k in ("minimum", "minLength") if k in found.limits}
        return Scalar(found.kind, limits=kept)

    def messages(self, union: MessageUnion) -> None:
        """Keep one class per method of a union, and the union."""
        methods = self.protocol.table(union.sender, union.kind)
        if not methods:
            return
        self.owner = union.union
        self.taken.add(union.union)
        refs: list[Type] = []
        for method in methods:
            found = self.types.message(method)
            path = (*found.path[:1], method.name)
            name = self.free(pascal(method.name) + union.union, path)
            if (own := own_object(found)) is not None:
                found = with_object(found, with_beside(self.types.beside(method), (), own))
            self.stability = method.stability
            refs.append(self.model(name, found, marks_of(found.facts, method.stability), path))
        what = "requests" if union.kind is Kind.REQUEST else "notifications"
        marks = Marks(f"The {what} that the {union.sender} sends.")
        self.add(
            Definition(
                union.union,
                DefinitionKind.UNION,
                self.owner,
                marks,
                type=Union(tuple(refs)),
                tag="method",
            )
        )


def _variant_name(union: str, variant: _Variant) -> str:
    """Return the class name of a branch: its title, which normalization sees to, or its tag's."""
    if title := variant.type.facts.title:
        return title
    return f"{union}Item" if variant.tag is None else pascal(str(variant.tag)) + union


def _nullable(flat: Type) -> Type:
    if isinstance(flat, Anything):
        return flat
    if isinstance(flat, Union):
        return structs.replace(flat, branches=(*flat.branches, _NULL))
    return Union((flat, _NULL), by_kind=isinstance(flat, Scalar))


def _strings(found: Type) -> tuple[str, ...] | None:
    """Return the values of a string enum, or None for any other type."""
    values = values_of(found)
    return values if values and all(isinstance(v, str) for v in values) else None


def _described(found: Type) -> Iterable[tuple[str, Marks]]:
    """Yield the values of a string enum with what is said about each."""
    facts = found.facts
    for value in values_of(found) or ():
        experimental = value in facts.experimental_values
        stability = Stability.EXPERIMENTAL if experimental else Stability.STABLE
        deprecated = value in facts.deprecated_values
        yield value, Marks(facts.value_texts.get(value, ""), stability, deprecated)
