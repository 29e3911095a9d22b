"""Token usage under another name, or flat.

`thread/tokenUsage/updated` nests `tokenUsage: {last, total, modelContextWindow}`; peers up to 0.128 have
`usage`, `token_usage` or `info`, or one flat set of counters for what is `last` and `total` now.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.tolerance.spelling import respelled
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange

_NAMES = ("usage", "token_usage", "info")


def usage(spot: Spot, raw: Any) -> Any:
    """Return the counters from where they are."""
    if spot.owner == "ThreadTokenUsageUpdatedNotification" and spot.name == "tokenUsage":
        return next((raw[name] for name in _NAMES if isinstance(raw.get(name), dict)), ABSENT)
    if spot.owner == "ThreadTokenUsage" and _is_flat(raw):
        return {key: value for key, value in raw.items() if key != "modelContextWindow"}
    return ABSENT


def _is_flat(raw: dict[str, Any]) -> bool:
    return "inputTokens" in raw or respelled("inputTokens", raw) is not ABSENT


RULE = ToleranceRule(
    id="t034-token-usage",
    title="Token usage bears another name or is flat.",
    versions=VersionRange.parse("..0.128.0"),
    evidence=("codex-codes 0.128, Symphony#48, first-tree#1241 (hints, no recording)",),
    hook=Hook.MISSING,
    apply=usage,
)
