"""Requests that are published with null params take an empty object as well.

Such a request has no params: the server answers the same to `null`, to `{}`, and to a request without
`params`. It refuses an object with anything in it, and an array. The schema publishes null alone, so
the `{}` that many clients send would be an error.
"""

from __future__ import annotations

from dataclasses import replace

from codexwire.direction import Kind, Side
from codexwire.ir.model import Method, Protocol, Schema
from codexwire.ir.nodes import is_null
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

NOTHING: Schema = {"anyOf": [{"type": "object", "additionalProperties": False}, {"type": "null"}]}


def apply(protocol: Protocol) -> Protocol | None:
    """Return the protocol in which the client's requests with null params take an empty object."""
    methods = tuple(_accepting(m) if _takes_null(m) else m for m in protocol.methods)
    return replace(protocol, methods=methods) if methods != protocol.methods else None


def _takes_null(method: Method) -> bool:
    """Whether it is a request of the client whose params are null and nothing else."""
    asked = (method.sender, method.kind) == (Side.CLIENT, Kind.REQUEST)
    return asked and method.params is not None and is_null(method.params)


def _accepting(method: Method) -> Method:
    """Return the method with params that may be absent, null or an empty object."""
    properties = {**method.branch["properties"], "params": NOTHING}
    required = [name for name in method.branch.get("required", ()) if name != "params"]
    return replace(method, branch={**method.branch, "properties": properties, "required": required})


RULE = NormalizationRule(
    id="n024-null-params-empty-object",
    title="Requests with null params take an empty object, too.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("0.58.0.."),
    evidence=(
        "0.58.0, 0.72.0, 0.99.0, 0.107.0, 0.115.0, 0.139.0, 0.163.0, 0.171.0: every request with null"
        " params answered alike to null, to {} and without params",
        '… and each refused {"x": 1} (invalid type: map, expected unit) and [] (invalid type: sequence)',
        "0.107.0: so do the requests of v1 that its schema hides (getUserAgent, userInfo …)",
    ),
    protocol=apply,
)
