"""The titles of union branches are missing, no identifiers, or numbered.

Published are `Thread/startedNotification`, `ApiKeyv2::LoginAccountParams`, `StateMcpStartupStatus2`, or
nothing. Here every object branch of a union gets a title that is an identifier and derives from its
own union alone, so that no type added elsewhere renames it:

- a message of a method union: `ThreadStartClientRequest`;
- a tagged or keyed branch: its tag or key, then the union's name (`ApiKeyLoginAccountParams`); of
  tags that differ in separators only, the one that has them keeps them (`openaiForm` gives
  `OpenaiForm…`, `openai/form` gives `Openai_Form…`);
- any other: its published title if that is an identifier, else its first required member that no
  other branch has, then the union's name;
- a union within a branch goes by the branch's title (`UrlImageUserInput`).

A title that would be a type's name, or another object's title, gets the suffix `Variant`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from codexwire.ir.canonical import canonical_json, strip_annotations
from codexwire.ir.model import UNIONS, Protocol, Schema, TypeDef
from codexwire.ir.names import is_identifier, pascal
from codexwire.ir.nodes import UnionNode, Variant, union_of
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange


def apply(protocol: Protocol) -> Protocol | None:
    """Return the protocol with a title on every object branch of every union."""
    titler = _Titler(protocol)
    types = {}
    for name, typedef in sorted(protocol.types.items()):
        schema = titler.within(typedef.schema, class_name(protocol, typedef))
        if schema != typedef.schema:
            types[name] = replace(typedef, schema=schema)
    names = {(u.sender, u.kind): u.union for u in UNIONS}
    methods = tuple(
        replace(m, branch={**m.branch, "title": pascal(m.name) + names[m.sender, m.kind]})
        for m in protocol.methods
    )
    if not types and methods == protocol.methods:
        return None
    return replace(protocol.with_types(types), methods=methods)


def class_name(protocol: Protocol, typedef: TypeDef) -> str:
    """Return the name that branches of a type are titled after: its `x-name`, else its own."""
    schema = typedef.schema
    given = schema.get("x-name") if isinstance(schema, dict) else None
    return str(given) if given else pascal(protocol.namespaces.bare(typedef.name))


class _Titler:
    """Gives titles and remembers them; `taken` maps a title to the content that has it."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.taken = {class_name(protocol, t): "" for t in protocol.types.values()}

    def within(self, node: Schema, owner: str, nested: bool = False) -> Schema:
        """Return the node with titles on all branches in it; `owner` names its unions."""
        if not isinstance(node, dict):
            return node
        out = dict(node)
        for keyword in ("properties", "patternProperties"):
            if keyword in node:
                out[keyword] = {
                    k: self.within(v, owner + pascal(k)) for k, v in node[keyword].items()
                }
        for keyword in ("items", "additionalProperties"):
            if isinstance(node.get(keyword), dict):
                out[keyword] = self.within(node[keyword], f"{owner}Item")
        union = union_of(self.protocol, node)
        if union is not None:
            out[union.keyword] = self.branches(node[union.keyword], union, owner, nested)
        return out

    def branches(
        self, branches: Iterable[Schema], union: UnionNode, owner: str, nested: bool
    ) -> list[Schema]:
        """Return the branches of one union, its objects titled."""
        variants = {v.index: v for v in union.variants}
        out: list[Schema] = []
        for index, branch in enumerate(branches):
            if index not in variants or not _is_object(branch):
                out.append(branch)
                continue
            assert isinstance(branch, dict)
            name = self.free(_title(union, variants[index], owner, nested), branch)
            inner = owner if union.tag == "" else name
            titled = self.within(branch, inner, nested=True)
            assert isinstance(titled, dict)
            out.append({**titled, "title": name})
        return out

    def free(self, wanted: str, branch: Schema) -> str:
        """Return `wanted`, with `Variant` behind it while something else is called so."""
        content = canonical_json(strip_annotations(branch))
        while self.taken.setdefault(wanted, content) != content:
            wanted += "Variant"
        return wanted


def _is_object(branch: Schema) -> bool:
    return isinstance(branch, dict) and "$ref" not in branch and "properties" in branch


def _title(union: UnionNode, variant: Variant, owner: str, nested: bool) -> str:
    if variant.tag is not None:
        return _tag_name(str(variant.tag), [str(v.tag) for v in union.variants]) + owner
    branch = variant.schema
    assert isinstance(branch, dict)
    if not nested and is_identifier(branch.get("title")):
        return str(branch["title"])
    return pascal(_own_key(union, variant)) + owner


def _tag_name(tag: str, tags: list[str]) -> str:
    if tag.isalnum() or sum(pascal(t) == pascal(tag) for t in tags) == 1:
        return pascal(tag)
    return "_".join(pascal(word) for word in re.split(r"[^0-9A-Za-z]+", tag) if word)


def _own_key(union: UnionNode, variant: Variant) -> str:
    """Return the first required member that no other branch requires (`Other` if there is none)."""
    others = [v.schema for v in union.variants if v is not variant]
    shared = {k for o in others if isinstance(o, dict) for k in o.get("required", ())}
    branch: Mapping[str, Any] = variant.schema if isinstance(variant.schema, dict) else {}
    return next((k for k in branch.get("required", ()) if k not in shared), "Other")


RULE = NormalizationRule(
    id="n014-branch-titles",
    title="Every object branch of a union has a title that is a stable identifier.",
    effect=Effect.ANNOTATE,
    compared=Compared.NEVER,
    versions=VersionRange(),
    evidence=(
        "every bundle: Thread/startedNotification, Account/readRequest and their like",
        "0.58.0 on: ApiKeyv2::LoginAccountParams; 0.63.0: StateMcpStartupStatus2, StatusTurn3",
        "0.169.0: UrlUserInput twice in one type",
    ),
    protocol=apply,
)
