"""The bundles of 0.105.0 to 0.107.0 refer to root types that they do not define.

`AbsolutePathBuf`, `ThreadId`, `MessagePhase`, `WebSearchAction` and `UserInput` are missing from its root
namespace. `EventMsg.json`, which the same binary writes, holds them; they lie beside this module with
what they refer to. All but `UserInput` and its `TextElement` equal their v2 namesakes, which
n012-v1-v2-twins then finds by content; `UserInput` must not be taken from v2, where its image
variants have other keys.

The rule completes what the release published and takes nothing away, so it is an annotation: without
it no validator can be built from this bundle at all.
"""

from __future__ import annotations

from codexwire.direction import Stability
from codexwire.ir.edit import add_types, dangling_names, data_beside
from codexwire.ir.model import Protocol
from codexwire.ir.walk import references
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange


def apply(protocol: Protocol) -> Protocol | None:
    """Return the protocol with the missing definitions that are known, or None for none."""
    missing = dangling_names(protocol)
    if not missing:
        return None
    data = data_beside(__file__)
    wanted = sorted(missing & data.keys())
    for name in wanted:  # grows: what a definition refers to is wanted too
        wanted += [n for n in references(data[name]) if n not in wanted]
    if not wanted:
        return None
    return add_types(protocol, {name: data[name] for name in wanted}, Stability.STABLE)


RULE = NormalizationRule(
    id="n021-root-types-undefined",
    title="Five types of the root namespace are referred to and not defined.",
    effect=Effect.ANNOTATE,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("0.105.0..0.107.0"),
    evidence=(
        "0.107.0 bundle: TurnItem, CollabAgentRef and five more refer to root types that are missing",
        "EventMsg.json of the same binaries defines them, in all three alike",
    ),
    protocol=apply,
)
