"""Types become msgspec Structs that accept straight from the bytes, as source text.

The fast path is one-sided: accepting proves that a value is valid, rejecting proves nothing, and the
predicates decide. Where msgspec cannot express a type exactly, less is accepted: a union whose branches
msgspec cannot tell apart loses branches, an impossible property may only be absent. What is left
undecoded is a value that the schema does not look at; nothing hard is replaced by `Any`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from codexwire.ir.envelope import envelope_schema
from codexwire.ir.model import Protocol, Schema
from codexwire.model.choose import kinds_of, string_tags
from codexwire.model.kinds import INTEGER_RANGES, TYPE_KINDS, apart
from codexwire.model.read import Types, read, types_of
from codexwire.model.types import (
    All,
    Anything,
    Enum,
    Limited,
    List,
    Map,
    Never,
    Object,
    Ref,
    Tuple,
    Type,
    Union,
)
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
from codexwire.wire.naming import FreshNames, literal, type_identifier
from codexwire.wire.object_layout import ObjectLayout, combine_any, combine_one, layout_of, merge

__all__ = ["FastPathWriter", "has_plain_envelope"]

_EXPRESSIBLE = frozenset({"format", *BOUNDS, *LENGTHS["string"], *LENGTHS["array"]})
_SHORT = 60
_EXACT = 2**53
_NESTED = 2


@dataclass(slots=True)
class FastPathWriter:
    """Writes each type once, before the first thing that needs it.

    `formats` makes number formats assert. The chunks of one writer belong into one namespace, in
    the order in which they were written.
    """

    protocol: Protocol
    formats: bool = False
    types: Types = field(init=False)
    _forms: dict[str, Form] = field(default_factory=dict)
    _names: FreshNames = field(default_factory=FreshNames)
    _chunk: list[str] = field(default_factory=list)
    _nested: int = 0

    def __post_init__(self) -> None:
        self.types = types_of(self.protocol)

    def write(self, name: str, schema: Schema) -> str | None:
        """Return source that defines `name` as the annotation of a node; None when it has none."""
        form = self._form(read(schema), name)
        if not form:
            return None
        annotation = annotation_of(form)
        if annotation != name:
            self._chunk.append(f"{name} = {annotation}\n")
        return self._written()

    def write_types(self, names: Iterable[str]) -> str:
        """Return source that defines the annotations of the named types."""
        for name in names:
            self._type(name)
        return self._written()

    def annotation(self, full: str) -> str | None:
        """Return what a Struct's field has to be for a type that is written; None when impossible."""
        return annotation_of(self._forms[full]) or None

    def write_message(self, name: str, method: str, schema: Schema) -> tuple[str, str] | None:
        """Return name and source of the Struct for the messages of a method, tagged with it.

        The name is like `name`; None when there is no such Struct.
        """
        layout = layout_of(self.types, read(schema))
        if layout is None or not (is_writable(method) and self._is_tag(layout, "method", method)):
            return None
        found = self._struct(layout, name, ("method", method))
        return None if found is None else (found, self._written())

    def _written(self) -> str:
        """Return the source written since the last call, that of annotations that failed included."""
        chunk, self._chunk = self._chunk, []
        return "\n\n".join(chunk)

    def _form(self, found: Type, owner: str) -> Form:
        if isinstance(found, Anything):
            return ANYTHING
        if isinstance(found, Ref):
            return self._type(found.name)
        if isinstance(found, Enum):
            return literals(found.values)
        if isinstance(found, Union):
            return self._by_kind(found, owner) if found.by_kind else self._union(found, owner, None)
        if isinstance(found, All):
            return self._all(found, owner)
        return self._limited(found, owner) if isinstance(found, Limited) else {}

    def _type(self, full: str) -> Form:
        if full not in self._forms:
            self._forms[full] = {}  # a type inside itself: the fast path stops there
            name = type_identifier(full)
            outside, self._nested = self._nested, 0
            form = self._form(self.types.named(full), name)
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

    def _all(self, found: All, owner: str) -> Form:
        """Return the form of what fits several types: members of objects, beside one union at most."""
        unions = [p for p in found.members if isinstance(p, Union) and p.path == found.path]
        union = max(unions, key=lambda part: part.exact, default=None)
        layouts = [layout_of(self.types, part) for part in found.members if part is not union]
        base = reduce(merge, layouts)
        if base is None:
            return {}
        if union is not None:
            return self._union(union, owner, base)
        name = self._struct(base, owner)
        return {"object": name} if name else {}

    def _by_kind(self, found: Union, owner: str) -> Form:
        """Return the form of values of several JSON types."""
        forms = [self._form(branch, owner) for branch in found.branches]
        taken = {kind: part for form in forms for kind, part in form.items()}
        return {k: p for k, p in taken.items() if k != "integer" or "number" not in taken}

    def _limited(self, found: Limited, owner: str) -> Form:
        """Return the form of a scalar, array or object."""
        if found.limits.keys() - _EXPRESSIBLE:
            return {}
        kind, part = found.json_type, self._part(found, owner)
        own = {kind: part} if part else {}
        if not found.others:
            return own
        others = {name: WHOLE[name] for name in WHOLE if name not in ("integer", kind)}
        return {name: {**others, **own}[name] for name in WHOLE if name in others or name in own}

    def _part(self, found: Limited, owner: str) -> str | None:
        if isinstance(found, Object):
            return self._object(found, owner)
        kind = found.json_type
        if kind in ("integer", "number"):
            return self._number(kind, found.limits)
        base, limits = WHOLE[kind], lengths(kind, found.limits)
        if limits is None or isinstance(found, Tuple):
            return None
        if isinstance(found, List):
            if found.contains is not None:
                return None
            items = self._form(found.items, f"{owner}__items")
            if not items:
                return None if found.limits.get("minItems", 0) else EMPTY["array"]
            base = f"list[{annotation_of(items)}]"
        return f"Annotated[{base}, Meta({', '.join(limits)})]" if limits else base

    def _number(self, name: str, asked: Mapping[str, Any]) -> str | None:
        bounds = {word: asked[key] for key, word in BOUNDS.items() if key in asked}
        if self.formats and (span := INTEGER_RANGES.get(asked.get("format", ""))):
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

    def _object(self, found: Object, owner: str) -> str | None:
        if isinstance(found, Map) and isinstance(found.rest, Type) and not found.is_closed:
            values = self._form(found.rest, f"{owner}__values")
            if values == ANYTHING:
                return WHOLE["object"]
            return f"dict[str, {annotation_of(values)}]" if values else EMPTY["object"]
        return self._struct(layout_of(self.types, found), owner)

    def _struct(
        self, layout: ObjectLayout | None, owner: str, tag: tuple[str, str] | None = None
    ) -> str | None:
        """Define a Struct and return its name; None when a property it must have is impossible."""
        if layout is None:
            return None
        if not layout.fields and not layout.closed:
            return WHOLE["object"]
        lines: list[str] = []
        names = attributes(layout.fields)
        chosen = frozenset().union(*layout.choices)
        for key, inner in sorted(layout.fields.items(), key=lambda f: f[0] not in layout.required):
            if tag is not None and key == tag[0]:
                continue
            form = self._form(inner, f"{owner}__{key}")
            if key in layout.required and not form:
                return None
            if form == ANYTHING and key not in layout.required | chosen and not layout.closed:
                continue
            if not is_writable(key):
                return None
            lines.append(field_line(names[key], key, form, key in layout.required))
        head = ["Object"]
        head += ["forbid_unknown_fields=True"] if layout.closed else []
        head += [f"tag_field={literal(tag[0])}", f"tag={literal(tag[1])}"] if tag else []
        if layout.choices:
            lines += post_init(layout, names)
        name = self._names.fresh(owner)
        body = "\n".join(lines) or "    pass"
        self._chunk.append(f"class {name}({', '.join(head)}):\n{body}\n")
        return name

    def _union(self, union: Union, owner: str, base: ObjectLayout | None) -> Form:
        """Return the form of a union; every branch has the members of `base`, if there is one, too."""
        found: dict[str, str] = {}
        for group in apart([kinds_of(self.types, branch) for branch in union.branches]):
            members = [(f"{owner}__{i}", union.branches[i]) for i in group]
            if base is None:
                form = self._alternatives(union.exact, members, owner)
            else:
                form = self._objects(union.exact, members, owner, base)
            if form == ANYTHING:
                return form
            found.update(form)
        return found

    def _alternatives(self, exact: bool, members: Sequence[tuple[str, Type]], owner: str) -> Form:
        """Return the form of branches that share kinds of value."""
        if len(members) == 1:
            return self._form(members[0][1], members[0][0])
        branches = [self.types.resolve(branch) for _, branch in members]
        if not exact and (whole := whole_types(branches)):
            taken = frozenset().union(*(TYPE_KINDS[t] for t in whole))
            rest = [m for m in members if not kinds_of(self.types, m[1]) & taken]
            other = self._alternatives(exact, rest, owner) if rest else {}
            return {**other, **whole}
        if (merged := merge_enums(exact, branches)) is not None:
            return merged
        if objects := self._objects(exact, members, owner, None):
            return objects
        if exact:
            return {}
        return next((f for name, b in members if (f := self._form(b, name))), {})

    def _objects(
        self,
        exact: bool,
        members: Sequence[tuple[str, Type]],
        owner: str,
        base: ObjectLayout | None,
    ) -> Form:
        """Return the form of object branches, each with the members of `base` as well."""
        if self._nested == _NESTED:  # members of types are merged here, and may lead here again
            return {}
        self._nested += 1
        form = self._merged(exact, members, owner, base)
        self._nested -= 1
        return form

    def _merged(
        self,
        exact: bool,
        members: Sequence[tuple[str, Type]],
        owner: str,
        base: ObjectLayout | None,
    ) -> Form:
        found = [layout_of(self.types, branch) for _, branch in members]
        layouts = found if base is None else [merge(base, layout) for layout in found]
        if all(layout is None for layout in layouts):
            return {}
        if len(layouts) == 1:
            one = self._struct(layouts[0], members[0][0])
            return {"object": one} if one else {}
        if tagged := self._tagged(layouts, [branch for _, branch in members], owner):
            return {"object": " | ".join(tagged)}
        combined = combine_one(layouts) if exact else combine_any(layouts)
        name = self._struct(combined, owner)
        return {"object": name} if name else {}

    def _tagged(
        self, layouts: Sequence[ObjectLayout | None], branches: Sequence[Type], owner: str
    ) -> list[str]:
        """Return the Structs of branches that one property tells apart; those that have one."""
        for tag, values in string_tags(self.types, branches):
            told = list(zip(layouts, values, strict=True))
            # msgspec misreads tags beyond ASCII
            if not tag.isascii() or not all(map(is_writable, (tag, *values))):
                continue
            if not all(self._is_tag(layout, tag, value) for layout, value in told):
                continue
            structs = [
                self._struct(layout, f"{owner}__{value}", (tag, value)) for layout, value in told
            ]
            named = [s for s in structs if s is not None and s not in WHOLE.values()]
            return named if len(named) > 1 else []  # a lone Struct would not ask for its tag
        return []

    def _is_tag(self, layout: ObjectLayout | None, tag: str, value: str) -> bool:
        """Whether a property asks for that one string and nothing more."""
        only = {"string": f"Literal[{literal(value)}]"}
        return layout is None or self._form(layout.fields.get(tag, Never()), tag) == only


def has_plain_envelope(protocol: Protocol) -> bool:
    """Whether a response is published as `id`, a string or integer, and `result`, and no more."""
    writer = FastPathWriter(protocol)
    layout = layout_of(writer.types, read(envelope_schema(protocol, "JSONRPCResponse")))
    if (
        layout is None
        or layout.closed
        or layout.choices
        or layout.fields.keys() != {"id", "result"}
    ):
        return False
    form = writer._form(layout.fields["id"], "id")
    plain = isinstance(layout.fields["result"], Anything)
    return plain and set(form.values()) == {"str", "int"}
