"""Types that no message contains: what changed about them is told, and breaks nobody."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from codexwire.diff import diff
from codexwire.direction import Stability
from codexwire.ir.model import Protocol, Source, TypeDef, ref_to


def protocol(target: str, **types: Any) -> Protocol:
    holder = {"type": "object", "properties": {"inner": ref_to(target)}}
    named = {n: TypeDef(n, s, Stability.UNKNOWN) for n, s in {"Holder": holder, **types}.items()}
    return Protocol(
        "case", None, (Source("unknown", ""),), MappingProxyType(named), (), MappingProxyType({})
    )


def test_a_reference_to_another_type_is_followed() -> None:
    old = protocol("Before", Before={"type": "string", "enum": ["a"]})
    new = protocol("After", After={"type": "string", "enum": ["a", "b"]})
    found = [f for f in diff(old, new).findings if f.rule == "enum-value-added"]
    assert [(f.old_type, f.type, f.key, f.effect.value) for f in found] == [
        ("Before", "After", "b", "widens")
    ]
    assert [(f.old_client.value, f.new_client.value, f.senders) for f in found] == [
        ("safe", "safe", ())
    ]
