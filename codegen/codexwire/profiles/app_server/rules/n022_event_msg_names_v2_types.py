"""`EventMsg` refers to v2 types where the wire has their v1 namesakes.

The bundle's `EventMsg` says `#/definitions/v2/CodexErrorInfo` (camelCase), the server sends
`context_window_exceeded`; the same goes for `RateLimitSnapshot`, `AskForApproval` and others. In
`EventMsg.json`, which the same binaries write, every reference is to the v1 type. Up to 0.99.0 those
types stand in the bundle's root namespace, so the references are pointed there. The bundles of
0.105.0 to 0.114.0 have overwritten them with their v2 namesakes; they lie beside this module, from the
`EventMsg.json` of 0.107.0 (that of the others differs in one optional property, since 0.110.0).
`NetworkApprovalContext` of 0.107.0 is in the root namespace in its v2 shape, which approval requests
use; what events use is added as `V1NetworkApprovalContext`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from codexwire.direction import Stability
from codexwire.ir.edit import add_types, data_beside, point_to
from codexwire.ir.model import Protocol
from codexwire.ir.walk import references
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

EVENT = "EventMsg"


def apply(protocol: Protocol) -> Protocol | None:
    """Return the protocol whose events refer to v1 types, or None when they do already."""
    event = protocol.types.get(EVENT)
    if event is None:
        return None
    namesakes = {
        name: name.removeprefix("v2/")
        for name in references(event.schema)
        if name.startswith("v2/")
    }
    protocol, instead = _supplied(protocol, set(namesakes.values()))
    instead = {**instead, **{v2: v1 for v2, v1 in namesakes.items() if v1 in protocol.types}}
    if not instead:
        return None
    return protocol.with_types({EVENT: replace(event, schema=point_to(event.schema, instead))})


def _supplied(protocol: Protocol, wanted: set[str]) -> tuple[Protocol, Mapping[str, str]]:
    """Add the definitions that this release overwrote, when it lacks any that its events want."""
    data = data_beside(__file__)
    if not (wanted & data["types"].keys()) - protocol.types.keys():
        return protocol, {}
    return add_types(protocol, data["types"], Stability.STABLE), data["instead"]


RULE = NormalizationRule(
    id="n022-event-msg-names-v2-types",
    title="EventMsg refers to v2 types where events carry their v1 namesakes.",
    effect=Effect.RESTORE,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("..0.114.0"),
    evidence=(
        "EventMsg.json of 0.58.0, 0.72.0, 0.99.0, 0.105.0–0.114.0 against the bundle of the same binary",
        "0.72.0, 0.99.0: token_count carries rate_limits.primary.used_percent, v2 has usedPercent",
        "0.72.0, 0.99.0: error carries codex_error_info in snake_case",
    ),
    protocol=apply,
)
