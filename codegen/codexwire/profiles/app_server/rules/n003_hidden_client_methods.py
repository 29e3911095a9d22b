"""The server answers client requests that its schema leaves out.

An unknown method's error message lists every method that the server knows. Up to 0.99.0 that list is
the published one. 0.105.0 to 0.107.0 know all 22 methods of v1 beside it; since 0.110.0 three are left:
`getAuthStatus`, `getConversationSummary` and `gitDiffToRemote`. All were called and answered.

The bundles of these releases do not define their types. The shapes beside this module are those that
0.99.0 published, where they refer to types that the protocol itself still has (`v2/AuthMode`,
`v2/SubAgentSource`, `EventMsg` …) so that each release's own is used. `SessionSource` has the variants
`custom` and `internal` of the TypeScript that 0.169.0 writes, which older servers never send.

They answer a client that did not ask for the experimental API, so they count as stable; their
namespace is v1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from codexwire.direction import Kind, Side, Stability
from codexwire.ir.edit import add_methods, add_types, data_beside, method_branch
from codexwire.ir.model import UNIONS, Method, Protocol, Schema, ref_to
from codexwire.ir.walk import references
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.profiles.app_server.legacy import answers_v1
from codexwire.profiles.app_server.names import V1
from codexwire.version import VersionRange

# What is left of v1 where the rest is gone.
LATER = ("getAuthStatus", "getConversationSummary", "gitDiffToRemote")

(_TABLE,) = (u for u in UNIONS if u.sender is Side.CLIENT and u.kind is Kind.REQUEST)


def apply(protocol: Protocol) -> Protocol | None:
    """Return the protocol with the methods and their types, when it is one that hides them.

    It is when it has no `getAuthStatus` but the types that the method shares with v2; it hides all of
    v1 as long as it answers that.
    """
    if protocol.method("getAuthStatus", _TABLE.sender, _TABLE.kind) is not None:
        return None
    data = data_beside(__file__)
    rows = {n: data["methods"][n] for n in LATER}
    if answers_v1(protocol):
        rows = data["methods"]
    roots = {row[key] for row in rows.values() for key in ("params", "result") if key in row}
    types = _closure(roots, data["types"])
    known = types.keys() | protocol.types.keys()
    if any(name not in known for schema in types.values() for name in references(schema)):
        return None
    added = tuple(_method(protocol, name, row) for name, row in rows.items())
    return add_methods(add_types(protocol, types, Stability.STABLE), added)


def _closure(roots: set[str], types: Mapping[str, Schema]) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    pending = sorted(roots)
    while pending:
        name = pending.pop()
        if name in types and name not in found:
            found[name] = types[name]
            pending += references(types[name])
    return found


def _method(protocol: Protocol, name: str, row: Mapping[str, Any]) -> Method:
    params: Schema = ref_to(row["params"]) if "params" in row else {"type": "null"}
    branch = method_branch(protocol, _TABLE, name, params)
    if "description" in row:
        branch["description"] = row["description"]
    method = Method(name, _TABLE.sender, _TABLE.kind, branch, Stability.STABLE, V1)
    return replace(method, result=row["result"], result_by="table", published=False)


RULE = NormalizationRule(
    id="n003-hidden-client-methods",
    title="The server answers v1 requests that its schema does not list.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("0.105.0.."),
    evidence=(
        "0.107.0: 22 methods in the error message for an unknown one, all answered (recorded)",
        "0.105.0: the same 22 in that message; 0.110.0, 0.114.0: three",
        "0.115.0, 0.125.0–0.169.0: three methods, all answered (recorded)",
        "0.107.0, 0.115.0, 0.169.0 answer them without the experimentalApi capability",
        "0.169.0 TypeScript: SessionSource.ts, ConversationSummary.ts, GetAuthStatusResponse.ts",
    ),
    protocol=apply,
)
