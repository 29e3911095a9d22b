"""The parts of an error stand beside each other where the schema nests them in `error`."""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def apply(spot: Spot, raw: Any) -> Any:
    """Return the error object made of the message that stands beside it."""
    if spot.owner != "ErrorNotification" or spot.name != "error" or "message" not in raw:
        return ABSENT
    return {"message": raw["message"]}


RULE = ToleranceRule(
    id="t028-error-beside",
    title="The message of an error notification is not nested in `error`.",
    versions=VersionRange.parse("*"),
    evidence=("openclaw#71870, openai/codex#7611 (hints, no recording)",),
    hook=Hook.MISSING,
    apply=apply,
)
