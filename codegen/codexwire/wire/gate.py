"""Schema nodes become msgspec Structs that accept straight from the bytes, as source text.

A gate is one-sided: what it takes is valid, what it refuses is for the predicates to decide. So
wherever msgspec has no exact word for a node, the gate says less: a union that it cannot tell apart
loses branches, an impossible property may only be absent. It never says more: there is no `Any` in
place of something hard, and whatever it leaves undecoded is a value that the schema does not look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from codexwire.ir.keywords import ASSERTIONS
from codexwire.ir.model import Protocol, Schema, full_name
from codexwire.ir.nodes import single_values
from codexwire.wire.annotations import (
    ANYTHING,
    BOUNDS,
    EMPTY,
    INT64,
    LENGTHS,
    WHOLE,
    Form,
    annotation_of,
    attributes,
    field_line,
    is_writable,
    lengths,
    literals,
    merge_enums,
    post_init,
    whole_types,
)
from codexwire.wire.envelope import envelope_schema
from codexwire.wire.formats import INTEGER_RANGES
from codexwire.wire.kinds import TYPE_KINDS, apart, are_distinct_strings, kinds_of, types_of
from codexwire.wire.naming import Names, identifier, literal
from codexwire.wire.shape import Shape, combine_any, combine_one, merge, shape_of

__all__ = ["GateWriter", "has_plain_envelope"]

_EXPRESSIBLE = frozenset(
    {
        *("additionalProperties", "allOf", "enum", "format", "items", "properties", "required"),
        *("type", *BOUNDS, *LENGTHS["string"], *LENGTHS["array"]),
    }
)
_SHORT = 60
_EXACT = 2**53
_NESTED = 2


@dataclass(slots=True)
class GateWriter:
    """Writes each type once, before the first thing that needs it.

    `formats` makes number formats assert. The chunks of one writer belong into one namespace, in
    the order in which they were written.
    """

    protocol: Protocol
    formats: bool = False
    _forms: dict[str, Form] = field(default_factory=dict)
    _names: Names = field(default_factory=Names)
    _chunk: list[str] = field(default_factory=list)
    _nested: int = 0

    def write(self, name: str, schema: Schema) -> str | None:
        """Return source that defines `name` as the gate of a node; None when it has none."""
        self._chunk = []
        form = self._form(schema, name)
        if not form:
            return None
        annotation = annotation_of(form)
        if annotation != name:
            self._chunk.append(f"{name} = {annotation}\n")
        return "\n\n".join(self._chunk)

    def write_types(self, names: Iterable[str]) -> str:
        """Return source that defines what the gates of the named types need."""
        self._chunk = []
        for name in names:
            self._type(name)
        return "\n\n".join(self._chunk)

    def annotation(self, full: str) -> str | None:
        """Return what a Struct's field has to be for a type that is written; None when impossible."""
        return annotation_of(self._forms[full]) or None

    def write_message(self, name: str, method: str, schema: Schema) -> tuple[str, str] | None:
        """Return name and source of the Struct for the messages of a method, tagged with it.

        The name is like `name`; None when there is no such Struct.
        """
        self._chunk = []
        shape = shape_of(self.protocol, schema)
        if shape is None or not (is_writable(method) and self._is_tag(shape, "method", method)):
            return None
        found = self._struct(shape, name, ("method", method))
        return None if found is None else (found, "\n\n".join(self._chunk))

    def _form(self, schema: Schema, owner: str) -> Form:
        if isinstance(schema, bool):
            return ANYTHING if schema else {}
        if "$ref" in schema:
            return self._type(full_name(schema["$ref"]))
        asserting = schema.keys() & ASSERTIONS
        if not asserting:
            return ANYTHING
        if len(schema.get("allOf", ())) == 1 and asserting == {"allOf"}:
            return self._form(schema["allOf"][0], owner)
        for word in ("oneOf", "anyOf"):
            if word in schema:
                return self._union(word, schema, owner)
        return self._plain(schema, owner)

    def _type(self, full: str) -> Form:
        if full not in self._forms:
            self._forms[full] = {}  # a type inside itself: the gate stops there
            name = identifier(full)
            outside, self._nested = self._nested, 0
            form = self._form(self.protocol.types[full].schema, name)
            self._nested = outside
            self._forms[full] = {kind: self._alias(name, part) for kind, part in form.items()}
        return self._forms[full]

    def _alias(self, name: str, annotation: str) -> str:
        """Define a name for what is too long to be repeated wherever a type is used."""
        if len(annotation) <= _SHORT:
            return annotation
        alias = self._names.fresh(name)
        self._chunk.append(f"{alias} = {annotation}\n")
        return alias

    def _plain(self, node: dict[str, Any], owner: str) -> Form:
        """Return the form of a node without unions."""
        if node.keys() & ASSERTIONS - _EXPRESSIBLE or isinstance(node.get("items"), list):
            return {}
        if "allOf" in node and types_of(node) != ("object",):
            return {}
        if "enum" in node:
            return literals(node)
        types = types_of(node) or tuple(t for t in WHOLE if t != "integer")
        found: dict[str, str] = {}
        for name in types:
            part = self._part(name, node, owner)
            if part and not (name == "integer" and "number" in types):
                found[name] = part
        return found

    def _part(self, name: str, node: dict[str, Any], owner: str) -> str | None:
        if name == "object":
            return self._object(node, owner)
        if name in ("integer", "number"):
            return self._number(name, node)
        base, limits = WHOLE[name], lengths(name, node)
        if limits is None:
            return None
        if name == "array" and "items" in node:
            items = self._form(node["items"], f"{owner}__items")
            if not items:
                return None if node.get("minItems", 0) else EMPTY["array"]
            base = f"list[{annotation_of(items)}]"
        return f"Annotated[{base}, Meta({', '.join(limits)})]" if limits else base

    def _number(self, name: str, node: dict[str, Any]) -> str | None:
        bounds = {word: node[key] for key, word in BOUNDS.items() if key in node}
        if self.formats and (span := INTEGER_RANGES.get(node.get("format", ""))):
            if name == "number":
                return None
            bounds["ge"] = max(bounds.get("ge", span[0]), span[0])
            bounds["le"] = min(bounds.get("le", span[1]), span[1], INT64 - 1)
        limits = []
        for word, limit in bounds.items():
            if name == "integer" and -INT64 <= limit < INT64 and limit % 1 == 0:
                limits.append(f"{word}={int(limit)}")
            elif name == "number" and abs(limit) <= _EXACT:
                limits.append(f"{word}={limit!r}")
            else:
                return None
        if bounds.keys() >= {"ge", "gt"} or bounds.keys() >= {"le", "lt"}:
            return None
        return f"Annotated[{WHOLE[name]}, Meta({', '.join(limits)})]" if limits else WHOLE[name]

    def _object(self, node: dict[str, Any], owner: str) -> str | None:
        rest = node.get("additionalProperties", True)
        if isinstance(rest, dict) and not node.keys() & {"properties", "required", "allOf"}:
            values = self._form(rest, f"{owner}__values")
            if values == ANYTHING:
                return WHOLE["object"]
            return f"dict[str, {annotation_of(values)}]" if values else EMPTY["object"]
        return self._struct(shape_of(self.protocol, {**node, "type": "object"}), owner)

    def _struct(
        self, shape: Shape | None, owner: str, tag: tuple[str, str] | None = None
    ) -> str | None:
        """Define a Struct and return its name; None when a property it must have is impossible."""
        if shape is None:
            return None
        if not shape.fields and not shape.closed:
            return WHOLE["object"]
        lines: list[str] = []
        names = attributes(shape.fields)
        chosen = frozenset().union(*shape.choices)
        for key, schema in sorted(shape.fields.items(), key=lambda f: f[0] not in shape.required):
            if tag is not None and key == tag[0]:
                continue
            form = self._form(schema, f"{owner}__{key}")
            if key in shape.required and not form:
                return None
            if form == ANYTHING and key not in shape.required | chosen and not shape.closed:
                continue
            if not is_writable(key):
                return None
            lines.append(field_line(names[key], key, form, key in shape.required))
        head = ["Object"]
        head += ["forbid_unknown_fields=True"] if shape.closed else []
        head += [f"tag_field={literal(tag[0])}", f"tag={literal(tag[1])}"] if tag else []
        if shape.choices:
            lines += post_init(shape, names)
        name = self._names.fresh(owner)
        body = "\n".join(lines) or "    pass"
        self._chunk.append(f"class {name}({', '.join(head)}):\n{body}\n")
        return name

    def _union(self, word: str, node: dict[str, Any], owner: str) -> Form:
        """Return the form of a union; what stands beside it must be members of objects."""
        beside = {k: v for k, v in node.items() if k != word}
        base: Shape | None = None
        if beside.keys() & ASSERTIONS:
            base = shape_of(self.protocol, beside)
            if base is None:
                return {}
        branches: Sequence[Schema] = node[word]
        found: dict[str, str] = {}
        for group in apart([kinds_of(self.protocol, b) for b in branches]):
            members = [(f"{owner}__{i}", branches[i]) for i in group]
            if base is None:
                form = self._alternatives(word, members, owner)
            else:
                form = self._objects(word, members, owner, base)
            if form == ANYTHING:
                return form
            found.update(form)
        return found

    def _alternatives(self, word: str, members: Sequence[tuple[str, Schema]], owner: str) -> Form:
        """Return the form of branches that share kinds of value."""
        if len(members) == 1:
            return self._form(members[0][1], members[0][0])
        nodes = [self.protocol.resolve(branch) for _, branch in members]
        if word == "anyOf" and (whole := whole_types(nodes)):
            taken = frozenset().union(*(TYPE_KINDS[t] for t in whole))
            rest = [m for m in members if not kinds_of(self.protocol, m[1]) & taken]
            other = self._alternatives(word, rest, owner) if rest else {}
            return {**other, **whole}
        if (merged := merge_enums(word, nodes)) is not None:
            return merged
        if objects := self._objects(word, members, owner, None):
            return objects
        if word == "oneOf":
            return {}
        return next((f for name, b in members if (f := self._form(b, name))), {})

    def _objects(
        self, word: str, members: Sequence[tuple[str, Schema]], owner: str, base: Shape | None
    ) -> Form:
        """Return the form of object branches, each with the members of `base` as well."""
        if self._nested == _NESTED:  # members of types are merged here, and may lead here again
            return {}
        self._nested += 1
        form = self._merged(word, members, owner, base)
        self._nested -= 1
        return form

    def _merged(
        self, word: str, members: Sequence[tuple[str, Schema]], owner: str, base: Shape | None
    ) -> Form:
        found = [shape_of(self.protocol, branch) for _, branch in members]
        shapes = found if base is None else [merge(base, shape) for shape in found]
        if all(shape is None for shape in shapes):
            return {}
        if len(shapes) == 1:
            one = self._struct(shapes[0], members[0][0])
            return {"object": one} if one else {}
        if tagged := self._tagged(shapes, [branch for _, branch in members], owner):
            return {"object": " | ".join(tagged)}
        combined = combine_any(shapes) if word == "anyOf" else combine_one(shapes)
        name = self._struct(combined, owner)
        return {"object": name} if name else {}

    def _tagged(
        self, shapes: Sequence[Shape | None], branches: Sequence[Schema], owner: str
    ) -> list[str]:
        """Return the Structs of branches that one property tells apart; those that have one."""
        singles = [single_values(self.protocol, branch) for branch in branches]
        for tag in sorted(set(singles[0]).intersection(*singles[1:])):
            values = [s[tag] for s in singles]
            if not are_distinct_strings(values) or not all(map(is_writable, (tag, *values))):
                continue
            if not all(
                self._is_tag(shape, tag, v) for shape, v in zip(shapes, values, strict=True)
            ):
                continue
            structs = [
                self._struct(shape, f"{owner}__{value}", (tag, value))
                for shape, value in zip(shapes, values, strict=True)
            ]
            named = [s for s in structs if s is not None and s not in WHOLE.values()]
            return named if len(named) > 1 else []  # a lone Struct would not ask for its tag
        return []

    def _is_tag(self, shape: Shape | None, tag: str, value: str) -> bool:
        """Whether a property asks for that one string and nothing more."""
        only = {"string": f"Literal[{literal(value)}]"}
        return shape is None or self._form(shape.fields.get(tag, False), tag) == only


def has_plain_envelope(protocol: Protocol) -> bool:
    """Whether a response is published as `id`, a string or integer, and `result`, and no more."""
    shape = shape_of(protocol, envelope_schema(protocol, "JSONRPCResponse"))
    if shape is None or shape.closed or shape.choices or shape.fields.keys() != {"id", "result"}:
        return False
    form = GateWriter(protocol)._form(shape.fields["id"], "id")
    return shape.fields["result"] is True and set(form.values()) == {"str", "int"}
