"""Which variant of one release is which of the other."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from codexwire.diff import diff
from codexwire.direction import Kind, Side, Stability
from codexwire.ir.model import Method, Protocol, Source, TypeDef, ref_to

TEXT = {"type": "string"}


def sent(value: dict[str, Any]) -> Protocol:
    """A protocol whose server sends one notification, with params of the type T."""
    branch = {
        "type": "object",
        "properties": {"method": {"enum": ["t/sent"]}, "params": ref_to("T")},
        "required": ["method", "params"],
    }
    types = MappingProxyType({"T": TypeDef("T", value, Stability.UNKNOWN)})
    method = Method("t/sent", Side.SERVER, Kind.NOTIFICATION, branch, Stability.UNKNOWN)
    sources = (Source("unknown", ""),)
    return Protocol("case", None, sources, types, (method,), MappingProxyType({}))


def by_key(name: str) -> dict[str, Any]:
    closed = {"additionalProperties": False}
    return {"type": "object", "properties": {name: TEXT}, "required": [name], **closed}


def by_tag(name: str) -> dict[str, Any]:
    properties = {"type": {"type": "string", "enum": [name]}, name: TEXT}
    return {"type": "object", "properties": properties, "required": ["type", name]}


def test_what_a_key_tells_is_not_what_a_tag_tells_however_alike_they_are() -> None:
    """`{"image": …}` and `{"type": "image", "image": …}`: the union is written in another way."""
    keys, tags = (sent({"oneOf": [write("image"), write("text")]}) for write in (by_key, by_tag))
    for old, new in ((keys, tags), (tags, keys)):
        rules = sorted(finding.rule for finding in diff(old, new).findings)
        assert rules == ["variant-added"] * 2 + ["variant-removed"] * 2
