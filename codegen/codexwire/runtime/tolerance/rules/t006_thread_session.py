"""A thread has an `id` and a `sessionId`, which old servers leave away.

`Thread.sessionId` is required from 0.130.0 on and was not sent before. A thread that was not forked
has the same value in both. Where the `id` is missing, t004-id-alias finds it.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def apply(spot: Spot, raw: Any) -> Any:
    """Return the thread's id."""
    return raw.get("id", ABSENT) if (spot.owner, spot.name) == ("Thread", "sessionId") else ABSENT


RULE = ToleranceRule(
    id="t006-thread-session",
    title="A thread has no `sessionId`, but an `id`.",
    versions=VersionRange.parse("..0.129.0"),
    evidence=(
        "schemas: Thread.sessionId is required from 0.130.0 on, absent up to 0.125.0",
        "client broken by its absence: openclaw#80124; moved into thread by openai/codex#21336",
    ),
    hook=Hook.MISSING,
    apply=apply,
)
