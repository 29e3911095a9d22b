"""`emittedAtMs` stands beside the union of server notifications, not in its branches.

Models made of the branches alone lose it, and ones that refuse unknown members reject every
notification: it is on the wire with each since 0.150.0 (never on responses or requests), in the schema
since 0.145.0. `Protocol.envelope` has it; this rule states its unit and notices when it goes.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from codexwire.ir.model import Protocol
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

UNION, PROPERTY = "ServerNotification", "emittedAtMs"


def apply(protocol: Protocol) -> Protocol | None:
    """Return the protocol with the unit of the member stated, or None when it has no such member."""
    beside = protocol.envelope.get(UNION, {})
    node = beside.get(PROPERTY)
    if not isinstance(node, dict):
        return None
    marked = MappingProxyType({**beside, PROPERTY: {**node, "x-unit": "ms"}})
    return replace(protocol, envelope=MappingProxyType({**protocol.envelope, UNION: marked}))


RULE = NormalizationRule(
    id="n013-emitted-at",
    title="Server notifications carry emittedAtMs beside method and params.",
    effect=Effect.ANNOTATE,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("0.145.0.."),
    evidence=(
        "0.145.0 and later: ServerNotification has properties.emittedAtMs beside its oneOf",
        "0.150.0–0.169.0: on all of 2507–2637 notifications each, 0.140.0 on none (recorded)",
    ),
    protocol=apply,
)
