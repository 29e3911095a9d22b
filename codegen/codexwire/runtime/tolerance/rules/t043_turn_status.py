"""Turn states of old and odd servers: `cancelled`, `canceled`, `error`."""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rename import renamed
from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.version import VersionRange

_ONWARD = {"TurnStatus": {"cancelled": "interrupted", "canceled": "interrupted", "error": "failed"}}


def apply(spot: Spot, raw: Any) -> Any:
    """Return the status that an old name stands for."""
    return renamed(spot, raw, both={}, onward=_ONWARD)


RULE = ToleranceRule(
    id="t043-turn-status",
    title="A turn status bears an old name.",
    versions=VersionRange.parse("*"),
    evidence=("cancelled, canceled and error are understood by hapi (a hint, no recording)",),
    hook=Hook.MISFIT,
    apply=apply,
    words={"onward": _ONWARD},
)
