"""`TurnStartParams` of 0.58.0 refers to a v2 `SandboxPolicy` that the bundle does not define.

The root namespace has a type of that name, but another one: its modes are `danger-full-access` and so
on, where v2 has `dangerFullAccess`. So the reference cannot be pointed there. The per-type files that the
same binary writes (`v2/TurnStartParams.json`) hold the missing definition; it lies beside this module.

The rule completes what the release published and takes nothing away, so it is an annotation: without
it no validator can be built from this bundle at all.
"""

from __future__ import annotations

from codexwire.direction import Stability
from codexwire.ir.edit import add_types, dangling_names, data_beside
from codexwire.ir.model import Protocol
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange


def apply(protocol: Protocol) -> Protocol | None:
    """Return the protocol with the definition, when something refers to it and it is missing."""
    if "v2/SandboxPolicy" not in dangling_names(protocol):
        return None
    return add_types(protocol, data_beside(__file__), Stability.STABLE)


RULE = NormalizationRule(
    id="n001-sandbox-policy-undefined",
    title="The v2 SandboxPolicy is referred to and not defined.",
    effect=Effect.ANNOTATE,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("0.58.0"),
    evidence=(
        "0.58.0 bundle: v2/TurnStartParams refers to #/definitions/v2/SandboxPolicy",
        "0.58.0 v2/TurnStartParams.json and ClientRequest.json define it, alike",
    ),
    protocol=apply,
)
