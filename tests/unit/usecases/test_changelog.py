"""In which chapter of the changelog a change stands that breaks nothing; the protocols are invented."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from codexwire.diff import diff
from codexwire.direction import Kind, Side, Stability
from codexwire.ir.model import Method, Protocol, Source, TypeDef, ref_to
from codexwire.usecases.diff_report import diff_report

TEXT = {"type": "string"}


def protocol(**schemas: Any) -> Protocol:
    """Return a protocol whose server sends one notification, with params of the type T."""
    branch = {
        "type": "object",
        "properties": {"method": {"enum": ["t/sent"]}, "params": ref_to("T")},
        "required": ["method", "params"],
    }
    sent = Method("t/sent", Side.SERVER, Kind.NOTIFICATION, branch, Stability.UNKNOWN)
    types = {name: TypeDef(name, schema) for name, schema in schemas.items()}
    sources, none = (Source("unknown", ""),), MappingProxyType({})
    return Protocol("case", None, sources, MappingProxyType(types), (sent,), none)


def chapters(old: Protocol, new: Protocol) -> dict[str, set[str]]:
    """Return the titles of the chapters, and the rules in each."""
    report = diff_report(diff(old, new), "1", "2")
    return {c.title: {f.rule for g in c.groups for f in g.findings} for c in report.chapters}


def with_members(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


def open_enum(*values: str) -> dict[str, Any]:
    return {"anyOf": [{"type": "string", "enum": [*values]}, TEXT]}


def open_union(*tags: str) -> dict[str, Any]:
    variants = [with_members(type={"enum": [tag]}) | {"required": ["type"]} for tag in tags]
    return {"anyOf": [*variants, {"type": "object"}]}


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        ("property-%s-optional", with_members(a=TEXT), with_members(a=TEXT, b=TEXT)),
        ("enum-value-%s", open_enum("a"), open_enum("a", "b")),
        ("variant-%s", open_union("a"), open_union("a", "b")),
    ],
)
def test_what_is_new_and_what_is_gone(change: str, old: Any, new: Any) -> None:
    before, after = protocol(T=old), protocol(T=new)
    assert chapters(before, after) == {"New and harmless": {change % "added"}}
    assert chapters(after, before) == {"Gone without harm": {change % "removed"}}


def test_what_is_neither_stands_elsewhere() -> None:
    one, two = (protocol(T=with_members(a={**TEXT, "default": d})) for d in "12")
    assert chapters(one, two) == {"Other changes": {"default-changed"}}


def test_what_a_type_is_called_is_nothing_to_a_reader_of_messages() -> None:
    old = protocol(T=with_members(a=ref_to("A")), A=TEXT, Unused=TEXT)
    new = protocol(T=with_members(a=ref_to("B")), A=TEXT, B=TEXT)
    rules = {finding.rule for finding in diff(old, new).findings}
    assert rules == {"ref-retargeted", "type-added", "type-removed", "type-unreachable"}
    assert chapters(old, new) == {}
