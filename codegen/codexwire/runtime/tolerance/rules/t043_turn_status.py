"""Turn states of old and odd servers: `cancelled`, `canceled`, `error`."""

from __future__ import annotations

from codexwire.runtime.tolerance.rename import renaming
from codexwire.runtime.tolerance.rule import Hook, ToleranceRule
from codexwire.version import VersionRange

RULE = ToleranceRule(
    id="t043-turn-status",
    title="A turn status bears an old name.",
    versions=VersionRange.parse("*"),
    evidence=("cancelled, canceled and error are understood by hapi (a hint, no recording)",),
    hook=Hook.MISFIT,
    apply=renaming(
        both={},
        onward={
            "TurnStatus": {"cancelled": "interrupted", "canceled": "interrupted", "error": "failed"}
        },
    ),
)
