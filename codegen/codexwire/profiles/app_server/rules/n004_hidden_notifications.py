"""The server sends notifications that its union of notifications leaves out.

`rawResponseItem/completed` (0.105.0 on) and `rawResponse/completed` (0.150.0 on) come to a client that
asked for raw events; their params are defined and nothing refers to them. 0.105.0 to 0.107.0 also send
three notifications of v1, whose params lie beside this module as 0.99.0 published them.

`thread/start.experimentalRawEvents` needs the experimentalApi capability, so the raw two are
experimental.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from codexwire.direction import Kind, Side, Stability
from codexwire.ir.edit import add_methods, add_types, data_beside, method_branch
from codexwire.ir.model import UNIONS, Method, Protocol, ref_to
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.profiles.app_server.legacy import answers_v1
from codexwire.profiles.app_server.names import V1, V2
from codexwire.version import VersionRange

RAW = {
    "rawResponseItem/completed": "v2/RawResponseItemCompletedNotification",
    "rawResponse/completed": "v2/RawResponseCompletedNotification",
}

(_TABLE,) = (u for u in UNIONS if u.sender is Side.SERVER and u.kind is Kind.NOTIFICATION)


def apply(protocol: Protocol) -> Protocol | None:
    """Return the protocol with the notifications that it hides, or None when it hides none."""
    added = tuple(_raw(protocol))
    if answers_v1(protocol) and not _lists(protocol, "sessionConfigured"):
        data = data_beside(__file__)
        protocol = add_types(protocol, data["types"], Stability.STABLE)
        added += tuple(
            _method(protocol, name, row["params"], Stability.STABLE, V1, row)
            for name, row in data["methods"].items()
        )
    return add_methods(protocol, added) if added else None


def _raw(protocol: Protocol) -> Iterator[Method]:
    for name, params in RAW.items():
        if params in protocol.types and not _lists(protocol, name):
            yield _method(protocol, name, params, Stability.EXPERIMENTAL, V2, {})


def _lists(protocol: Protocol, name: str) -> bool:
    return protocol.method(name, _TABLE.sender, _TABLE.kind) is not None


def _method(
    protocol: Protocol,
    name: str,
    params: str,
    stability: Stability,
    namespace: str,
    row: Mapping[str, Any],
) -> Method:
    branch = method_branch(protocol, _TABLE, name, ref_to(params))
    if "description" in row:
        branch["description"] = row["description"]
    method = Method(name, _TABLE.sender, _TABLE.kind, branch, stability, namespace)
    return replace(method, published=False)


RULE = NormalizationRule(
    id="n004-hidden-notifications",
    title="The server sends notifications that its schema does not list.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("0.105.0.."),
    evidence=(
        "rawResponseItem/completed: 88–129 in each of 0.107.0, 0.115.0, 0.125.0–0.169.0 (recorded)",
        "rawResponse/completed: 45 in each of 0.150.0–0.169.0; 0.145.0 defines its params",
        "0.107.0: authStatusChange 3, loginChatGptComplete 1, sessionConfigured 2 (recorded)",
        "0.105.0 and 0.106.0 define all four and answer the methods that cause them",
        "0.107.0, 0.115.0, 0.169.0: experimentalRawEvents requires experimentalApi",
    ),
    protocol=apply,
)
