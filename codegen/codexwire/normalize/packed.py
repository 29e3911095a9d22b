"""A normalized protocol as bytes and back: values alone, and the rules by their ids."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import msgspec

from codexwire.ir.hole import Hole
from codexwire.ir.layout import Namespaces
from codexwire.ir.model import Method, ObservedServer, Protocol, Source, TypeDef
from codexwire.model.profile import Profile
from codexwire.normalize.pipeline import Application, Normalized, Stale
from codexwire.version import Version

__all__ = ["packed", "unpacked"]


class _Packed(msgspec.Struct, array_like=True, frozen=True):
    """The fields of `Normalized` and `Protocol`; a rule is its id."""

    name: str
    version: Version | None
    sources: tuple[Source, ...]
    types: dict[str, TypeDef]
    methods: tuple[Method, ...]
    envelope: dict[str, dict[str, dict[str, Any] | bool]]
    holes: tuple[Hole, ...]
    responses: dict[str, str]
    gated: tuple[tuple[str, str], ...]
    applied: tuple[tuple[str, tuple[str, ...]], ...]
    stale: tuple[tuple[str, str], ...]
    spaces: Namespaces | None


def packed(normalized: Normalized) -> bytes | None:
    """Return bytes that are the same for the same protocol after the same rules; None for what has none."""
    protocol = normalized.protocol
    found = _Packed(
        protocol.name,
        protocol.version,
        protocol.sources,
        dict(protocol.types),
        protocol.methods,
        {union: dict(beside) for union, beside in protocol.envelope.items()},
        protocol.holes,
        dict(protocol.observed.responses),
        tuple(sorted(protocol.observed.gated)),
        tuple((a.rule.id, a.places) for a in normalized.applied),
        tuple((s.rule.id, s.reason) for s in normalized.stale),
        protocol.spaces,
    )
    try:
        return msgspec.msgpack.encode(found)
    except (
        ValueError,
        TypeError,
        OverflowError,
        RecursionError,
    ):  # text or a number that msgpack does not have
        return None


def unpacked(content: bytes, profile: Profile) -> Normalized | None:
    """Return the normalized protocol of a profile; None when it is not what this codexwire wrote."""
    try:
        found = msgspec.msgpack.decode(content, type=_Packed)
        rules = {rule.id: rule for rule in profile.rules.all}
        applied = tuple(Application(rules[rule], places) for rule, places in found.applied)
        stale = tuple(Stale(rules[rule], reason) for rule, reason in found.stale)
    except (msgspec.MsgspecError, ValueError, KeyError, RecursionError):
        return None
    protocol = Protocol(
        found.name,
        found.version,
        found.sources,
        MappingProxyType(found.types),
        found.methods,
        MappingProxyType({union: MappingProxyType(b) for union, b in found.envelope.items()}),
        found.holes,
        profile,
        ObservedServer(MappingProxyType(found.responses), frozenset(found.gated)),
        found.spaces,
    )
    return Normalized(protocol, applied, stale)
