"""Method names that old releases and odd peers used for today's notifications.

No recording has them; they are in the code of clients that meet many servers. Reading one method as
another is a guess, so that this rule is off unless `aliases=True` asks for it, and warns when it
applies.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange

_MEANT = {
    "turn.completed": "turn/completed",
    "turnCompleted": "turn/completed",
    "turn/failed": "turn/completed",
    "turn/error": "error",
    "turn/tokenUsage": "thread/tokenUsage/updated",
    "turn/usage": "thread/tokenUsage/updated",
    "turn/streamDelta": "item/agentMessage/delta",
    "item/delta": "item/agentMessage/delta",
    "item/reasoning/delta": "item/reasoning/textDelta",
    "item/toolCall/start": "item/started",
    "item/toolCall/end": "item/completed",
    "item/updated": "item/started",
    "thread/resumed": "thread/started",
}


def apply(spot: Spot, raw: Any) -> Any:
    """Return the method that another name stands for."""
    del spot
    return _MEANT.get(raw, ABSENT) if isinstance(raw, str) else ABSENT


RULE = ToleranceRule(
    id="t011-method-alias",
    title="A notification bears another name for a known method.",
    versions=VersionRange.parse("*"),
    evidence=(
        "method names in clients: emsi, codex-autorunner, companion, hapi (hints, no recording)",
    ),
    hook=Hook.METHOD,
    apply=apply,
    optional=True,
)
