"""Params that are absent or null stand for an empty object.

JSON-RPC lets `params` away where there is nothing to say, and clients send null, `{}` or nothing for
the same request. Where the model asks for an object, nothing reads as an object without properties.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def apply(spot: Spot, raw: Any) -> Any:
    """Return an empty object for null params."""
    at_root = not spot.path and spot.message.part == "params"
    return {} if at_root and raw is None and spot.facts.kind == "object" else ABSENT


RULE = ToleranceRule(
    id="t003-params-absent",
    title="Params are absent or null where an object is asked for.",
    versions=VersionRange.parse("*"),
    evidence=(
        "0.99.0: `skills/remote/read` sent without the params that its schema requires (recorded)",
        "turn/completed reported without params (issue Poracode#136)",
    ),
    hook=Hook.MISFIT,
    apply=apply,
    loose=True,
)
