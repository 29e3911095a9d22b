"""A thread has an `id` and a `sessionId`, and servers leave one of them away.

`Thread.sessionId` is required from 0.130.0 on and was not sent before. A thread that was not forked
has the same value in both, so that each stands for the other where that is missing.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange

_OTHER = {"sessionId": "id", "id": "sessionId"}


def apply(spot: Spot, raw: Any) -> Any:
    """Return the thread's other id."""
    name = _OTHER.get(spot.name) if spot.owner == "Thread" else None
    return raw.get(name, ABSENT) if name is not None else ABSENT


RULE = ToleranceRule(
    id="t006-thread-session",
    title="A thread has only one of `id` and `sessionId`.",
    versions=VersionRange.parse("..0.129.0"),
    evidence=(
        "schemas: Thread.sessionId is required from 0.130.0 on, absent up to 0.125.0",
        "client broken by its absence: openclaw#80124; moved into thread by openai/codex#21336",
    ),
    hook=Hook.MISSING,
    apply=apply,
)
