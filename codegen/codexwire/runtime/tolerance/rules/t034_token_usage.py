"""Token usage under another name.

`thread/tokenUsage/updated` has it in `tokenUsage`; peers up to 0.128 wrote `usage` or `info`.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange

_NAMES = ("usage", "info")


def apply(spot: Spot, raw: Any) -> Any:
    """Return the usage from where it is."""
    if (spot.owner, spot.name) != ("ThreadTokenUsageUpdatedNotification", "tokenUsage"):
        return ABSENT
    return next((raw[name] for name in _NAMES if isinstance(raw.get(name), dict)), ABSENT)


RULE = ToleranceRule(
    id="t034-token-usage",
    title="Token usage bears another name.",
    versions=VersionRange.parse("..0.128.0"),
    evidence=("codex-codes 0.128, Symphony#48, first-tree#1241 (hints, no recording)",),
    hook=Hook.MISSING,
    apply=apply,
    words={"names": _NAMES},
)
