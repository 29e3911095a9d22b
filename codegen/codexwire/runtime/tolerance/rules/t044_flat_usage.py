"""One set of token counters where the schema has two.

Token usage nests `last` and `total`; peers up to 0.128 wrote the counters themselves in their place. They
stand for both: a peer that counts once counts the whole thread, and says nothing about the last turn.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def apply(spot: Spot, raw: Any) -> Any:
    """Return the counters as `last` and as `total`."""
    if spot.facts.name != "ThreadTokenUsage" or not isinstance(raw, dict) or "last" in raw:
        return ABSENT
    return {"last": raw, "total": raw} if "inputTokens" in raw else ABSENT


RULE = ToleranceRule(
    id="t044-flat-usage",
    title="Token usage is one set of counters, where the schema has the last turn's and the total.",
    versions=VersionRange.parse("..0.128.0"),
    evidence=("codex-codes 0.128, Symphony#48, first-tree#1241 (hints, no recording)",),
    hook=Hook.MISFIT,
    apply=apply,
    loose=True,
)
