"""The same name stands in both namespaces, for the same type or for another one.

Twins are equal when they admit the same values, compared through their references and without
annotations. Of equal twins the v2 one stays, and everything that used the root one uses it. Of twins
that differ both stay, and the root one is called `V1<Name>` (`x-name`). Where the release publishes a
type of that name too (`V1TextElement`, 0.92.0–0.107.0), it is called `Legacy<Name>`.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from codexwire.direction import Stability
from codexwire.ir.content import content_classes
from codexwire.ir.edit import retarget
from codexwire.ir.model import Protocol, TypeDef
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange


def apply(protocol: Protocol) -> Protocol | None:
    """Return the protocol without root types that equal their v2 type, the other ones renamed."""
    twins = {name: f"v2/{name}" for name in protocol.types if f"v2/{name}" in protocol.types}
    if not twins:
        return None
    classes = content_classes(protocol, [*twins, *twins.values()])
    equal = {root: v2 for root, v2 in twins.items() if classes[root] == classes[v2]}
    changed = {v2: _surviving(protocol, root, v2) for root, v2 in equal.items()}
    changed |= {
        root: _renamed(protocol, protocol.types[root]) for root in twins.keys() - equal.keys()
    }
    merged = retarget(protocol.with_types(changed), equal)
    kept = {name: typedef for name, typedef in merged.types.items() if name not in equal}
    return replace(merged, types=MappingProxyType(kept))


def _surviving(protocol: Protocol, root: str, v2: str) -> TypeDef:
    """Return the v2 type, stable when either is."""
    typedef = protocol.types[v2]
    if protocol.types[root].stability is Stability.STABLE:
        return replace(typedef, stability=Stability.STABLE)
    return typedef


def _renamed(protocol: Protocol, typedef: TypeDef) -> TypeDef:
    assert isinstance(typedef.schema, dict)
    taken = f"V1{typedef.name}" in protocol.types
    name = f"{'Legacy' if taken else 'V1'}{typedef.name}"
    return replace(typedef, schema={**typedef.schema, "x-name": name})


RULE = NormalizationRule(
    id="n012-v1-v2-twins",
    title="Equal types of both namespaces are one; differing ones are told apart by name.",
    effect=Effect.ANNOTATE,
    compared=Compared.NEVER,
    versions=VersionRange(),
    evidence=(
        "twins and differing ones: 0.72.0 44/10, 0.99.0 47/15, 0.125.0 and later 1–2/0",
        "AskForApproval, CodexErrorInfo, SandboxPolicy, UserInput differ in spelling and tags",
    ),
    protocol=apply,
)
