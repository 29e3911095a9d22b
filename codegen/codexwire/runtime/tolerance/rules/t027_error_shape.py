"""An error is a bare string or flat where the schema nests it.

`error` carries `{error: {message, …}, willRetry}`; older peers put the message itself there, or beside.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def apply(spot: Spot, raw: Any) -> Any:
    """Return the error object around a bare message."""
    wants = spot.facts.kind == "object" and spot.facts.required == {"message"}
    return {"message": raw} if wants and isinstance(raw, str) else ABSENT


RULE = ToleranceRule(
    id="t027-error-shape",
    title="An error is a bare message where the schema asks for an object.",
    versions=VersionRange.parse("*"),
    evidence=("openclaw#71870, openai/codex#7611, PwrAgent#633 (hints, no recording)",),
    hook=Hook.MISFIT,
    apply=apply,
)
